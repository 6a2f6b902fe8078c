"""Answers teach recall, within bounds; everybody sees how, and it can be taken back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.modes.memory import memory, weights_in_force
from failonce.modes.models import Ranking
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from failonce.preflight.models import Preflight
from failonce.preflight.writes import answer_reminder, ask_preflight
from failonce.ranking.weighing import STRONG
from failonce.recall import Query, Weights
from failonce.recall.weights import SIGNALS
from tests.doors import call_api, run_cli, signed_in
from tests.preflight.cast import POOL, RISKY, tell
from tests.preflight.cast import learn as learn_lesson

OTHERS = [
    "A misplaced route announcement sent mail through another network.",
    "The invoice run started twice and customers received two invoices.",
    "A schema change locked a table for nine minutes at noon.",
    "A firewall rule with a typo cut off the warehouse scanners.",
    "The certificate of the gateway expired on a Sunday.",
]
STORY = "Upload {n}: the disk of the queue host filled up with logs and orders stopped."


def by_page(person: Person, verb: str) -> None:
    assert signed_in(person).post(f"/modes/ranking/{verb}/").status_code == 302


def by_api(person: Person, verb: str) -> None:
    assert call_api(person, "POST", f"/recall/weights/{verb}").status_code == 200


def by_cli(person: Person, verb: str) -> None:
    assert run_cli(person, "ranking", verb).exit_code == 0


every_door = pytest.mark.parametrize("door", [by_page, by_api, by_cli])


@pytest.fixture
def rejected(ada: Person) -> list[Failure]:
    """Failures that look alike and that people said are not."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for story in OTHERS:
        tell_failure(actor=ada, telling=Telling(story=story, started_at=start))
    told = [
        tell_failure(actor=ada, telling=Telling(story=STORY.format(n=n), started_at=start + timedelta(days=n))).failure
        for n in range(12)
    ]
    for number, failure in enumerate(told):
        for earlier in told[:number]:
            answer_repeat(actor=ada, failure=failure, other=earlier, value="no")
    return told


@every_door
def test_answers_move_the_weights_and_back(root: Person, rejected: list[Failure], door: Callable[..., None]) -> None:
    assert weights_in_force() == Weights()

    door(root, "learn")

    assert memory.follow().weights == weights_in_force() != Weights()
    assert Ranking.objects.latest("pk").answers > 0
    door(root, "restore")
    assert memory.follow().weights == weights_in_force() == Weights()
    assert Ranking.objects.count() == 2


def test_many_a_no_makes_recall_more_careful(root: Person, rejected: list[Failure]) -> None:
    def chance_of_another() -> float:
        return memory.search(Query(text=STORY.format(n=99)), limit=1, without=set())[0].probability

    before = chance_of_another()

    by_page(root, "learn")

    assert chance_of_another() < before


def test_the_same_answers_teach_the_same(root: Person, rejected: list[Failure]) -> None:
    by_api(root, "learn")
    by_api(root, "learn")

    one, two = Ranking.objects.all()
    assert one.weights == two.weights


# Of a change that recall is sure about, a yes teaches nothing new.
UNSURE = (
    "Keep fewer new connections of the reporting job open at night, for an hour, as nobody reads its numbers "
    "before the morning comes."
)


@pytest.fixture
def pool(ada: Person) -> Failure:
    """The failure that the risky change would repeat, among others."""
    for day, story in enumerate(OTHERS):
        tell(ada, story, day)
    return tell(ada, POOL, 10)


def ask(person: Person, change: str = RISKY, answer: str = "", about: str = "") -> Preflight:
    """Ask before a change, and answer all that it reminds of."""
    asked = ask_preflight(actor=person, change=change, about=about)
    assert asked.reminders.exists()
    for reminder in asked.reminders.all() if answer else []:
        reason = "No retries here." if answer == "does_not_apply" else ""
        answer_reminder(actor=person, reminder=reminder, answer=answer, reason=reason)
    return asked


def waiting(person: Person) -> int:
    """Return how many answers wait to teach, as the API says."""
    return int(call_api(person, "GET", "/recall/weights").json()["answers_since"])


@every_door
@pytest.mark.parametrize("answer", ["changed_plan", "does_not_apply"])
def test_answers_to_reminders_move_the_weights_of_changes_alone(
    root: Person, bo: Person, pool: Failure, door: Callable[..., None], answer: str
) -> None:
    for day in range(6):
        ask(bo, f"{UNSURE} For day {day}.", answer)

    door(root, "learn")

    learnt, shipped = memory.follow().weights, Weights()
    assert learnt == weights_in_force()
    assert (learnt.change.start > shipped.change.start) == (answer == "changed_plan")
    assert learnt.change.decide != shipped.change.decide
    assert (learnt.failure, learnt.failure_with_meaning) == (shipped.failure, shipped.failure_with_meaning)
    assert Ranking.objects.latest("pk").answers == 6
    door(root, "restore")
    assert memory.follow().weights == weights_in_force() == shipped


def test_a_lesson_answered_teaches_too(root: Person, bo: Person, pool: Failure) -> None:
    learn_lesson(bo, pool)
    asked = ask(bo, answer="changed_plan")

    by_api(root, "learn")

    assert asked.reminders.get().lesson is not None
    assert weights_in_force().change != Weights().change


def test_having_read_a_reminder_teaches_nothing(root: Person, bo: Person, pool: Failure) -> None:
    ask(bo, answer="read")
    assert waiting(bo) == 0

    by_api(root, "learn")

    assert (Ranking.objects.get().answers, weights_in_force()) == (0, Weights())


@pytest.mark.parametrize("about", ["", "https://git.example/shop/pull/17"])
def test_a_change_asked_about_thrice_teaches_once(root: Person, bo: Person, pool: Failure, about: str) -> None:
    for more in ("", "", " For staging too." if about else ""):
        asked = ask(bo, RISKY + more, "does_not_apply", about)
    assert waiting(bo) == 1

    by_api(root, "learn")

    assert Ranking.objects.get().answers == 1
    assert waiting(bo) == 0
    ask(bo, RISKY + more, about=about)
    assert waiting(bo) == 0
    answer_reminder(actor=bo, reminder=asked.reminders.get(), answer="changed_plan")
    assert waiting(bo) == 1


def test_the_same_change_under_a_name_and_without_teaches_once(root: Person, bo: Person, pool: Failure) -> None:
    ask(bo, RISKY, "does_not_apply", "pull 17")
    ask(bo, RISKY, "does_not_apply")
    ask(bo, RISKY + " For staging.", "does_not_apply", "pull 17")

    by_api(root, "learn")

    assert Ranking.objects.get().answers == 1


def test_answers_to_reminders_teach_the_same_again(root: Person, bo: Person, pool: Failure) -> None:
    learn_lesson(bo, pool)
    for day in range(4):
        ask(bo, f"{RISKY} For day {day}.", "does_not_apply")

    by_api(root, "learn")
    by_api(root, "learn")

    one, two = Ranking.objects.all()
    assert one.weights == two.weights


def test_both_kinds_of_answers_teach_their_own(root: Person, bo: Person, rejected: list[Failure]) -> None:
    by_api(root, "learn")
    of_pairs = weights_in_force()
    tell(bo, POOL, 20)
    ask(bo, UNSURE, answer="changed_plan")

    by_api(root, "learn")

    assert of_pairs.change == Weights().change != weights_in_force().change
    assert weights_in_force().failure != Weights().failure


def test_a_withdrawn_failure_teaches_nothing(root: Person, bo: Person, ada: Person, pool: Failure) -> None:
    ask(bo, answer="does_not_apply")
    withdraw_failure(actor=ada, failure=pool, because="Told twice.")

    by_api(root, "learn")

    assert (Ranking.objects.get().answers, weights_in_force()) == (0, Weights())


def test_a_restricted_failure_teaches_without_being_shown(root: Person, bo: Person, ada: Person, pool: Failure) -> None:
    ask(bo, answer="does_not_apply")
    Failure.objects.filter(pk=pool.pk).update(visibility="restricted")

    page = signed_in(root).post("/modes/ranking/learn/", follow=True).content.decode()

    assert Ranking.objects.get().answers == 1
    assert pool.code not in page
    assert pool.title not in page


def test_what_was_learnt_and_taken_back_can_be_learnt_again(root: Person, rejected: list[Failure]) -> None:
    before = waiting(root)
    by_page(root, "learn")
    assert waiting(root) == 0

    by_page(root, "restore")

    assert waiting(root) == before
    assert "Learn from the answers" in signed_in(root).get("/modes/ranking/").content.decode()


def test_everybody_sees_how_recall_ranks(bo: Person) -> None:
    page = signed_in(bo).get("/modes/ranking/").content.decode()

    assert "Both concern the same service" in page
    assert "Learn from the answers" not in page


def test_only_what_can_count_is_shown(bo: Person) -> None:
    page = signed_in(bo).get("/modes/ranking/").content.decode()
    told, change = page.split("When a failure is told")[1].split("When a change is about to go out")

    for only_of_changes in ("The change touches a path", "Both concern the same technology"):
        assert only_of_changes not in told
        assert only_of_changes in change


def test_each_row_says_and_draws_what_it_does_to_the_odds(bo: Person) -> None:
    page = signed_in(bo).get("/modes/ranking/").content.decode()
    told = page.partition("When a failure is told")[2].partition("When a change is about to go out")[0]
    speaks_for, _, against = told.partition("Speaks against it")

    assert speaks_for.count('<svg class="bar"') == speaks_for.count("×") == 2
    assert against.count('<svg class="bar"') == against.count("÷") == 2
    widths = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)%"', told)]
    assert max(widths) == 100


def test_what_was_learnt_is_drawn_beside_what_ships(root: Person, rejected: list[Failure]) -> None:
    by_page(root, "learn")

    assert 'class="usual"' in signed_in(root).get("/modes/ranking/").content.decode()


def test_every_signal_has_a_strong_measure() -> None:
    assert STRONG.keys() == SIGNALS.keys()


def test_a_chance_leads_to_what_it_is_made_of(bo: Person, pool: Failure) -> None:
    page = signed_in(bo).get(ask(bo).get_absolute_url()).content.decode()

    assert re.search(
        r'worth remembering <a class="chance" href="/modes/ranking/">[a-z]+ [^<]+ in 10<span class="unseen">, how', page
    )


def test_not_everybody_moves_the_weights(bo: Person) -> None:
    assert signed_in(bo).post("/modes/ranking/learn/").status_code == 403
    assert call_api(bo, "POST", "/recall/weights/restore").status_code == 403
    assert Ranking.objects.count() == 0


def test_the_page_says_whose_answers_teach(bo: Person) -> None:
    page = unescape(signed_in(bo).get("/modes/ranking/").content.decode())

    assert "“Changed my plan” speaks for a reminder, “Doesn't apply” against it" in page
    assert "By words alone" not in page


def test_the_terminal_lists_the_weights_of_failures_and_of_changes(bo: Person) -> None:
    shown = run_cli(bo, "ranking", "show")
    told, change = shown.stdout.split("\n\n")

    assert told.startswith("When a failure is told:\n")
    assert change.startswith("When a change is about to go out:\n")
    assert "The change touches a path" not in told
    assert re.search(r"^ +(\d+\.\d\d) +\1  The change touches a path", change, re.MULTILINE)
    assert "Answers that wait to teach: 0." in shown.stderr


def test_with_meaning_every_door_tells_its_weights_too(bo: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = call_api(bo, "GET", "/recall/weights").json()
    monkeypatch.setattr(memory, "has_meaning", lambda: True)

    page = signed_in(bo).get("/modes/ranking/").content.decode()
    shown = run_cli(bo, "ranking", "show").stdout
    answer = call_api(bo, "GET", "/recall/weights").json()

    assert page.count("<table") == 4
    assert page.count("By words and meaning") == page.count("By words alone, until meaning is ready") == 2
    assert "When a change is about to go out, by words and meaning:\n" in shown
    assert "When a change is about to go out, by words alone, until meaning is ready after a start:\n" in shown
    assert "A passage of each means the same" in shown
    assert (before["has_meaning"], answer["has_meaning"]) == (False, True)
    assert {"failure", "change", "failure_with_meaning", "change_with_meaning"} <= answer["weights"].keys()
