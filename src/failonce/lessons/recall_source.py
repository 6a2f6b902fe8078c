"""What recall knows of lessons: the sentence, and where it applies."""

from collections.abc import Iterable, Iterator

from failonce.lessons.models import Lesson
from failonce.recall import Text

LETTER = "L"


def texts(numbers: Iterable[int] | None = None) -> Iterator[Text]:
    """Yield a text for each standing lesson of a standing failure, or for those of these numbers."""
    lessons = Lesson.objects.standing().filter(failure__withdrawn_at=None)
    if numbers is not None:
        lessons = lessons.filter(pk__in=list(numbers))
    lessons = lessons.select_related("failure").prefetch_related("services")
    for lesson in lessons.order_by("pk").iterator(chunk_size=500):
        yield text_of(lesson)


def text_of(lesson: Lesson) -> Text:
    """Return one lesson as recall sees it; the failure's title says what the lesson is about."""
    return Text(
        key=lesson.code,
        title=lesson.sentence,
        body="\n\n".join([lesson.failure.title, lesson.explanation]),
        when=lesson.written_at.timestamp(),
        services=tuple(service.slug for service in lesson.services.all()),
        technologies=tuple(lesson.technologies),
        paths=tuple(lesson.paths),
        kinds_of_change=tuple(lesson.kinds_of_change),
    )
