"""Whoever watches the installation hears "ok" and nothing else."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client


def test_a_stranger_hears_ok(client: Client, db: None) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


def test_a_database_that_does_not_answer_is_not_ok(client: Client, db: None) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("gone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (503, b"not ok")
