"""A change that says much is asked about part by part, or its one risky step would drown in the rest."""

import pytest

from failonce.recall import Index, Query, Text
from failonce.recall.questions import parts, read_query

FAILURES = [
    Text(
        "F-1",
        "A clean-up job removed every add-on of the shop's customers",
        "A script that removed retired add-ons from tenants took ids of whole tenants for ids of add-ons, and "
        "removed the tenants at once, for good. Nothing asked whether so many should go, and any id was taken.",
    ),
    Text("F-2", "The search index was rebuilt on every start", "Each start of the build host rebuilt all of it."),
    Text("F-3", "Mails were sent twice", "The invoice run started twice and customers got two invoices for March."),
]
RISKY = (
    "Remove the retired add-on from all tenants. The script reads the ids from the spreadsheet of the sales team and "
    "calls the delete endpoint, which takes any object id and removes it at once, for good."
)
HARMLESS = [
    "Correct the spelling of three words in the onboarding guide for translators, and let its table of contents name "
    "the new chapters about plural forms, gender and dates.",
    "Let the date picker of the holiday calendar begin the week on Monday, with unit tests for leap years, and show "
    "public holidays of the chosen country in grey.",
    "Replace the icons of the mobile navigation by those of the new font, drop the old sprite sheet, and give each "
    "button a label that screen readers say.",
    "Show the version of the app on the about page beside the licences, read from the package at build time, so that "
    "people can name it when they ask for help.",
    "Sort the glossary of the handbook by the alphabet of the reader's language, link each entry from the chapter that "
    "explains it, and print a line between letters.",
    "Use the larger photograph on the welcome screen of tablets, crop it around the face of the person, and keep the "
    "old one for telephones in landscape.",
]
PLAN = [*HARMLESS[:2], RISKY, *HARMLESS[2:]]


def asked(text: str) -> list[tuple[str, bool]]:
    index = Index()
    index.put_many(FAILURES)
    return [(hit.key, hit.said) for hit in index.search(Query(text, kind="change"))]


def parts_of(text: str) -> list[str]:
    return [part.text for part in parts(read_query(Query(text, kind="change")))]


@pytest.mark.parametrize(
    "plan",
    ["\n\n".join(PLAN), "".join(f"- {step}\n" for step in PLAN), "".join(f"{n}. {s}\n" for n, s in enumerate(PLAN, 1))],
    ids=["paragraphs", "items", "numbered"],
)
def test_one_risky_step_of_a_long_plan_is_remembered(plan: str) -> None:
    assert asked(RISKY)[0] == ("F-1", True)
    assert asked(plan)[0] == ("F-1", True)


def test_the_reasons_come_from_the_step_that_is_like_it() -> None:
    index = Index()
    index.put_many(FAILURES)

    (hit, *_) = index.search(Query("\n\n".join(PLAN), kind="change"))

    assert "add-on" in "; ".join(hit.because)


def test_a_long_plan_without_a_risky_step_is_left_in_peace() -> None:
    assert [key for key, said in asked("\n\n".join([*HARMLESS, *HARMLESS])) if said] == []


def test_each_text_is_found_once_however_many_parts_are_like_it() -> None:
    keys = [key for key, _ in asked("\n\n".join([*PLAN, RISKY, RISKY]))]

    assert len(keys) == len(set(keys))


def test_what_says_little_has_no_parts() -> None:
    assert parts_of("") == []
    assert parts_of(RISKY) == []
    assert parts_of("\n\n".join([RISKY] * 50)) == [], "the same said often is still little"
    assert parts(read_query(Query("\n\n".join(PLAN)))) == [], "a failure is told in many words of one thing"


def test_a_part_holds_enough_to_be_asked_about_and_nothing_is_left_out() -> None:
    lines = [f"- step{n} renames alpha{n} to beta{n}" for n in range(40)]

    found = parts_of("\n".join(lines))

    assert 1 < len(found) <= 9
    assert "\n".join(found).splitlines() == lines


def test_files_of_a_diff_are_parts_of_their_own() -> None:
    words = " ".join(f"word{n}" for n in range(30))
    diff = "".join(f"diff --git a/{n}.sql b/{n}.sql\n+++ b/{n}.sql\n+{words} {n}\n+-- {n}\n" for n in "abcd")

    assert parts_of(diff) == []

    diff = "".join(
        f"diff --git a/{n}.sql b/{n}.sql\n+++ b/{n}.sql\n+" + " ".join(f"{n}word{i}" for i in range(30)) + "\n"
        for n in "abcd"
    )
    assert [part.split()[2] for part in parts_of(diff)] == ["a/a.sql", "a/b.sql", "a/c.sql", "a/d.sql"]


def test_many_parts_are_no_more_than_a_few_questions() -> None:
    text = "\n\n".join(f"alpha{n} beta{n} gamma{n} delta{n} epsilon{n}" for n in range(5_000))

    assert len(parts_of(text)) <= 9
