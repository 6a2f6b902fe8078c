"""Links that carry a secret: into an invitation, into one's own account, and to a new address for it."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from failonce.people.models import Person

_SALT = "failonce.people.links.sign-in"
SIGN_IN_LINK_SECONDS = 60 * 60
_ADDRESS_SALT = "failonce.people.links.address"
ADDRESS_LINK_SECONDS = 24 * 60 * 60


def sign_in_link_for(person: Person, *, site: str = "") -> str:
    """Return an address that signs this person in, once, within the hour.

    `site` replaces FAILONCE_SITE_URL when the server listens elsewhere. Any sign-in of the person
    ends every older link, as does a new password.
    """
    key = signing.dumps([person.pk, _state_of(person)], salt=_SALT)
    return (site.rstrip("/") or settings.SITE_URL) + reverse("sign_in_link", args=[key])


def join_link(secret: str) -> str:
    """Return the address at which somebody invited joins."""
    return settings.SITE_URL + reverse("join", args=[secret])


def person_of_link(key: str) -> Person | None:
    """Return whom an unused link signs in, None once it is used, old or altered. Uses nothing up."""
    try:
        number, state = signing.loads(key, salt=_SALT, max_age=SIGN_IN_LINK_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    person = Person.objects.filter(pk=number, is_active=True).first()
    return person if person and state == _state_of(person) else None


@transaction.atomic
def use_link(key: str) -> Person | None:
    """Return whom the link signs in and end the link; None if somebody used it first."""
    person = person_of_link(key)
    if person is None:
        return None
    now = timezone.now()
    # Compare and swap on what the link was made from: of two clicks at once, one finds no row.
    used = Person.objects.filter(pk=person.pk, last_login=person.last_login).update(last_login=now)
    person.last_login = now
    return person if used else None


def address_link_for(person: Person, email: str) -> str:
    """Return the address at which this person, signed in, says that mail to `email` reaches them.

    It ends within a day, with a new password, and with any change of address.
    """
    key = signing.dumps([person.pk, email, _account_of(person)], salt=_ADDRESS_SALT)
    return settings.SITE_URL + reverse("address_confirm", args=[key])


def address_in_link(person: Person, key: str) -> str:
    """Return the new address that a link confirms for this person; empty if it is over, altered or somebody else's."""
    try:
        number, email, account = signing.loads(key, salt=_ADDRESS_SALT, max_age=ADDRESS_LINK_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return str(email) if (number, account) == (person.pk, _account_of(person)) else ""


def _account_of(person: Person) -> str:
    return salted_hmac(_ADDRESS_SALT, f"{person.pk} {person.password} {person.email}").hexdigest()[:32]


def _state_of(person: Person) -> str:
    return salted_hmac(_SALT, f"{person.pk} {person.password} {person.last_login}").hexdigest()[:32]
