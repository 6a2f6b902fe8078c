"""What people write becomes one sentence, however they began it."""

from datetime import date

import pytest

from failonce.lessons.teaching import Teaching, years_after
from failonce.people.errors import Refused
from failonce.recall.globs import first_match

TODAY = date(2026, 5, 1)

WRITTEN = [
    # what was written in the three fields, what the sentence then says, why
    (
        ("When you run a migration", "Remember to set a lock timeout.", "Because orders stopped."),
        "When you run a migration, remember to set a lock timeout, because orders stopped.",
        "leads and full stops are the sentence's own",
    ),
    (
        ("Run a migration,", "that it locks the table;", "because, orders stopped"),
        "When you run a migration, remember that it locks the table, because orders stopped.",
        "a verb's capital and loose commas go",
    ),
    (
        ("When deploying on a Friday", "The pager", "Nobody was there"),
        "When you deploying on a Friday, remember the pager, because Nobody was there.",
        "only small words and the first verb lose a capital: Nobody may be a name here",
    ),
    (
        ("you're paged at night", "PostgreSQL keeps old rows", "VACUUM fell behind"),
        "When you are paged at night, remember PostgreSQL keeps old rows, because VACUUM fell behind.",
        "names and acronyms keep their capitals",
    ),
    (
        ("DROP a table", "backups, logs etc.", "it was the wrong one..."),
        "When you DROP a table, remember backups, logs etc., because it was the wrong one....",
        "an abbreviation keeps its stop",
    ),
    (
        ("When you run  a\nmigration, remember to set a lock timeout, because orders stopped.", "", ""),
        "When you run a migration, remember to set a lock timeout, because orders stopped.",
        "the whole sentence in the first field is taken apart",
    ),
    (
        ("your first deploy", "because is a word too", "because of a lock"),
        "When you your first deploy, remember because is a word too, because of a lock.",
        "only the lead itself is taken away",
    ),
    (
        ("run\x00 rm", "to look \ud800 twice", "it was gone"),
        "When you run rm, remember to look ? twice, because it was gone.",
        "what a database can't hold is taken out",
    ),
]


@pytest.mark.parametrize(("written", "sentence", "why"), WRITTEN, ids=[why for _, _, why in WRITTEN])
def test_it_reads_as_one_sentence(written, sentence, why):
    kept = Teaching(*written).checked(TODAY)

    assert f"When you {kept.when_you}, remember {kept.remember}, because {kept.because}." == sentence


REFUSED = [
    ({"when_you": " "}, "when_you", "about to do"),
    ({"remember": "Remember."}, "remember", "keep in mind"),
    ({"because": ""}, "because", "what happened"),
    ({"because": "x" * 501}, "because", "501 characters"),
    ({"paths": ("db/**", "\\")}, "paths", "as in .gitignore"),
    ({"paths": ("[z-a]",)}, "paths", "can't be read"),
    ({"paths": ("!db/**",)}, "paths", "begin with !"),
    ({"paths": ("**",)}, "paths", "matches every path"),
    ({"paths": ("a" * 301,)}, "paths", "301 characters"),
    ({"paths": tuple(f"p{n}" for n in range(51))}, "paths", "51 paths"),
    ({"technologies": ("x" * 61,)}, "technologies", "commas"),
    ({"kinds_of_change": ("whim",)}, "kinds_of_change", "configuration"),
    ({"renew_by": date(2026, 5, 1)}, "renew_by", "come already"),
    ({"renew_by": date(2036, 5, 1)}, "renew_by", "5 years"),
]


@pytest.mark.parametrize(("said", "field", "why"), REFUSED, ids=[f"{case[1]}: {case[2]}" for case in REFUSED])
def test_what_can_not_be_kept_is_refused_with_a_reason(said, field, why):
    parts = {"when_you": "run a migration", "remember": "the lock", "because": "orders stopped"} | said

    with pytest.raises(Refused) as refusal:
        Teaching(**parts).checked(TODAY)

    assert list(refusal.value.fields) == [field]
    assert why in refusal.value.fields[field]


def test_lists_are_tidied_and_repeats_left_out():
    said = Teaching(
        "run", "it", "x", technologies=(" PostgreSQL", "postgresql", ""), paths=(" db/** ", "db/**", ""),
        kinds_of_change=("Migration ",),
    )  # fmt: skip

    kept = said.checked(TODAY)

    assert (kept.technologies, kept.paths, kept.kinds_of_change) == (("postgresql",), ("db/**",), ("migration",))


@pytest.mark.parametrize(
    ("glob", "touched", "elsewhere"),
    [
        (" ./deploy", "deploy/x.py", "src/deploy/x.py"),
        ("./*.sql", "a.sql", "db/a.sql"),
        ("././/a.sql", "a.sql", "db/a.sql"),
        ("./ a.sql", "a.sql", "db/a.sql"),
        ("./db/**", "db/a.sql", "src/db/a.sql"),
    ],
)
def test_a_path_that_begins_here_means_the_top_of_the_repository(glob: str, touched: str, elsewhere: str) -> None:
    (kept,) = Teaching("run", "it", "x", paths=(glob,)).checked(TODAY).paths

    assert first_match(kept, (elsewhere, touched)) == touched


def test_it_is_asked_again_in_a_year_unless_somebody_says_otherwise():
    assert Teaching("run", "it", "x").checked(TODAY).renew_by == date(2027, 5, 1)
    assert Teaching("run", "it", "x", renew_by=date(2026, 6, 1)).checked(TODAY).renew_by == date(2026, 6, 1)
    assert years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


def test_a_date_that_stands_may_have_passed():
    stands = date(2026, 1, 1)

    assert Teaching("run", "it", "x", renew_by=stands).checked(TODAY, stands=stands).renew_by == stands
