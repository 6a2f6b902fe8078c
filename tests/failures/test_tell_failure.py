"""Telling a failure: the same through every door, and what is refused."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from failonce.catalogue.models import Audience, Service
from failonce.failures.forms import SPARE_LOSSES
from failonce.failures.models import STORY_LIMIT, Failure
from failonce.failures.recall_source import query_of, text_of
from failonce.failures.writes import withdraw_failure
from failonce.history.models import Entry
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

LESSON = {"when_you": "add a job", "remember": "the disk it fills", "because": "nobody watches it"}
STORY = "The nightly job filled the disk of the queue host.\n\nNobody was told until orders stopped."


def through_the_page(person: Person, **said: str) -> str:
    key = uuid.uuid4()
    posted = {"story": STORY, "kind": "incident", "visibility": "everyone", "more_services": "payments"}
    answer = signed_in(person).post(f"/failures/new/{key}/", posted | said)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).strip("/").split("/")[-1]


def through_the_api(person: Person, **said: str) -> str:
    answer = call_api(person, "POST", "/failures", {"story": STORY, "services": ["payments"]} | said)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def through_the_cli(person: Person, **said: str) -> str:
    options = [part for name, value in said.items() for part in (f"--{name}", value)]
    answer = run_cli(person, "tell", "--service", "payments", "--story", "-", "--json", *options, stdin=STORY)
    assert answer.exit_code == 0, answer.output
    return str(json.loads(answer.stdout)["code"])


every_door = pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])


@every_door
def test_every_door_tells_the_same_failure(ada: Person, door: Callable[..., str]) -> None:
    code = door(ada, title="Disk full on the queue host", kind="near_miss")

    told = Failure.objects.get()
    assert told.code == code
    assert (told.title, told.kind, told.story) == ("Disk full on the queue host", "near_miss", STORY)
    assert told.told_by == ada
    assert [service.name for service in told.services.all()] == ["payments"]
    assert abs(told.started_at - timezone.now()) < timedelta(minutes=1)
    assert [entry.verb for entry in Entry.objects.of(code)] == ["failure:tell"]


@every_door
def test_a_failure_without_a_title_is_called_by_its_first_sentence(ada: Person, door: Callable[..., str]) -> None:
    door(ada)

    assert Failure.objects.get().title == "The nightly job filled the disk of the queue host"


LONG = "the nightly job that copies the backups to the second site filled the disk of the queue host"


@pytest.mark.parametrize(
    ("story", "title"),
    [
        (
            f"Since three in the morning {LONG}.",
            "Since three in the morning the nightly job that copies the backups to…",
        ),
        (f"At noon, {LONG}.", "At noon, the nightly job that copies the backups to the second site…"),
        (f"Orders stopped at noon, then mails too: {LONG}.", "Orders stopped at noon, then mails too"),
        (f"Orders stopped at noon on Friday – {LONG}.", "Orders stopped at noon on Friday"),
        ("証明書" * 40, "証明書" * 23 + "証…"),
    ],
)
def test_a_long_first_sentence_gives_a_short_title(ada: Person, story: str, title: str) -> None:
    through_the_api(ada, story=story)

    assert Failure.objects.get().title == title


def test_a_stack_trace_is_called_by_the_error_it_ends_with(ada: Person) -> None:
    through_the_api(ada, story="Traceback (most recent call last):\n  File \"a.py\", line 7, in pay\nKeyError: 'rate'")

    assert Failure.objects.get().title == "KeyError: 'rate'"


def test_recall_knows_a_failure_by_more_than_its_short_title(ada: Person) -> None:
    through_the_api(ada, story=f"Since noon {LONG}.\n\nNobody saw.")
    through_the_api(ada, story=f"Since noon {LONG}.", title="Disk full")

    cut, titled = Failure.objects.order_by("pk")

    assert text_of(cut).title == query_of(cut).title == f"Since noon {LONG}"
    assert text_of(titled).title == query_of(titled).title == "Disk full"


def test_no_full_stop_follows_a_title(ada: Person, bo: Person, adas_failure: Failure) -> None:
    Failure.objects.update(title="The queue filled up…")
    call_api(bo, "PUT", f"/failures/{through_the_api(bo)}/answers/{adas_failure.code}", {"answer": "yes"})
    lesson = call_api(bo, "POST", "/lessons", {"failure": adas_failure.code} | LESSON).json()["code"]

    for page in (f"failures/{adas_failure.code}/", f"lessons/{lesson}/", f"lessons/new/?failure={adas_failure.code}"):
        words = strip_tags(signed_in(ada).get(f"/{page}").content.decode())
        assert "The queue filled up…" in words
        assert "…." not in words


@every_door
def test_a_leader_tells_a_failure_the_same_way(ada: Person, door: Callable[..., str]) -> None:
    ada.is_leader = True
    ada.save(update_fields=["is_leader"])

    door(ada, kind="mistake")

    assert Failure.objects.get().told_by == ada


def test_an_unknown_service_is_kept_as_a_name_and_said(ada: Person) -> None:
    Service.objects.create(slug="payments-api", name="Payments API", is_described=True)

    answer = call_api(ada, "POST", "/failures", {"story": STORY, "services": ["payments-apy"]})

    notice = " ".join(answer.json()["notices"])
    assert "payments-apy" in notice
    assert "payments-api" in notice
    assert Service.objects.get(slug="payments-apy").is_described is False


NOW = datetime.now(UTC)
REFUSED = [
    ({"story": "  \n "}, "story", "one sentence is enough"),
    ({"story": "x" * (STORY_LIMIT + 1)}, "story", "1,000,001 characters"),
    ({"kind": "catastrophe"}, "kind", "incident"),
    ({"started_at": (NOW + timedelta(days=2)).isoformat()}, "started_at", "future"),
    (
        {"started_at": NOW.isoformat(), "ended_at": (NOW - timedelta(days=1)).isoformat()},
        "ended_at",
        "before it starts",
    ),
    ({"title": "x" * 201}, "title", "201 characters"),
    ({"source": "javascript:alert(1)"}, "source", "http"),
    ({"visibility": "restricted", "readers": ["nobody@example.org"]}, "readers", "nobody@example.org"),
]


@pytest.mark.parametrize(("said", "field", "why"), REFUSED, ids=[case[1] + str(n) for n, case in enumerate(REFUSED)])
def test_what_can_not_be_kept_is_refused_with_a_reason(ada: Person, said: dict[str, str], field: str, why: str) -> None:
    answer = call_api(ada, "POST", "/failures", {"story": STORY} | said)

    assert answer.status_code == 422
    assert why in answer.json()["fields"][field]
    assert Failure.objects.count() == 0
    assert Entry.objects.count() == 0


def test_a_refused_story_is_still_in_the_form(ada: Person) -> None:
    answer = signed_in(ada).post(
        f"/failures/new/{uuid.uuid4()}/",
        {"story": STORY, "kind": "incident", "visibility": "everyone", "started_at": "2999-01-01T00:00"},
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nobody was told until orders stopped." in page
    assert "future" in page


def test_a_refused_story_from_stdin_is_kept_in_a_file(ada: Person) -> None:
    answer = run_cli(ada, "tell", "--kind", "catastrophe", "--story", "-", stdin=STORY)

    assert answer.exit_code == 1
    kept = answer.stderr.split("Your story is kept in ")[1].splitlines()[0].rstrip(".")
    assert Path(kept).read_text(encoding="utf-8") == STORY


def choices(panel: str, failure: Failure) -> list[tuple[str, bool]]:
    """Return the answers that the panel offers about a failure, and whether each is the one given."""
    radios = re.findall(rf'<input type="radio" name="answer-{failure.code}" value="(\w+)"( checked)?>', panel)
    return [(value, bool(checked)) for value, checked in radios]


def test_an_answer_stays_when_the_story_goes_on(ada: Person, adas_failure: Failure) -> None:
    said = {"story": "Something else entirely.", f"answer-{adas_failure.code}": "no", "answer-F-x": "no"}

    page = signed_in(ada).post("/failures/resembling/", said).content.decode()

    assert choices(page, adas_failure) == [("yes", False), ("no", True), ("not_sure", False)]
    assert "<summary>What you answered (1)</summary>" in page
    assert adas_failure.title in page


@pytest.mark.parametrize(("value", "said"), [("yes", ", so nothing will be linked to it"), ("no", "")])
def test_an_answer_about_what_was_withdrawn_stays_and_says_so(
    ada: Person, bo: Person, adas_failure: Failure, value: str, said: str
) -> None:
    withdraw_failure(actor=ada, failure=adas_failure)
    typed = {"story": adas_failure.story, f"answer-{adas_failure.code}": value}

    panel = signed_in(bo).post("/failures/resembling/", typed).content.decode()

    assert dict(choices(panel, adas_failure))[value]
    assert f"Was withdrawn{said}." in panel
    assert adas_failure.title not in panel


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Failures that this may repeat appear here"),
        ({"story": " \n", "title": " "}, "Failures that this may repeat appear here"),
        ({"story": "A crane"}, "Nothing told earlier resembles this so far."),
        ({"title": "A crane"}, "Nothing told earlier resembles this so far."),
        ({"story": "A crane", "answer-F-1": "no"}, "Nothing else told earlier resembles this so far."),
    ],
)
def test_beside_the_story_stands_whether_anything_was_found(
    ada: Person, adas_failure: Failure, typed: dict[str, str], said: str
) -> None:
    typed = {name.replace("F-1", adas_failure.code): value for name, value in typed.items()}

    panel = signed_in(ada).post("/failures/resembling/", typed).content.decode()

    assert panel.count('<p class="help">') == 1
    assert f'<p class="help">{said}' in panel


def test_an_answer_about_what_one_may_not_read_shows_nothing(ada: Person, bo: Person, adas_failure: Failure) -> None:
    Failure.objects.update(visibility="restricted")

    page = signed_in(bo).post("/failures/resembling/", {f"answer-{adas_failure.code}": "no"}).content.decode()

    assert adas_failure.title not in page


def test_one_block_of_losses_is_open_and_more_can_be_added(ada: Person) -> None:
    Audience.objects.create(slug="shop-teams", name="Shop teams")
    said = {"kind": "incident", "visibility": "everyone"} | {"lost_0": "", "lost_1": "Orders", "lost_2": ""}

    fresh = signed_in(ada).get("/failures/new/", follow=True).content.decode()
    filled = signed_in(ada).post(f"/failures/new/{uuid.uuid4()}/", said).content.decode()

    assert fresh.count("<summary>And another</summary>") == SPARE_LOSSES
    assert '<details class="another" open>' not in fresh
    assert filled.count('<details class="another" open>') == 1
    assert filled.count("<summary>And another</summary>") == 1 + SPARE_LOSSES


def test_its_page_draws_no_time_line_where_no_time_passed(ada: Person) -> None:
    just_now = through_the_page(ada)
    long_ago = through_the_page(ada, started_at="2026-01-05T10:00")

    assert 'class="drawing"' not in signed_in(ada).get(f"/failures/{just_now}/").content.decode()
    assert 'class="drawing"' in signed_in(ada).get(f"/failures/{long_ago}/").content.decode()


def test_nul_bytes_and_broken_utf8_are_shown_not_lost(ada: Person) -> None:
    answer = run_cli(ada, "tell", "--story", "-", stdin=b"a\x00b \xff caf\xc3\xa9")

    assert answer.exit_code == 0, answer.output
    assert Failure.objects.get().story == "a\ufffdb \ufffd café"


def test_a_stranger_tells_nothing(db: None) -> None:
    assert call_api(None, "POST", "/failures", {"story": STORY}).status_code == 401
    assert Failure.objects.count() == 0
