"""Every address × everybody: who is turned away, who is let in; a new address is asked too, without a line here."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from failonce.catalogue.models import Audience, Offering, Service
from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.modes.models import FailureMode, Occurrence
from failonce.people.links import address_link_for, sign_in_link_for
from failonce.people.models import Person
from failonce.people.permissions import LEARNING
from failonce.people.writes import invite_person, issue_token
from failonce.preflight.models import Preflight, Reminder
from failonce.web import stylesheet
from tests.doors import EVERY_SCOPE, token_of
from tests.settings import TEST_DATABASE_URL

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_FORM = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

# What strangers see of the few pages that are theirs. Every other page sends them to sign in, the API says 401.
OPEN_TO_STRANGERS = {
    "sign_in": 200,
    "sign_in_link": 200,
    "join": 200,
    "password_forgotten": 200,
    "password_sent": 200,
    "password_new": 200,
    "stylesheet": 200,
    "styleguide": 200,  # samples only; nobody's words
    "healthz": 200,
    "api:api-root": 404,
}

# Who is refused what, by name of page or by API address; everybody signed in may do the rest.
# Ada told the failure; Cy is of no team and told nothing; Root administers.
NOBODY_ELSE = {"ada": 403, "cy": 403}  # administrators alone, as nobody here has a role in a practice
ADA_ALONE = {"cy": 403, "root": 403}
FOR_THOSE_WHO_DESCRIBE = {
    *("service_new", "service_describe", "offering_new", "offering_describe", "audience_new", "audience_describe"),
    "catalogue_import",
}
REFUSED: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "person_invite"): NOBODY_ELSE,
    ("POST", "person_invite"): NOBODY_ELSE,
    ("POST", "invitation_withdraw"): {"ada": 404, "cy": 404},
    ("POST", "person"): NOBODY_ELSE,
    ("GET", "person_close"): {"cy": 403},
    ("POST", "person_close"): {"cy": 403},
    ("POST", "token_revoke"): {"cy": 404},
    ("POST", "team_list"): NOBODY_ELSE,
    ("POST", "team"): NOBODY_ELSE,
    ("POST", "practice"): NOBODY_ELSE,
    ("POST", "ranking_learn"): NOBODY_ELSE,
    ("POST", "ranking_restore"): NOBODY_ELSE,
    ("POST", "api/recall/weights/learn"): NOBODY_ELSE,
    ("POST", "api/recall/weights/restore"): NOBODY_ELSE,
    ("GET", "sign_in_link"): {"ada": 410},  # her own; the sign-in that this test begins with has ended it
    ("POST", "sign_in_link"): {"ada": 410},
    ("GET", "address_confirm"): {"cy": 410, "root": 410},  # mailed to Ada
    ("POST", "address_confirm"): {"cy": 410, "root": 410},
    ("POST", "failure_withdraw"): ADA_ALONE,
    ("POST", "failure_add"): ADA_ALONE,
    ("POST", "failure_edit"): ADA_ALONE,
    ("GET", "failure_import"): NOBODY_ELSE,
    ("POST", "failure_import"): NOBODY_ELSE,
    ("POST", "failure_import_confirm"): {"ada": 403, "cy": 403, "root": 404},  # nothing waits to be confirmed
    **{(method, page): NOBODY_ELSE for method in ("GET", "POST") for page in FOR_THOSE_WHO_DESCRIBE},
    ("PUT", "api/people/<int:number>/name"): {"cy": 403},
    ("PUT", "api/people/<int:number>/duties"): NOBODY_ELSE,
    ("POST", "api/people/<int:number>/close"): {"cy": 403},
    ("POST", "api/people/invitations"): NOBODY_ELSE,
    ("DELETE", "api/people/invitations/<int:number>"): {"ada": 404, "cy": 404},
    ("DELETE", "api/tokens/<int:number>"): {"cy": 404},
    ("PUT", "api/teams/<slug>"): NOBODY_ELSE,
    ("PUT", "api/practices/<slug>"): NOBODY_ELSE,
    ("PUT", "api/failures/<code>"): ADA_ALONE,
    ("POST", "api/failures/<code>/additions"): ADA_ALONE,
    ("POST", "api/failures/<code>/withdraw"): ADA_ALONE,
    ("PUT", "api/catalogue/services/<slug>"): NOBODY_ELSE,
    ("PUT", "api/catalogue/offerings/<slug>"): NOBODY_ELSE,
    ("PUT", "api/catalogue/audiences/<slug>"): NOBODY_ELSE,
    ("POST", "service_merge"): NOBODY_ELSE,
    ("POST", "api/catalogue/services/<slug>/merge"): NOBODY_ELSE,
    ("POST", "api/catalogue/import"): NOBODY_ELSE,
    ("POST", "lesson_edit"): ADA_ALONE,
    ("POST", "lesson_retire"): ADA_ALONE,
    ("PUT", "api/lessons/<code>"): ADA_ALONE,
    ("POST", "api/lessons/<code>/retire"): ADA_ALONE,
    ("POST", "api/import"): NOBODY_ELSE,
}

# What is sent where an empty form or body would be told what is missing before anybody asks who may.
TELLING = {"story": "Told again.", "kind": "incident", "visibility": "everyone", "version": 1}
BODIES: dict[str, dict[str, Any]] = {
    "failure_edit": TELLING,
    "api/failures/<code>": TELLING,
    "api/failures/<code>/additions": {"text": "More."},
    "api/lessons/<code>": {"when_you": "a", "remember": "b", "because": "c", "version": 1},
    "api/people/<int:number>/name": {"name": "Eve"},
    "api/people/<int:number>/duties": {"is_leader": True, "is_administrator": True},
    "api/people/invitations": {"email": "eve@example.org"},
    "api/teams/<slug>": {"name": "Mine"},
    "api/practices/<slug>": {"purpose": "Mine."},
    "api/catalogue/services/<slug>/merge": {"named": "berth"},
    "api/catalogue/import": {"text": "services: []"},
}

# The API's operations that change nothing although they are asked with a body.
READS_BY_POST = {"api/recall"}


@dataclass(frozen=True)
class Address:
    """One route: where it is, what it is called, and what is to be put into it."""

    route: str
    name: str

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/") and self.name not in {"api:openapi-view", "api:api-root"}

    @property
    def key(self) -> str:
        """What the tables below know it by: a page's name, an operation's route."""
        return self.route if self.is_api else self.name

    def filled(self, places: dict[str, str]) -> str:
        """Return the path, each parameter replaced by something that is there."""
        path, literal = [], ""
        for segment in self.route.split("/"):
            found = _PARAMETER.search(segment)
            if not found:
                literal = segment or literal
                path.append(segment)
                continue
            key = f"{literal}/{found[1]}"
            assert key in places, f"Tell `places` in this module what to put for {key!r} in {self.route!r}."
            path.append(_PARAMETER.sub(places[key], segment))
        return "/" + "/".join(path)


def every_address(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[Address]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_address(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(route, f"{namespace}{pattern.name}")


# An API address has a route for each of its methods; it is asked once.
ADDRESSES = list({address.key: address for address in every_address()}.values())


@pytest.fixture
def places(ada: Person, root: Person, adas_failure: Failure) -> dict[str, str]:
    """Something of everything, so that every address leads somewhere; keyed by the word before and the parameter."""
    cache.clear()
    service = Service.objects.create(slug="berths", name="Berths")
    offering = Offering.objects.create(slug="booking", name="Booking", service=service)
    audience = Audience.objects.create(slug="skippers", name="Skippers")
    later = Failure.objects.create(
        title="Again", kind="incident", story="Again.", told_by=ada, started_at=adas_failure.started_at
    )
    mode = FailureMode.objects.create(title="Queues fill", opened_by=ada)
    for failure in (adas_failure, later):
        Occurrence.objects.create(mode=mode, failure=failure)
    lesson = Lesson.objects.create(
        failure=adas_failure, when_you="a", remember="b", because="c", written_by=ada,
        renew_by=date(2030, 1, 1),
    )  # fmt: skip
    preflight = Preflight.objects.create(asked_by=ada, change="x", digest="x")
    reminder = Reminder.objects.create(
        preflight=preflight, position=1, failure=adas_failure, lesson=lesson, probability=0.5, answer=""
    )
    invited = invite_person(actor=root, email="di@example.org")
    token = issue_token(actor=ada, name="Script", scopes=["read"]).token
    assert ada.team is not None
    return {
        "failures/code": adas_failure.code,
        "failures/failure": adas_failure.code,
        "new/key": "5a1c7f52-2f0a-4c1e-9df2-0f3f1e7b7a10",
        "import/key": "5a1c7f52-2f0a-4c1e-9df2-0f3f1e7b7a10",
        "answer/code": adas_failure.code,
        "answer/other": later.code,
        "answers/code": later.code,
        "answers/other": later.code,
        "modes/code": mode.code,
        "modes/mode": mode.code,
        "unlink/failure": later.code,
        "lessons/code": lesson.code,
        "preflight/code": preflight.code,
        "preflights/code": preflight.code,
        "reminders/position": str(reminder.position),
        "services/slug": service.slug,
        "offerings/slug": offering.slug,
        "audiences/slug": audience.slug,
        "people/number": str(ada.pk),
        "invitations/number": str(invited.invitation.pk),
        "tokens/number": str(token.pk),
        "teams/slug": ada.team.slug,
        "practices/slug": LEARNING,
        "address/key": address_link_for(ada, "ada@new.example").split("/")[-2],
        "sign-in/key": sign_in_link_for(ada).split("/")[-2],
        "join/secret": invited.link.split("/")[-2],
        "new/uidb64": "MQ",
        "new/token": "x-y",
        "look/digest": stylesheet.address().split("/")[-1].removesuffix(".css"),
    }


def browser_of(person: Person | None) -> Client:
    """Return the browser of a stranger, or of somebody who has signed in once for the whole walk."""
    browser = Client(raise_request_exception=False)
    if person:
        browser.force_login(person)
    return browser


def status_of(browser: Client, method: str, address: Address, path: str, **headers: str) -> tuple[int, str]:
    """Return status and Location, and undo whatever the request did, a sign-out too."""
    body = BODIES.get(address.key, {})
    form = (json.dumps(body), "application/json") if address.is_api else (urlencode(body), _FORM)
    cookies = SimpleCookie(browser.cookies)
    with transaction.atomic():
        answer = browser.generic(method, path, *form, headers=headers)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer.status_code, answer.get("Location", "")


def surprises(places: dict[str, str], ask: Callable[[Address, str, str], str | None]) -> list[str]:
    """Return what was not as expected, one line per method and address."""
    found = []
    for address in ADDRESSES:
        for method in METHODS:
            if surprise := ask(address, method, address.filled(places)):
                found.append(f"{method} /{address.route} ({address.name}): {surprise}")
    return found


def test_a_stranger_is_turned_away_everywhere_else(places: dict[str, str]) -> None:
    browser = browser_of(None)

    def ask(address: Address, method: str, path: str) -> str | None:
        status, location = status_of(browser, method, address, path)
        if address.name in OPEN_TO_STRANGERS:
            fine = method != "GET" or status == OPEN_TO_STRANGERS[address.name]
        elif address.is_api:
            fine = status in {401, 405}
        else:
            fine = status == 405 or (status == 302 and location.startswith("/sign-in/?next="))
        return None if fine else f"{status} {location}"

    assert surprises(places, ask) == []


# One walk of all addresses shows whether PostgreSQL answers; who is refused what doesn't hang on it.
ONE_IS_ENOUGH = pytest.mark.skipif(bool(TEST_DATABASE_URL), reason="walked on SQLite, and once here as Root")


@pytest.mark.parametrize(
    "name", [pytest.param("ada", marks=ONE_IS_ENOUGH), pytest.param("cy", marks=ONE_IS_ENOUGH), "root"]
)
def test_somebody_signed_in_is_refused_only_what_is_listed(
    places: dict[str, str], request: pytest.FixtureRequest, name: str
) -> None:
    person = request.getfixturevalue(name)
    browser = browser_of(person)
    token = {"Authorization": f"Bearer {token_of(person)}"}
    # Addresses that change nothing by GET are asked so; what is sent empty may be told what is missing.
    fine = {200, 201, 204, 302, 405, 409, 422}

    def ask(address: Address, method: str, path: str) -> str | None:
        status, location = status_of(browser, method, address, path, **(token if address.is_api else {}))
        if address.name == "api:api-root":
            return None if status == 404 else str(status)
        expected = REFUSED.get((method, address.key), {}).get(name)
        if expected:
            return None if status == expected else f"{status}, but {expected} is listed for {name}"
        return None if status in fine and not location.startswith("/sign-in/?") else f"{status} {location}"

    assert surprises(places, ask) == []


def test_a_token_that_may_only_read_changes_nothing(places: dict[str, str], root: Person) -> None:
    browser = browser_of(None)
    reading = {"Authorization": f"Bearer {token_of(root, ['read'])}"}

    def ask(address: Address, method: str, path: str) -> str | None:
        if not address.is_api or method == "GET" or address.route in READS_BY_POST:
            return None
        status, _ = status_of(browser, method, address, path, **reading)
        return None if status in {403, 405} else str(status)

    assert surprises(places, ask) == []


def test_a_token_that_may_not_read_reads_nothing(places: dict[str, str], root: Person) -> None:
    browser = browser_of(None)
    blind = {"Authorization": f"Bearer {token_of(root, [s for s in EVERY_SCOPE if s not in {'read', 'manage'}])}"}

    def ask(address: Address, method: str, path: str) -> str | None:
        if not address.is_api or (method != "GET" and address.route not in READS_BY_POST):
            return None
        status, _ = status_of(browser, method, address, path, **blind)
        return None if status in {403, 405} else str(status)

    assert surprises(places, ask) == []


def test_the_exceptions_name_addresses_that_exist() -> None:
    known = {address.name for address in ADDRESSES} | {address.route for address in ADDRESSES}

    assert {name for _, name in REFUSED} | set(OPEN_TO_STRANGERS) | READS_BY_POST <= known


def test_a_restricted_failure_is_nobodys_else(
    places: dict[str, str], adas_failure: Failure, cy: Person, root: Person
) -> None:
    adas_failure.visibility = "restricted"
    adas_failure.save()
    browsers = {person.pk: browser_of(person) for person in (cy, root)}
    token = {person.pk: {"Authorization": f"Bearer {token_of(person)}"} for person in (cy, root)}

    def ask(address: Address, method: str, path: str) -> str | None:
        if adas_failure.code not in path.split("/"):
            return None
        for person in (cy, root):
            headers = token[person.pk] if address.is_api else {}
            status, _ = status_of(browsers[person.pk], method, address, path, **headers)
            # A body that lacks something is told so before anybody looks for the failure.
            if status not in ({404, 405, 422} if address.is_api else {404, 405}):
                return f"{person.name} got {status}"
        return None

    assert surprises(places, ask) == []
