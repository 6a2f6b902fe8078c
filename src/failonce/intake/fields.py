"""Which of a source's fields means what: by --map, else by the names that tools use."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from failonce.people.errors import Refused

# In the order of trust; the first that says something counts.
NAMES: dict[str, tuple[str, ...]] = {
    "story": ("story", "text", "description", "body", "content", "details", "postmortem", "report", "narrative"),
    "title": ("title", "name", "subject", "headline", "short_description"),
    "summary": ("summary",),  # a title beside a description, a story on its own
    "kind": ("kind", "failure_kind", "type", "issue_type", "event_type", "category"),
    "started_at": (
        "started_at", "started", "start", "start_time", "start_date", "began_at", "occurred_at", "occurred",
        "detected_at", "created_at", "created", "opened_at", "opened", "date", "when", "timestamp",
    ),
    "ended_at": (
        "ended_at", "ended", "end", "end_time", "end_date", "resolved_at", "resolved_when", "resolved", "closed_at",
        "closed", "mitigated_at",
    ),
    "services": ("services", "service", "affected_services", "affected", "components", "component",
                 "component_s", "systems"),
    "deployment": ("deployment", "deploy", "release", "change", "commit"),
    "source": ("url", "link", "html_url", "web_url", "permalink", "report_url"),
    "visibility": ("visibility",),
    "told_at": ("told_at", "published_at", "published", "reported_at"),
    "impact": ("impact",),
    "id": ("id", "key", "external_id", "issue_id", "issue_key", "incident_id", "bug_id", "number", "uuid", "guid"),
    "from": ("from", "source", "origin", "tracker"),
}  # fmt: skip
_LISTS = ("services", "impact")


class FieldMap:
    """Takes what we call a field out of a record, whatever the record calls it."""

    def __init__(self, said: Mapping[str, str] | None = None) -> None:
        self._said = dict(said or {})
        self.unused: dict[str, int] = {}  # fields that went nowhere, and how often

    def read(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record under our names; count the fields that have no place with us."""
        by_key = {key_of(str(name)): str(name) for name in record}
        taken: set[str] = set()
        found: dict[str, Any] = {}
        for ours in NAMES:
            for theirs in self._candidates(ours, record, by_key):
                value = _at(record, theirs)
                if ours == "summary" and theirs in taken:
                    continue  # it is the title already; a title is no story
                if _says_something(value, ours):
                    found[ours] = value
                    taken.add(theirs.split(".")[0] if theirs not in record else theirs)
                    break
        self._count_unused(record, taken, by_key)
        return found

    def said_names(self) -> list[str]:
        """Return the names of theirs that were mapped."""
        return list(self._said.values())

    @staticmethod
    def knows(theirs: str, names: Iterable[str]) -> bool:
        """Tell whether one of these names is this one in another spelling."""
        return key_of(theirs) in {key_of(name) for name in names}

    def _candidates(self, ours: str, record: Mapping[str, Any], by_key: Mapping[str, str]) -> Iterable[str]:
        if ours in self._said:
            theirs = self._said[ours]
            return [theirs if theirs in record or key_of(theirs) not in by_key else by_key[key_of(theirs)]]
        return [by_key[name] for name in NAMES[ours] if name in by_key]

    def _count_unused(self, record: Mapping[str, Any], taken: set[str], by_key: Mapping[str, str]) -> None:
        for name, value in record.items():
            if str(name) not in taken and value not in (None, "", [], {}):
                self.unused[str(name)] = self.unused.get(str(name), 0) + 1


def field_map(pairs: Iterable[str]) -> FieldMap:
    """Return the map said as ours=theirs (title=Summary); raise Refused for a name that isn't ours."""
    said = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or ours.strip() not in NAMES or not theirs.strip():
            raise Refused(
                f"{pair[:60]!r} isn't a mapping such as title=Summary. Left of the = stands one of: {', '.join(NAMES)}."
            )
        said[ours.strip()] = theirs.strip()
    return FieldMap(said)


def key_of(name: str) -> str:
    """Return what spellings of one field name have in common: resolvedWhen, Resolved when, resolved-when."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().lstrip("\ufeff"))
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def words_of(value: Any) -> str:
    """Return a value as text: a list line by line."""
    if isinstance(value, list):
        return "\n".join(words_of(each) for each in value)
    return value if isinstance(value, str) else "" if value is None else str(value)


def names_of(value: Any) -> tuple[str, ...]:
    """Return a value as names: a list of them, of things with a name, or one string with commas."""
    if isinstance(value, list):
        found = [each.get("name") or each.get("slug") or "" if isinstance(each, dict) else each for each in value]
        return tuple(str(each).strip() for each in found if str(each or "").strip())
    return tuple(part.strip() for part in re.split(r"[,;\n]", words_of(value)) if part.strip())


def _at(record: Mapping[str, Any], path: str) -> Any:
    """Return the value at a name, or at a path such as fields.summary where no field has that name."""
    if path in record:
        return record[path]
    value: Any = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _says_something(value: Any, ours: str) -> bool:
    if value in (None, "", [], {}) or (isinstance(value, str) and not value.strip()):
        return False
    if ours.endswith("_at"):  # `resolved: true` says that it ended, not when
        return not isinstance(value, bool) and str(value).strip().lower() not in {"true", "false", "yes", "no"}
    return ours in _LISTS or not isinstance(value, (dict, bool))
