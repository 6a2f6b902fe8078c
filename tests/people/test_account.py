"""One's own account: the name, the password, closing it."""

import pytest
from django.test import Client

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.writes import OPERATOR, appoint_person, close_account, operator
from tests.doors import call_api, signed_in, token_of

OLD, NEW = "correct horse battery", "a quiet green harbour"


def test_page_and_api_rename_oneself(ada: Person) -> None:
    signed_in(ada).post("/account/", {"name": "Ada  Lovelace "})
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"

    answer = call_api(ada, "PUT", f"/people/{ada.pk}/name", {"name": "Ada L."})

    assert answer.json()["name"] == "Ada L."
    assert Entry.objects.of(ada.code)[0].verb == Verb.PERSON_EDIT


@pytest.mark.parametrize("name", ["", "  ", "A" * 121])
def test_a_name_has_to_say_something(ada: Person, name: str) -> None:
    assert signed_in(ada).post("/account/", {"name": name}).status_code == 422
    assert call_api(ada, "PUT", f"/people/{ada.pk}/name", {"name": name}).status_code == 422
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_a_new_password_ends_every_other_session(ada: Person) -> None:
    here, elsewhere = signed_in(ada), signed_in(ada)

    here.post("/account/password/", {"old_password": OLD, "new_password1": NEW, "new_password2": NEW})

    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert Client().post("/sign-in/", {"username": ada.email, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    "form",
    [
        {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW},
        {"old_password": OLD, "new_password1": "short", "new_password2": "short"},
        {"old_password": OLD, "new_password1": NEW, "new_password2": NEW + "x"},
    ],
)
def test_a_password_is_not_changed_by_a_slip(ada: Person, form: dict[str, str]) -> None:
    signed_in(ada).post("/account/password/", form)

    assert Client().post("/sign-in/", {"username": ada.email, "password": OLD}).status_code == 302


def test_closing_ends_sessions_and_tokens_but_words_stay(ada: Person, root: Person, adas_failure: Failure) -> None:
    browser, token = signed_in(ada), token_of(ada)

    signed_in(root).post(f"/people/{ada.pk}/close/")

    assert browser.get("/account/").status_code == 302
    assert Client().get("/api/people/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert Client().post("/sign-in/", {"username": ada.email, "password": OLD}).status_code == 200
    assert call_api(root, "GET", f"/failures/{adas_failure.code}").json()["story"] == "The queue filled up."
    assert "Ada" not in signed_in(root).get("/people/").content.decode()


def test_one_closes_ones_own_account_but_nobody_elses(ada: Person, bo: Person) -> None:
    browser = signed_in(ada)
    assert browser.get(f"/people/{bo.pk}/close/").status_code == 403
    assert call_api(ada, "POST", f"/people/{bo.pk}/close").status_code == 403

    assert browser.post(f"/people/{ada.pk}/close/")["Location"] == "/sign-in/"

    assert not Person.objects.get(pk=ada.pk).is_active
    assert Person.objects.get(pk=bo.pk).is_active


def test_the_last_administrator_stays_one(root: Person, ada: Person) -> None:
    operator_row = Person(email=OPERATOR, name="Operator", is_administrator=True)
    operator_row.set_unusable_password()
    operator_row.save()

    with pytest.raises(Refused, match="last administrator"):
        close_account(actor=root, person=root)
    page = signed_in(root).post(f"/people/{root.pk}/", {"is_leader": "on"})
    assert page.status_code == 422
    assert "last administrator" in page.content.decode()

    appoint_person(actor=root, person=ada, team=None, is_leader=False, is_administrator=True)
    close_account(actor=ada, person=root)
    assert not Person.objects.get(pk=root.pk).is_administrator


def test_the_operator_of_this_machine_is_made_once(db: None) -> None:
    assert operator() == operator()
    assert operator().email == OPERATOR
    assert not operator().has_usable_password()


@pytest.mark.parametrize("page", ["/account/password/", "/account/address/"])
def test_the_operator_reads_how_to_get_in_again_and_how_to_become_somebody(db: None, no_mail: None, page: str) -> None:
    said = signed_in(operator()).get(page).content.decode()

    assert f"failonce people link {OPERATOR}" in said
    assert 'href="/people/invite/"' in said
    assert "failonce people invite you@example.org --administrator" in said


def test_others_without_a_password_are_not_sent_to_what_they_may_not_do(ada: Person) -> None:
    ada.set_unusable_password()
    ada.save()

    said = signed_in(ada).get("/account/password/").content.decode()

    assert "failonce people link ada@example.org" in said
    assert "/people/invite/" not in said
