"""Practices: who has which role, and what that lets them do."""

import pytest

from failonce.history.verbs import Verb
from failonce.people.models import Person, Practice
from failonce.people.permissions import CATALOGUE, LEARNING, PRACTICES, may
from tests.doors import call_api, signed_in


def test_every_installation_has_the_practices_that_rules_hang_on(db: None) -> None:
    assert dict(Practice.objects.values_list("slug", "name")) == PRACTICES


def test_page_and_api_name_the_people_of_a_practice(root: Person, ada: Person, bo: Person, cy: Person) -> None:
    form = {"purpose": "Fewer surprises.", "owner": ada.pk, "manager": bo.pk, "practitioners": [cy.pk]}
    assert signed_in(root).post(f"/practices/{LEARNING}/", form)["Location"] == f"/practices/{LEARNING}/"
    page = signed_in(cy).get(f"/practices/{LEARNING}/").content.decode()
    assert all(words in page for words in ("Fewer surprises.", "Ada", "Bo", "Cy", "Edit a lesson"))

    answer = call_api(root, "PUT", f"/practices/{LEARNING}", {"purpose": "Calm.", "owner": cy.pk})

    held = answer.json()
    assert (held["owner"], held["manager"], held["practitioners"]) == (cy.pk, None, [])


def test_the_owner_names_the_others_and_nobody_else_does(root: Person, ada: Person, bo: Person) -> None:
    Practice.objects.filter(slug=CATALOGUE).update(owner=ada)
    body = {"purpose": "Described.", "owner": ada.pk, "practitioners": [bo.pk]}

    assert call_api(bo, "PUT", f"/practices/{CATALOGUE}", body).status_code == 403
    assert signed_in(bo).post(f"/practices/{CATALOGUE}/", {"owner": bo.pk}).status_code == 403
    assert call_api(ada, "PUT", f"/practices/{CATALOGUE}", body).status_code == 200
    assert call_api(ada, "PUT", f"/practices/{LEARNING}", body).status_code == 403


@pytest.mark.parametrize(
    ("role", "describes", "imports"),
    [("owner", True, True), ("manager", True, True), ("practitioner", True, False), (None, False, False)],
)
def test_a_role_lets_one_do_what_its_rule_says(ada: Person, role: str | None, describes: bool, imports: bool) -> None:
    practice = Practice.objects.get(slug=CATALOGUE)
    if role == "practitioner":
        practice.practitioners.add(ada)
    elif role:
        setattr(practice, role, ada)
        practice.save()

    assert may(ada, Verb.SERVICE_DESCRIBE) is describes
    assert may(ada, Verb.CATALOGUE_IMPORT) is imports


def test_a_closed_account_gets_no_role(root: Person, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(is_active=False)

    answer = call_api(root, "PUT", f"/practices/{LEARNING}", {"purpose": "", "owner": ada.pk})

    assert answer.status_code == 422
    assert "Ada" in answer.json()["detail"]
