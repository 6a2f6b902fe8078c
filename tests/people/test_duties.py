"""Teams and duties: administrators say them, everybody reads them, nobody is counted."""

import pytest

from failonce.people.models import Person, Team
from tests.doors import call_api, run_cli, signed_in


def test_page_and_api_say_team_and_duties(root: Person, cy: Person, harbour: Team) -> None:
    signed_in(root).post(f"/people/{cy.pk}/", {"team": harbour.pk, "is_leader": "on"})
    cy.refresh_from_db()
    assert (cy.team, cy.is_leader, cy.is_administrator) == (harbour, True, False)

    answer = call_api(root, "PUT", f"/people/{cy.pk}/duties", {"is_leader": False, "is_administrator": True})

    assert answer.json() | {"team": None, "is_leader": False, "is_administrator": True} == answer.json()


def test_nobody_appoints_themselves(ada: Person) -> None:
    duties = {"is_leader": True, "is_administrator": True}
    assert signed_in(ada).post(f"/people/{ada.pk}/", {"is_administrator": "on"}).status_code == 403
    assert call_api(ada, "PUT", f"/people/{ada.pk}/duties", duties).status_code == 403
    ada.refresh_from_db()
    assert not ada.is_administrator


def test_addresses_are_for_oneself_and_administrators(ada: Person, cy: Person, root: Person) -> None:
    by_name = {row["name"]: row["email"] for row in call_api(cy, "GET", "/people").json()["people"]}
    assert by_name == {"Ada": None, "Cy": "cy@example.org", "Root": None}
    assert "ada@example.org" not in signed_in(cy).get(f"/people/{ada.pk}/").content.decode()
    assert "ada@example.org" not in signed_in(cy).get("/people/").content.decode()

    assert call_api(root, "GET", f"/people/{ada.pk}").json()["email"] == "ada@example.org"
    assert "ada@example.org" in signed_in(root).get(f"/people/{ada.pk}/").content.decode()
    assert "ada@example.org\tAda\tharbour" in run_cli(root, "people", "list").stdout


@pytest.mark.parametrize("number", [0, 10**9, 2**63, 10**30])
def test_a_number_nobody_has_is_nobody(root: Person, number: int) -> None:
    assert signed_in(root).get(f"/people/{number}/").status_code == 404
    assert call_api(root, "GET", f"/people/{number}").status_code == 404
    assert call_api(root, "DELETE", f"/tokens/{number}").status_code == 404


def test_pages_of_people_are_read_one_after_the_other(root: Person, ada: Person, bo: Person) -> None:
    first = call_api(root, "GET", "/people?limit=2").json()
    second = call_api(root, "GET", f"/people?limit=2&offset={first['next_offset']}").json()

    assert [row["name"] for row in first["people"] + second["people"]] == ["Ada", "Bo", "Root"]
    assert second["next_offset"] is None


def test_page_and_api_describe_a_team(root: Person, ada: Person) -> None:
    made = signed_in(root).post("/teams/", {"name": "Data Platform"})
    assert made["Location"] == "/teams/data-platform/"
    call_api(root, "PUT", "/teams/data-platform", {"name": "Data and reports"})

    assert "Data and reports" in signed_in(ada).get("/teams/").content.decode()
    teams = call_api(ada, "GET", "/teams").json()["teams"]
    assert {"slug": "data-platform", "name": "Data and reports"} in teams


def test_only_administrators_describe_teams(ada: Person, harbour: Team) -> None:
    assert signed_in(ada).post("/teams/", {"name": "Mine"}).status_code == 403
    assert signed_in(ada).post("/teams/harbour/", {"name": "Mine"}).status_code == 403
    assert call_api(ada, "PUT", "/teams/harbour", {"name": "Mine"}).status_code == 403
    assert [team.name for team in Team.objects.all()] == ["Harbour"]


@pytest.mark.parametrize("name", ["", "!!!", "T" * 121])
def test_a_team_needs_a_name_that_can_be_an_address(root: Person, name: str) -> None:
    assert signed_in(root).post("/teams/", {"name": name}).status_code == 422
    assert not Team.objects.exists()
