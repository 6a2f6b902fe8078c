"""The addresses of this room's pages."""

from django.urls import path

from failonce.web.front import front
from failonce.web.styleguide import styleguide
from failonce.web.stylesheet import stylesheet

urlpatterns = [
    path("", front, name="front"),
    path("look/<slug:digest>.css", stylesheet, name="stylesheet"),
    path("styleguide/", styleguide, name="styleguide"),
]
