"""The search of failures: every word, in its usual forms, in any order; codes; the same at every door."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import write_lesson
from failonce.modes.models import FailureMode
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.doors import call_api, signed_in

STORIES = {
    "Backup": "The nightly backup\nwrote a full\ndisk; restoring it failed, the latest one was gone.",
    "Mail": "The active certificate had run out, and so no mail left (max_connections stood at 10.0.0.1).",
    "Query": "One slow query, then retries, a ReadTimeoutError in İzmir. Überlauf der Warteschlange; データベース.",
}


@pytest.fixture(autouse=True)
def told(ada: Person) -> dict[str, Failure]:
    when = datetime(2026, 1, 5, tzinfo=UTC)
    telling = [Telling(story=story, title=title, started_at=when) for title, story in STORIES.items()]
    return {each.title: tell_failure(actor=ada, telling=each).failure for each in telling}


def found(person: Person, q: str, more: str = "") -> list[str]:
    """Return the titles that the API finds, after seeing that the page shows the same."""
    answer = call_api(person, "GET", f"/failures?q={quote(q)}{more}").json()
    shown = signed_in(person).get("/failures/", {"q": q}).content.decode()
    titles = sorted(each["title"] for each in answer["failures"])
    assert more or all((f"<bdi>{title}</bdi>" in shown) == (title in titles) for title in STORIES)
    return titles


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("backups", ["Backup"]),
        ("BACKUP", ["Backup"]),
        ("mail certificates", ["Mail"]),
        ("certificate mailbox", []),
        ("disk full", ["Backup"]),
        ("disk, full!", ["Backup"]),
        ("restored", ["Backup"]),
        ("restore failing", ["Backup"]),
        ("certif", ["Mail"]),
        ("queries", ["Query"]),
        ("retry", ["Query"]),
        ("test", []),  # in "latest", but no word begins so
        ("connections", ["Mail"]),
        ("max_conn", ["Mail"]),
        ("10.0.0.1", ["Mail"]),
        ("(max", ["Mail"]),
        ("ÜBERLAUF", ["Query"]),
        ("überl", ["Query"]),
        ("ベース", ["Query"]),
        ("İzmir", ["Query"]),  # lowering takes its first letter apart
        ("%", []),
        ("the", ["Backup", "Mail", "Query"]),
        ("then", ["Query"]),
        ("timeouts", ["Query"]),
        ("running", ["Mail"]),
        ("acting", []),  # "active" only begins as "act" does
        ("activ", ["Mail"]),
        ("backup mail", []),
        ("", ["Backup", "Mail", "Query"]),
    ],
)
def test_every_word_begins_one_in_the_title_or_story(bo: Person, q: str, titles: list[str]) -> None:
    assert found(bo, q) == titles


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ('"full disk"', ["Backup"]),
        ("“full disk”", ["Backup"]),
        ('"disk full"', []),
        ('"full dis"', []),
        ('"backups"', []),
        ('"slow query" retries', ["Query"]),
        ('"slow query" backup', []),
        ('"disk full', ["Backup"]),  # one mark alone quotes nothing
        ('"überlauf der"', ["Query"]),
        ('"out, and"', ["Mail"]),
    ],
)
def test_quoted_words_stand_just_so(bo: Person, q: str, titles: list[str]) -> None:
    assert found(bo, q) == titles


def test_as_many_words_as_fit_are_no_trouble(bo: Person) -> None:
    assert found(bo, " ".join(chr(0x61 + n % 26) + str(n) for n in range(60))[:200]) == []


def test_a_code_finds_what_it_names(ada: Person, bo: Person, told: dict[str, Failure]) -> None:
    answer_repeat(actor=ada, failure=told["Query"], other=told["Mail"], value="yes")
    mode = FailureMode.objects.get()
    teaching = Teaching("renew certificates", "to look at mail", "it stood still")
    lesson = write_lesson(actor=ada, failure=told["Mail"], teaching=teaching).lesson

    assert found(bo, told["Backup"].code) == found(bo, told["Backup"].code.lower()) == ["Backup"]
    assert found(bo, mode.code) == ["Mail", "Query"]
    assert found(bo, lesson.code) == ["Mail"]
    assert found(bo, "F-999999") == found(bo, "M-999999") == found(bo, "L-999999") == []
    for thing in (mode, lesson):
        shown = signed_in(bo).get("/failures/", {"q": thing.code}).content.decode()
        assert f'<span class="code">{thing.code}</span> <a href="{thing.get_absolute_url()}">' in shown


def test_what_a_code_names_comes_before_newer_ones_that_say_it(
    ada: Person, bo: Person, told: dict[str, Failure]
) -> None:
    code = told["Mail"].code
    for n, story in enumerate([f"As in {code}, the mail stood still.", f"As in {code}7.", f"As in X{code}."], start=1):
        telling = Telling(story=story, title=f"Later {n}", started_at=datetime(2026, 2, n, tzinfo=UTC))
        tell_failure(actor=ada, telling=telling)

    answer = call_api(bo, "GET", f"/failures?q={code}").json()
    page = signed_in(bo).get("/failures/", {"q": code}).content.decode()

    assert [each["title"] for each in answer["failures"]] == ["Mail", "Later 1"]
    assert 0 < page.index("<bdi>Mail</bdi>") < page.index("<bdi>Later 1</bdi>")
    assert "<bdi>Later 2</bdi>" not in page
    assert [each["title"] for each in call_api(bo, "GET", "/failures?q=mail").json()["failures"]] == ["Later 1", "Mail"]


def test_a_failure_with_several_lessons_is_listed_once(ada: Person, bo: Person, told: dict[str, Failure]) -> None:
    lessons = [
        write_lesson(actor=ada, failure=told["Mail"], teaching=Teaching(f"renew {name}", "to look", "it fell")).lesson
        for name in "abc"
    ]
    story = f"{told['Query'].story} See {lessons[0].code}."
    Failure.objects.filter(pk=told["Query"].pk).update(story=story)
    Failure.objects.filter(pk=told["Mail"].pk).update(story=story)

    answer = call_api(bo, "GET", f"/failures?q={lessons[0].code}").json()

    assert [each["title"] for each in answer["failures"]] == ["Mail", "Query"]
    assert answer["total"] == 2


def test_the_code_of_a_withdrawn_failure_still_leads_there(ada: Person, bo: Person, told: dict[str, Failure]) -> None:
    gone = withdraw_failure(actor=ada, failure=told["Mail"], because="")

    assert found(bo, "certificate") == []
    page = signed_in(bo).get("/failures/", {"q": gone.code}).content.decode()
    assert gone.get_absolute_url() in page
    assert "nothing more about it" in page


def test_what_is_restricted_is_found_by_nobody_else(ada: Person, bo: Person, told: dict[str, Failure]) -> None:
    answer_repeat(actor=ada, failure=told["Query"], other=told["Mail"], value="yes")
    mode = FailureMode.objects.get()
    teaching = Teaching("renew certificates", "to look at mail", "it stood still")
    lesson = write_lesson(actor=ada, failure=told["Mail"], teaching=teaching).lesson
    secret = Service.objects.create(slug="secret-service", name="Secret service")
    told["Mail"].services.add(secret)
    Failure.objects.filter(title__in=["Mail", "Query"]).update(visibility="restricted")
    asked = ("mail", '"no mail"', told["Mail"].code, mode.code, lesson.code)

    assert all(found(ada, q) for q in asked)
    for q in asked:
        assert found(bo, q) == []
        for page in ("/failures/", "/lessons/"):
            shown = signed_in(bo).get(page, {"q": q}).content.decode()
            assert "<bdi>Mail</bdi>" not in shown
            assert "renew certificates" not in shown
            assert secret.name not in shown


def test_a_service_and_a_kind_narrow_at_both_doors(ada: Person, bo: Person, told: dict[str, Failure]) -> None:
    payments = Service.objects.create(slug="payments", name="Payments")
    Service.objects.create(slug="idle", name="Idle")
    told["Mail"].services.add(payments)
    Failure.objects.filter(title="Query").update(kind="near_miss")

    page = signed_in(bo).get("/failures/?service=payments").content.decode()

    assert '<option value="payments" selected>Payments</option>' in page
    assert "Idle" not in page  # nothing to find there
    assert ("<bdi>Mail</bdi>" in page, "<bdi>Query</bdi>" in page) == (True, False)
    assert found(bo, "", "&service=payments") == ["Mail"]
    assert found(bo, "mail", "&service=idle") == []
    assert found(bo, "", "&kind=near_miss") == ["Query"]
    assert call_api(bo, "GET", "/failures?kind=near-miss").status_code == 422


def test_when_nothing_is_found_it_says_what_was_looked_for(bo: Person, told: dict[str, Failure]) -> None:
    told["Mail"].services.add(Service.objects.create(slug="payments", name="Payments"))
    asked = {"q": "disk <fullness>", "kind": "near_miss", "service": "payments"}

    page = signed_in(bo).get("/failures/", asked).content.decode()

    assert "No near miss that touched <bdi>Payments</bdi> says “<bdi>disk &lt;fullness&gt;</bdi>”." in page
    assert "Each word has to be in the title or the story. Try fewer" in page
    assert "any kind and service" in page
    narrowed = signed_in(bo).get("/failures/?kind=near_miss").content.decode()
    assert "No near miss is told here." in narrowed
    assert "Each word" not in narrowed
