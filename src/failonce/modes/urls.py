"""The addresses of failure modes, and of answers about pairs of failures."""

from django.urls import path

from failonce.modes import views

urlpatterns = [
    path("", views.mode_list, name="mode_list"),
    path("answer/<str:code>/<str:other>/", views.repeat_answer, name="repeat_answer"),
    path("<str:code>/", views.mode, name="mode"),
    path("<str:code>/name/", views.mode_name, name="mode_name"),
    path("<str:code>/unlink/<str:failure>/", views.mode_unlink, name="mode_unlink"),
]
