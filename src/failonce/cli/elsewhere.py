"""The command line talking to a failonce elsewhere: FAILONCE_URL and FAILONCE_TOKEN."""

import json
from typing import Any
from urllib.parse import urlsplit

import click

from failonce.config.environment import env


def is_elsewhere() -> bool:
    """Tell whether the command line is to work on another installation."""
    return bool(env("FAILONCE_URL"))


def ask(method: str, path: str, body: Any = None, *, seconds: float = 30) -> Any:
    """Send one request and return the JSON answer; raise ClickException with a sentence when it fails.

    `body` is sent as JSON, or as it is when it is bytes: JSON Lines.
    `seconds` bounds the connection and each wait for data, not the whole exchange.
    """
    # Imported here: commands that work on this machine's data need not wait for it. It is the standard
    # library's, which is there in a third of the time that larger ones take to be imported.
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError

    site = env("FAILONCE_URL").rstrip("/")
    try:
        with _opener().open(_request(method, f"{site}/api{path}", body), timeout=seconds) as answer:
            said = answer.read()
    except HTTPError as error:
        with error:
            raise click.ClickException(_sentence_of(error, site)) from error
    except URLError as error:
        raise Unreachable(f"{site} didn't answer: {error.reason}. Nothing was sent.") from error
    except (OSError, HTTPException) as error:
        why = str(error) or type(error).__name__
        raise Unreachable(f"{site} didn't answer: {why}. It may have arrived; look before you repeat it.") from error
    except ValueError as error:  # its own sentence would show the token
        raise Unreachable("FAILONCE_URL or FAILONCE_TOKEN has a character that can't be sent.") from error
    try:
        return json.loads(said) if said else None
    except ValueError as error:
        raise click.ClickException("The answer isn't one that failonce gives. Is FAILONCE_URL right?") from error


class Unreachable(click.ClickException):
    """The other installation didn't answer in time, or at all."""


def _request(method: str, address: str, body: Any) -> Any:
    from urllib.request import Request

    try:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
            raise ValueError("it begins with http:// or https://, and a host follows")
        headers = {"Authorization": f"Bearer {env('FAILONCE_TOKEN')}", "Accept": "application/json"}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/x-ndjson" if data is body else "application/json"
        return Request(address, data=data, headers=headers, method=method)  # noqa: S310 - the scheme is checked
    except ValueError as error:
        raise Unreachable(f"FAILONCE_URL is {env('FAILONCE_URL')}, which isn't an address: {error}.") from error


def _opener() -> Any:
    from urllib.request import HTTPRedirectHandler, build_opener

    class Straight(HTTPRedirectHandler):
        """Follows nothing: the token would go along, and a POST would become a GET."""

        def redirect_request(self, *about: Any) -> None:
            return None

    return build_opener(Straight)


def _sentence_of(answer: Any, site: str) -> str:
    """Return what a refusal says: our own problem details, or the bare status of something in between."""
    try:
        problem = json.loads(answer.read())
        if answer.code == 401 and "detail" in problem:
            return _unknown_to(site)
        fields = [f"{name}: {why}" for name, why in problem.get("fields", {}).items()]
        return "\n  ".join([str(problem["detail"]), *fields])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return f"{urlsplit(site).hostname} answered {answer.code} {answer.reason}. Is FAILONCE_URL right?"


def _unknown_to(site: str) -> str:
    where = f"under your account ({site}/account/tokens/)."
    if env("FAILONCE_TOKEN"):
        return f"{site} doesn't know the token in FAILONCE_TOKEN, or not any more. Issue another {where}"
    return f"{site} wants an API token, and FAILONCE_TOKEN is empty. Issue one {where}"
