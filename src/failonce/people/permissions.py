"""The one place that decides who may do what.

Each verb of history has one rule here. A write asks `require` before anything else, so a page, the
API and the command line get the same answer; a verb without a rule can't be used.
"""

from collections.abc import Callable
from typing import Any

from failonce.history.verbs import Verb
from failonce.people.errors import NotAllowed
from failonce.people.models import Person, Practice

Rule = Callable[[Person, Any], bool]

LEARNING = "learning-from-failure"
CATALOGUE = "service-catalogue"
PRACTICES = {
    LEARNING: "Learning from failure",
    CATALOGUE: "Service catalogue",
    "change-enablement": "Change enablement",
}


def everyone(person: Person, subject: Any) -> bool:
    """Anyone signed in."""
    return True


def administrators(person: Person, subject: Any) -> bool:
    """Administrators."""
    return person.is_administrator


def the_teller(person: Person, subject: Any) -> bool:
    """The one who told the failure."""
    return subject is not None and subject.told_by_id == person.pk


def the_writer(person: Person, subject: Any) -> bool:
    """The one who wrote the lesson."""
    return subject is not None and subject.written_by_id == person.pk


def oneself(person: Person, subject: Any) -> bool:
    """The person the account or token belongs to."""
    return subject is not None and person.pk in (getattr(subject, "person_id", None), _own_key(subject))


def the_practice_owner(person: Person, subject: Any) -> bool:
    """The owner of the practice."""
    return isinstance(subject, Practice) and subject.owner_id == person.pk


_PRACTICE_OF: dict[Rule, str] = {}


def _named(rule: Rule, description: str, practice: str) -> Rule:
    rule.__doc__ = description
    _PRACTICE_OF[rule] = practice
    return rule


def owner_or_manager(slug: str) -> Rule:
    """The owner or manager of a practice."""

    def rule(person: Person, subject: Any) -> bool:
        return _roles(person, slug) & {"owner", "manager"} != set()

    return _named(rule, f"Owner or manager of {PRACTICES[slug]}.", slug)


def anyone_practising(slug: str) -> Rule:
    """The owner, manager or a practitioner of a practice."""

    def rule(person: Person, subject: Any) -> bool:
        return _roles(person, slug) != set()

    return _named(rule, f"Owner, manager or practitioner of {PRACTICES[slug]}.", slug)


RULES: dict[Verb, tuple[Rule, ...]] = {
    Verb.FAILURE_TELL: (everyone,),
    Verb.FAILURE_EDIT: (the_teller,),
    Verb.FAILURE_ADD: (the_teller,),
    Verb.FAILURE_COMMENT: (everyone,),
    Verb.FAILURE_WITHDRAW: (the_teller,),
    Verb.FAILURE_IMPORT: (administrators,),
    Verb.MODE_ANSWER: (everyone,),
    Verb.MODE_OPEN: (everyone,),
    Verb.MODE_NAME: (everyone,),
    Verb.MODE_LINK: (everyone,),
    Verb.MODE_UNLINK: (everyone,),
    Verb.MODE_MERGE: (everyone,),
    Verb.MODE_IMPORT: (administrators,),
    Verb.RANKING_LEARN: (administrators, anyone_practising(LEARNING)),
    Verb.RANKING_RESTORE: (administrators, anyone_practising(LEARNING)),
    Verb.LESSON_WRITE: (everyone,),
    Verb.LESSON_EDIT: (the_writer, anyone_practising(LEARNING)),
    Verb.LESSON_RENEW: (everyone,),
    Verb.LESSON_RETIRE: (the_writer, anyone_practising(LEARNING)),
    Verb.LESSON_IMPORT: (administrators,),
    Verb.PREFLIGHT_RUN: (everyone,),
    Verb.PREFLIGHT_IMPORT: (administrators,),
    Verb.REMINDER_ANSWER: (everyone,),
    Verb.SERVICE_NAME: (everyone,),
    Verb.SERVICE_DESCRIBE: (administrators, anyone_practising(CATALOGUE)),
    Verb.SERVICE_MERGE: (administrators, anyone_practising(CATALOGUE)),
    Verb.OFFERING_DESCRIBE: (administrators, anyone_practising(CATALOGUE)),
    Verb.AUDIENCE_DESCRIBE: (administrators, anyone_practising(CATALOGUE)),
    Verb.CATALOGUE_IMPORT: (administrators, owner_or_manager(CATALOGUE)),
    Verb.PERSON_INVITE: (administrators,),
    Verb.INVITATION_WITHDRAW: (administrators,),
    Verb.PERSON_JOIN: (everyone,),
    Verb.PERSON_EDIT: (oneself, administrators),
    Verb.PERSON_ADDRESS: (oneself,),
    Verb.PERSON_APPOINT: (administrators,),
    Verb.PERSON_LINK: (administrators,),
    Verb.PERSON_IMPORT: (administrators,),
    Verb.PERSON_CLOSE: (oneself, administrators),
    Verb.TEAM_DESCRIBE: (administrators,),
    Verb.PRACTICE_DESCRIBE: (administrators, the_practice_owner),
    Verb.TOKEN_ISSUE: (everyone,),
    Verb.INSTALLATION_EXPORT: (everyone,),
    Verb.TOKEN_REVOKE: (oneself, administrators),
}


def may(person: Person, verb: Verb, subject: Any = None) -> bool:
    """Tell whether this person may do this, to this object where there is one."""
    return person.is_active and any(rule(person, subject) for rule in RULES[verb])


def require(person: Person, verb: Verb, subject: Any = None) -> None:
    """Raise NotAllowed, with who may, unless this person may do this."""
    if not may(person, verb, subject):
        raise NotAllowed(f"This isn't yours to do. Who may: {describe(verb)} Ask one of them.")


def describe(verb: Verb) -> str:
    """Return who may do this, in words."""
    return " ".join((rule.__doc__ or "").strip() for rule in RULES[verb])


def practice_of(rule: Rule) -> str | None:
    """Return the practice whose roles a rule asks for, None if it asks for something else."""
    return _PRACTICE_OF.get(rule)


def _roles(person: Person, slug: str) -> set[str]:
    # Asked once per request: a page shows several buttons that hang on the same practice.
    cache: dict[str, set[str]] = person.__dict__.setdefault("_practice_roles", {})
    if slug not in cache:
        cache[slug] = _read_roles(person, slug)
    return cache[slug]


def _read_roles(person: Person, slug: str) -> set[str]:
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        return set()
    roles = {"owner"} if practice.owner_id == person.pk else set()
    roles |= {"manager"} if practice.manager_id == person.pk else set()
    return roles | ({"practitioner"} if practice.practitioners.filter(pk=person.pk).exists() else set())


def _own_key(subject: Any) -> int | None:
    return subject.pk if isinstance(subject, Person) else None
