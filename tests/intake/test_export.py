"""Everything can leave, and comes back as it was."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from failonce.catalogue.interchange import apply_catalogue, catalogue_data
from failonce.catalogue.models import Audience, Offering, Service
from failonce.demo.loading import load
from failonce.failures.models import Failure
from failonce.failures.telling import Loss, Telling
from failonce.failures.writes import add_to_failure, comment_on_failure, tell_failure, withdraw_failure
from failonce.history.chain import verify
from failonce.history.models import Entry, Head
from failonce.intake.front_matter import join, split
from failonce.lessons.importing import IncomingLesson, import_lessons
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.modes.models import Answer, FailureMode
from failonce.modes.resemblance import resembling
from failonce.modes.writes import answer_repeat, name_mode
from failonce.people.models import Person, Practice, Team
from failonce.people.permissions import LEARNING
from failonce.people.writes import describe_practice
from failonce.preflight.models import Preflight, Reminder
from failonce.preflight.writes import answer_reminder
from tests.cast import make_person
from tests.doors import run_cli
from tests.preflight.cast import POOL

pytestmark = pytest.mark.django_db

NASTY = [
    "A ruler\n---\nand another\n...\nend",
    "---\ntitle: a story that looks like front matter\n---\nand goes on",
    "line\r\nends\r\nof\r\nanother machine",
    "a: yaml\n- that\n  - is: none\n#!&*%@`'\"{}[]|>",
    "emoji 🛠️👩‍🚀, עברית ועוד, العربية \u202eright to left\u202c, \u0000 and \ud800",
    "separators \u2028 of \u2029 lines \x85 and \x07 bells \x1b[31m and \ufeff marks",
    "    four spaces in\n\ttab in\n\n\n\nfour lines apart   \n  and blanks at the end",
    "a very long line " * 20_000,
    "null",
    "~",
    "2020-01-01",
    "<script>alert(1)</script> & <b>",
]
CATALOGUE = {
    "teams": [{"slug": "harbour", "name": "Harbour: # 1"}],
    "services": [
        {"slug": "pay", "name": "Pay: now", "critical": True, "team": "harbour", "technologies": ["yes", "1.0"]},
        {"slug": "mail", "name": "Mail", "depends_on": ["pay"], "paths": ["mail/**", "*.sql"]},
    ],
    "audiences": [{"slug": "shops", "name": "Shops", "kind": "partner", "contact": "duty@example.org"}],
    "offerings": [
        {
            "slug": "cards",
            "name": "Cards",
            "service": "pay",
            "audiences": ["shops"],
            "parts": [{"kind": "goods", "name": "No", "description": "- a\n- b"}],
        },
    ],
}


@pytest.fixture
def full(root: Person, ada: Person, bo: Person) -> None:
    """An installation in which everything that can leave is there."""
    apply_catalogue(actor=root, data=CATALOGUE)
    told = [tell_failure(actor=ada, telling=_telling(number, text)).failure for number, text in enumerate(NASTY)]
    comment_on_failure(actor=bo, failure=told[0], text=NASTY[1])
    add_to_failure(actor=ada, failure=told[0], text=NASTY[2])
    answer_repeat(actor=bo, failure=told[1], other=told[0], value="yes")
    answer_repeat(actor=ada, failure=told[3], other=told[2], value="no")
    answer_repeat(actor=ada, failure=told[5], other=told[4], value="not_sure")
    name_mode(actor=ada, mode=FailureMode.objects.get(), version=1, title="Mode: “one”", description=NASTY[0])
    taught = import_lessons(actor=root, incoming=[_lesson(told[0], bo, number) for number in range(2)])
    assert [outcome.problems for outcome in taught] == [{}, {}]
    Lesson.objects.filter(pk=Lesson.objects.latest("pk").pk).update(
        retired_at=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC), retired_because="no: longer", version=3
    )
    withdraw_failure(actor=ada, failure=told[6], because="a\nb: c")
    _ask(
        bo,
        NASTY[0],
        Reminder(failure=told[0], lesson=Lesson.objects.first()),
        *(Reminder(failure=told[place]) for place in (4, 5)),
    )
    _ask(ada, NASTY[4].replace("\0", "").replace("\ud800", ""))
    learning = Practice.objects.get(slug=LEARNING)
    describe_practice(actor=root, practice=learning, purpose="a: b", owner=ada, manager=None, practitioners=[bo, root])
    Failure.objects.filter(pk=told[7].pk).update(imported_as="pager:7", version=9)


def _telling(number: int, text: str) -> Telling:
    return Telling(
        story=text,
        title=text.splitlines()[0][:150] if number % 2 else "",
        kind=["incident", "near_miss", "mistake"][number % 3],
        started_at=datetime(2025, 1, 1 + number, 10, 11, 12, 131415, tzinfo=UTC),
        ended_at=datetime(2025, 2, 1, tzinfo=UTC) if number % 2 else None,
        services=("pay", f"Unknown: {number}")[: number % 3],
        losses=(Loss("cards", ("shops",), text[:500]), Loss(lost="yes"))[: number % 3],
        deployment="v1: #2" if number % 2 else "",
        source="https://example.org/?a=b#c" if number % 2 else "",
        visibility="restricted" if number == 4 else "everyone",
        readers=("bo@example.org",) if number == 4 else (),
    )


def _lesson(failure: Failure, writer: Person, number: int) -> IncomingLesson:
    return IncomingLesson(
        failure=failure,
        teaching=Teaching(
            when_you=f"say: yes {number}",
            remember="'no' # and \"why\"",
            because="- it: breaks",
            explanation=NASTY[0],
            services=("pay",),
            technologies=("yes", "1.0"),
            paths=("**/*.sql", "a b/[cd].md"),
            kinds_of_change=("code",),
            renew_by=date(2020, 1, 2),
        ),
        written_by=writer,
        written_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    )


def _ask(person: Person, change: str, *reminders: Reminder) -> None:
    """Keep a preflight with these reminders, the first two of them answered, one without a reason."""
    asked = Preflight.objects.create(asked_by=person, change=change, digest="d" * 64, about="a: #1", notices=["a: b"])
    asked.services.set(Service.objects.filter(slug="pay"))
    for position, reminder in enumerate(reminders, start=1):
        reminder.preflight, reminder.position = asked, position
        reminder.probability, reminder.because = 0.125, ["both: “pools”"]
        reminder.save()
    for reminder, reason in zip(reminders[:2], ("no: retries\nhere", ""), strict=False):
        answer_reminder(actor=person, reminder=reminder, answer="does_not_apply", reason=reason)


def everything() -> dict[str, Any]:
    """Return all that an export promises, field by field."""
    return {
        "failures": [
            {
                **{f.name: getattr(each, f.attname) for f in Failure._meta.concrete_fields if f.name != "told_by"},
                "told_by": each.told_by.email,
                "services": sorted(each.services.values_list("slug", flat=True)),
                "readers": sorted(each.readers.values_list("email", flat=True)),
                "impacts": [
                    (impact.offering and impact.offering.slug, impact.lost, [a.slug for a in impact.audiences.all()])
                    for impact in each.impacts.all()
                ],
                "notes": list(each.notes.values_list("kind", "text", "written_by__email", "written_at")),
            }
            for each in Failure.objects.order_by("pk")
        ],
        "lessons": [
            {
                **{f.name: getattr(each, f.attname) for f in Lesson._meta.concrete_fields if f.name != "written_by"},
                "written_by": each.written_by.email,
                "services": sorted(each.services.values_list("slug", flat=True)),
            }
            for each in Lesson.objects.order_by("pk")
        ],
        "modes": [
            (*(getattr(each, f.attname) for f in FailureMode._meta.concrete_fields if f.name != "opened_by"),
             each.opened_by.email, sorted(each.occurrences.values_list("failure_id", flat=True)))
            for each in FailureMode.objects.order_by("pk")
        ],
        "answers": sorted(
            Answer.objects.values_list("low_id", "high_id", "value", "answered_by__email", "answered_at")
        ),
        "preflights": [
            (
                *(each.pk, each.change, each.digest, each.about, each.notices, each.asked_by.email, each.asked_at),
                sorted(each.services.values_list("slug", flat=True)),
                list(each.reminders.values_list(
                    "position", "failure", "lesson", "probability", "because", "answer", "reason",
                    "answered_by__email", "answered_at",
                )),
            )
            for each in Preflight.objects.order_by("pk")
        ],
        "practices": [
            (each.slug, each.name, each.purpose, each.owner and each.owner.email, each.manager and each.manager.email,
             sorted(each.practitioners.values_list("email", flat=True)))
            for each in Practice.objects.order_by("slug")
        ],
        "catalogue": catalogue_data(),
    }  # fmt: skip


def empty_the_installation() -> None:
    for model in (
        Preflight,
        Answer,
        FailureMode,
        Lesson,
        Failure,
        Entry,
        Head,
        Offering,
        Audience,
        Service,
        Practice,
        Person,
        Team,
    ):
        model._default_manager.all().delete()


def test_everything_comes_back_field_by_field(full, tmp_path):
    before = everything()
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()

    answer = run_cli(None, "import", "--json", str(tmp_path / "out"))

    assert answer.exit_code == 0, answer.stderr
    assert everything() == before
    assert len(before["failures"]) == len(NASTY)
    assert list(verify()) == []


def test_a_rejected_pair_stays_rejected(root, ada, tmp_path):
    stories = ["A switch lost power.", "The invoice run was late.", "Backups were not copied.", POOL, POOL]
    *_, first, second = (
        tell_failure(actor=ada, telling=Telling(story, datetime(2025, 1, day, tzinfo=UTC))).failure
        for day, story in enumerate(stories, start=1)
    )
    assert [each.failure for each in resembling(ada, second)] == [first]
    answer_repeat(actor=ada, failure=second, other=first, value="no")
    run_cli(root, "export", str(tmp_path / "out"))
    empty_the_installation()

    run_cli(None, "import", str(tmp_path / "out"))

    assert resembling(Person.objects.get(email="ada@example.org"), Failure.objects.get(pk=second.pk)) == []


def test_a_practice_that_has_its_people_here_keeps_them(full, tmp_path):
    run_cli(None, "export", str(tmp_path / "out"))
    practice = Practice.objects.get(slug=LEARNING)
    cy = make_person("Cy")
    practice.practitioners.set([cy])

    run_cli(None, "import", str(tmp_path / "out"))

    assert list(practice.practitioners.all()) == [cy]


def test_history_leaves_as_lines_that_prove_themselves(full, root, tmp_path):
    run_cli(root, "export", str(tmp_path / "out"))
    lines = (tmp_path / "out" / "history.jsonl").read_text(encoding="utf-8").splitlines()

    entries = [json.loads(line) for line in lines]
    assert [entry["sequence"] for entry in entries] == list(range(1, Entry.objects.count()))  # the last: this export
    told = next(entry for entry in entries if entry["verb"] == "failure:tell")
    assert (told["by"], told["actor"]) == ("ada@example.org", Person.objects.get(email="ada@example.org").pk)
    previous = ""
    for entry in entries:
        commitment = _sha256([entry["salt"], entry["actor"], entry["details"]])
        row = [*(entry[name] for name in ("sequence", "at", "verb", "subject", "commitment")), previous]
        assert (entry["commitment"], entry["hash"]) == (commitment, _sha256(row))
        previous = entry["hash"]


def _sha256(values: list[Any]) -> str:
    """Return what docs/how-to/bring-failures-in-and-out.md says a hash is."""
    return sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_history_is_in_an_administrators_export_only(full, root, cy, tmp_path):
    run_cli(root, "export", str(tmp_path / "out"))
    assert (tmp_path / "out" / "history.jsonl").exists()

    answer = run_cli(cy, "export", str(tmp_path / "out"))

    assert not (tmp_path / "out" / "history.jsonl").exists()
    assert "history entries" not in answer.stdout


def test_a_preflight_leaves_without_the_reminders_one_may_not_read(full, cy, tmp_path):
    run_cli(cy, "export", str(tmp_path / "out"))

    first = Preflight.objects.earliest("pk")
    text = (tmp_path / "out" / "preflights" / f"{first.code}.md").read_text(encoding="utf-8")
    shown = first.reminders.get(position=1)
    assert f"failure: F-{shown.failure_id}" in text
    assert "no: retries" in text
    assert f"F-{first.reminders.get(position=2).failure_id}" not in text


def test_what_comes_after_an_import_gets_new_codes(full, tmp_path):
    codes = {failure.pk for failure in Failure.objects.all()}
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()
    run_cli(None, "import", str(tmp_path / "out"))

    cy = make_person("Cy")
    told = tell_failure(actor=cy, telling=_telling(0, "New.")).failure
    answer_repeat(actor=cy, failure=told, other=Failure.objects.get(pk=max(codes)), value="yes")

    assert told.pk > max(codes)
    assert FailureMode.objects.count() == 2


def test_importing_an_export_again_changes_nothing(full, tmp_path):
    before = everything()
    run_cli(None, "export", str(tmp_path / "out"))

    answer = run_cli(None, "import", "--json", str(tmp_path / "out"))

    assert all(each["kept"] == 0 for each in json.loads(answer.stdout)["counts"].values())
    assert everything() == before


def test_tellers_who_are_not_here_keep_their_name_and_cannot_sign_in(full, tmp_path):
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()
    run_cli(None, "import", str(tmp_path / "out"))

    ada = Person.objects.get(email="ada@example.org")
    assert ada.name == "Ada"
    assert not ada.is_active
    assert not ada.has_usable_password()


def test_an_administrator_named_in_an_export_is_none_here(full, tmp_path):
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()
    make_person("Somebody", is_administrator=True)

    run_cli(None, "import", str(tmp_path / "out"))

    assert not Person.objects.filter(email="root@example.org", is_administrator=True).exists()


def test_codes_that_are_taken_are_given_anew_and_said(ada, bo, tmp_path):
    started_at = datetime(2025, 1, 1, tzinfo=UTC)
    first = tell_failure(actor=ada, telling=Telling("The disk filled up.", started_at)).failure
    second = tell_failure(actor=ada, telling=Telling("The disk filled up again.", started_at)).failure
    answer_repeat(actor=ada, failure=second, other=first, value="yes")
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()
    dee = make_person("Dee")
    Failure.objects.create(pk=first.pk, title="Mine", story="Mine.", kind="incident", told_by=dee,
                           started_at=started_at)  # fmt: skip

    answer = run_cli(None, "import", str(tmp_path / "out"))
    again = run_cli(None, "import", "--json", str(tmp_path / "out"))

    newcomer = Failure.objects.get(story="The disk filled up.")
    assert f"F-{first.pk} is another failure here; this one gets a new code" in answer.stderr
    assert Failure.objects.get(pk=first.pk).title == "Mine"
    assert newcomer.pk > second.pk
    assert Failure.objects.get(pk=second.pk).occurrence.mode == newcomer.occurrence.mode
    assert json.loads(again.stdout)["counts"]["failures"] == {"kept": 0, "here": 2, "refused": 0}


def test_an_export_has_what_its_person_may_read_and_says_what_is_missing(full, cy, tmp_path):
    answer = run_cli(cy, "export", "--json", str(tmp_path / "out"))

    files = {file.read_text(encoding="utf-8") for file in (tmp_path / "out" / "failures").glob("*.md")}
    assert not any("visibility: restricted" in text or "withdrawn_at" in text for text in files)
    assert json.loads(answer.stdout)["counts"]["failures"] == len(NASTY) - 2
    assert "Not in it: 2 failures that you may not read" in answer.stderr


def test_an_administrators_export_says_that_it_holds_restricted_failures(full, root, tmp_path):
    answer = run_cli(root, "export", str(tmp_path / "out"))

    assert "In it: 1 failure for named readers only. Keep the folder as safe as that." in answer.stderr
    assert json.loads((tmp_path / "out" / "failonce.json").read_text(encoding="utf-8"))["restricted"] == 1
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_no_secret_leaves(full, root, tmp_path):
    run_cli(root, "export", str(tmp_path / "out"))

    people = (tmp_path / "out" / "people.yaml").read_text(encoding="utf-8")
    assert "ada@example.org" in people
    assert root.password not in people
    assert "password" not in people


def test_an_older_export_is_brought_up_to_date(ada, tmp_path):
    gone = tell_failure(actor=ada, telling=_telling(0, "First.")).failure
    run_cli(None, "export", str(tmp_path / "out"))
    Failure.objects.filter(pk=gone.pk).delete()
    stays = tell_failure(actor=ada, telling=_telling(0, "Second.")).failure

    run_cli(None, "export", str(tmp_path / "out"))

    assert [file.name for file in (tmp_path / "out" / "failures").iterdir()] == [f"{stays.code}.md"]


def test_a_folder_with_other_things_is_left_alone(ada, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")

    answer = run_cli(None, "export", str(tmp_path))

    assert answer.exit_code == 1
    assert "holds other things already" in answer.stderr


def test_the_demo_leaves_and_comes_back(tmp_path):
    load()
    before = everything()
    run_cli(None, "export", str(tmp_path / "out"))
    empty_the_installation()

    run_cli(None, "import", str(tmp_path / "out"))

    assert everything() == before


DATED = "---\nstarted_at: 2025-01-01\n"
ASKED = "---\nasked_at: 2025-01-01T10:00Z\n"
BROKEN = {
    "failures/F-1.md": ("---\ntitle: [\n---\nIt failed.\n", "The YAML is broken"),
    "failures/F-2.md": ("---\nstarted_at: never\n---\nIt failed.\n", "started_at: 'never' isn't a time"),
    "failures/F-3.md": ("---\ntitle: x\n---\nIt failed.\n", "a failure says when it started"),
    "failures/F-4.md": (DATED + "code: X-1\n---\nIt failed.\n", "'X-1' isn't a code such as F-12"),
    "failures/F-5.md": (
        DATED + "told_by: bob\n---\nIt failed.\n",
        "'bob' isn't an e-mail address",
    ),
    "failures/F-6.md": (
        DATED + "impact: [x]\n---\nIt failed.\n",
        "impact: takes a list of entries",
    ),
    "failures/F-7.md": (DATED + "---\n\n", "Tell what happened"),
    "lessons/L-1.md": ("---\nfailure: F-99\n---\n", "no failure 'F-99'"),
    "modes/M-1.md": ("---\nfailures: [F-9]\n---\n", "A mode has a name"),
    "preflights/P-1.md": ("---\ncode: P-1\n---\nx\n", "a preflight says when it was asked"),
    "preflights/P-2.md": (ASKED + "reminders: [{failure: F-99}]\n---\nx\n", "no failure 'F-99'"),
    "preflights/P-3.md": (ASKED + "reminders: [{failure: F-9, lesson: L-9}]\n---\nx\n", "no lesson 'L-9'"),
    "preflights/P-4.md": (ASKED + "reminders: [{failure: F-9, probability: 2}]\n---\nx\n", "from 0 to 1"),
    "preflights/P-5.md": (ASKED + "reminders: [{failure: F-9, answer: maybe}]\n---\nx\n", "isn't one of: read"),
    "people.yaml": ("practices: [{slug: Ö}]\n", "each has a slug and a name"),
    "answers.yaml": ("- {failure: F-9, other: F-98, answer: yes}\n", "no failure 'F-98'"),
    "catalogue.yaml": ("services: nothing\n", "services takes a list"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_said_and_the_rest_comes_in(root, tmp_path, name):
    text, why = BROKEN[name]
    for folder in ("failures", "lessons", "modes", "preflights"):
        (tmp_path / folder).mkdir()
    (tmp_path / "failures" / "F-9.md").write_text(DATED + "---\nIt failed.\n", encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")

    answer = run_cli(root, "import", "--json", str(tmp_path))

    (refused,) = json.loads(answer.stdout)["refused"]
    assert answer.exit_code == 3
    assert refused["file"] == name
    assert why in refused["why"]
    assert [failure.code for failure in Failure.objects.all()] == ["F-9"]


def test_an_export_of_a_newer_failonce_is_refused(root, tmp_path):
    (tmp_path / "failonce.json").write_text('{"version": 99}', encoding="utf-8")

    answer = run_cli(root, "import", str(tmp_path))

    assert answer.exit_code == 1
    assert "format 99; this failonce reads up to 1. Update failonce first." in answer.stderr


@given(
    front=st.dictionaries(st.sampled_from("abc"), st.text(max_size=60) | st.lists(st.text(max_size=20), min_size=1)),
    body=st.text(st.sampled_from("-. \n\r\t:#a\u2028\x85🛠'\"") | st.characters(codec="utf-8", exclude_characters="\0")),
)
@settings(max_examples=300, deadline=None)
def test_any_front_matter_and_body_come_apart_as_they_were(front, body):
    assert split(join(front, body)) == (front, body)
