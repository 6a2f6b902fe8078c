"""The page that shows what the API takes and answers, and lets one try it; and the same as a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from failonce.api import errors
from failonce.api.tokens import needs
from failonce.people.errors import DomainError


class Docs(Swagger):
    """Swagger UI from our own files, with a language, a title and a way back."""

    template = "api/docs.html"


class DescribedAPI(NinjaAPI):
    """An API whose description also says what every operation answers when it can't do what was asked."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Return the description, each operation's errors included."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = _ERRORS
        return schema


_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_PROBLEM = {
    "type": "object",
    "description": "What went wrong and what to do next (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "fields": {**_TEXTS, "description": "What to mend, field by field."},
        "theirs": {"type": "object", "description": "What somebody saved in between (409)."},
    },
}
_ERRORS = {
    "description": "Anything else is a problem with a sentence.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def for_the_known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show a view to those signed in and, so that tools can read the file, to those with a token.

    Sign-in isn't asked of addresses under /api/ as it is of pages; these two are opened by people.
    """

    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, **parameters: Any) -> HttpResponse:
        try:
            known = request.user.is_authenticated or needs("read")(request)
        except DomainError as error:
            return errors.answer(error)
        if known:
            return view(request, **parameters)
        return errors.stranger(request) if request.path.endswith(".json") else redirect_to_login(request.path)

    return wrapped
