"""The catalogue leaves as plain data and comes back the same."""

import copy
from typing import Any

import pytest
import yaml
from django.db import connection

from failonce.catalogue import interchange
from failonce.catalogue.interchange import Report, Step, apply_catalogue, catalogue_data
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.writes import describe_service, merge_service, services_named
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.people.errors import NotAllowed, Refused
from failonce.people.models import Person, Practice, Team

HARBOUR: dict[str, Any] = {
    "teams": [{"slug": "harbour", "name": "Harbour"}, {"slug": "tides", "name": "Tides"}],
    "services": [
        {
            "slug": "berths",
            "name": "Berth booking",
            "description": "Books a berth.\n\nDay and night.",
            "critical": True,
            "lifecycle": "production",
            "team": "harbour",
            "technologies": ["postgresql", "django"],
            "paths": ["berths/**", "*.sql"],
            "depends_on": ["ledger", "tide-tables"],
            "characteristics": {
                "intangible": "Nobody sees a booking.",
                "perishable": "An empty berth can't be kept.",
            },
        },
        {"slug": "ledger", "name": "Ledger", "described": False},
        {"slug": "tide-tables", "name": "Tide tables", "also_called": ["Tides"], "depends_on": ["berths"]},
    ],
    "offerings": [
        {
            "slug": "night-berth",
            "name": "Night berth",
            "service": "berths",
            "description": "From dusk to dawn.",
            "parts": [
                {"kind": "access", "name": "The berth", "description": "until ten"},
                {"kind": "goods", "name": "Water", "description": ""},
                {"kind": "action", "name": "Mooring", "description": "by the harbour crew"},
            ],
            "audiences": ["ferries", "yachts"],
        }
    ],
    "audiences": [
        {"slug": "ferries", "name": "Ferry lines", "kind": "partner", "contact": "bridge@ferries.example"},
        {"slug": "yachts", "name": "Yachts", "kind": "consumer"},
    ],
}


def everything_gone() -> None:
    Offering.objects.all().delete()
    Service.objects.all().delete()
    Audience.objects.all().delete()
    Person.objects.update(team=None)
    Team.objects.all().delete()


def test_what_leaves_comes_back_the_same(root: Person) -> None:
    report = apply_catalogue(actor=root, data=HARBOUR)
    once = catalogue_data()
    everything_gone()

    again = apply_catalogue(actor=root, data=yaml.safe_load(yaml.safe_dump(once)))

    assert once == HARBOUR
    assert catalogue_data() == once
    assert report.left_out == again.left_out == []
    assert len(report.added) == 8


def test_doing_it_again_changes_nothing_and_says_so(root: Person) -> None:
    apply_catalogue(actor=root, data=HARBOUR)
    entries = Entry.objects.count()

    report = apply_catalogue(actor=root, data=HARBOUR)

    assert (report.added, report.changed) == ([], {})
    assert len(report.unchanged) == 8
    assert Entry.objects.count() == entries
    assert report.summary() == "0 added, 0 changed, 8 unchanged, 0 things left out."


def test_each_object_remembers_the_import(root: Person) -> None:
    apply_catalogue(actor=root, data=HARBOUR)
    data = copy.deepcopy(HARBOUR)
    data["services"][0]["description"] = "Books a berth by day."

    report = apply_catalogue(actor=root, data=data)

    assert report.changed == {"service:berths": ["description"]}
    newest = Entry.objects.of("service:berths")[0]
    assert newest.details["changes"] == {"description": ["Books a berth.\n\nDay and night.", "Books a berth by day."]}
    assert list(verify()) == []


def test_what_an_entry_does_not_mention_stays(root: Person) -> None:
    apply_catalogue(actor=root, data=HARBOUR)

    apply_catalogue(actor=root, data={"services": [{"slug": "berths", "critical": False}]})

    berths = Service.objects.get(slug="berths")
    assert berths.is_critical is False
    assert berths.description.startswith("Books a berth")
    assert berths.depends_on.count() == 2


def test_a_dry_run_reports_and_keeps_nothing(root: Person) -> None:
    report = apply_catalogue(actor=root, data=HARBOUR, dry_run=True)

    assert len(report.added) == 8
    assert report.summary().startswith("8 would be added")
    assert not Service.objects.exists()
    assert not Entry.objects.exists()


def test_a_name_told_before_becomes_the_described_service(root: Person, ada: Person) -> None:
    (told,), _, _ = services_named(actor=ada, names=["Berths"])

    apply_catalogue(actor=root, data=HARBOUR)

    told.refresh_from_db()
    assert (told.name, told.is_described) == ("Berth booking", True)


def test_what_cannot_be_used_is_left_out_with_its_reason(root: Person) -> None:
    report = apply_catalogue(
        actor=root,
        data={
            "services": [
                {"slug": "a", "depends_on": ["a", "moon"], "team": "nobody"},
                {"slug": "a"},
                {"slug": "b", "critical": "perhaps", "owner": "ada"},
                "c",
                {"name": "Überfahrt"},
            ],
            "offerings": [
                {"slug": "o", "service": "moon"},
                {"slug": "p"},
                {"slug": "q", "service": "a", "audiences": ["x"]},
            ],
        },
    )

    assert report.added == ["service:a", "service:uberfahrt", "offering:q"]
    assert [sentence for sentence in report.left_out if not sentence.startswith("Entry 3")] == [
        "Entry 2 of services (a) is left out: it is there twice.",
        "Entry 4 of services is left out: it isn't a service with a slug and a name.",
        "The team nobody of the service a is left out: there is no such team here.",
        "The dependency on a of the service a is left out: it would depend on itself.",
        "The dependency on moon of the service a is left out: it isn't in the catalogue.",
        "The offering o is left out: its service moon isn't in the catalogue.",
        "The offering p is left out: it names no service.",
        "The audience x of the offering q is left out: it isn't in the catalogue.",
    ]
    assert "critical takes true or false. owner isn't something a service has" in " ".join(report.left_out)


@pytest.mark.parametrize("data", [[], "text", {"servces": []}, {"services": {"slug": "a"}}, None])
def test_what_is_no_catalogue_is_refused(root: Person, data: object) -> None:
    with pytest.raises(Refused):
        apply_catalogue(actor=root, data=data)  # type: ignore[arg-type]


def test_a_stranger_to_the_practice_imports_nothing(ada: Person) -> None:
    with pytest.raises(NotAllowed):
        apply_catalogue(actor=ada, data=HARBOUR)


def test_the_manager_of_the_catalogue_imports_all_but_teams(ada: Person) -> None:
    Practice.objects.filter(slug="service-catalogue").update(manager=ada)

    report = apply_catalogue(actor=ada, data=HARBOUR)

    assert Service.objects.get(slug="berths").team is not None  # the team Harbour was there before
    assert report.left_out == ["The team tides is left out: ask an administrator to add it, then import again."]


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_batches_of_any_size_keep_the_same(root: Person, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(interchange, "BATCH", batch)

    report = apply_catalogue(actor=root, data=HARBOUR)
    again = apply_catalogue(actor=root, data=HARBOUR)

    assert catalogue_data() == HARBOUR
    assert (len(report.added), report.changed, report.unchanged) == (8, {}, [])
    assert (again.added, again.changed, len(again.unchanged)) == ([], {}, 8)
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_others_write_between_two_batches_and_see_how_far_it_is(
    transactional_db: None, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "BATCH", 2)
    said: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        assert not connection.in_atomic_block
        said.append((done, total))

    apply_catalogue(actor=root, data=HARBOUR, step=step)

    assert said == sorted(said)
    assert (said[0], said[-1]) == ((0, 8), (8, 8))
    assert len(set(said)) > 4


@pytest.mark.parametrize("stop", range(1, 9))
def test_an_import_that_was_stopped_is_true_so_far_and_goes_on(
    root: Person, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    monkeypatch.setattr(interchange, "BATCH", 1)
    report = Report()
    steps = iter(range(stop))

    def step(done: int, total: int) -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_catalogue(actor=root, data=HARBOUR, report=report, step=step)
    kept = {f"{kind[:-1]}:{each['slug']}" for kind, rows in catalogue_data().items() for each in rows}
    assert kept == set(report.added)
    apply_catalogue(actor=root, data=HARBOUR)

    assert catalogue_data() == HARBOUR
    assert list(verify()) == []


def test_what_somebody_described_between_two_batches_stays(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    apply_catalogue(actor=root, data=HARBOUR)
    monkeypatch.setattr(interchange, "BATCH", 1)

    def step(done: int, total: int) -> None:
        if done == 1:
            read = Service.objects.get(slug="tide-tables").version
            describe_service(actor=root, slug="tide-tables", read=read, lifecycle="retiring")

    data = {"services": [{"slug": "ledger", "name": "The ledger"}, {"slug": "tide-tables", "name": "Tide table"}]}
    apply_catalogue(actor=root, data=data, step=step)

    tides = Service.objects.get(slug="tide-tables")
    assert (tides.name, tides.lifecycle) == ("Tide table", "retiring")


def test_new_services_are_kept_in_the_order_of_their_slugs_as_tellings_keep_them(root: Person) -> None:
    # An import and a telling that kept the same two slugs in opposite orders would each wait for the other.
    apply_catalogue(actor=root, data={"services": [{"slug": slug} for slug in ("quay", "berth", "pier", "anchor")]})

    kept = [service.slug for service in Service.objects.order_by("pk")]
    assert kept == ["anchor", "berth", "pier", "quay"]


def merge_after(root: Person, done: int, monkeypatch: pytest.MonkeyPatch, name: str = "Kew") -> Step:
    """Return a step that says, after so many batches of one entry, which service a mere name means."""
    monkeypatch.setattr(interchange, "BATCH", 1)
    Service.objects.create(slug="queue", name="Queue", is_described=True)
    Service.objects.create(slug="kew", name=name)
    steps = iter([lambda: merge_service(actor=root, named="kew", into="queue")])

    def step(now: int, total: int) -> None:
        if now == done:
            next(steps, lambda: None)()

    return step


def test_an_offering_of_what_was_merged_between_two_batches_is_of_what_it_means(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = merge_after(root, 1, monkeypatch)
    data = {"services": [{"slug": "shop"}], "offerings": [{"slug": "orders", "service": "kew"}]}

    report = apply_catalogue(actor=root, data=data, step=step)

    assert report.left_out == []
    assert Offering.objects.get().service.slug == "queue"


def test_a_need_that_was_merged_between_two_batches_is_of_what_it_means(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = merge_after(root, 1, monkeypatch)
    data = {"services": [{"slug": "anchor"}, {"slug": "shop", "depends_on": ["anchor", "kew"]}]}

    report = apply_catalogue(actor=root, data=data, step=step)

    assert report.left_out == []
    assert catalogue_data()["services"][-1]["depends_on"] == ["anchor", "queue"]


def test_a_need_that_a_merge_between_two_batches_moved_is_no_change(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = merge_after(root, 1, monkeypatch)
    Service.objects.create(slug="pier", name="Pier")
    needs = Service.objects.filter(slug__in=["kew", "pier"])
    Service.objects.create(slug="shop", name="Shop", is_described=True).depends_on.set(needs)
    data = {"services": [{"slug": "anchor"}, {"slug": "shop", "depends_on": ["kew", "pier"]}]}

    report = apply_catalogue(actor=root, data=data, step=step)

    assert (report.changed, report.unchanged) == ({}, ["service:shop"])
    assert [entry.verb for entry in Entry.objects.of("service:shop")] == ["service:merge"]


def test_a_need_of_what_is_brought_in_again_is_of_that(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    step = merge_after(root, 1, monkeypatch)
    data = {"services": [{"slug": "anchor"}, {"slug": "shop", "depends_on": ["kew"]}, {"slug": "kew"}]}

    apply_catalogue(actor=root, data=data, step=step)

    assert catalogue_data()["services"][-1]["depends_on"] == ["kew"]


def test_a_need_of_what_nobody_finds_any_more_is_left_out(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    step = merge_after(root, 1, monkeypatch, name="The line")
    data = {"services": [{"slug": "anchor"}, {"slug": "shop", "depends_on": ["anchor", "kew"]}]}

    report = apply_catalogue(actor=root, data=data, step=step)

    assert report.left_out == ["The dependency on kew of the service shop is left out: it isn't in the catalogue."]
    assert catalogue_data()["services"][-1]["depends_on"] == ["anchor"]


def test_an_offering_of_what_nobody_finds_any_more_is_left_out(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    step = merge_after(root, 1, monkeypatch, name="The line")
    data = {"services": [{"slug": "shop"}], "offerings": [{"slug": "orders", "service": "kew"}]}

    report = apply_catalogue(actor=root, data=data, step=step)

    assert report.left_out == ["The offering orders is left out: its service kew isn't in the catalogue."]


def test_what_a_service_needs_may_be_merged_before_all_it_needs_is_there(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = merge_after(root, 2, monkeypatch)
    data = {"services": [{"slug": "shop", "depends_on": ["kew", "anchor"]}, {"slug": "anchor"}]}

    apply_catalogue(actor=root, data=data, step=step)

    assert catalogue_data()["services"][-1]["depends_on"] == ["anchor", "queue"]
    changes = [
        entry.details["changes"]["depends_on"]
        for entry in Entry.objects.of("service:shop")
        if "changes" in entry.details
    ]
    assert changes == [[["queue"], ["anchor", "queue"]], [None, ["kew"]]]


def test_a_need_that_is_brought_in_and_merged_at_once_is_of_what_it_means(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = merge_after(root, 2, monkeypatch)
    Service.objects.filter(slug="kew").delete()
    data = {"services": [{"slug": "shop", "depends_on": ["kew"]}, {"slug": "kew", "name": "Kew", "described": False}]}

    apply_catalogue(actor=root, data=data, step=step)

    assert catalogue_data()["services"][-1]["depends_on"] == ["queue"]


def test_a_need_that_somebody_adds_between_two_batches_stays(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "BATCH", 1)

    def step(done: int, total: int) -> None:
        if done == 2 and Service.objects.get(slug="shop").version == 1:
            Service.objects.create(slug="pier", name="Pier")
            describe_service(actor=root, slug="shop", read=1, depends_on=["pier"])

    data = {"services": [{"slug": "shop", "depends_on": ["anchor"]}, {"slug": "anchor"}]}
    apply_catalogue(actor=root, data=data, step=step)

    assert catalogue_data()["services"][-1]["depends_on"] == ["anchor", "pier"]


def test_an_offering_of_what_somebody_described_since_the_import_began_is_kept(
    root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interchange, "BATCH", 1)

    def step(done: int, total: int) -> None:
        describe_service(actor=root, slug="pier", read=1, lifecycle="new")

    data = {"services": [{"slug": "shop"}], "offerings": [{"slug": "berth", "service": "pier"}]}
    report = apply_catalogue(actor=root, data=data, step=step)

    assert report.left_out == []
