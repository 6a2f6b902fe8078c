"""How texts become terms."""

from __future__ import annotations

import pytest

from failonce.recall.tokens import MAX_TERMS, terms


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("restarted", "restarts", "word forms meet"),
        ("migration", "migrations", "plurals meet"),
        ("retried", "retries", "y and ied meet"),
        ("expired", "expires", "tense is no difference"),
        ("maxConnections", "max_connections", "naming styles meet"),
        ("Ünïcode", "ünïcode", "case folds in any script"),
        ("ﬁle", "file", "compatible characters meet"),
    ],
)
def test_forms_of_one_thing_become_one_term(one: str, other: str, reason: str) -> None:
    assert set(terms(one)) & set(terms(other)), reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("HTTP 503", {"http", "503"}, "status codes tell much"),
        ("ConnectionPoolExhausted", {"connect", "pool"}, "camel case comes apart"),
        ("db.connection_pool", {"connect", "pool"}, "dotted names come apart"),
        ("k8s and s3", {"k8s", "s3"}, "short names with digits stay whole"),
        ("接続エラー", {"接続"}, "scripts without spaces are read in pairs"),
    ],
)
def test_code_and_prose_are_taken_apart(text: str, expected: set[str], reason: str) -> None:
    assert expected <= set(terms(text)), reason


@pytest.mark.parametrize(
    "volatile",
    [
        "2021-03-04T10:11:12Z",
        "14:05:33.123",
        "10.0.12.7:8080",
        "9f86d081884c7d659a2feaa0c55ad015",
        "123e4567-e89b-12d3-a456-426614174000",
        "0x7ffdeadbeef",
        "37ms",
        "the of and",
        "",
        "QmFzZTY0IGlzIG5vdCBsYW5ndWFnZSBhbmQgbXVzdCBub3QgY291bnQ",
    ],
)
def test_what_differs_every_time_is_no_term(volatile: str) -> None:
    assert terms(volatile) == []


def test_a_huge_text_gives_a_bounded_number_of_terms() -> None:
    assert len(terms("alpha beta gamma " * 400_000)) == MAX_TERMS
