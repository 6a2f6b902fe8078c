"""Who is asking, by API token; and which scope an operation needs."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from failonce.people.attempts import WRONG_TOKEN, client_of
from failonce.people.errors import NotAllowed, TooMany
from failonce.people.models import APIToken, Person
from failonce.people.writes import person_with_token


class TokenAuth(HttpBearer):
    """Accepts `Authorization: Bearer …` with a live token that has the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the person the token belongs to, None for a wrong one; raise NotAllowed without the scope."""
        found = person_with_token(token)
        if found is None:
            _count_wrong(request)
            return None
        if self.scope not in found.scopes:
            raise NotAllowed(f"This token lacks the scope {self.scope!r}. Issue one that has it, under your account.")
        request.user = found.person
        request.META["failonce.token"] = found
        return found.person


def needs(scope: str) -> TokenAuth:
    """Return the authentication for an operation that needs this scope: read, tell, preflight or manage."""
    return TokenAuth(scope)


def person_of(request: HttpRequest) -> Person:
    """Return who is asking; every operation has a scope, so there is always somebody."""
    person: Person = request.auth  # type: ignore[attr-defined]
    return person


def token_of(request: HttpRequest) -> APIToken:
    """Return the token they ask with."""
    token: APIToken = request.META["failonce.token"]
    return token


def _count_wrong(request: HttpRequest) -> None:
    # Only wrong tokens are counted and turned away: a neighbour's right one, from the same machine, still works.
    client = client_of(request)
    if WRONG_TOKEN.is_reached(client):
        raise TooMany("Too many wrong tokens from here. Mend the token, then wait a quarter of an hour.", 900)
    WRONG_TOKEN.count(client)
