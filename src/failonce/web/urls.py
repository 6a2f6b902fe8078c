"""The addresses of this room's pages."""

from django.urls import path

from failonce.web.front import front

urlpatterns = [
    path("", front, name="front"),
]
