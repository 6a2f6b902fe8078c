"""One JSON error shape (RFC 9457 problem details) for everything that can go wrong."""

from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from failonce.people.errors import Conflict, DomainError, Refused


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return the one error shape: type, title, status, detail, and what more there is to say."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def install(api: NinjaAPI) -> None:
    """Teach the API to answer every kind of error in the one shape."""
    api.add_exception_handler(DomainError, _domain)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, _stranger)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(OperationalError, _database)


def _domain(request: HttpRequest, error: Any) -> HttpResponse:
    more: dict[str, Any] = {}
    if isinstance(error, Refused) and error.fields:
        more["fields"] = error.fields
    if isinstance(error, Conflict):
        more["theirs"] = error.theirs
    return problem(error.status, error.message, **more)


def _validation(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {".".join(map(str, each["loc"][1:])) or "body": str(each["msg"]) for each in error.errors}
    return problem(422, "Some of what was sent can't be used; see fields.", fields=fields)


def _stranger(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(401, "Send an API token: Authorization: Bearer <token>. Issue one under your account.")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, str(error))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "There is nothing at this address. See /api/docs.")


def _database(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(503, "The database can't take this right now; nothing was saved. Send it again in a moment.")
    answer["Retry-After"] = "5"
    return answer
