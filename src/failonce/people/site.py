"""Where this installation is, as people type it."""

from django.conf import settings


def address_of(path: str) -> str:
    """Return the full address of a path of ours."""
    return f"{settings.SITE_URL}{path}"
