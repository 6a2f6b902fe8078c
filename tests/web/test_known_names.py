"""Under a host name that isn't ours: whoever runs it learns which setting to give, a stranger nothing."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from failonce.web import stylesheet

SETTINGS = ("FAILONCE_SITE_URL", "FAILONCE_ALLOWED_HOSTS")
PRINT = """
import json
from failonce.config.settings import ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS
print(json.dumps([ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS]))
"""


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


@pytest.mark.parametrize(
    "origin", ["https://failonce.example", "https://old.example", "https://a.harbour.example", "http://old.example"]
)
def test_forms_are_taken_under_every_name_that_a_proxy_serves(
    db: None, settings: Any, tmp_path: Path, origin: str
) -> None:
    more = {"FAILONCE_SITE_URL": "https://failonce.example", "FAILONCE_ALLOWED_HOSTS": "old.example, .harbour.example"}
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = settings_with(FAILONCE_HOME=str(tmp_path), **more)
    browser, host = Client(enforce_csrf_checks=True), origin.partition("//")[2]
    browser.get("/sign-in/", headers={"host": host})
    form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}

    assert browser.post("/sign-in/", form, headers={"host": host, "origin": origin}).status_code == 200
    assert browser.post("/sign-in/", form, headers={"host": host, "origin": "https://x.example"}).status_code == 403


def settings_with(**environment: str) -> Any:
    """Return the names and origins that the product's settings have in this environment."""
    command = [sys.executable, "-c", PRINT]
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path)}
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
