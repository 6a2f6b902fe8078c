"""The catalogue leaves as plain data and comes back the same."""

import copy
from typing import Any

import pytest
import yaml

from failonce.catalogue.interchange import apply_catalogue, catalogue_data
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.writes import services_named
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
    (told,), _ = services_named(actor=ada, names=["Berths"])

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
