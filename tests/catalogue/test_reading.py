"""Reading the catalogue: the list, a service, an offering, an audience; by page, API and command line."""

import html
import json
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from failonce.catalogue.drawing import dependencies
from failonce.catalogue.interchange import apply_catalogue
from failonce.catalogue.models import CHARACTERISTICS, Service
from failonce.catalogue.questions import ALL, questions_before
from failonce.catalogue.writes import services_named
from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.people.models import Person
from tests.catalogue.test_interchange import HARBOUR
from tests.doors import call_api, run_cli, signed_in


@pytest.fixture
def harbour_catalogue(root: Person) -> None:
    """The catalogue of a harbour."""
    apply_catalogue(actor=root, data=HARBOUR)


def page_of(person: Person, path: str) -> str:
    response = signed_in(person).get(path)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_an_empty_catalogue_says_what_will_be_here(ada: Person, root: Person) -> None:
    assert "Here stand the services you provide" in page_of(ada, "/catalogue/")
    assert "Describe the first" not in page_of(ada, "/catalogue/")
    assert "Describe the first" in page_of(root, "/catalogue/")


def test_critical_services_come_first_and_names_last(ada: Person, harbour_catalogue: None) -> None:
    services_named(actor=ada, names=["Anchor"])

    answer = call_api(ada, "GET", "/catalogue/services").json()

    assert [service["slug"] for service in answer["services"]] == ["berths", "tide-tables", "anchor", "ledger"]
    assert answer["count"] == 4


def test_the_list_names_services_offerings_and_audiences(ada: Person, harbour_catalogue: None) -> None:
    page = page_of(ada, "/catalogue/")

    for words in ("Berth booking", "critical", "only named", "Night berth", "Ferry lines", "partner", "Harbour"):
        assert words in page


def test_words_narrow_all_three(ada: Person, harbour_catalogue: None) -> None:
    page = page_of(ada, "/catalogue/?q=berth")

    assert "Berth booking" in page
    assert "Night berth" in page
    assert "Tide tables" not in page
    assert "Ferry lines" not in page
    assert "No service has these words" in page_of(ada, "/catalogue/?q=%00zzz")


def test_a_list_of_many_asks_the_database_no_more_often(
    ada: Person, harbour_catalogue: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Service.objects.bulk_create(Service(slug=f"s{number}", name=f"S {number}") for number in range(200))
    browser = signed_in(ada)
    browser.get("/catalogue/")

    with django_assert_max_num_queries(14):
        browser.get("/catalogue/")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", f"offset={2**70}", "limit=x"])
def test_a_page_nobody_can_turn_to_is_refused(ada: Person, query: str) -> None:
    assert call_api(ada, "GET", f"/catalogue/services?{query}").status_code == 422


def test_a_service_shows_what_it_is_offers_and_needs(ada: Person, harbour_catalogue: None) -> None:
    page = page_of(ada, "/catalogue/services/berths/")

    for words in (
        "Berth booking", "critical", "Books a berth.", "Night berth", "Mooring", "Ferry lines", "Tide tables", "Ledger",
        "postgresql, django", "berths/**",
        "Nobody sees a booking.", "<svg",
        "Berth booking needs Ledger and Tide tables",
    ):  # fmt: skip
        assert words in page


def test_the_questions_fit_the_characteristics(ada: Person, harbour_catalogue: None) -> None:
    questions = questions_before(Service.objects.get(slug="berths"))

    assert [question.characteristic for question in questions] == ["Intangible"] * 2 + ["Perishable"] * 2
    assert all(question.text in page_of(ada, "/catalogue/services/berths/") for question in questions)
    assert questions_before(Service.objects.get(slug="ledger")) == []
    assert tuple(each.key for each in ALL) == CHARACTERISTICS


def test_a_service_shows_the_failures_one_may_read_and_no_others(
    ada: Person, bo: Person, harbour_catalogue: None, adas_failure: Failure
) -> None:
    adas_failure.services.add(Service.objects.get(slug="berths"))
    assert adas_failure.title in page_of(bo, "/catalogue/services/berths/")

    adas_failure.visibility = "restricted"
    adas_failure.save()

    assert adas_failure.title in page_of(ada, "/catalogue/services/berths/")
    assert adas_failure.title not in page_of(bo, "/catalogue/services/berths/")
    assert "Nothing is told of it yet." in page_of(bo, "/catalogue/services/berths/")


def test_a_service_shows_the_lessons_one_may_read_and_no_others(
    ada: Person, bo: Person, harbour_catalogue: None, adas_failure: Failure
) -> None:
    lesson = Lesson.objects.create(
        failure=adas_failure, when_you="raise the sluice", remember="the small boats", because="two were swamped",
        written_by=ada, renew_by=date(2030, 1, 1),
    )  # fmt: skip
    lesson.services.add(Service.objects.get(slug="berths"))
    assert "the small boats" in page_of(bo, "/catalogue/services/berths/")

    adas_failure.visibility = "restricted"
    adas_failure.save()

    assert "the small boats" in page_of(ada, "/catalogue/services/berths/")
    assert "the small boats" not in page_of(bo, "/catalogue/services/berths/")


def test_offerings_and_audiences_have_pages(ada: Person, harbour_catalogue: None) -> None:
    offering = page_of(ada, "/catalogue/offerings/night-berth/")
    audience = page_of(ada, "/catalogue/audiences/ferries/")

    assert all(words in offering for words in ("Service action", "Mooring", "Goods", "Water", "Ferry lines"))
    assert all(words in audience for words in ("bridge@ferries.example", "Night berth"))


@pytest.mark.parametrize("slug", ["moon", "%00", "%ED%A0%80", "x" * 300])
@pytest.mark.parametrize("noun", ["services", "offerings", "audiences"])
def test_the_api_answers_any_address(ada: Person, noun: str, slug: str) -> None:
    assert call_api(ada, "GET", f"/catalogue/{noun}/{slug}").status_code == 404


@pytest.mark.parametrize("noun", ["services", "offerings", "audiences"])
def test_what_is_not_there_is_answered_by_both_doors(ada: Person, noun: str) -> None:
    assert signed_in(ada).get(f"/catalogue/{noun}/moon/").status_code == 404
    answer = call_api(ada, "GET", f"/catalogue/{noun}/moon")
    assert answer.status_code == 404
    assert "moon" in answer.json()["detail"]


def test_the_api_answers_each_noun(ada: Person, harbour_catalogue: None) -> None:
    service = call_api(ada, "GET", "/catalogue/services/berths").json()
    assert service["depends_on"] == ["ledger", "tide-tables"]
    assert service["offerings"][0]["slug"] == "night-berth"
    assert call_api(ada, "GET", "/catalogue/offerings").json()["offerings"][0]["parts"][0]["kind"] == "access"
    assert call_api(ada, "GET", "/catalogue/offerings/night-berth").json()["service"] == "berths"
    assert call_api(ada, "GET", "/catalogue/audiences").json()["count"] == 2
    assert call_api(ada, "GET", "/catalogue/audiences/ferries").json()["kind"] == "partner"


def test_the_command_line_lists_and_shows(ada: Person, harbour_catalogue: None) -> None:
    listed = run_cli(ada, "catalogue", "list")
    assert listed.stdout.splitlines()[0] == "berths\tBerth booking\tcritical, production"
    assert listed.stderr == "3 services.\n"

    shown = run_cli(ada, "catalogue", "show", "berths")
    assert "Needs: ledger, tide-tables" in shown.stdout
    assert "action: Mooring" in shown.stdout
    answer: dict[str, Any] = json.loads(run_cli(ada, "catalogue", "show", "berths", "--json").stdout)
    assert answer["team"] == "harbour"
    assert len(answer["questions"]) == 4
    assert (
        json.loads(run_cli(ada, "catalogue", "list", "tide", "--json").stdout)["services"][0]["slug"] == "tide-tables"
    )
    assert run_cli(ada, "catalogue", "show", "moon").exit_code == 1


def test_the_command_line_says_a_name_once_where_it_is_the_slug(ada: Person) -> None:
    services_named(actor=ada, names=["backup"])

    assert run_cli(ada, "catalogue", "list").stdout == "backup\t\tonly named\n"


def test_a_drawing_escapes_names_and_says_how_many_it_leaves_out(db: None) -> None:
    service = Service.objects.create(slug="a", name="<b>A</b>")
    many = [Service(slug=f"s{number}", name=f"S & {number}") for number in range(12)]

    drawn = dependencies(service, [], many)

    assert "<b>" not in drawn
    assert "S &amp; 7" in drawn
    assert "and 4 more" in drawn
    assert dependencies(service, [], []) == ""


def test_only_the_signed_in_read_the_catalogue(harbour_catalogue: None, client: Any) -> None:
    for path in ("/catalogue/", "/catalogue/services/berths/", "/catalogue/offerings/night-berth/"):
        assert client.get(path).headers["Location"].startswith("/sign-in/")
