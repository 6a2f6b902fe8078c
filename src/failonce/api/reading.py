"""What a request has to be before any operation sees it: no parameter nobody knows, a JSON object of clean texts."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from failonce.people.errors import DomainError, Refused
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


def only_known_parameters(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let one operation, whose `run` this is, refuse query parameters it doesn't know: ignoring them would mislead."""
    operation: Any = run.__self__  # type: ignore[attr-defined]  # ninja hands over a bound method
    sources = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = sorted(name for model in sources for name in model.__ninja_flatten_map__)
    view = operation.view_func

    # Around the view, not the run: a stranger is told to send a token before anything else.
    @wraps(view)
    def checked(request: HttpRequest, **values: Any) -> Any:
        if unknown := sorted(request.GET.keys() - known):
            raise Refused(*_unknown(request, unknown, known))
        return view(request, **values)

    operation.view_func = checked
    return run


def _unknown(request: HttpRequest, unknown: list[str], known: list[str]) -> tuple[str, dict[str, str]]:
    takes = f"{request.path} takes {', '.join(known) or 'none'}."
    names = ", ".join(name[:40] for name in unknown[:5])
    return f"There is no query parameter {names} here. {takes}", dict.fromkeys(unknown, "There is no such parameter.")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
