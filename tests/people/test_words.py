"""Characters that a database can't hold, at every door."""

from collections.abc import Callable

import pytest
from django.test import Client

from failonce.people.models import Person, Team
from failonce.people.words import clean, clean_all
from tests.doors import run_cli, signed_in, token_of


def through_the_page(actor: Person) -> str:
    answer = signed_in(actor).post("/teams/", {"name": "Har\x00bour"}, follow=True)
    return answer.content.decode()


def through_the_api(actor: Person) -> str:
    headers = {"Authorization": f"Bearer {token_of(actor)}"}
    body = r'{"name": "Har\u0000bour"}'
    answer = Client().put("/api/teams/harbour", body, "application/json", headers=headers)
    assert answer.status_code == 200
    return str(answer["Failonce-Note"])


@pytest.mark.parametrize("door", [through_the_page, through_the_api])
def test_every_door_keeps_a_sign_in_its_place_and_says_so(root: Person, door: Callable[[Person], str]) -> None:
    said = door(root)

    assert "can't be kept" in said or "can&#x27;t be kept" in said
    assert Team.objects.get().name == "Har\ufffdbour"


@pytest.mark.parametrize("sent", [r'"\ud800"', r'"\udfff\ud800"', r'"a\u0000b"'])
def test_the_api_takes_lone_surrogates_and_nul_without_losing_the_rest(root: Person, sent: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(root)}"}

    answer = Client().put("/api/teams/t", f'{{"name": {sent}}}', "application/json", headers=headers)

    assert answer.status_code == 200
    assert "\ufffd" in Team.objects.get().name


def test_a_whole_emoji_in_json_stays_whole(root: Person) -> None:
    headers = {"Authorization": f"Bearer {token_of(root)}"}

    answer = Client().put("/api/teams/t", r'{"name": "\ud83d\udc1f fish"}', "application/json", headers=headers)

    assert Team.objects.get().name == "\U0001f41f fish"
    assert "Failonce-Note" not in answer


def test_addresses_with_nul_are_nobodys_and_queries_are_cleaned(ada: Person) -> None:
    browser = signed_in(ada)

    assert browser.get("/teams/a%00b/").status_code == 404
    assert browser.get("/join/a%00b/").status_code == 404
    assert browser.get("/failures/?q=%00&service=%00").status_code == 200
    assert browser.get("/people/?page=%00").status_code == 200


def test_the_terminal_cleans_what_it_is_given(root: Person) -> None:
    run = run_cli(root, "people", "token", "--name", "a\x00b", "--scope", "read")

    assert run.exit_code == 0
    assert root.tokens.get().name == "a\ufffdb"


def test_every_text_inside_json_is_cleaned() -> None:
    sent = {"a\x00": ["b\ud800", {"c": 1, "d": None, "e": "fine"}], "f": 1.5, "g": True}

    assert clean_all(sent) == {"a\ufffd": ["b\ufffd", {"c": 1, "d": None, "e": "fine"}], "f": 1.5, "g": True}
    assert clean("naïve \U0001f41f 漢字") == "naïve \U0001f41f 漢字"
