"""The page that shows every component beside the template that makes it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines

from failonce.web.glyphs import SHAPES

FOLDER = Path(__file__).parent / "templates" / "web" / "styleguide" / "parts"
HEADER = re.compile(r"\{% comment %\}(?P<title>[^\n]+)\n(?P<note>.*?)\{% endcomment %\}\n(?P<source>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One component: its name, its contract in words, and how it looks."""

    name: str
    title: str
    note: str
    html: str
    source: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up failure with what the drawings and rows ask of one."""

    code: str
    title: str
    kind: str
    started_at: datetime
    services: str = ""
    state: str = ""
    state_words: str = ""
    ended_at: datetime | None = None
    story: str = ""

    @property
    def told_at(self) -> datetime:
        return (self.ended_at or self.started_at) + timedelta(hours=15)

    def get_absolute_url(self) -> str:
        return "#log"


STORY = """\
It was the third evening of slow replication. I had **two terminals** open, one on each host, and their prompts
began with the same eleven letters.

# What I saw

1. The replica had fallen behind by four hours.
2. The guide said to empty its data folder first: `rm -rf data/`.

> I read the command twice. I did not read the host.

| time | what |
|---|---|
| 22:10 | replication stops |
| 23:27 | the folder is emptied, on the wrong host |

Backups ~~were there~~ had been failing for weeks; the mail that said so went to
[a list](https://example.org) nobody reads.
"""


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 22, 10, tzinfo=UTC)


FIRST = Sample(
    "F-12", "The wrong database was emptied", "mistake", _at(2017, 1, 31), story=STORY, ended_at=_at(2017, 2, 1)
)
SAMPLES = [
    Sample(
        "F-41",
        "Certificate of the partner gateway ran out overnight",
        "incident",
        _at(2026, 5, 9),
        "gateway, payments",
        "repeat",
        "a repeat",
    ),
    Sample(
        "F-38",
        "Release rolled back after sign-in slowed",
        "failed_deployment",
        _at(2025, 11, 18),
        "identity",
        "learnt",
        "2 lessons",
    ),
    Sample(
        "F-33",
        "Certificate renewed with forty minutes to spare",
        "near_miss",
        _at(2024, 7, 19),
        "gateway",
        "learnt",
        "1 lesson",
    ),
    Sample("F-27", "Failover rehearsal stopped at its limit", "failed_experiment", _at(2023, 3, 2), "ledger"),
    Sample(
        "F-19",
        "Nobody on duty had access to the name server",
        "process_failure",
        _at(2021, 10, 4),
        "network, identity, search",
        "learnt",
        "3 lessons",
    ),
    FIRST,
]
FAR = [
    Sample(
        "F-1041",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        "incident",
        _at(2026, 5, 9),
        "averyveryverylongservicename-with-dashes-and-more-of-them",
    ),
    Sample("F-1040", "انتهت صلاحية الشهادة في منتصف الليل", "near_miss", _at(2026, 5, 8), "بوابة", "", "تكرار"),
    Sample("F-1039", "証明書の期限切れで決済が二時間止まった", "process_failure", _at(2026, 5, 7), "決済"),
]


def context() -> dict[str, object]:
    """Return what the parts' templates ask for."""
    return {
        "sample": FIRST,
        "samples": SAMPLES,
        "few": SAMPLES[1:2],
        "none": [],
        "far": FAR,
        "kinds": list(SHAPES),
        "moments": [sample.started_at for sample in SAMPLES],
    }


def parts() -> list[Part]:
    """Read and render every part; the number before a name only orders them."""
    found = []
    for file in sorted(FOLDER.glob("*.html")):
        text = file.read_text(encoding="utf-8")
        if not (header := HEADER.fullmatch(text)):
            raise ValueError(f"{file.name} doesn't begin with a comment of a title and a note.")
        html = engines["django"].from_string(f"{{% load failonce_web %}}{text}").render(context())
        note = engines["django"].from_string(header["note"]).render({})
        found.append(Part(file.stem[3:], header["title"], note, html, header["source"]))
    return found


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    return render(request, "web/styleguide.html", {"parts": parts()})
