"""One JSON error shape (RFC 9457 problem details) for everything that can go wrong."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from failonce.people.errors import Conflict, DomainError, Refused, TooMany

MEDIA_TYPE = "application/problem+json"
_SENTENCES = {
    400: "The request can't be read. See /api/docs for what this address takes.",
    404: "There is nothing at this address. See /api/docs.",
    405: "This address doesn't take this method; the Allow header says which it takes.",
    413: "That is more than can be sent at once. Send less.",
    421: "This failonce doesn't answer to the host name in the address. Use the address you were given, or ask whoever "
    "runs it to set FAILONCE_SITE_URL or FAILONCE_ALLOWED_HOSTS.",
    500: "Something failed on our side and was logged. Send it again; if it stays, tell whoever runs failonce here.",
    503: "The database can't take this right now; nothing was saved. Send it again in a moment.",
}


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return the one error shape: type, title, status, detail, and what more there is to say."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Teach the API to answer every kind of error in the one shape."""
    api.add_exception_handler(DomainError, _domain)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(AuthenticationError, _stranger)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(OperationalError, _database)


class OneErrorShape:
    """Puts errors that no operation answered (wrong address, wrong method, a defect) into the shape too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_ours = not request.path_info.startswith("/api/") or response.status_code < 400
        if is_ours or response["Content-Type"] == MEDIA_TYPE:
            return response
        status = response.status_code
        shaped = problem(status, _SENTENCES.get(status, HTTPStatus(status).description + "."))
        for name in ("Allow", "Retry-After"):
            if name in response:
                shaped[name] = response[name]
        return shaped


def answer(error: DomainError) -> HttpResponse:
    """Return what a domain error says."""
    more: dict[str, Any] = {}
    if isinstance(error, Refused) and error.fields:
        more["fields"] = error.fields
    if isinstance(error, Conflict):
        more["theirs"] = error.theirs
    response = problem(error.status, error.message, **more)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.seconds)
    return response


def stranger(request: HttpRequest) -> HttpResponse:
    """Return what somebody reads who sent no token, or one that opens nothing, for whichever reason."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        said = "The API token you sent isn't known here, or not any more. Issue another under your account."
    else:
        said = "Send an API token: Authorization: Bearer <token>. Issue one under your account."
    response = problem(401, said)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _domain(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(error)


def _validation(request: HttpRequest, error: Any) -> HttpResponse:
    fields = {_place(each["loc"]): str(each["msg"]) for each in error.errors}
    return problem(422, "Some of what was sent can't be used; see fields.", fields=fields)


def _place(location: tuple[Any, ...]) -> str:
    """Return where in the request it is, as its sender names it: the operation's own parameter is left out."""
    steps = location[2:] if location[0] == "body" else location[1:]
    return ".".join(map(str, steps)) or str(location[0])


def _stranger(request: HttpRequest, error: Any) -> HttpResponse:
    return stranger(request)


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    # ninja wraps what our parser says into "cannot parse"; what is wrong with the body is the cause.
    if isinstance(error.__cause__, DomainError):
        return answer(error.__cause__)
    return problem(error.status_code, str(error))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, _SENTENCES[404])


def _database(request: HttpRequest, error: Any) -> HttpResponse:
    response = problem(503, _SENTENCES[503])
    response["Retry-After"] = "5"
    return response
