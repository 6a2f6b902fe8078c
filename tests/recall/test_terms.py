"""How texts become terms."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from failonce.recall import tokens
from failonce.recall.stems import beginnings, short_forms
from failonce.recall.tokens import KEPT_FROM_THE_END, MAX_CHARACTERS, MAX_TERMS, places, readable, terms


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("restarted", "restarts", "word forms meet"),
        ("migration", "migrations", "plurals meet"),
        ("retried", "retries", "y and ied meet"),
        ("expired", "expires", "tense is no difference"),
        ("maxConnections", "max_connections", "naming styles meet"),
        ("GitHub", "github", "however a name is cased"),
        ("time-outs", "timeout", "compounds meet, joined or not"),
        ("Ünïcode", "ünïcode", "case folds in any script"),
        ("ﬁle", "file", "compatible characters meet"),
        ("2,147,483,647", "2147483647", "a number with its thousands apart"),
    ],
)
def test_forms_of_one_thing_become_one_term(one: str, other: str, reason: str) -> None:
    assert set(terms(one)) & set(terms(other)), reason


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("HTTP 503", {"http", "503"}, "status codes tell much"),
        ("codes 500,503,504, ports 80,443", {"500", "503", "504", "443"}, "a list is no number"),
        ("ConnectionPoolExhausted", {"connect", "pool"}, "camel case comes apart"),
        ("db.connection_pool", {"connect", "pool"}, "dotted names come apart"),
        ("k8s and s3", {"k8s", "s3"}, "short names with digits stay whole"),
        ("接続エラー", {"接続"}, "scripts without spaces are read in pairs"),
        ("人々", {"人々"}, "a sign for a letter said again is a letter"),
    ],
)
def test_code_and_prose_are_taken_apart(text: str, expected: set[str], reason: str) -> None:
    assert expected <= set(terms(text)), reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx返回502错误", "nginx|返回|502|错误"),
        ("MySQL数据库", "SQL|MySQL|数据|据库"),
        ("错误:502,端口:8080。", "错误|502|端口|8080"),
        ("升级到nginx.conf文件", "升级|级到|nginx|conf|nginx.conf|文件"),
        ("9f86d081884c7d65のエラー", "のエ|エラ|ラー"),
        ("12月", "月"),
        ("DB가 죽었다", "DB|가|죽었|었다"),
        ("ฐานข้อมูลล่ม", "ฐา|าน|นข้|ข้อ|อมู|มูล|ลล่|ล่ม"),
        ("วันที่", "วัน|นที่"),
        ("ກັບຂໍ້ມູນ", "ກັບ|ບຂໍ້|ຂໍ້ມູ|ມູນ"),
        ("មូលដ្ឋានទិន្នន័យ", "មូល|លដ្|ដ្ឋា|ឋាន|នទិ|ទិន្|ន្ន|នន័|ន័យ"),
        ("ဒေတာဘေ့စ်", "ဒေတာ|တာဘေ့|ဘေ့စ်"),
    ],
)
def test_scripts_without_spaces_are_parted_from_names_and_marks_stay_on_their_letters(text: str, expected: str) -> None:
    placed = places(text)

    assert [text[start:end] for _, start, end in placed] == expected.split("|")
    assert [term for term, _, _ in placed] == terms(text)
    assert terms(text) == expected.casefold().split("|")


def test_a_name_among_other_scripts_is_the_name() -> None:
    assert set(terms("MySQL数据库")) & set(terms("mysql down"))


@given(st.text("aB1返回ー々กิ.:_-/ é가", max_size=30).map(readable))
@example("x库: 3月")
def test_a_term_stands_where_it_is_said_to(text: str) -> None:
    assert [term for term, _, _ in places(text)] == terms(text)
    assert all(term in terms(text[start:end]) for term, start, end in places(text))


@pytest.mark.parametrize("text", ["\ufdfa" * 160_000, "a" * 200_000, "é" * 200_000, "ab " * 10])
def test_what_is_read_is_bounded_and_stays_as_it_is_when_read_again(text: str) -> None:
    read = readable("begin " + text + " end")

    assert len(read) == min(len(text) + 10, MAX_CHARACTERS)
    assert (read[:5], read[-3:]) == ("begin", "end")
    assert readable(read) == read
    assert len(text) < MAX_CHARACTERS or read[-KEPT_FROM_THE_END - 1] == "\n"


@pytest.mark.parametrize(
    "volatile",
    [
        "2021-03-04T10:11:12Z",
        "14:05:33.123",
        "10.0.12.7:8080",
        "9f86d081884c7d659a2feaa0c55ad015",
        "123e4567-e89b-12d3-a456-426614174000",
        "0x7ffdeadbeef",
        "37ms",
        "the of and",
        "",
        "QmFzZTY0IGlzIG5vdCBsYW5ndWFnZSBhbmQgbXVzdCBub3QgY291bnQ",
    ],
)
def test_what_differs_every_time_is_no_term(volatile: str) -> None:
    assert terms(volatile) == []


def test_a_huge_text_gives_a_bounded_number_of_terms() -> None:
    assert len(terms("alpha beta gamma " * 400_000)) == MAX_TERMS


@pytest.mark.parametrize(
    ("word", "forms", "reason"),
    [
        ("backups", "backup backups", "a plural"),
        ("caches", "cache caching cached", "a plural in es"),
        ("failed", "fail fails failure failing", "a tense"),
        ("restore", "restored restores restoring", "an e is lost before ing"),
        ("retries", "retry retries retried retrying", "y and ie"),
        ("dropped", "drop drops dropping", "doubled letters"),
        ("statuses", "status", "a plural of us"),
    ],
)
def test_the_forms_of_a_word_begin_as_it_does(word: str, forms: str, reason: str) -> None:
    assert all(form.startswith(tuple(beginnings(word))) for form in (word, *forms.split())), reason


@pytest.mark.parametrize(
    ("word", "other"),
    [("based", "basket"), ("speed", "special"), ("server", "service"), ("state", "status"), ("as", "a"), ("ja", "j")],
)
def test_what_only_looks_alike_begins_otherwise(word: str, other: str) -> None:
    assert not other.startswith(tuple(beginnings(word)))


@pytest.mark.parametrize(
    ("word", "forms", "others"),
    [
        ("moved", "move moves moving", "movement"),
        ("moving", "move moves moved", "movie"),
        ("ended", "end ends ending", "endless"),
        ("asked", "ask asks asking", "askew"),
        ("owned", "own owns owning", "owner"),
        ("logged", "log logs logging", "logic login loge"),
        ("running", "run runs", "rune runtime"),
        ("setting", "set sets settings", "setup sete"),
        ("settings", "set sets setting", "setup"),
        ("cutting", "cut cuts", "cute"),
        ("paged", "page pages paging", "pageant"),
        ("used", "use uses using", "user useful"),
        ("uses", "use used using", "user"),
        ("use", "used using", ""),
        ("buses", "bus", "business"),
        ("acting", "act acts acted", "active action activity"),
        ("mining", "mine mines mined", "min minimum minister"),
        ("fired", "fire fires firing", "firewall"),
        ("rating", "rate rates rated", "rat ratio"),
        ("added", "add adds adding", "adequate"),
        ("urged", "urge urges", "urgent"),
        ("fixed", "fix fixes fixing", "fixture"),
        ("seeing", "see sees", "seed"),
        ("cried", "cry cries crying", "crypto"),
        ("try", "tries tried", "triage"),
        ("died", "die dies dying", "diet"),
        ("dying", "die dies died", "diet"),
        ("logs", "log logging logged", "logic"),
        ("vms", "vm", "vmware"),
        ("ids", "id", "idle"),
        ("its", "", "it"),
        ("has", "", "ha"),
        ("tls", "", "tl"),
        ("news", "", "new"),
        ("string", "strings", "str"),
        ("thing", "things", "the"),
        ("needed", "need needs", "nee"),
        ("passed", "pass passes", "pas"),
    ],
)
def test_a_short_word_has_its_forms_and_not_what_begins_so(word: str, forms: str, others: str) -> None:
    def is_found(other: str) -> bool:
        return other.startswith(tuple(beginnings(word))) or other in short_forms(word)

    assert [form for form in (word, *forms.split()) if not is_found(form)] == []
    assert [other for other in others.split() if is_found(other)] == []


def test_words_that_become_no_term_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    places("of 7 pools")
    monkeypatch.setattr(tokens, "_read", pytest.fail)

    assert [term for term, _, _ in places("of 7 pools")] == terms("pools")
