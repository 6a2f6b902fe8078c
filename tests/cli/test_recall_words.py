"""What `failonce recall` says beside its answer is a sentence, however many come to mind."""

from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.doors import run_cli


def test_one_failure_comes_to_mind(ada: Person, adas_failure: Failure) -> None:
    assert run_cli(ada, "recall", "the queue filled up").stderr.startswith("One failure comes to mind; ")


def test_nothing_comes_to_mind(ada: Person, adas_failure: Failure) -> None:
    assert run_cli(ada, "recall", "zebra crossing").stderr.startswith("No failures come to mind; ")
