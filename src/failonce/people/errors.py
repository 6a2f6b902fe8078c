"""What can go wrong for a person, in the words they will read.

DomainError
├── NotAllowed        you are known, but this isn't yours to do
├── NotFound          nothing here, or nothing you may see
├── TooMany           too many attempts; says how long to wait
├── Refused           what you sent can't be kept as it is; says why, field by field
│   └── Conflict      somebody saved in between; both texts are kept
"""

from collections.abc import Mapping


class DomainError(Exception):
    """A sentence for the person who asked: what happened and what to do next."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(DomainError):
    """The person is known, but this isn't theirs to do."""

    status = 403


class NotFound(DomainError):
    """Nothing is here, or nothing this person may see; the two are never told apart."""

    status = 404


class TooMany(DomainError):
    """Too many attempts in a short time; `seconds` says how long to wait."""

    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Refused(DomainError):
    """What was sent can't be kept as it is; `fields` says why, field by field."""

    status = 422

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Conflict(Refused):
    """Somebody saved in between. `theirs` holds what they saved, so that nobody's words are lost."""

    status = 409

    def __init__(self, message: str, theirs: Mapping[str, str]) -> None:
        super().__init__(message)
        self.theirs = dict(theirs)
