"""The words somebody looks for, as a question to the database.

SQLite and PostgreSQL answer alike, but for capitals beyond ASCII in the middle of a word, which SQLite can't fold.
"""

import re
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from failonce.history.codes import number_of
from failonce.people.words import clean
from failonce.recall.stems import beginnings, short_forms

Rows = TypeVar("Rows", bound=QuerySet[Any])

LONGEST = 200  # characters; what is beyond them is not looked for
SOUGHT = (
    'Words, each in its usual forms or only its beginning; "quoted words" just so; '
    "or a code alone, and what it names comes first."
)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_QUOTED = re.compile(r'"\s*([^"]*[^"\s])\s*"')
_AROUND_WORDS = ".,;:!?()[]{}'"
_BEFORE_A_WORD = r"(^|\W|_)"
_AFTER_A_WORD = r"(\W|_|$)"


def sought(rows: Rows, asked: str, by_code: Mapping[str, str], *fields: str) -> Rows:
    """Keep the rows that say these words.

    A code alone, whose letter has a relation in `by_code`, finds what it names, then what says just this code.
    """
    for letter, relation in by_code.items():
        if number := number_of(asked, letter):
            named = Exists(rows.model._default_manager.filter(**{relation: number}).filter(pk=OuterRef("pk")))
            found = rows.filter(named | says(f'"{asked}"', *fields))
            return found.order_by(named.desc(), *rows.query.order_by)
    return rows.filter(says(asked, *fields))


def says(asked: str, *fields: str) -> Q:
    """Ask that each word begins one in any of these fields, in its usual forms; "quoted words" stand just so."""
    asked = clean(asked)[:LONGEST].translate(_QUOTES)
    loose = _QUOTED.sub(" ", asked).replace('"', " ").split()
    wanted = Q()
    for word in dict.fromkeys(each.strip(_AROUND_WORDS) or each for each in loose):
        # Lowering changes some letters for good, as the dotted capital I; so the word as typed counts too.
        forms = beginnings(word.lower()) if word.isascii() else {word.lower(), word}
        likely = [_begins(field, each) for each in sorted(forms) for field in fields]
        if whole := short_forms(word.lower()):
            likely += [_is_one(field, whole) for field in fields]
        wanted &= _any(likely)
    for phrase in _QUOTED.findall(asked):
        wanted &= _any(_stands(field, phrase.split()) for field in fields)
    return wanted


def _begins(field: str, beginning: str) -> Q:
    """Ask for a word that begins so; beyond ASCII for the letters alone: not every script parts its words."""
    if not beginning.isascii():
        # SQLite knows capitals of ASCII only.
        forms = {beginning, beginning.upper(), beginning.capitalize()}
        return _any(_has(field, each) for each in sorted(forms))
    if not beginning[0].isalnum():
        return _has(field, beginning)
    # Most words follow a space, which is found ten times as fast as a pattern; so the pattern comes last.
    follows = _has(field, f" {beginning}") | Q(**{f"{field}__iregex": _BEFORE_A_WORD + re.escape(beginning)})
    if len(beginning) > 3:
        follows |= Q(**{f"{field}__regex": "[a-z0-9]" + re.escape(beginning.capitalize())})  # ReadTimeoutError
    return _has(field, beginning) & follows


def _stands(field: str, words: list[str]) -> Q:
    """Ask for these words, one after another, however their lines are broken."""
    pattern = r"\s+".join(map(re.escape, words))
    before = _BEFORE_A_WORD if _parts_words(words[0][0]) else ""
    after = _AFTER_A_WORD if _parts_words(words[-1][-1]) else ""
    likely = reduce(lambda so_far, word: so_far & _has(field, word), filter(str.isascii, words), Q())
    return likely & Q(**{f"{field}__iregex": before + pattern + after})


def _is_one(field: str, words: set[str]) -> Q:
    """Ask for one of these words, all of ASCII letters, and not for what only begins so."""
    telling = (each for each in sorted(words) if not any(other in each for other in words - {each}))
    pattern = f"{_BEFORE_A_WORD}({'|'.join(sorted(words))}){_AFTER_A_WORD}"
    return _any(_has(field, each) for each in telling) & Q(**{f"{field}__iregex": pattern})


def _parts_words(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _has(field: str, letters: str) -> Q:
    return Q(**{f"{field}__icontains": letters})


def _any(questions: Iterable[Q]) -> Q:
    return reduce(or_, questions)
