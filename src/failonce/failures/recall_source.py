"""What recall knows of failures: their words, services and time."""

from collections.abc import Iterable, Iterator

from failonce.failures.models import Failure
from failonce.failures.telling import first_sentence, title_of
from failonce.recall import Query, Text

LETTER = "F"


def texts(numbers: Iterable[int] | None = None) -> Iterator[Text]:
    """Yield a text for each standing failure, or for those of these numbers that still stand."""
    failures = Failure.objects.standing().prefetch_related("services", "notes")
    if numbers is not None:
        failures = failures.filter(pk__in=list(numbers))
    for failure in failures.order_by("pk").iterator(chunk_size=500):
        yield text_of(failure)


def facts(services: Iterable[str]) -> Iterator[Text]:
    """Yield what is known besides the words, and no words, of each standing failure of these services, by slug."""
    failures = Failure.objects.standing().filter(services__slug__in=list(services)).distinct()
    for failure in failures.only("pk").prefetch_related("services").order_by("pk").iterator(chunk_size=500):
        yield _with_facts(failure)


def query_of(failure: Failure) -> Query:
    """Return what is asked of recall for a failure that was told: what happened before it and was like it?"""
    return Query(
        text=failure.story,
        title=_title_of(failure),
        services=tuple(service.slug for service in failure.services.all()),
        before=failure.started_at.timestamp(),
    )


def text_of(failure: Failure) -> Text:
    """Return one failure as recall sees it: the story and what its teller added, not the comments."""
    additions = (note.text for note in failure.notes.all() if note.kind == "addition")
    return _with_facts(
        failure,
        title=_title_of(failure),
        body="\n\n".join([failure.story, *additions]),
        when=failure.started_at.timestamp(),
    )


def _with_facts(failure: Failure, *, title: str = "", body: str = "", when: float | None = None) -> Text:
    services = list(failure.services.all())
    return Text(
        key=failure.code,
        title=title,
        body=body,
        when=when,
        services=tuple(service.slug for service in services),
        technologies=tuple(sorted({name for service in services for name in service.technologies})),
    )


def _title_of(failure: Failure) -> str:
    # A title made of the story may be cut for readers; the words behind the cut tell as much of what happened.
    return first_sentence(failure.story) if failure.title == title_of(failure.story) else failure.title
