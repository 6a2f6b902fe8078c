"""Under a host name that isn't ours: whoever runs it learns which setting to give, a stranger nothing."""

import logging
from typing import Any

import pytest
from django.test import Client

from failonce.web import stylesheet

SETTINGS = ("FAILONCE_SITE_URL", "FAILONCE_ALLOWED_HOSTS")


def ask(path: str, host: str = "stranger.example", method: str = "GET") -> Any:
    return Client().generic(method, path, headers={"host": host})


@pytest.mark.parametrize("host", ["stranger.example", "stranger.example:8443", "not a name"])
def test_the_page_names_the_settings_and_keeps_the_rest_to_itself(settings: Any, host: str) -> None:
    settings.ORGANISATION = "Harbour Authority"

    answer = ask("/failures/F-1/", host)

    assert answer.status_code == 421
    page = answer.content.decode()
    assert all(name in page for name in SETTINGS)
    assert "Harbour Authority" not in page
    assert not any(name in page for name in settings.ALLOWED_HOSTS)
    assert ask(stylesheet.address(), host).status_code == 200


def test_the_api_says_it_in_its_own_shape() -> None:
    answer = ask("/api/recall", method="POST")

    assert (answer.status_code, answer["Content-Type"]) == (421, "application/problem+json")
    assert all(name in answer.json()["detail"] for name in SETTINGS)


def test_the_log_names_them_in_one_line_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        ask("/", "stranger.example" + "x" * 500)

    (ours,) = (each for each in caplog.records if each.name.startswith("failonce"))
    assert "stranger.example" in ours.getMessage()
    assert all(name in ours.getMessage() for name in SETTINGS)
    assert len(ours.getMessage()) < 400
    assert not any(each.exc_info for each in caplog.records)
