"""Letting the demo's people talk: answers, comments, and preflights before changes of their own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from failonce.failures.models import Failure
from failonce.failures.writes import comment_on_failure
from failonce.history.codes import number_of
from failonce.modes.importing import IncomingAnswer, import_answers
from failonce.modes.models import FailureMode
from failonce.people.models import Person
from failonce.preflight.writes import answer_reminder, ask_preflight


@transaction.atomic
def converse(*, actor: Person, content: Path) -> None:
    """Say what the content's people say, each thing in its own name."""
    said = yaml.safe_load((content / "conversation.yaml").read_text(encoding="utf-8"))
    people = {person.email: person for person in Person.objects.all()}
    import_answers(actor=actor, incoming=[*_repeats(), *(_answer(each, people) for each in said["answers"])])
    for each in said["comments"]:
        comment_on_failure(actor=people[each["by"]], failure=_failure(each["failure"]), text=each["text"])
    for each in said["preflights"]:
        _ask(people[each["by"]], each, content / "preflight-examples" / each["change"])


def _repeats() -> list[IncomingAnswer]:
    """Return a yes of every later failure of a mode about the first one, as its teller would give it."""
    answers = []
    for mode in FailureMode.objects.all():
        first, *later = Failure.objects.filter(occurrence__mode=mode).order_by("started_at").select_related("told_by")
        answers += [IncomingAnswer(each, first, "yes", each.told_by, _soon_after(each, first)) for each in later]
    return answers


def _answer(said: dict[str, Any], people: dict[str, Person]) -> IncomingAnswer:
    failure, other = _failure(said["failure"]), _failure(said["other"])
    return IncomingAnswer(failure, other, said["answer"], people[said["by"]], _soon_after(failure, other))


def _ask(person: Person, said: dict[str, Any], change: Path) -> None:
    preflight = ask_preflight(actor=person, change=change.read_text(encoding="utf-8"), services=said["services"])
    for reminder, each in zip(preflight.reminders.all(), said["answers"], strict=False):
        answer_reminder(actor=person, reminder=reminder, answer=each["answer"], reason=each.get("reason", ""))


def _failure(code: str) -> Failure:
    return Failure.objects.get(pk=number_of(code, "F") or 0)


def _soon_after(*failures: Failure) -> Any:
    return max(failure.told_at for failure in failures) + timedelta(hours=1)
