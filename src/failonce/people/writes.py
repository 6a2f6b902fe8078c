"""Every change to accounts, teams, practices and keys."""

from django.db import transaction
from django.utils import timezone

from failonce.people.models import APIToken, Person
from failonce.people.secrets import hash_secret


@transaction.atomic
def operator() -> Person:
    """Return who acts for this machine's command line: its first administrator, made if there is none.

    Whoever can run commands here can read and write the database anyway; asking for a password
    would protect nothing and would leave an empty installation without a first door.
    """
    first = Person.objects.filter(is_administrator=True, is_active=True).order_by("pk").first()
    if first is None:
        first = Person(email="operator@localhost", name="Operator of this machine", is_administrator=True)
        first.set_unusable_password()
        first.save()
    return first


def person_with_token(secret: str) -> APIToken | None:
    """Return the live token with this secret, its person beside it, or None."""
    found = APIToken.objects.select_related("person").filter(secret_hash=hash_secret(secret)).first()
    now = timezone.now()
    if found is None or not found.is_live(now) or not found.person.is_active:
        return None
    if found.last_used_on != now.date():  # a day is enough to see an unused key, and spares a write per call
        APIToken.objects.filter(pk=found.pk).update(last_used_on=now.date())
    return found
