"""The command line talking to a failonce elsewhere: FAILONCE_URL and FAILONCE_TOKEN."""

from typing import Any

import click

from failonce.config.environment import env


def is_elsewhere() -> bool:
    """Tell whether the command line is to work on another installation."""
    return bool(env("FAILONCE_URL"))


def ask(method: str, path: str, body: dict[str, Any] | None = None, *, seconds: float = 30) -> Any:
    """Send one request and return the JSON answer; raise ClickException with a sentence when it fails.

    `seconds` bounds the connection and each wait for data, not the whole exchange.
    """
    # Imported here: commands that work on this machine's data need not wait for it.
    import httpx

    address = f"{env('FAILONCE_URL').rstrip('/')}/api{path}"
    headers = {"Authorization": f"Bearer {env('FAILONCE_TOKEN')}"}
    try:
        answer = httpx.request(method, address, json=body, headers=headers, timeout=seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"{env('FAILONCE_URL')} didn't answer: {error}. Nothing was sent.") from error
    if answer.is_success:
        return answer.json() if answer.content else None
    raise click.ClickException(_sentence_of(answer))


class Unreachable(click.ClickException):
    """The other installation didn't answer in time, or at all."""


def _sentence_of(answer: Any) -> str:
    """Return what a refusal says: our own problem details, or the bare status of something in between."""
    try:
        problem = answer.json()
        fields = [f"{name}: {why}" for name, why in problem.get("fields", {}).items()]
        return "\n  ".join([str(problem["detail"]), *fields])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.url.host} answered {answer.status_code} {answer.reason_phrase}. Is FAILONCE_URL right?"
