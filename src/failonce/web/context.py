"""What every page knows: the organisation's name and the request's person."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return what the masthead shows."""
    return {"organisation": settings.ORGANISATION}
