"""A telling and its answers are one write: the same through every door, kept together or not at all."""

import json
import uuid
from collections.abc import Callable, Mapping
from html import unescape

import pytest
from django.utils.html import strip_tags

from failonce.failures.models import Draft, Failure
from failonce.failures.writes import withdraw_failure
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.modes.models import Answer, FailureMode
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

STORY = "The queue filled up again."
FORM = {"story": STORY, "kind": "incident", "visibility": "everyone", "wish": "tell"}


def through_the_page(person: Person, answers: Mapping[str, str]) -> str:
    """Tell from a draft, and return all that the next page says."""
    browser, page = signed_in(person), f"/failures/new/{uuid.uuid4()}/"
    posted = FORM | {f"answer-{code}": value for code, value in answers.items()}
    browser.post(f"{page}draft/", posted)
    shown = browser.post(page, posted, follow=True)
    assert shown.redirect_chain
    return unescape(strip_tags(shown.content.decode()))


def through_the_api(person: Person, answers: Mapping[str, str]) -> str:
    answer = call_api(person, "POST", "/failures", {"story": STORY, "answers": answers})
    assert answer.status_code == 201, answer.content
    return " ".join(answer.json()["notices"])


def through_the_cli(person: Person, answers: Mapping[str, str]) -> str:
    assert set(answers.values()) == {"yes"}
    answer = run_cli(person, "tell", "--story", STORY, *(part for code in answers for part in ("--repeats", code)))
    assert answer.exit_code == 0, answer.output
    return answer.stderr


every_door = pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
doors_with_every_answer = pytest.mark.parametrize("door", [through_the_page, through_the_api])
Door = Callable[[Person, Mapping[str, str]], str]


@pytest.fixture
def hidden(adas_failure: Failure) -> Failure:
    """A failure that only Ada may read from now on."""
    Failure.objects.filter(pk=adas_failure.pk).update(visibility="restricted", title="Kranwinde klemmt")
    return adas_failure


@pytest.fixture
def withdrawn(ada: Person, adas_failure: Failure) -> Failure:
    """A failure that Ada took back."""
    return withdraw_failure(actor=ada, failure=adas_failure)


def told_once() -> Failure:
    """Return what was told, if it was told once and its draft is used up."""
    assert Draft.objects.count() == 0
    return Failure.objects.get(story=STORY)


@every_door
def test_yes_links_and_history_says_first_what_was_told(bo: Person, adas_failure: Failure, door: Door) -> None:
    before = Entry.objects.count()

    door(bo, {adas_failure.code: "yes"})

    told = told_once()
    assert {row.failure for row in FailureMode.objects.get().occurrences.all()} == {told, adas_failure}
    verbs = [entry.verb for entry in Entry.objects.order_by("sequence")[before:]]
    assert verbs == ["failure:tell", "mode:open", "mode:link", "mode:link", "mode:answer", "mode:answer"]
    assert list(verify()) == []


@every_door
def test_yes_to_what_was_withdrawn_links_nothing_and_is_said(bo: Person, withdrawn: Failure, door: Door) -> None:
    said = door(bo, {withdrawn.code: "yes"})

    assert f"{withdrawn.code} was withdrawn, so nothing is linked to it" in said
    told_once()
    assert Answer.objects.count() == FailureMode.objects.count() == 0


@every_door
@pytest.mark.parametrize("code", ["F-999", "F-x", "M-1"])
def test_an_answer_about_what_is_not_there_is_not_kept_and_that_is_said(bo: Person, code: str, door: Door) -> None:
    said = door(bo, {code: "yes"})

    assert f"There is no failure {code} that you may read, so your answer about it isn't kept." in said
    told_once()


@doors_with_every_answer
@pytest.mark.parametrize("value", ["yes", "no", "not_sure"])
def test_an_answer_about_what_one_may_no_longer_read_gives_nothing_away(
    bo: Person, hidden: Failure, value: str, door: Door
) -> None:
    said = door(bo, {hidden.code: value})

    assert f"There is no failure {hidden.code} that you may read, so your answer about it isn't kept." in said
    assert "Kranwinde" not in said
    told_once()
    assert Answer.objects.count() == FailureMode.objects.count() == 0


@doors_with_every_answer
@pytest.mark.parametrize("value", ["no", "not_sure"])
def test_another_answer_about_what_was_withdrawn_is_kept(
    bo: Person, withdrawn: Failure, value: str, door: Door
) -> None:
    said = door(bo, {withdrawn.code: value})

    assert "nothing is linked" not in said
    assert Answer.objects.get(high=told_once()).value == value


def test_what_is_no_answer_keeps_nothing_but_the_words(bo: Person, adas_failure: Failure) -> None:
    key, before = uuid.uuid4(), Entry.objects.count()
    browser = signed_in(bo)
    browser.post(f"/failures/new/{key}/draft/", FORM)

    shown = browser.post(f"/failures/new/{key}/", FORM | {f"answer-{adas_failure.code}": "perhaps"})
    answer = call_api(bo, "POST", "/failures", {"story": STORY, "answers": {adas_failure.code: "perhaps"}})

    assert shown.status_code == answer.status_code == 422
    assert STORY in shown.content.decode()
    assert "not_sure" in shown.content.decode()
    assert "not_sure" in json.loads(answer.content)["fields"]["answers"]
    assert Draft.objects.count() == Failure.objects.count() == 1
    assert Entry.objects.count() == before


def test_more_answers_than_fit_keep_nothing_but_the_words(bo: Person, adas_failure: Failure) -> None:
    answers = {f"F-{number}": "no" for number in range(1000, 1050)} | {adas_failure.code: "yes"}
    posted = FORM | {f"answer-{code}": value for code, value in answers.items()}

    shown = signed_in(bo).post(f"/failures/new/{uuid.uuid4()}/", posted)
    answer = call_api(bo, "POST", "/failures", {"story": STORY, "answers": answers})

    assert shown.status_code == answer.status_code == 422
    assert STORY in shown.content.decode()
    for said in (shown.content.decode(), json.loads(answer.content)["fields"]["answers"]):
        assert "These are 51 answers; at most 50 fit." in said
    assert Failure.objects.count() == 1
