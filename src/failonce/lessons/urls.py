"""The addresses of lessons."""

from django.urls import path

from failonce.lessons import views

urlpatterns = [
    path("", views.lesson_list, name="lesson_list"),
    path("new/", views.lesson_new, name="lesson_new"),
    path("<str:code>/", views.lesson, name="lesson"),
    path("<str:code>/edit/", views.lesson_edit, name="lesson_edit"),
    path("<str:code>/renew/", views.lesson_renew, name="lesson_renew"),
    path("<str:code>/retire/", views.lesson_retire, name="lesson_retire"),
]
