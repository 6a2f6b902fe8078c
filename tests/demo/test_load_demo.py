"""The demo fills an empty installation, once, and never somebody's own."""

import pytest
from django.utils import timezone

from failonce.catalogue.models import Audience, Offering, Service
from failonce.demo import VISITOR
from failonce.demo.loading import load
from failonce.failures.models import Failure, Note
from failonce.history.chain import verify
from failonce.lessons.models import Lesson
from failonce.modes.models import Answer, FailureMode
from failonce.modes.resemblance import answers_about, resembling_text
from failonce.people.errors import Refused
from failonce.people.models import Person, Practice, Team
from failonce.preflight.models import Preflight, Reminder
from tests.doors import signed_in

pytestmark = pytest.mark.django_db


def test_the_demo_fills_an_empty_installation():
    report = load()

    assert report is not None
    assert report.refused == []
    assert [sort for sort, tally in report.tallies.items() if tally.here] == []
    assert (Team.objects.count(), Service.objects.count(), Practice.objects.count()) == (3, 7, 3)
    assert Offering.objects.count() >= 7
    assert Audience.objects.filter(kind="partner").count() >= 3
    assert Failure.objects.count() == 44
    assert Lesson.objects.count() == 30
    assert FailureMode.objects.count() == 8
    assert not Service.objects.filter(is_described=False).exists()
    assert list(verify()) == []


def test_codes_and_tellers_are_those_of_the_content():
    load()

    first = Failure.objects.get(pk=1)
    assert first.told_by.email == "demo-emre@demo.example"
    assert first.told_by.is_active
    assert first.title.startswith("A route meant for one country")
    assert first.told_at < timezone.now()
    assert list(first.impacts.values_list("offering__slug", flat=True)) == ["public-delivery"]


def test_titles_leave_the_year_to_the_date_beside_them():
    load()

    assert not Failure.objects.filter(title__regex=r"(19|20)\d\d\)?$").exists()


def test_every_later_failure_of_a_mode_is_answered_yes():
    load()

    for mode in FailureMode.objects.all():
        first, *later = Failure.objects.filter(occurrence__mode=mode).order_by("started_at")
        assert later
        assert all(answers_about(failure)[first.code] == "yes" for failure in later)


def test_recall_finds_what_the_demo_tells():
    load()

    person = Person.objects.get(email=VISITOR)
    found = resembling_text(person, story="An expired certificate stopped the storage service in every region.")
    assert {"F-8", "F-24", "F-26"} & {each.failure.code for each in found}


def test_loading_it_again_changes_nothing():
    load()
    Failure.objects.filter(pk=1).update(title="Mine now")

    assert load() is None
    assert Failure.objects.get(pk=1).title == "Mine now"
    assert Failure.objects.count() == 44


def test_an_installation_with_somebody_in_it_is_left_alone(ada):
    with pytest.raises(Refused, match="somebody's own data"):
        load()

    assert Failure.objects.count() == 0
    assert Person.objects.count() == 1


def test_people_have_talked_and_asked_before_changes():
    load()

    assert Note.objects.filter(kind="comment").count() == 4
    assert set(Answer.objects.exclude(value="yes").values_list("value", flat=True)) == {"no", "not_sure"}
    asked = Preflight.objects.order_by("pk")
    assert [preflight.reminders.exists() for preflight in asked] == [True, True, False]
    assert Reminder.objects.filter(answer="changed_plan").count() == 1


def test_the_visitor_finds_a_question_to_answer():
    load()

    page = signed_in(Person.objects.get(email=VISITOR)).get("/")

    assert page.status_code == 200
    assert page.context["preflights_open"]
    assert page.context["modes"]
