"""Whatever is pasted, recall answers, soon, and never raises."""

from __future__ import annotations

import base64
import time

import pytest

from failonce.recall import Index, Query, Text, rank

BINARY = bytes(range(256)).decode("latin-1") * 4_000
STRANGE = {
    "empty": "",
    "one word": "timeout",
    "only stop words": "the of and",
    "five megabytes of prose": "the queue was full and the worker died " * 130_000,
    "one word of five megabytes": "a" * 5_000_000,
    "binary": BINARY,
    "base64": base64.b64encode(BINARY.encode()).decode(),
    "minified code": "!function(e,t){for(var n=0;n<e.length;n++)t[n]=e(n)};" * 40_000,
    "punctuation": "....---///:::" * 200_000,
    "camel case": "aB" * 500_000,
    "right to left": "فشل الاتصال بقاعدة البيانات " * 5_000,
    "Chinese": "数据库连接池耗尽导致服务中断" * 5_000,
    "Hindi": "डेटाबेस कनेक्शन विफल " * 5_000,
    "emoji": "🔥🚒" * 50_000,
    "lone surrogates": "broken \ud800 text",
    "null characters": "a\x00b\x00c",
    "combining marks": "e" + "\u0301" * 100_000,
    "many globs": "**/" * 10_000,
    "a line of numbers": "12,345,67," * 20_000,
    "a number without an end": "1" + ",000" * 40_000 + "x",
    "a hunk of uncountable lines": f"--- a\n+++ b\n@@ -1,{'9' * 5_000} +1 @@\n"
    + " ".join(f"word{n}" for n in range(90)),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_texts_are_kept_and_asked_within_seconds(name: str) -> None:
    text = STRANGE[name]
    index = Index()
    began = time.process_time()

    index.put(Text("F-1", text, text, paths=(text[:500],)))
    index.put(Text("F-2", "Queue full", "the worker died"))
    hits = index.search(Query(text, title=text, paths=(text[:500], text[-500:]), kind="change"))

    assert time.process_time() - began < 5
    assert all(0 <= hit.probability <= 1 for hit in hits)


@pytest.mark.parametrize("name", ["right to left", "Chinese", "Hindi"])
def test_other_scripts_are_found(name: str) -> None:
    other = Text("F-2", "Queue full", "the worker died")
    text = Text("F-1", "", STRANGE[name][:300])

    assert rank(STRANGE[name][:60], [other, text])[0].key == "F-1"


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a*a*a*a*ab", "a" * 120),
        ("*a" * 149 + "b", "a" * 1_000),
        ("**/x/**/x/**/x/**/x/**/x/**/x/y", "x/" * 80 + "x"),
        ("**/x/" * 50 + "y", "x/" * 499 + "x"),
    ],
)
def test_a_glob_may_have_any_number_of_wildcards(glob: str, path: str) -> None:
    index = Index()
    index.put(Text("L-1", "When you change this", "ask first", paths=(glob,)))

    assert index.search(Query("Raise it", kind="change", paths=(path,) * 500)) == []


def test_an_empty_memory_answers_nothing() -> None:
    assert Index().search(Query("anything")) == []


def test_a_memory_of_one_answers() -> None:
    assert rank("queue full", [Text("F-1", "Queue full", "")])[0].key == "F-1"


def test_the_same_text_ten_thousand_times_is_no_trouble() -> None:
    index = Index()
    index.put_many(Text(f"F-{n}", "Queue full", "the worker died") for n in range(10_000))

    hits = index.search(Query("the queue was full and the worker died"), limit=3)

    assert [hit.key for hit in hits] == ["F-0", "F-1", "F-2"]
