"""Who changes a row and who refers to it, at once: neither holds what the other waits for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from failonce.catalogue.interchange import Report, apply_catalogue
from failonce.catalogue.models import Service
from failonce.catalogue.writes import describe_audience, describe_offering, describe_service, merge_service
from failonce.failures.importing import FailureImport, Incoming
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import Told, comment_on_failure, edit_failure, tell_failure
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.lessons.importing import IncomingLesson, import_lessons
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import edit_lesson, write_lesson
from failonce.people.errors import Conflict
from failonce.people.models import Person
from failonce.preflight.importing import IncomingPreflight, import_preflights
from failonce.preflight.writes import ask_preflight
from tests.overlap import Aside, at_statement, overlapping

pytestmark = overlapping
LEARNT: dict[str, Any] = {"when_you": "add a queue", "remember": "to watch it", "because": "it fills up"}
QUEUE = {"services": [{"slug": "queue", "name": "Message queue", "depends_on": ["pier"]}, {"slug": "pier"}]}


def told(person: Person, story: str = "The queue filled up.", **said: Any) -> Failure:
    return tell_failure(actor=person, telling=Telling(story=story, started_at=timezone.now(), **said)).failure


def edit_and_comment(ada: Person, bo: Person) -> tuple[Callable[[], Any], Callable[[], Any]]:
    failure = told(ada)
    telling = Telling(story="The queue filled up at noon.", started_at=timezone.now())
    return (
        lambda: edit_failure(actor=ada, failure=failure, version=1, telling=telling),
        lambda: comment_on_failure(actor=bo, failure=failure, text="Here too."),
    )


def describe_and_tell(ada: Person, bo: Person) -> tuple[Callable[[], Any], Callable[[], Any]]:
    Service.objects.create(slug="queue", name="Queue", is_described=True)
    Person.objects.filter(pk=ada.pk).update(is_administrator=True)
    ada.refresh_from_db()
    return (
        lambda: describe_service(actor=ada, slug="queue", read=1, description="It holds orders."),
        lambda: told(bo, services=("queue",)),
    )


def merge_and_tell(ada: Person, bo: Person) -> tuple[Callable[[], Any], Callable[[], Any]]:
    merge = mere_name(ada)
    return merge, lambda: told(bo, services=("queue",))


def mere_name(ada: Person) -> Callable[[], Any]:
    """Return what merges a mere name into a described service."""
    Service.objects.create(slug="queue", name="Queue", is_described=True)
    Service.objects.create(slug="kew", name="Kew")
    Person.objects.filter(pk=ada.pk).update(is_administrator=True)
    ada.refresh_from_db()
    return lambda: merge_service(actor=ada, named="kew", into="queue")


@pytest.mark.parametrize("pair", [edit_and_comment, describe_and_tell, merge_and_tell])
def test_a_change_and_what_refers_to_it_both_come_to_an_end(
    transactional_db: None, ada: Person, bo: Person, pair: Callable[..., tuple[Callable[[], Any], Callable[[], Any]]]
) -> None:
    change, refer = pair(ada, bo)

    def work() -> Any:
        with at_statement("UPDATE", "history_head", "SET", after=aside.reach):
            return refer()

    aside = Aside(work)
    with at_statement(" FOR ", "UPDATE", after=aside.begin):
        change()

    assert aside.outcome()
    assert list(verify()) == []


def tell(person: Person) -> None:
    told(person, services=("Kew",))


def look_ahead(person: Person) -> None:
    ask_preflight(actor=person, change="Restart it.", services=["kew"])


def offer(person: Person) -> None:
    describe_offering(actor=person, slug="orders", service="kew")


def bring_in(person: Person) -> None:
    data = {"services": [{"slug": "shop", "depends_on": ["kew"]}]}
    assert apply_catalogue(actor=person, data=data).left_out == []


def bring_in_both(person: Person) -> None:
    data = {"services": [{"slug": "shop", "depends_on": ["kew", "queue"]}]}
    assert apply_catalogue(actor=person, data=data).left_out == []


def bring_in_an_offering(person: Person) -> None:
    data = {"offerings": [{"slug": "orders", "service": "kew"}]}
    assert apply_catalogue(actor=person, data=data).left_out == []


def describe(person: Person) -> None:
    describe_service(actor=person, slug="shop", depends_on=["kew", "queue"])


def teach(person: Person) -> None:
    write_lesson(actor=person, failure=told(person), teaching=Teaching(**LEARNT, services=("Kew",)))


def teach_otherwise(person: Person) -> None:
    lesson = write_lesson(actor=person, failure=told(person), teaching=Teaching(**LEARNT)).lesson
    edit_lesson(actor=person, lesson=lesson, version=1, teaching=Teaching(**LEARNT, services=("Kew",)))


def bring_in_a_failure(person: Person) -> None:
    now = timezone.now()
    telling = Telling(story="It fell.", started_at=now, services=("Kew",))
    FailureImport(actor=person).take_in([Incoming(telling, person, now)])


def bring_in_a_lesson(person: Person) -> None:
    teaching = Teaching(**LEARNT, services=("Kew",))
    import_lessons(actor=person, incoming=[IncomingLesson(told(person), teaching, person, timezone.now())])


def bring_in_a_preflight(person: Person) -> None:
    asked = IncomingPreflight("Restart it.", "5a", person, timezone.now(), services=("kew",))
    import_preflights(actor=person, incoming=[asked])


WHO_REFERS = [
    tell, teach, teach_otherwise, look_ahead, offer, describe,
    bring_in, bring_in_both, bring_in_an_offering, bring_in_a_failure, bring_in_a_lesson, bring_in_a_preflight,
]  # fmt: skip


@pytest.mark.parametrize("refer", WHO_REFERS)
def test_a_name_that_is_just_being_merged_means_what_it_is_merged_into(
    transactional_db: None, ada: Person, refer: Callable[[Person], None]
) -> None:
    merge = mere_name(ada)

    def work() -> Any:
        with at_statement('"catalogue_service"', " FOR ", "UPDATE", before=aside.reach):
            refer(ada)

    aside = Aside(work)
    with at_statement("DELETE", '"catalogue_service"', after=aside.begin):
        merge()

    aside.outcome()
    queue = Service.objects.get(slug="queue")
    kinds = ("failures", "lessons", "preflights", "offerings", "dependants")
    assert sum(len(getattr(queue, kind).all()) for kind in kinds) == 1
    assert list(verify()) == []


def test_a_name_that_only_its_slug_still_tells_means_what_it_is_merged_into(
    transactional_db: None, ada: Person
) -> None:
    mere_name(ada)
    _, sharp = told(ada, services=("C", "C#")).services.order_by("pk")
    Service.objects.filter(pk=sharp.pk).update(name="Sharp")

    def work() -> Failure:
        with at_statement('"catalogue_service"', " FOR ", "UPDATE", before=aside.reach):
            return told(ada, services=("C#",))

    aside = Aside(work)
    with at_statement("DELETE", '"catalogue_service"', after=aside.begin):
        merge_service(actor=ada, named=sharp.slug, into="queue")

    assert [service.slug for service in aside.outcome().services.all()] == ["queue"]


def brought_in_while(merge: Callable[[], Any], ada: Person, services: list[dict[str, Any]]) -> Report:
    def work() -> Report:
        with at_statement('"catalogue_service"', " FOR ", "UPDATE", before=aside.reach):
            return apply_catalogue(actor=ada, data={"services": services})

    aside = Aside(work)
    with at_statement("DELETE", '"catalogue_service"', after=aside.begin):
        merge()
    report = aside.outcome()
    assert isinstance(report, Report)
    return report


def test_a_service_that_is_just_being_merged_into_one_is_no_need_of_its_own(
    transactional_db: None, ada: Person
) -> None:
    report = brought_in_while(mere_name(ada), ada, [{"slug": "queue", "depends_on": ["kew"]}])

    assert report.left_out == []
    assert not Service.objects.get(slug="queue").depends_on.exists()


def test_a_need_of_what_is_brought_in_while_its_name_is_merged_is_of_that(transactional_db: None, ada: Person) -> None:
    report = brought_in_while(
        mere_name(ada), ada, [{"slug": "kew", "name": "Kew"}, {"slug": "shop", "depends_on": ["kew"]}]
    )

    assert report.added == ["service:kew", "service:shop"]
    assert [each.slug for each in Service.objects.get(slug="shop").depends_on.all()] == ["kew"]


def test_a_need_that_is_just_being_moved_by_a_merge_is_no_change(transactional_db: None, ada: Person) -> None:
    merge, shop = mere_name(ada), Service.objects.create(slug="shop", name="Shop", is_described=True)
    needs = [Service.objects.get(slug="kew"), Service.objects.create(slug="pier", name="Pier")]
    shop.depends_on.set(needs)

    report = brought_in_while(merge, ada, [{"slug": "shop", "depends_on": [each.slug for each in needs]}])

    assert (report.changed, report.unchanged) == ({}, ["service:shop"])


def test_a_service_that_is_just_being_taken_out_does_not_come_back_merged(transactional_db: None, ada: Person) -> None:
    merge, failure = mere_name(ada), told(ada, services=("Kew",))

    def work() -> None:
        with at_statement("DELETE", "failures_failure_services", before=aside.reach):
            merge()

    aside = Aside(work)
    with at_statement("DELETE", "failures_failure_services", after=aside.begin):
        edit_failure(
            actor=ada, failure=failure, version=1, telling=Telling(story="It fell.", started_at=timezone.now())
        )

    aside.outcome()
    assert not failure.services.exists()
    assert [entry.verb for entry in Entry.objects.of(failure.code)] == ["failure:edit", "failure:tell"]


def test_an_offering_that_is_just_being_moved_is_not_moved_by_a_merge(transactional_db: None, ada: Person) -> None:
    merge = mere_name(ada)
    Service.objects.create(slug="shop", name="Shop", is_described=True)
    offering = describe_offering(actor=ada, slug="orders", service="kew")

    def work() -> None:
        with at_statement("UPDATE", '"catalogue_offering"', "SET", before=aside.reach):
            merge()

    aside = Aside(work)
    with at_statement("UPDATE", '"catalogue_offering"', "SET", after=aside.begin):
        describe_offering(actor=ada, slug="orders", read=1, service="shop")

    aside.outcome()
    offering.refresh_from_db()
    assert offering.service.slug == "shop"
    assert [entry.verb for entry in Entry.objects.of(offering.code)] == ["offering:describe"] * 2


def test_one_new_name_told_twice_at_once_is_one_service(transactional_db: None, ada: Person, bo: Person) -> None:
    Service.objects.create(slug="kew", name="Kew")

    def work() -> Told:
        with at_statement('"catalogue_service"', " FOR ", "UPDATE", before=aside.reach):
            return tell_failure(actor=bo, telling=telling)

    telling = Telling(story="It fell.", started_at=timezone.now(), services=("Kew", "Lighthouse"))
    aside = Aside(work)
    with at_statement('"history_head"', "FOR UPDATE", after=aside.begin):
        tell_failure(actor=ada, telling=telling)

    assert aside.outcome().notices == []
    assert sorted(Service.objects.values_list("name", flat=True)) == ["Kew", "Lighthouse"]


def told_while_somebody_tells_it(
    ada: Person, bo: Person, *words: str, then: Callable[[], Any], services: tuple[str, ...] = ("Lighthouse",)
) -> Failure:
    """Tell of services while Lighthouse is told, is first to be known, and `then` comes before such a statement."""

    def work() -> Failure:
        with (
            at_statement('INSERT INTO "catalogue_service"', "lighthouse", before=aside.reach),
            at_statement(*words, before=then),
        ):
            return told(bo, services=services)

    aside = Aside(work)
    with at_statement('INSERT INTO "catalogue_service"', after=aside.begin):
        told(ada, services=("Lighthouse",))
    failure = aside.outcome()
    assert isinstance(failure, Failure)
    return failure


def test_a_name_that_somebody_else_just_told_is_held_too(transactional_db: None, ada: Person, bo: Person) -> None:
    mere_name(ada)

    @transaction.atomic
    def merge() -> None:
        Service.objects.select_for_update(no_key=True, nowait=True).get(slug="lighthouse")
        merge_service(actor=ada, named="lighthouse", into="queue")

    def try_to_merge() -> None:
        merging.start()
        merging.join()

    merging = Aside(merge)
    failure = told_while_somebody_tells_it(ada, bo, "INSERT", "failures_failure_services", then=try_to_merge)

    assert [service.slug for service in failure.services.all()] == ["lighthouse"]
    with pytest.raises(OperationalError):
        merging.outcome()


def test_a_name_that_is_told_twice_and_merged_at_once_means_what_it_is_merged_into(
    transactional_db: None, ada: Person, bo: Person
) -> None:
    mere_name(ada)

    def merge() -> None:
        merging.start()
        merging.outcome()

    merging = Aside(lambda: merge_service(actor=ada, named="lighthouse", into="queue"))
    failure = told_while_somebody_tells_it(ada, bo, "ROLLBACK TO", then=merge)

    assert [service.slug for service in failure.services.all()] == ["queue"]
    assert list(verify()) == []


def test_who_holds_what_was_just_told_and_who_keeps_a_name_beside_it_both_come_to_an_end(
    transactional_db: None, ada: Person, bo: Person
) -> None:
    names = ("Anchor", "Lighthouse")

    def work() -> Failure:
        with at_statement('INSERT INTO "catalogue_service"', "anchor", before=third.reach):
            return told(ada, services=names)

    third = Aside(work)
    failures = [told_while_somebody_tells_it(ada, bo, "ROLLBACK TO", then=third.begin, services=names)]
    failures += [third.outcome()]

    for failure in failures:
        assert sorted(service.name for service in failure.services.all()) == ["Anchor", "Lighthouse"]
    assert Service.objects.count() == 2


def test_two_new_names_with_one_slug_told_at_once_stay_two(transactional_db: None, ada: Person, bo: Person) -> None:
    def work() -> Failure:
        with at_statement('INSERT INTO "catalogue_service"', before=aside.reach):
            return told(bo, services=("C#",))

    aside = Aside(work)
    with at_statement('INSERT INTO "catalogue_service"', after=aside.begin):
        told(ada, services=("C++",))

    assert [service.name for service in aside.outcome().services.all()] == ["C#"]


def test_a_service_brought_in_while_it_is_told_is_one(transactional_db: None, root: Person, ada: Person) -> None:
    def work() -> Report:
        with at_statement('INSERT INTO "catalogue_service"', before=aside.reach):
            return apply_catalogue(actor=root, data=QUEUE)

    aside = Aside(work)
    with at_statement('"history_head"', "FOR UPDATE", after=aside.begin):
        failure = told(ada, services=("queue",))

    report = aside.outcome()
    assert (report.added, list(report.changed)) == (["service:pier"], ["service:queue"])
    queue, pier = Service.objects.order_by("-slug")
    assert (queue.name, queue.is_described, *queue.depends_on.all()) == ("Message queue", True, pier)
    assert list(failure.services.all()) == [queue]
    assert list(verify()) == []


def test_a_service_told_while_it_is_brought_in_is_one(transactional_db: None, root: Person, ada: Person) -> None:
    def work() -> Failure:
        with at_statement('INSERT INTO "catalogue_service"', before=aside.reach):
            return told(ada, services=("queue",))

    aside = Aside(work)
    with at_statement('"history_head"', "FOR UPDATE", after=aside.begin):
        apply_catalogue(actor=root, data=QUEUE)

    assert list(aside.outcome().services.all()) == [Service.objects.get(slug="queue")]
    assert Service.objects.count() == 2


def test_a_service_described_while_it_is_told_is_one(transactional_db: None, root: Person, ada: Person) -> None:
    def work() -> Service:
        with at_statement('INSERT INTO "catalogue_service"', before=aside.reach):
            return describe_service(actor=root, slug="queue", lifecycle="new")

    aside = Aside(work)
    with at_statement('"history_head"', "FOR UPDATE", after=aside.begin):
        failure = told(ada, services=("queue",))

    assert list(failure.services.all()) == [aside.outcome()]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("describe", "said"),
    [
        (describe_service, {"description": "It holds orders."}),
        (describe_offering, {"description": "It holds orders.", "service": "shop"}),
        (describe_audience, {"contact": "Ring."}),
    ],
)
def test_what_two_describe_at_once_meets_the_words_of_the_other(
    transactional_db: None, root: Person, describe: Callable[..., Any], said: dict[str, str]
) -> None:
    Service.objects.create(slug="shop", name="Shop", is_described=True)

    def work() -> Any:
        with at_statement("INSERT INTO", '"catalogue_', before=aside.reach):
            return describe(actor=root, slug="queue", name="Line", **said)

    aside = Aside(work)
    with at_statement('"history_head"', "FOR UPDATE", after=aside.begin):
        describe(actor=root, slug="queue", name="Queue", **said)

    with pytest.raises(Conflict) as conflict:
        aside.outcome()
    assert conflict.value.theirs["name"] == "Queue"


def need_instead(person: Person) -> None:
    describe_service(actor=person, slug="shop", read=1, depends_on=["queue"])


def bring_in_instead(person: Person) -> None:
    apply_catalogue(actor=person, data={"services": [{"slug": "shop", "depends_on": ["queue"]}]})


@pytest.mark.parametrize("refer", [need_instead, bring_in_instead])
def test_a_need_that_a_merge_just_added_too_is_there_once(
    transactional_db: None, ada: Person, refer: Callable[[Person], None]
) -> None:
    merge, shop = mere_name(ada), Service.objects.create(slug="shop", name="Shop", is_described=True)
    shop.depends_on.set(Service.objects.filter(slug="kew"))

    def work() -> None:
        with at_statement("DELETE", "catalogue_service_depends_on", before=aside.reach):
            refer(ada)

    aside = Aside(work)
    with at_statement('INSERT INTO "catalogue_service_depends_on"', after=aside.begin):
        merge()

    aside.outcome()
    assert [each.slug for each in shop.depends_on.all()] == ["queue"]


def try_out_a_catalogue(person: Person) -> Any:
    return apply_catalogue(actor=person, data={"services": [{"slug": "queue", "depends_on": ["kew"]}]}, dry_run=True)


def try_out_a_preflight(person: Person) -> Any:
    asked = IncomingPreflight("Restart it.", "5a", person, timezone.now(), services=("kew",))
    return import_preflights(actor=person, incoming=[asked], dry_run=True)


@pytest.mark.parametrize("dry_run", [try_out_a_catalogue, try_out_a_preflight])
def test_a_dry_run_waits_for_no_merge(transactional_db: None, ada: Person, dry_run: Callable[[Person], Any]) -> None:
    merge, aside = mere_name(ada), Aside(lambda: dry_run(ada))

    with transaction.atomic():
        merge()
        aside.begin()

    assert aside.outcome()
