"""Files as they come: many documents, broken ones, hostile ones."""

import pytest

from failonce.intake.backstage.documents import FILE_LIMIT, Document, documents_in


def told(content: bytes | str) -> list[str]:
    """Return the sentences, where documents that can be read are shown by their data."""
    data = content.encode() if isinstance(content, str) else content
    return [each if isinstance(each, str) else repr(each.data) for each in documents_in("shop.yaml", data)]


def test_a_broken_document_is_named_by_number_and_line_and_spares_its_neighbours() -> None:
    answers = told("%YAML 1.1\n---\na: 1\n---\nb: [\n  c\n---\nd: 3\n...\n")

    assert answers == [
        "{'a': '1'}",
        "Document 2 of shop.yaml (line 6) is left out: it isn't YAML (did not find expected ',' or ']').",
        "{'d': '3'}",
    ]


def test_a_document_knows_where_it_stands() -> None:
    documents = list(documents_in("shop.yaml", b"# first\r\na: 1\r\n---\r\n# only a comment\r\n---\r\nb: 2\r\n"))

    assert [each.place for each in documents if isinstance(each, Document)] == [
        "Document 1 of shop.yaml (line 1)",
        "Document 2 of shop.yaml (line 5)",
    ]


@pytest.mark.parametrize("written", ["true story", "no", "on", "1.10", "2024-13-45", "1:30", "0x1F", "<<x", "nullable"])
def test_what_looks_like_something_else_stays_the_text_it_is(written: str) -> None:
    assert told(f"name: {written}") == [repr({"name": written})]


def test_true_false_and_nothing_are_what_they_say() -> None:
    assert told("a: true\nb: False\nc: ~\nd:\ne: null") == [
        repr({"a": True, "b": False, "c": None, "d": None, "e": None})
    ]


def aliases(pattern: str) -> str:
    lines = ["a: &a {x: 1}"]
    for previous, name in zip("abcdefghijkl", "bcdefghijklm", strict=True):
        lines.append(f"{name}: &{name} " + pattern.format(", ".join([f"*{previous}"] * 9)))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (aliases("[{}]"), "with its aliases written out it has more than 200,000 values"),
        (aliases("{{<<: [{}]}}"), "with its aliases written out it has more than 200,000 values"),
        ("a: &a [*a]", "it contains itself"),
        ("[" * 100_000, "it is nested too deeply"),
        ("".join(" " * depth + "a:\n" for depth in range(300)), "it is nested too deeply"),
        ("[a, " * 40 + "]" * 40 + "\n" + "- b\n" * 410_000, "left out"),
        ("- b\n" * 410_000, "it has more than 200,000 values"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("a: !!bool perhaps", "a value in it isn't what its tag says"),
        ("a: *nobody", "found undefined alias"),
        ("{[a]: b}", "unhashable key"),
        ("a: \x07", "control characters are not allowed"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_hostile_yaml_is_left_out_with_a_reason(content: str, why: str) -> None:
    (answer,) = told(content)

    assert answer.startswith("Document 1 of shop.yaml (line ")
    assert why in answer


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"a: 1\nb: \xff", "it isn't UTF-8 text (line 2). Save it as UTF-8 and import it again."),
        ("a: 1".encode("utf-16"), "it isn't UTF-8 text (line 1). Save it as UTF-8 and import it again."),
        (b"a: 1\n\nb: \x00", "it has a NUL byte (line 3) and isn't a text file."),
        (b"a" * (FILE_LIMIT + 1), "it has 5.0 MB; at most 5 MB fit. Import it in parts."),
    ],
    ids=["broken UTF-8", "UTF-16", "NUL", "huge"],
)
def test_what_is_no_text_file_is_left_out_whole(content: bytes, answer: str) -> None:
    assert told(content) == [f"shop.yaml is left out: {answer}"]


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n---\n---\n# here\n", "\ufeff"])
def test_nothing_says_nothing(content: str) -> None:
    assert told(content) == []


def test_more_documents_than_anybody_writes_are_cut_off() -> None:
    answers = told("---\na\n" * 20_001)

    assert len(answers) == 20_001
    assert answers[-1] == "What follows line 40001 of shop.yaml is left out: 20,000 documents are the most."
