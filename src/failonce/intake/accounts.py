"""Whom imported words belong to: a person here with the same address, or a closed account that keeps the name."""

from collections.abc import Mapping

from django.db import transaction

from failonce.history.chain import record
from failonce.history.verbs import Verb
from failonce.people.models import Person
from failonce.people.permissions import require


class Accounts:
    """Finds people by address; makes a closed account, which can't sign in, for somebody unknown."""

    def __init__(self, actor: Person, names: Mapping[str, str], *, dry_run: bool) -> None:
        self._actor = actor
        self._names = names
        self._dry_run = dry_run
        self._known = {person.email.lower(): person for person in Person.objects.all()}
        self.added: list[Person] = []

    def at(self, address: str) -> Person:
        """Return the person with this address."""
        key = address.strip().lower()
        if key not in self._known:
            self._known[key] = self._closed(key)
        return self._known[key]

    def _closed(self, address: str) -> Person:
        person = Person(email=address, name=self._names.get(address) or address.split("@")[0], is_active=False)
        person.set_unusable_password()
        if not self._dry_run:
            require(self._actor, Verb.PERSON_IMPORT)
            with transaction.atomic():
                person.save()
                record(actor=self._actor, verb=Verb.PERSON_IMPORT, subject=person.code)
        self.added.append(person)
        return person
