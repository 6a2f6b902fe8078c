"""One stylesheet for browsers out of many small files for people, joined without a build step."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

FOLDER = Path(__file__).parent / "static" / "css"
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """Every rule we have, and the digest that names this version of them."""

    text: bytes
    packed: bytes
    digest: str


def files() -> list[Path]:
    """Return the files in reading order; tokens first, since it declares the order of the layers."""
    first = [FOLDER / f"{name}.css" for name in ("tokens", "base", "layout")]
    return [*first, *sorted((FOLDER / "components").glob("*.css")), FOLDER / "print.css"]


def joined() -> Stylesheet:
    """Read and join the files as they are on disk now."""
    text = b"\n".join(file.read_bytes() for file in files())
    # mtime=0: every node of an installation must serve the same bytes.
    return Stylesheet(text, gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:12])


_joined_once = cache(joined)


def current() -> Stylesheet:
    """Return the joined stylesheet; somebody who is editing CSS sees each change at once."""
    return joined() if settings.DEBUG else _joined_once()


def address() -> str:
    """Return where the current stylesheet is served."""
    return reverse("stylesheet", args=[current().digest])


@login_not_required
def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the stylesheet, for a year if its name says exactly which one was wanted."""
    sheet = current()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.packed if packed else sheet.text, content_type="text/css; charset=utf-8")
    # During an upgrade an old page may ask for the sheet before last; it gets today's, but must not keep it.
    response["Cache-Control"] = A_YEAR if digest == sheet.digest else "no-cache"
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
