"""What recall finds in a small memory, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from failonce.recall import Hit, Index, Query, Text, rank

MEMORY = [
    Text(
        "F-1",
        "Connection pool exhausted after deploy",
        "The web tier ran out of PostgreSQL connections: max_connections was 100.",
        when=100.0,
        services=("web",),
        technologies=("postgresql",),
    ),
    Text(
        "F-2",
        "TLS certificate expired",
        "The load balancer's certificate ran out at midnight and was not renewed.",
        when=200.0,
        services=("edge",),
    ),
    Text(
        "F-3",
        "Disk full on the log host",
        "Debug logging was left on; /var/log filled the volume within two hours.",
        when=300.0,
    ),
    Text(
        "L-1",
        "When you add an index to a large table, remember to build it concurrently",
        "because the table stays locked until the build is done",
        paths=("db/migrations/**", "*.sql"),
        technologies=("postgresql",),
        kinds_of_change=("migration",),
    ),
]


@pytest.fixture
def index() -> Index:
    memory = Index()
    memory.put_many(MEMORY)
    return memory


@pytest.mark.parametrize(
    ("text", "best", "reason"),
    [
        ("Too many PostgreSQL connections, pool is exhausted", "F-1", "prose"),
        ("FATAL: remaining connection slots (maxConnections)", "F-1", "a log line"),
        ("certificates expire on the balancers", "F-2", "other word forms"),
        ("No space left on device: /var/log", "F-3", "a path"),
        ("ALTER TABLE: build an index concurrently", "L-1", "SQL"),
    ],
)
def test_the_failure_that_is_meant_comes_first(index: Index, text: str, best: str, reason: str) -> None:
    hits = index.search(Query(text))

    assert hits[0].key == best, reason


def test_reasons_are_words_of_the_query(index: Index) -> None:
    hit = index.search(Query("the connection pool was exhausted", services=("web",)))[0]

    assert "“connection pool was exhausted”" in hit.because[0]
    assert "same service: web" in hit.because


def test_reasons_can_be_left_out_of_what_is_not_said(index: Index) -> None:
    query = Query("TLS certificate expired: the balancer's ran out at midnight, and web connections ran out")

    said, *others = index.search(query, why="said")

    assert said == index.search(query)[0]
    assert said.said
    assert others
    assert [hit.because for hit in others] == [()] * len(others)
    assert all(hit.because for hit in index.search(query))


def test_a_touched_path_is_a_reason(index: Index) -> None:
    hits = index.search(Query("speed up reports", paths=("db/migrations/7.py",), kind="change"))

    assert hits[0].key == "L-1"
    assert hits[0].because[0] == "touches db/migrations/7.py, one of db/migrations/**"


def test_only_earlier_texts_match(index: Index) -> None:
    found = {hit.key for hit in index.search(Query("ran out", before=200.0))}

    assert found == {"F-1"}


def test_rejected_texts_stay_away(index: Index) -> None:
    hits = index.search(Query("certificate expired"), without=["F-2"])

    assert "F-2" not in {hit.key for hit in hits}


def test_a_new_text_is_found_at_once(index: Index) -> None:
    index.put(Text("F-9", "Zookeeper quorum lost", "two of three nodes rebooted"))

    assert index.search(Query("zookeeper lost quorum"))[0].key == "F-9"


def test_putting_again_replaces(index: Index) -> None:
    index.put(Text("F-2", "Cooling failed", "The room became too hot."))

    found = {hit.key for hit in index.search(Query("cooling, certificate expired"))}
    assert len(index) == 4
    assert [h.key for h in index.search(Query("certificate expired"))] == []
    assert "F-2" in found


def test_dropped_texts_are_gone_and_dropping_twice_is_no_error(index: Index) -> None:
    index.drop("F-2")
    index.drop("F-2")

    assert "F-2" not in index
    assert index.search(Query("certificate expired")) == []


def test_a_repeat_is_more_probable_than_a_stranger(index: Index) -> None:
    repeat = index.search(Query("The load balancer certificate expired and was not renewed"))[0]
    stranger = index.search(Query("the midnight party was moved to two rooms"))

    assert all(hit.probability < repeat.probability for hit in stranger)
    assert repeat.said
    assert not any(hit.said for hit in stranger)


def test_the_order_of_putting_does_not_matter() -> None:
    query = "connections ran out and the certificate expired"

    assert rank(query, MEMORY) == rank(query, MEMORY[::-1])
    assert len(rank(query, MEMORY)) > 1


def test_room_is_won_back_without_losing_anything() -> None:
    memory = Index()
    for turn in range(3):
        memory.put_many(Text(f"F-{n}", f"word{n} failed", f"turn{turn}", services=(f"s{n}",)) for n in range(900))

    assert len(memory) == 900
    hit = memory.search(Query("word77a word77", services=("s77",)))[0]
    assert hit.key == "F-77"
    assert memory.search(Query("turn0")) == []


def test_ten_thousand_copies_leave_room_for_others() -> None:
    index = Index()
    index.put_many(Text(f"F-{n}", "Disk full", "The disk of the log host is full again") for n in range(10_000))
    index.put(Text("F-other", "Journal", "The journal filled the volume of the log host until the disk was full"))

    keys = [hit.key for hit in index.search(Query("The disk of the log host is full", title="Disk full"), limit=20)]

    assert keys[0] == "F-0"
    assert "F-other" in keys
    assert len(keys) == 11


@pytest.mark.parametrize("told", ["one by one", "all at once"])
def test_of_copies_the_earliest_are_compared_whatever_was_edited_since(told: str) -> None:
    copies = [
        Text(f"F-{n}", "Disk full", "The disk of the log host is full", when=n / 7 if told == "one by one" else 5.0)
        for n in range(30)
    ]
    question = Query("The disk of the log host is full", title="Disk full")
    built, followed = built_and_followed(copies, edited=12)

    def found(index: Index) -> list[str]:
        return [hit.key for hit in index.search(question, limit=20)]

    assert sorted(found(built)) == sorted(f"F-{n}" for n in range(10))
    assert found(followed) == found(built)


@pytest.mark.parametrize("told", ["one by one", "all at once"])
def test_of_many_lessons_that_name_a_place_the_earliest_are_compared(told: str) -> None:
    lessons = [
        Text(f"L-{n}", f"Lesson {n}", "", when=n / 7 if told == "one by one" else 5.0, paths=("db/**",))
        for n in range(150)
    ]
    change = Query("Quicker startup", paths=("db/users.sql",), kind="change")
    built, followed = built_and_followed(lessons, edited=80)

    def found(index: Index) -> set[str]:
        return {hit.key for hit in index.search(change, limit=200)}

    assert found(built) == {f"L-{n}" for n in range(100)}
    assert found(followed) == found(built)


def built_and_followed(texts: list[Text], *, edited: int) -> tuple[Index, Index]:
    """An index built of the texts, and one that saw some of them change and change back."""
    built, followed = Index(), Index()
    built.put_many(texts)
    followed.put_many(texts)
    followed.put_many(replace(text, body="Something else.") for text in texts[:edited])
    followed.put_many(texts[:edited])
    return built, followed


def test_which_words_of_many_are_read_does_not_hang_on_who_said_them_first() -> None:
    words = [f"word{n:03}x" for n in range(140)]
    texts = [Text(f"F-{n}", "", words[n], when=float(n)) for n in range(139)]
    last = Text("F-139", "", words[139], when=139.0)
    built, followed = Index(), Index()
    built.put_many([*texts, last])
    followed.put(replace(last, body=" ".join(reversed(words))))
    followed.put_many([*texts, last])

    question = Query(" ".join(words))

    found = {hit.key for hit in built.search(question, limit=200)}
    assert found == {hit.key for hit in followed.search(question, limit=200)}
    assert len(found) == 10


def test_what_lies_behind_a_better_hit_is_less_sure_than_alone() -> None:
    far = Text("F-far", "Queue full", "The worker stopped and the queue of the mail host was full.")
    near = Text("F-near", "Disk full", "Logs filled the disk of the mail host and the queue worker stopped.")
    change = Query("Write logs of the queue worker to the disk of the mail host.", kind="change")

    alone, beside = ({hit.key: hit for hit in rank_of(texts, change)} for texts in ([far], [far, near]))

    assert dict(beside["F-near"].signals)["behind"] == dict(alone["F-far"].signals)["behind"] == 0
    assert dict(beside["F-far"].signals)["behind"] > 0


def rank_of(texts: list[Text], query: Query) -> list[Hit]:
    index = Index()
    index.put_many(texts)
    return index.search(query)


def test_a_service_that_all_failures_concern_says_little() -> None:
    index = Index()
    index.put_many(Text(f"F-{n}", f"Failure {n}", "it fell", services=("shop",)) for n in range(9))
    index.put(Text("F-9", "Failure nine", "it fell", services=("shop", "mail")))

    def service(name: str) -> float:
        hits = index.search(Query("it fell", services=(name,)), limit=20)
        return max(dict(hit.signals)["service"] for hit in hits)

    assert service("mail") > 0.8
    assert service("shop") < 0.1
    for n in range(8):
        index.drop(f"F-{n}")
    assert service("shop") < service("mail") < 0.7
