"""Codes people say and write: F-123, M-45, L-12, P-7."""

# int64 is what the column holds; a longer number is nobody's code and would overflow the query.
_DIGITS = 18


def number_of(code: str, letter: str) -> int | None:
    """Return 123 for "F-123" or "f-123" when the letter is F, and None for anything else."""
    head, dash, digits = code.strip().partition("-")
    if head.upper() != letter or not dash or not digits.isascii() or not digits.isdigit():
        return None
    return int(digits) if len(digits) <= _DIGITS else None
