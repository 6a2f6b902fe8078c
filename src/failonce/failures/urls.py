"""The addresses of failures."""

from django.urls import path

from failonce.failures import views

urlpatterns = [
    path("", views.failure_list, name="failure_list"),
    path("new/", views.failure_new, name="failure_new"),
    path("new/<uuid:key>/", views.failure_tell, name="failure_tell"),
    path("new/<uuid:key>/draft/", views.draft_save, name="draft_save"),
    path("new/<uuid:key>/discard/", views.draft_discard, name="draft_discard"),
    path("resembling/", views.failure_resembling, name="failure_resembling"),
    path("<str:code>/", views.failure, name="failure"),
    path("<str:code>/edit/", views.failure_edit, name="failure_edit"),
    path("<str:code>/add/", views.failure_add, name="failure_add"),
    path("<str:code>/comment/", views.failure_comment, name="failure_comment"),
    path("<str:code>/repeats/", views.failure_repeats, name="failure_repeats"),
    path("<str:code>/withdraw/", views.failure_withdraw, name="failure_withdraw"),
]
