"""A change that says much is asked about part by part, or its one risky step would drown in the rest."""

import numpy as np
import pytest
from numpy.typing import NDArray

from failonce.recall import Index, Query, Text
from failonce.recall.reading import parts, read_query

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
    return [(hit.key, hit.said) for hit in known().search(Query(text, kind="change"))]


def known() -> Index:
    index = Index()
    index.put_many(FAILURES)
    return index


def parts_of(text: str) -> list[str]:
    return [part.query.text for part in parts(read_query(Query(text, kind="change")))]


@pytest.mark.parametrize(
    "plan",
    ["\n\n".join(PLAN), "".join(f"- {step}\n" for step in PLAN), "".join(f"{n}. {s}\n" for n, s in enumerate(PLAN, 1))],
    ids=["paragraphs", "items", "numbered"],
)
def test_one_risky_step_of_a_long_plan_is_remembered(plan: str) -> None:
    assert asked(RISKY)[0] == ("F-1", True)
    assert asked(plan)[0] == ("F-1", True)


@pytest.mark.parametrize("at", [0, 5, 11])
def test_the_risky_one_of_a_dozen_steps_is_remembered(at: int) -> None:
    steps = [f"{step} Chapter {n} first." for n in range(2) for step in HARMLESS]
    steps[at] = RISKY

    assert asked("\n\n".join(steps))[0] == ("F-1", True)


def test_the_reasons_come_from_the_step_that_is_like_it() -> None:
    other = "Write in the handbook of the demo shop what a SCRIPT is, with a picture of a curtain and a stage."

    (hit, *_) = known().search(Query("\n\n".join([*PLAN, other]), kind="change"))

    assert "“script”" in "; ".join(hit.because)


def test_a_long_plan_without_a_risky_step_is_left_in_peace() -> None:
    assert [key for key, said in asked("\n\n".join([*HARMLESS, *HARMLESS])) if said] == []


def test_each_text_is_found_once_however_many_parts_are_like_it() -> None:
    keys = [key for key, _ in asked("\n\n".join([*PLAN, RISKY, RISKY]))]

    assert len(keys) == len(set(keys))


def test_fewer_hits_are_the_first_of_more() -> None:
    soft = "Say in the documentation which add-ons of the shop's customers are retired, and correct a label and a test."
    index = known()
    for n, kind in enumerate(("icons", "labels", "pictures")):
        index.put(Text(f"L-{n}", f"When you ship {kind}", "Ask.", paths=("icons/**",)))
    query = Query("\n\n".join(f"{soft} {step}" for step in HARMLESS), kind="change", paths=("icons/a.svg",))

    more = index.search(query)

    assert [hit.key for hit in more][3] == "F-1", "after what names the place, though it is more alike"
    assert more[0].score < more[3].score
    assert [index.search(query, limit=n) for n in (1, 2, 3)] == [more[:1], more[:2], more[:3]]


def test_a_place_that_is_named_counts_whichever_part_is_like_it() -> None:
    index = known()
    index.put(Text("L-1", "When you remove from tenants", "Ask for what the id stands.", paths=("tenants/**",)))

    hits = index.search(Query("\n\n".join(PLAN), kind="change", paths=("tenants/drop.py",)))

    (lesson,) = (hit for hit in hits if hit.key == "L-1")
    assert lesson.said
    assert dict(lesson.signals)["path"] == 1
    assert lesson.because[0] == "touches tenants/drop.py, one of tenants/**"


def test_what_kind_of_change_it_is_is_not_read_from_a_part() -> None:
    plan = "\n\n".join(["Correct the onboarding guide", *HARMLESS[:3], "No schema migration is part of this.", *PLAN])
    whole = read_query(Query(plan, kind="change"))

    assert whole.kinds == frozenset()
    assert {part.kinds for part in parts(whole)} == {whole.kinds}


def test_asked_as_one_text_its_steps_are_no_questions_of_their_own() -> None:
    hits = known().search(Query("\n\n".join(PLAN), kind="change"), in_parts=False)

    assert not any(hit.said for hit in hits)


def test_what_its_parts_mean_is_worked_out_in_one_go() -> None:
    calls: list[int] = []

    class Flat:
        def embed(self, texts: list[str]) -> NDArray[np.float32]:
            calls.append(len(texts))
            return np.full((len(texts), 16), 0.25, np.float32)

    index = Index(embedder=Flat())
    index.put_many(FAILURES)
    calls.clear()

    index.search(Query("\n\n".join(PLAN * 30), kind="change"))

    assert len(calls) == 1
    assert calls[0] <= 3 + 8


def test_what_says_little_has_no_parts() -> None:
    assert parts_of("") == []
    assert parts_of(RISKY) == []
    assert parts_of("\n\n".join([RISKY] * 50)) == [], "the same said often is still little"
    assert parts(read_query(Query("\n\n".join(PLAN)))) == [], "a failure is told in many words of one thing"


SECTIONS = {
    "What does this change?": RISKY,
    "Type of change": "A bug fix, nothing that breaks anything; documentation and a changelog entry follow.",
    "How has it been tested?": "Unit tests for the label, and screenshots of both themes at night on telephones.",
    "Rollback": "Revert this pull request; nothing else hangs on its migration. Ask the platform team to deploy again.",
}
STEPS = [
    "Announce the window on the status page.",
    "Take a fresh dump of the invoices and note its size.",
    "Pause the nightly reports.",
    "Remove the retired add-on from all tenants by a script that takes any object id and removes it at once, for good.",
    "Wait until the lag of both copies is zero, and compare their rows.",
    "Switch the reports on again.",
    "Close the window.",
]


def test_headings_and_items_say_sooner_that_there_are_several_things() -> None:
    template = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in SECTIONS.items())
    plan = "".join(f"{n}. {step}\n" for n, step in enumerate(STEPS, 1))

    assert len(parts_of(template)) > 1
    assert len(parts_of(plan)) > 1
    assert parts_of(template.replace("## ", "")) == [], "as much without headings is one thing"
    assert parts_of(" ".join(STEPS)) == [], "and without items"
    assert parts_of("# Fix\n\n- one word\n- two words\n") == [], "too little for questions of their own"
    assert asked(template)[0] == ("F-1", True)
    assert asked(plan)[0] == ("F-1", True)


def test_a_part_holds_enough_to_be_asked_about_and_nothing_is_left_out() -> None:
    lines = [f"- step{n} renames alpha{n} to beta{n}" for n in range(40)]

    found = parts_of("\n".join(lines))

    assert len(found) == 8
    assert {len(part.splitlines()) for part in found} == {5}, "each says as much as the others"
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


def test_a_file_of_a_diff_is_not_taken_apart() -> None:
    lines = "\n".join(f"+    - word{n} other{n}\n " for n in range(60))
    file = f"diff --git a/a.yml b/a.yml\n+++ b/a.yml\n{lines}"
    told = " ".join(f"plan{n}" for n in range(30))

    assert parts_of(file) == []
    assert len(parts_of(f"{told}\n\n```diff\n{file}\n```\n\n{told[::-1]}")) == 3


DOCS = "a/x.md b/x.md\nindex 1a..2b 100644\n--- a/x.md\n+++ b/x.md\n@@ -1,3 +1,3 @@\n # Guide\n-old\n+new\n end"


@pytest.mark.parametrize("items", [False, True], ids=["paragraphs", "items"])
def test_what_follows_a_diff_is_taken_apart_as_before_it(items: bool) -> None:
    plan = "".join(f"- {step}\n" for step in PLAN) if items else "\n\n".join(PLAN)

    assert asked(f"diff --git {DOCS}\n{plan}")[0] == ("F-1", True)
    assert asked(f"{plan}\ndiff --git {DOCS}")[0] == ("F-1", True)


def test_a_hunk_is_counted_in_the_lines_that_git_counts() -> None:
    told = "\n".join(f"-- word{n} other{n}\n+- word{n} another{n}" for n in range(40))
    diff = f"--- a.yml\n+++ a.yml\n@@ -1,42 +1,42 @@\n a\u2028b\x0cc\rd\x85e\n{told}\n f"

    assert parts_of(diff) == []


def test_each_commit_of_a_log_says_its_own() -> None:
    commits = [
        f"commit {n}a{n}b{n}c{n}d\nAuthor: A <a@a.example>\n\n    {step}\n\ndiff --git {DOCS}\n"
        for n, step in enumerate(PLAN)
    ]

    assert asked("\n".join(commits))[0] == ("F-1", True)


def test_files_of_a_plain_diff_are_parts_too() -> None:
    diff = "".join(
        f"--- {n}.yml\t2026-01-01\n+++ {n}.yml\t2026-01-02\n@@ -1,10 +1,10 @@\n"
        + "".join(f"-- {n}old{i}\n+- {n}new{i}\n" for i in range(10))
        for n in "abcd"
    )

    assert [part.split()[1] for part in parts_of(diff)] == ["a.yml", "b.yml", "c.yml", "d.yml"]


def test_no_more_paths_are_compared_than_anybody_waits_for() -> None:
    def compared(*paths: str) -> tuple[str, ...]:
        return read_query(Query("", kind="change", paths=paths)).paths

    assert len(compared(*(f"a/{n}" for n in range(9_000)))) == 2_000
    assert len(compared(*(f"{n}".rjust(1_000, "x") for n in range(900)))) == 50
    assert compared("x" * 50_001, "db/users.sql") == ("db/users.sql",)


def test_the_files_a_diff_touches_are_read_whether_or_not_they_are_named_beside_it() -> None:
    diff = "diff --git a/tenants/purge.py b/tenants/purge.py\n+++ b/tenants/purge.py\n+done"

    assert "purg" in read_query(Query(diff, kind="change")).body
    assert "purg" in read_query(Query(diff, kind="change", paths=("tenants/purge.py",))).body


def test_a_merge_is_read_as_any_other_diff() -> None:
    plain = "index 1a2b3c4..5d6e7f8\n--- a/db/pool.yaml\n+++ b/db/pool.yaml\n@@ -1,2 +1,2 @@ pool\n-max: 1\n+max: 2"
    merge = plain.replace("1a2b3c4..", "1a2b3c4,9a0b1c2..").replace("@@ -1,2 +1,2 @@", "@@@ -1,2 -1,2 +1,2 @@@")

    read = [
        read_query(Query(text, kind="change"))
        for text in (f"diff --git a/db/pool.yaml b/db/pool.yaml\n{plain}", f"diff --cc db/pool.yaml\n{merge}")
    ]

    assert read[0].body == read[1].body
    assert read[0].paths == read[1].paths == ("db/pool.yaml",)


def test_many_parts_are_no_more_than_a_few_questions() -> None:
    text = "\n\n".join(f"alpha{n} beta{n} gamma{n} delta{n} epsilon{n}" for n in range(5_000))

    assert len(parts_of(text)) == 8


def test_what_is_left_over_stays_with_what_it_follows() -> None:
    paragraphs = [" ".join(f"word{n}x{i}" for i in range(13)) for n in range(6)]

    assert parts_of("\n\n".join([*paragraphs, "Reviewed by Ann"]))[-1] == f"{paragraphs[-1]}\nReviewed by Ann"
