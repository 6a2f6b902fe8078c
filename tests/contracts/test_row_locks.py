"""Rows are locked without their key, or whoever refers to one waits; `history/chain.py: record_many` says for what."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

import failonce

PACKAGE = Path(failonce.__file__).parent
# Rows that nobody refers to may be locked whole. `update_or_create` does so, and can't do otherwise.
LOCKED_WHOLE = {
    "Answer.objects.update_or_create",
    "Head.objects.select_for_update",
    "Invitation.objects.select_for_update",
}


def whole_locks() -> Iterator[str]:
    """Yield every call that locks rows with their keys, as it is written."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            named = {each.arg: ast.unparse(each.value) for each in node.keywords}
            if node.func.attr in {"select_for_update", "update_or_create"} and named.get("no_key") != "True":
                yield ast.unparse(node.func)


def test_only_what_nobody_refers_to_is_locked_whole() -> None:
    assert sorted(whole_locks()) == sorted(LOCKED_WHOLE)


def test_nobody_refers_to_what_is_locked_whole() -> None:
    names = {call.split(".")[0] for call in LOCKED_WHOLE}
    models = {model for model in apps.get_models() if model.__name__ in names}

    assert {model.__name__ for model in models} == names
    assert [model for model in models if model._meta.related_objects] == []
