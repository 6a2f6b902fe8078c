"""With few texts to know words from, nothing is taken for a repeat because of one common word."""

import pytest

from failonce.recall import Index, Query, Text

TOLD = [
    "A misplaced route announcement sent traffic for our mail relays through another network.",
    "The invoice run started twice and customers received two invoices for March.",
    "A schema change locked the orders table for nine minutes at noon.",
    "The search index was rebuilt on every start and the fans of the build host never rested.",
    "A firewall rule with a typo cut off the warehouse scanners.",
    "The TLS certificate of the checkout gateway expired on a Sunday, and nobody had watched its end date.",
]
INNOCENT = [
    "Correct two spelling mistakes in the onboarding guide for translators.",
    "Fix a typo in the contributing guide.",
    "Update the screenshots of the start page.",
    "Rename a variable in the table of contents generator.",
    "Add unit tests for the date picker.",
]
NOVEL = [
    "Nobody saw the date on the milk, and eleven people drank it on Sunday.",
    "A parcel stood at the gateway of the warehouse for a week.",
    "The lift stopped between two floors and somebody had to be let out.",
    "The coffee machine leaked into the floor box of the reception at noon.",
]
AGAIN = "The certificate of the partner gateway ended on a Sunday; its end date was watched by nobody."
RISKY = "Renew the TLS certificate of the checkout gateway by hand; its end date is next week."


def memory(many: int) -> Index:
    """An index of the first so many failures."""
    index = Index()
    index.put_many(Text(f"F-{number}", told.split(",")[0], told) for number, told in enumerate(TOLD[:many]))
    return index


@pytest.mark.parametrize("many", range(len(TOLD) + 1))
@pytest.mark.parametrize("change", INNOCENT)
def test_an_innocent_change_is_left_in_peace(change: str, many: int) -> None:
    hits = memory(many).search(Query(change, kind="change"))

    assert [hit for hit in hits if hit.said] == []


@pytest.mark.parametrize("many", range(len(TOLD) + 1))
@pytest.mark.parametrize("story", NOVEL)
def test_a_failure_that_repeats_nothing_is_told_in_peace(story: str, many: int) -> None:
    hits = memory(many).search(Query(story))

    assert [hit for hit in hits if hit.said] == []


def test_a_failure_that_repeats_one_is_told_so_from_the_first_day() -> None:
    hits = memory(len(TOLD)).search(Query(AGAIN))

    assert [hit.key for hit in hits if hit.said] == ["F-5"]


def test_a_risky_change_is_not() -> None:
    hits = memory(len(TOLD)).search(Query(RISKY, kind="change"))

    assert [hit.key for hit in hits if hit.said] == ["F-5"]


def test_a_change_of_a_few_common_words_is_left_in_peace() -> None:
    index = memory(len(TOLD))
    told = (
        "When you sign releases with an intermediate certificate, remember to watch its end date as you watch those of "
        "servers, because add-ons stopped at midnight and no test ran with the clock ahead. Such a test was added"
    )
    index.put(Text("L-1", told, "Add-ons stop working on a Saturday"))
    index.put_many(Text(f"F-{n}", f"Lamp {n}", f"A lamp went out in hall {n}") for n in range(100, 170))

    hits = index.search(Query("Add a test for the date picker", kind="change"))

    assert [hit.key for hit in hits if hit.said] == []
    assert [hit.key for hit in hits][:1] == ["L-1"]


def test_a_reason_names_a_file_once_and_as_people_do() -> None:
    diff = "diff --git a/certs/gateway.yaml b/certs/gateway.yaml\n--- a/certs/gateway.yaml\n+++ b/certs/gateway.yaml\n"
    index = Index()
    index.put(Text("F-1", "Certificate of the gateway", "certs/gateway.yaml held the old certificate of the gateway."))

    (hit,) = index.search(Query("Renew the certificate of the gateway\n" + diff, kind="change"))

    assert "certs/gateway.yaml" in " ".join(hit.because)
    assert "a/certs" not in " ".join(hit.because)
    assert "b/certs" not in " ".join(hit.because)
