"""What is quoted as a reason stands in both texts, and tells something."""

from __future__ import annotations

import pytest

from failonce.recall import Index, Query, Text

OTHERS = [
    Text("F-2", "A lamp", "The lamp in the hall went out on Tuesday, and nobody saw it."),
    Text("F-3", "A lift", "The lift stood still between two floors until Wednesday."),
]


def quoted(told: str, asked: str) -> list[str]:
    """Return what is quoted of the question, in its order of telling."""
    index = Index()
    index.put_many([Text("F-1", "", told), *OTHERS])
    hit = next(hit for hit in index.search(Query(asked)) if hit.key == "F-1")
    return [part.rstrip("”, ") for reason in hit.because for part in reason.split("“")[1:]]


@pytest.mark.parametrize(
    ("told", "asked", "expected"),
    [
        ("The control service was down.", "the terms-of-service page", ["service"]),
        ("The terms of service were wrong.", "the terms-of-service page", ["terms-of-service"]),
        ("Out of memory again.", "the host was out-of-memory", ["memory"]),
        ("The sessions were lost.", "in site-packages/requests/sessions.py, line 7", ["sessions"]),
        (
            "See requests/sessions.py for why.",
            "in site-packages/requests/sessions.py, line 7",
            ["requests/sessions.py"],
        ),
        ("The pool of each connection drained.", "raise ConnectionPoolExhausted", ["Connection", "Pool"]),
        ("The connection pool drained.", "raise ConnectionPoolExhausted", ["ConnectionPool"]),
        ("max_connections was too low", "maxConnections is too low", ["maxConnections is too low"]),
        ("接続が切れた", "再接続エラー", ["接続"]),
        ("接続が切れた。続行した", "接続行", ["接続", "続行"]),
        ("The lock was held.", "deadbeef1234/lock", ["lock"]),
        ("The lock was held.", "lock/" + "a" * 100_000, ["lock"]),
    ],
)
def test_of_a_name_in_parts_what_both_have_is_quoted(told: str, asked: str, expected: list[str]) -> None:
    assert sorted(quoted(told, asked)) == sorted(expected)


@pytest.mark.parametrize(
    ("told", "asked", "expected"),
    [
        ("The queue ran out of disk.", "it ran out of disk", ["ran out of disk"]),
        ("The disk of the broker ran hot.", "it ran out of disk", ["disk"]),
        ("A dump was taken of the shard.", "no dump is taken", ["dump is taken"]),
        ("It would have taken days. Dumping is slow.", "no dump is taken", ["dump", "taken"]),
    ],
)
def test_words_are_quoted_together_that_stand_so_in_both(told: str, asked: str, expected: list[str]) -> None:
    assert sorted(quoted(told, asked)) == sorted(expected)


def test_words_of_every_day_are_no_reason_beside_others() -> None:
    assert quoted("Twenty people, some of them old, saw the vault.", "Twenty old pages lay in the vault") == ["vault"]


def test_words_of_every_day_are_said_where_they_were_all() -> None:
    assert quoted("Twenty people went away.", "Twenty pages") == ["Twenty"]


def test_what_a_service_is_made_of_is_no_reason_beside_the_service() -> None:
    told = Text("F-1", "Pool exhausted", "connections ran out", services=("web",), technologies=("docker", "npm"))

    def reasons(*services: str) -> tuple[str, ...]:
        asked = Query("raise the pool", services=services, technologies=("docker", "npm"), kind="change")
        index = Index()
        index.put(told)
        return index.search(asked)[0].because

    assert reasons("web")[1:] == ("same service: web",)
    assert reasons()[1:] == ("same technology: docker, npm",)
