"""The addresses of preflights."""

from django.urls import path

from failonce.preflight import views

urlpatterns = [
    path("", views.preflight, name="preflight"),
    path("<str:code>/", views.preflight_read, name="preflight_read"),
    path("<str:code>/reminders/<int:position>/answer/", views.reminder_answer, name="reminder_answer"),
]
