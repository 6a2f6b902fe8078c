"""Text as it arrives, made into text that any database can hold; the one place for every door."""

import re
from typing import Any

# PostgreSQL can't store NUL and no UTF-8 can say a lone surrogate; either would end in an error page.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
NOTE = "Some characters can't be kept by a database; they are shown as \ufffd."


def clean(text: str) -> str:
    """Return the text with U+FFFD wherever a character can't be kept."""
    return _UNKEEPABLE.sub("\ufffd", text)


def is_clean(text: str) -> bool:
    """Tell whether every character can be kept."""
    return _UNKEEPABLE.search(text) is None


def clean_all(value: Any) -> Any:
    """Return a JSON value with every text in it cleaned, names included."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(each) for each in value]
    if isinstance(value, dict):
        return {clean(name): clean_all(each) for name, each in value.items()}
    return value
