"""Recall follows the database: at once, after a rollback, and past rows committed late."""

import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from failonce.catalogue.interchange import apply_catalogue
from failonce.catalogue.writes import describe_service
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.history.chain import record
from failonce.history.verbs import Verb
from failonce.modes import snapshots
from failonce.modes.memory import Memory
from failonce.people.models import Person
from failonce.recall import Query
from tests.cast import make_person

WHEN = datetime(2026, 2, 1, tzinfo=UTC)


def tell(person: Person, story: str) -> Failure:
    return tell_failure(actor=person, telling=Telling(story=story, started_at=WHEN)).failure


def keys(memory: Memory, text: str) -> list[str]:
    return [hit.key for hit in memory.search(Query(text=text), limit=10, without=set())]


def test_what_was_just_told_is_found_at_once(ada: Person) -> None:
    memory = Memory()
    assert keys(memory, "certificate expired") == []

    told = tell(ada, "The certificate of the gateway expired.")

    assert keys(memory, "certificate expired") == [told.code]


def test_an_edit_replaces_what_is_known(ada: Person) -> None:
    memory, told = Memory(), tell(ada, "The certificate of the gateway expired.")
    keys(memory, "anything")

    told.story, told.title = "A mouse chewed the uplink.", "Uplink chewed"
    told.save()
    record(actor=ada, verb=Verb.FAILURE_EDIT, subject=told.code)

    assert keys(memory, "certificate of the gateway") == []
    assert keys(memory, "mouse chewed the uplink") == [told.code]


def test_what_a_service_is_made_of_is_known_of_its_failures(ada: Person, root: Person) -> None:
    telling = Telling(story="The certificate of the gateway expired.", started_at=WHEN, services=("Gateway",))
    told = tell_failure(actor=ada, telling=telling).failure
    change = Query(text="Renew the certificate", technologies=("nginx",), kind="change")
    memory = Memory()

    def said() -> list[tuple[str, float]]:
        hits = memory.search(change, limit=10, without=set())
        return [(hit.key, dict(hit.signals)["technology"]) for hit in hits]

    assert said() == [(told.code, 0.0)]

    service = describe_service(actor=root, slug="gateway", technologies=["nginx"])
    assert said() == [(told.code, 1.0)]
    assert keys(memory, "certificate of the gateway") == [told.code]  # the words are what they were

    service = describe_service(actor=root, slug="gateway", read=service.version, technologies=["envoy"])
    assert said() == [(told.code, 0.0)]

    apply_catalogue(actor=root, data={"services": [{"slug": "gateway", "technologies": ["nginx"]}]})
    assert said() == [(told.code, 1.0)]


def test_what_else_is_said_of_a_service_has_its_failures_read_no_more(
    ada: Person, root: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    telling = Telling(story="The certificate of the gateway expired.", started_at=WHEN, services=("Gateway",))
    tell_failure(actor=ada, telling=telling)
    memory = Memory()
    keys(memory, "certificate")

    describe_service(actor=root, slug="gateway", description="All calls come in here.")

    with django_assert_max_num_queries(4) as asked:  # the head, its place, the entries, what was described
        keys(memory, "certificate")
    assert not any("failures_failure" in query["sql"] for query in asked.captured_queries)


def test_a_forgotten_index_is_built_again(ada: Person) -> None:
    memory, told = Memory(), tell(ada, "The certificate of the gateway expired.")

    memory.forget()

    assert keys(memory, "certificate") == [told.code]


def test_who_waits_for_it_to_be_built_is_told_how_far_it_is(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("failonce.modes.memory._TOLD_EVERY", 2)
    for number in range(5):
        tell(ada, f"Switch {number} lost power.")
    memory, told = Memory(), list[tuple[int, int, bool]]()
    memory.tell = lambda done, total, has_meaning: told.append((done, total, has_meaning))

    keys(memory, "switch")
    tell(ada, "A switch came back.")
    keys(memory, "switch")

    assert told == [(2, 5, False), (4, 5, False), (5, 5, False)]


def test_a_history_that_was_taken_back_is_noticed(ada: Person) -> None:
    memory = Memory()
    tell(ada, "A switch lost power.")
    with transaction.atomic():
        tell(ada, "The certificate of the gateway expired.")
        assert keys(memory, "certificate of the gateway") != []
        transaction.set_rollback(True)

    kept = tell(ada, "The invoice run was late.")

    assert keys(memory, "certificate of the gateway") == []
    assert keys(memory, "invoice run late") == [kept.code]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_a_row_committed_late_is_not_missed() -> None:
    ada, memory = make_person("Ada"), Memory()
    tell(ada, "A switch lost power.")
    keys(memory, "anything")
    row_is_written, other_is_committed = threading.Event(), threading.Event()

    def slow_teller() -> None:
        try:
            with transaction.atomic():
                late = Failure.objects.create(
                    title="Late", kind="incident", story="The certificate of the gateway expired.",
                    started_at=WHEN, told_by=ada,
                )  # fmt: skip
                row_is_written.set()
                assert other_is_committed.wait(20)
                record(actor=ada, verb=Verb.FAILURE_TELL, subject=late.code)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_teller)
    thread.start()
    assert row_is_written.wait(20)
    quick = tell(ada, "The invoice run was late.")
    assert keys(memory, "invoice run late") == [quick.code]
    assert keys(memory, "certificate of the gateway") == []
    other_is_committed.set()
    thread.join(20)

    late = Failure.objects.get(title="Late")
    assert late.pk < quick.pk
    assert keys(memory, "certificate of the gateway") == [late.code]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_many_tellers_at_once_are_all_found() -> None:
    ada, memory = make_person("Ada"), Memory()
    codes: list[str] = []

    def teller(number: int) -> None:
        try:
            for turn in range(5):
                codes.append(tell(ada, f"Teller {number} saw the certificate expire, turn {turn}.").code)
        finally:
            connection.close()

    threads = [threading.Thread(target=teller, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        keys(memory, "certificate")
    for thread in threads:
        thread.join()

    index = memory.follow()
    assert len(codes) == 30
    assert all(code in index for code in codes)


def told_often(person: Person, monkeypatch: pytest.MonkeyPatch) -> Failure:
    """Tell a failure with a memory that saves after every entry."""
    monkeypatch.setattr("failonce.modes.memory._SAVE_AFTER", 1)
    return tell(person, "The certificate of the gateway expired.")


def saved() -> list[str]:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(20)
    return [folder.name for folder in snapshots._newest_first()]


def test_a_saved_index_is_taken_up_and_followed(
    ada: Person, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    first = told_often(ada, monkeypatch)
    keys(Memory(), "anything")
    assert len(saved()) == 1
    second = tell(ada, "The invoice run was late.")

    monkeypatch.setattr("failonce.modes.memory._build", lambda: pytest.fail("should not be built afresh"))

    memory = Memory()
    assert keys(memory, "certificate of the gateway") == [first.code]
    assert keys(memory, "invoice run late") == [second.code]


@pytest.mark.parametrize("harm", ["damaged", "deleted", "of another history"])
def test_a_saved_index_that_is_no_use_is_built_again(
    ada: Person, harm: str, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    told = told_often(ada, monkeypatch)
    keys(Memory(), "anything")
    (name,) = saved()
    folder = tmp_path / "recall" / name
    if harm == "deleted":
        shutil.rmtree(tmp_path / "recall")
    elif harm == "damaged":
        (folder / "index.npz").write_bytes(b"nonsense")
    else:
        folder.rename(folder.with_name("1-" + "0" * 64))

    assert keys(Memory(), "certificate of the gateway") == [told.code]
