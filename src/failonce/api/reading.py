"""What a request body has to be before any operation sees it: a JSON object of texts that can be kept."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from failonce.people.errors import DomainError
from failonce.people.words import clean_all


class NotJSON(DomainError):
    """The body can't be read at all; says where it goes wrong."""

    status = 400


class Bodies(Parser):
    """Reads a body strictly: an object, no NaN, and no character that a database can't hold."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the object that was sent; raise NotJSON with what is wrong with it."""
        try:
            body = json.loads(request.body.decode("utf-8"), parse_constant=_no_number)
        except UnicodeDecodeError as error:
            raise NotJSON(f"The body isn't UTF-8 at byte {error.start}. Send JSON as UTF-8.") from error
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise NotJSON(f"The body isn't JSON: {error.msg} at {where}.") from error
        except RecursionError as error:
            raise NotJSON("The body is nested too deeply to be read.") from error
        except ValueError as error:
            raise NotJSON(f"The body isn't JSON: {error}.") from error
        if not isinstance(body, dict):
            raise NotJSON('The body has to be a JSON object, as in {"name": "…"}.')
        kept: dict[str, Any] = clean_all(body)
        if kept != body:
            request.META["failonce.cleaned"] = True  # the answer says so, in CleanWords
        return kept


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
