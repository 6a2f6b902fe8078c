"""Reads the word lists that ship with recall: paragraphs of "name: word word …"."""

from __future__ import annotations

from pathlib import Path


def paragraphs(name: str) -> dict[str, list[str]]:
    """The words of a list beside this module, by the name that leads them.

    A line that begins with a space goes on with the paragraph above; "#" begins a remark.
    """
    found: dict[str, list[str]] = {}
    text = Path(__file__).with_name(name).read_text(encoding="utf-8").replace("\n ", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            led, words = line.split(":", 1)
            found[led] = words.split()
    return found
