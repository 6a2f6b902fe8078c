"""Every address, by room."""

from django.urls import include, path

from failonce.api.api import api
from failonce.api.health import healthz

urlpatterns = [
    path("", include("failonce.web.urls")),
    path("", include("failonce.people.urls")),
    path("catalogue/", include("failonce.catalogue.urls")),
    path("failures/", include("failonce.failures.urls")),
    path("lessons/", include("failonce.lessons.urls")),
    path("modes/ranking/", include("failonce.ranking.urls")),  # before modes: there it would be taken for a code
    path("modes/", include("failonce.modes.urls")),
    path("import/", include("failonce.intake.urls")),
    path("preflight/", include("failonce.preflight.urls")),
    path("api/", api.urls),
    path("healthz", healthz, name="healthz"),
]
