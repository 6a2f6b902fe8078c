"""What each verb is called when one asks who may do it; the words of "Who may do what here"."""

from dataclasses import dataclass

from failonce.history.verbs import Verb
from failonce.people.permissions import RULES, describe, practice_of

# Completes "Who may …". A verb without words here fails a test: a rule nobody can read is no rule.
DEEDS: dict[Verb, str] = {
    Verb.FAILURE_TELL: "tell a failure",
    Verb.FAILURE_EDIT: "edit the telling",
    Verb.FAILURE_ADD: "add to the story",
    Verb.FAILURE_COMMENT: "comment on a failure they can read",
    Verb.FAILURE_WITHDRAW: "withdraw a failure",
    Verb.FAILURE_IMPORT: "import failures",
    Verb.MODE_ANSWER: "answer whether it has happened before",
    Verb.MODE_OPEN: "open a failure mode",
    Verb.MODE_NAME: "name a failure mode",
    Verb.MODE_LINK: "link a failure to a mode",
    Verb.MODE_UNLINK: "unlink a failure from a mode",
    Verb.MODE_MERGE: "merge two modes",
    Verb.MODE_IMPORT: "import failure modes",
    Verb.RANKING_LEARN: "let answers teach how recall ranks",
    Verb.RANKING_RESTORE: "go back to the shipped ranking",
    Verb.LESSON_WRITE: "write a lesson",
    Verb.LESSON_EDIT: "edit a lesson",
    Verb.LESSON_RENEW: "say that a lesson is still true",
    Verb.LESSON_RETIRE: "retire a lesson",
    Verb.LESSON_IMPORT: "import lessons",
    Verb.PREFLIGHT_RUN: "ask before a change",
    Verb.PREFLIGHT_IMPORT: "import preflights",
    Verb.REMINDER_ANSWER: "answer a reminder",
    Verb.SERVICE_NAME: "name a service nobody has described yet",
    Verb.SERVICE_DESCRIBE: "describe a service",
    Verb.SERVICE_MERGE: "merge a service name into a service",
    Verb.OFFERING_DESCRIBE: "describe an offering",
    Verb.AUDIENCE_DESCRIBE: "describe a consumer or partner",
    Verb.CATALOGUE_IMPORT: "import the catalogue",
    Verb.PERSON_INVITE: "invite somebody",
    Verb.INVITATION_WITHDRAW: "withdraw an invitation",
    Verb.PERSON_JOIN: "join with an invitation",
    Verb.PERSON_EDIT: "change a name, or their own password",
    Verb.PERSON_ADDRESS: "change the e-mail address of an account",
    Verb.PERSON_APPOINT: "change team and duties",
    Verb.PERSON_LINK: "make a sign-in link on this machine",
    Verb.PERSON_CLOSE: "close an account",
    Verb.TEAM_DESCRIBE: "describe a team",
    Verb.PRACTICE_DESCRIBE: "describe a practice and name its people",
    Verb.PERSON_IMPORT: "keep an account for somebody whose words are imported",
    Verb.INSTALLATION_EXPORT: "export what they can read",
    Verb.TOKEN_ISSUE: "issue themselves an API token",
    Verb.TOKEN_REVOKE: "revoke an API token",
}
_NOUNS = {
    "failure": "Failures",
    "mode": "Failure modes",
    "ranking": "Failure modes",
    "lesson": "Lessons",
    "preflight": "Preflight",
    "reminder": "Preflight",
    "service": "Catalogue",
    "offering": "Catalogue",
    "audience": "Catalogue",
    "catalogue": "Catalogue",
    "person": "People",
    "invitation": "People",
    "team": "People",
    "practice": "Practices",
    "token": "API tokens",
    "installation": "Installation",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something one can do here, and who may."""

    words: str
    who: str


def who_may() -> dict[str, list[Deed]]:
    """Return every deed with who may, by what it is done to."""
    nouns: dict[str, list[Deed]] = {}
    for verb in RULES:
        nouns.setdefault(_NOUNS[verb.partition(":")[0]], []).append(_deed(verb))
    return nouns


def hanging_on(slug: str) -> list[Deed]:
    """Return the deeds that a role in this practice lets somebody do."""
    return [_deed(verb) for verb, rules in RULES.items() if slug in map(practice_of, rules)]


def _deed(verb: Verb) -> Deed:
    return Deed(DEEDS[verb], describe(verb))
