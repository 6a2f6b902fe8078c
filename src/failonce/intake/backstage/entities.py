"""Backstage entities and the ways they refer to each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from failonce.catalogue.names import one_line
from failonce.intake.backstage.documents import Document

_REFERENCE = re.compile(r"(?:(?P<kind>[A-Za-z][A-Za-z0-9]*):)?(?:(?P<namespace>[\w.-]+)/)?(?P<name>[\w.-]+)")


@dataclass(frozen=True, slots=True)
class Reference:
    """kind:namespace/name, all in lower case, as Backstage compares them."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}"

    @property
    def slug(self) -> str:
        """The slug this entity has here: its namespace in front, unless that is the usual one."""
        name = self.name if self.namespace == "default" else f"{self.namespace}-{self.name}"
        return name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of a Backstage catalogue."""

    reference: Reference
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    relations: tuple[tuple[str, Any], ...]
    place: str

    def text(self, key: str) -> str:
        """Return a value of the metadata as text; empty if it is none."""
        return _text(self.metadata.get(key))

    def annotation(self, key: str) -> str:
        """Return an annotation; empty if there is none."""
        annotations = self.metadata.get("annotations")
        return _text(annotations.get(key)) if isinstance(annotations, Mapping) else ""

    def targets(self, spec_key: str, relation: str) -> list[Any]:
        """Return what this entity refers to, in its spec and in the relations Backstage adds when asked."""
        value = self.spec.get(spec_key)
        written = value if isinstance(value, list) else [] if value is None or value == "" else [value]
        return [*written, *(target for name, target in self.relations if name == relation)]


def entity_of(document: Document) -> Entity | str:
    """Return the entity a document describes, or why it describes none."""
    data = document.data
    if not isinstance(data, Mapping):
        return "it isn't an entity with apiVersion, kind and metadata"
    kind, metadata = _text(data.get("kind")), data.get("metadata")
    if not kind:
        return "it has no kind"
    if "backstage.io" not in _text(data.get("apiVersion")):
        return f"its apiVersion {_text(data.get('apiVersion'))[:60] or 'is missing and'} isn't Backstage's"
    if not isinstance(metadata, Mapping):
        return "it has no metadata"
    reference = _own_reference(kind, metadata)
    if reference is None:
        return f"its name {_shown(metadata.get('name'))} isn't a name Backstage would take"
    spec = data.get("spec")
    return Entity(reference, metadata, spec if isinstance(spec, Mapping) else {}, _relations(data), document.place)


def reference_to(target: Any, kind: str, namespace: str) -> Reference | None:
    """Return what this means where such a kind is expected, in either form it may have; None if nothing."""
    if isinstance(target, Mapping):
        parts = {key: _text(target.get(key)) for key in ("kind", "namespace", "name")}
    elif isinstance(target, str) and (match := _REFERENCE.fullmatch(target.strip())):
        parts = {key: value or "" for key, value in match.groupdict().items()}
    else:
        return None
    if not parts["name"]:
        return None
    return Reference((parts["kind"] or kind).lower(), (parts["namespace"] or namespace).lower(), parts["name"].lower())


def _own_reference(kind: str, metadata: Mapping[str, Any]) -> Reference | None:
    name = metadata.get("name")
    if not isinstance(name, str | int) or isinstance(name, bool):
        return None
    namespace = _text(metadata.get("namespace")) or "default"
    return (
        reference_to({"kind": kind, "namespace": namespace, "name": str(name)}, kind, namespace)
        if _REFERENCE.fullmatch(f"{namespace}/{name}")
        else None
    )


def _relations(data: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    rows = data.get("relations")
    if not isinstance(rows, list):
        return ()
    return tuple(
        (_text(row.get("type")), row.get("targetRef") or row.get("target")) for row in rows if isinstance(row, Mapping)
    )


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _shown(value: Any) -> str:
    return one_line(str(value))[:60] if value is not None else "is missing and"
