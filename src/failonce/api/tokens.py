"""Who is asking, by API token; and which scope an operation needs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from failonce.people.errors import NotAllowed
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
            return None
        if self.scope not in found.scopes:
            raise NotAllowed(f"This token lacks the scope {self.scope!r}. Issue one that has it, under your account.")
        request.user = found.person
        return found.person


def needs(scope: str) -> Callable[[HttpRequest], Any]:
    """Return the authentication for an operation that needs this scope: read, tell, preflight or manage."""
    return TokenAuth(scope)
