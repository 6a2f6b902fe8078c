"""What a person says of a lesson, before it is kept; and what is asked of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from failonce.catalogue.names import one_line
from failonce.failures.telling import without_nul
from failonce.lessons.globs import glob_problem, tidy_glob
from failonce.lessons.models import KindOfChange
from failonce.people.errors import Refused

LIMITS = {"when_you": 300, "remember": 500, "because": 500}
_EXPLANATION_LIMIT = 100_000
_MOST = 50  # technologies or paths; more of them no longer say where a lesson applies
_NAME_LIMIT = 60
_YEARS_AHEAD = 5  # a promise to look again that lies further away is none

_WHOLE = re.compile(r"when\s+you\s*(.+?),?\s+remember\s+(.+?),?\s+because\s+(.+)", re.IGNORECASE | re.DOTALL)
_LEADS = {
    "when_you": re.compile(r"^(?:when(?:ever)?\s+)?(?:you\b\s*)?", re.IGNORECASE),
    "remember": re.compile(r"^(?:please\s+)?remember\b[:,]?\s*", re.IGNORECASE),
    "because": re.compile(r"^because\b[:,]?\s*", re.IGNORECASE),
}
# Words that begin a sentence and lose their capital inside one; any other may be a name.
_SMALL = frozenset(
    """
    a an any as at before by each every for he if in it its no not of on one only our she some that the their there
    these they this those to two until we what when while with you your
    """.split()  # noqa: SIM905  read as words, not as a list of literals
)


@dataclass(frozen=True, slots=True)
class Teaching:
    """A lesson in the words of the one who learnt it: "When you …, remember …, because …"."""

    when_you: str
    remember: str = ""
    because: str = ""
    explanation: str = ""
    services: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds_of_change: tuple[str, ...] = ()
    renew_by: date | None = None  # None: a year from today

    def checked(self, today: date, *, stands: date | None = None) -> "Teaching":
        """Return the lesson tidied; raise Refused with a sentence per field.

        `stands` is the date that is kept now: it may have passed, a new one may not.
        """
        tidy = self._tidied()
        if problems := tidy._problems(today, stands):
            raise Refused("This lesson isn't kept yet; some of it needs another look.", problems)
        return tidy if tidy.renew_by else replace(tidy, renew_by=stands or years_after(today, 1))

    def _tidied(self) -> "Teaching":
        when_you, remember, because = _parts(self.when_you, self.remember, self.because)
        return replace(
            self,
            when_you=_clause("when_you", when_you),
            remember=_clause("remember", remember),
            because=_clause("because", because),
            explanation=without_nul(self.explanation).strip(),
            technologies=_unique(one_line(name).lower() for name in self.technologies),
            paths=_unique(tidy_glob(glob) for glob in self.paths),
            kinds_of_change=_unique(kind.strip().lower() for kind in self.kinds_of_change),
        )

    def _problems(self, today: date, stands: date | None) -> dict[str, str]:
        found = {
            "when_you": _clause_problem(self.when_you, "when_you", "Say what somebody is about to do."),
            "remember": _clause_problem(self.remember, "remember", "Say what they are to keep in mind or do."),
            "because": _clause_problem(self.because, "because", "Say what happened; a reason is what people remember."),
            "explanation": _too_long(self.explanation, _EXPLANATION_LIMIT),
            "technologies": _names_problem(self.technologies),
            "paths": _globs_problem(self.paths),
            "kinds_of_change": _kinds_problem(self.kinds_of_change),
            "renew_by": "" if self.renew_by in (None, stands) else _date_problem(self.renew_by, today),
        }
        return {field: problem for field, problem in found.items() if problem}


def years_after(day: date, years: int) -> date:
    """Return the same day some years later, or the last of February after the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def renewal(renew_by: date | None, today: date) -> date:
    """Return the next date on which a lesson is asked about; raise Refused for one that can't be meant."""
    if renew_by is None:
        return years_after(today, 1)
    if problem := _date_problem(renew_by, today):
        raise Refused("The lesson isn't renewed yet.", {"renew_by": problem})
    return renew_by


def _parts(when_you: str, remember: str, because: str) -> tuple[str, str, str]:
    """Take the whole sentence apart if it was put into the first field."""
    whole = _WHOLE.fullmatch(when_you.strip()) if not (remember.strip() or because.strip()) else None
    if whole is None:
        return when_you, remember, because
    first, second, third = whole.groups()
    return first, second, third


def _clause(field: str, text: str) -> str:
    """Return the text as it reads inside the sentence: without its lead, its full stop and its capital."""
    text = _LEADS[field].sub("", one_line(text))
    text = re.sub(r"^['’]re\b", "are", text)  # "When you're" leaves its verb behind
    text = text.strip(" ,;:")
    if text.endswith(".") and not text.endswith(("etc.", "..")):
        text = text[:-1].rstrip()
    return _without_capital(text, always=field == "when_you")


def _without_capital(text: str, *, always: bool) -> str:
    first = text.split(" ", 1)[0]
    # What follows "when you" is a verb, so its capital is never a name's; "DROP" and "I" stay as they are.
    is_plain = len(first) > 1 and first[0].isupper() and first[1:].islower() and first.isalpha()
    lowers = (is_plain and always) or first.lower() in _SMALL
    return first.lower() + text[len(first) :] if lowers else text


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _clause_problem(text: str, field: str, advice: str) -> str:
    return _too_long(text, LIMITS[field]) if text else advice


def _too_long(text: str, limit: int) -> str:
    return f"This has {len(text):,} characters; up to {limit:,} fit." if len(text) > limit else ""


def _names_problem(names: Sequence[str]) -> str:
    if len(names) > _MOST:
        return f"These are {len(names)} technologies; keep the {_MOST} that matter most."
    long = [name for name in names if len(name) > _NAME_LIMIT]
    return f"{long[0][:40]}… is longer than {_NAME_LIMIT} characters. Separate names by commas." if long else ""


def _globs_problem(globs: Sequence[str]) -> str:
    if len(globs) > _MOST:
        return f"These are {len(globs)} paths; keep the {_MOST} that matter most, or name a folder."
    return next((problem for glob in globs if (problem := glob_problem(glob))), "")


def _kinds_problem(kinds: Sequence[str]) -> str:
    unknown = [kind for kind in kinds if kind not in KindOfChange.values]
    return f"{unknown[0][:40]!r} isn't one of: {', '.join(KindOfChange.values)}." if unknown else ""


def _date_problem(renew_by: date | None, today: date) -> str:
    if renew_by is None:
        return ""
    if renew_by <= today:
        return "This day has come already. Choose a later one, or retire the lesson if it is no longer true."
    if renew_by > years_after(today, _YEARS_AHEAD):
        return f"Choose a day within {_YEARS_AHEAD} years, so that somebody asks whether it is still true."
    return ""
