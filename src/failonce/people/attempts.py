"""Counting what strangers try, so that guessing takes longer than it is worth.

The counts live in Django's cache, in this process's memory: a database row per guess would let a
stranger fill the disk, and a restart that forgets them costs a guesser nothing but patience. With
several processes each keeps its own count, so the limits are modest rather than exact.
"""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts of one kind are let through in a while."""

    name: str
    at_most: int
    seconds: int

    def is_reached(self, who: str) -> bool:
        """Tell whether there have been as many attempts as are let through."""
        return int(cache.get(self._key(who), 0)) >= self.at_most

    def count(self, who: str) -> None:
        """Count one more; the while begins with the first."""
        key = self._key(who)
        cache.add(key, 0, self.seconds)
        try:
            cache.incr(key)
        except ValueError:
            cache.set(key, 1, self.seconds)  # the while ended between the two lines above

    def forget(self, who: str) -> None:
        """Begin again: the person has shown who they are."""
        cache.delete(self._key(who))

    def _key(self, who: str) -> str:
        # A digest, because what strangers type may be longer than a cache key, or a secret.
        return f"attempts:{self.name}:{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()}"


# One address is guarded wherever the guesses come from: a header can be forged, the account can't.
SIGN_IN_TO_ADDRESS = Limit("sign-in-to", 20, 15 * 60)
SIGN_IN_FROM_CLIENT = Limit("sign-in-from", 100, 15 * 60)
ADDRESS_MAIL = Limit("address-mail", 5, 60 * 60)  # per account, so that nobody floods another's mailbox from here
RESET_MAIL = Limit("reset-mail", 5, 60 * 60)
# A token has 256 random bits; nobody guesses one. This tells a script with an old token to slow down.
WRONG_TOKEN = Limit("wrong-token", 100, 15 * 60)


def client_of(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy, as the proxy says, or all would be one client."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return f"{request.META.get('REMOTE_ADDR', '')} {forwarded}"
