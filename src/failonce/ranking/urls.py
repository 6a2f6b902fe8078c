"""The addresses of how recall ranks here."""

from django.urls import path

from failonce.ranking import views

urlpatterns = [
    path("", views.ranking, name="ranking"),
    path("learn/", views.ranking_learn, name="ranking_learn"),
    path("restore/", views.ranking_restore, name="ranking_restore"),
]
