"""The addresses of the catalogue's pages."""

from django.urls import path

from failonce.catalogue import views

urlpatterns = [
    path("", views.service_list, name="service_list"),
    path("new/service/", views.service_new, name="service_new"),
    path("new/offering/", views.offering_new, name="offering_new"),
    path("new/audience/", views.audience_new, name="audience_new"),
    path("import/", views.catalogue_import, name="catalogue_import"),
    path("services/<slug:slug>/", views.service, name="service"),
    path("services/<slug:slug>/describe/", views.service_describe, name="service_describe"),
    path("services/<slug:slug>/merge/", views.service_merge, name="service_merge"),
    path("offerings/<slug:slug>/", views.offering, name="offering"),
    path("offerings/<slug:slug>/describe/", views.offering_describe, name="offering_describe"),
    path("audiences/<slug:slug>/", views.audience, name="audience"),
    path("audiences/<slug:slug>/describe/", views.audience_describe, name="audience_describe"),
]
