"""The addresses of importing."""

from django.urls import path

from failonce.intake import views

urlpatterns = [
    path("", views.failure_import, name="failure_import"),
    path("<uuid:key>/", views.failure_import_confirm, name="failure_import_confirm"),
]
