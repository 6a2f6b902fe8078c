"""Failures nobody had: made of the demo's sentences and our own word lists, the same ones every time."""

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import failonce.demo

_STORIES = Path(failonce.demo.__file__).parent / "content" / "failures"
_THINGS = (
    "queue broker cache ledger index scheduler gateway resolver mirror shard replica bucket pool router proxy relay",
    "vault registry runner mailer checkout settlement exporter importer archive crawler dispatcher planner balancer",
    "tokenizer thumbnailer notifier reconciler throttle watchdog collector limiter session sitemap feed inbox",
)
_PLACES = "north south east west harbour quay dock canal island upper lower inner outer old new second third"
_WHAT = (
    "filled up", "ran out of connections", "expired", "answered nobody", "lost its leader", "forgot its configuration",
    "kept an old password", "deleted what it should have kept", "doubled every message", "stopped at midnight",
    "refused writes", "waited for a lock", "retried without end", "fell behind its replica",
    "returned yesterday's answers", "ran on one machine only",
)  # fmt: skip
_LOGS = (
    "{time} ERROR {thing}-{number}: connection reset by peer after {big} ms",
    "{time} WARN  {thing}: pool exhausted ({number} of {number} in use)",
    "{thing}-{number} kernel: oom-kill: task {thing} pid {big}",
    "HTTP 50{digit} from {thing}.{where}.internal in {big} ms",
    "panic: {thing}: index {big} out of range [0:{number}]",
)
_KINDS = ("incident", "failed_deployment", "near_miss", "mistake", "process_failure")
_THING = tuple(word for line in _THINGS for word in line.split())
_WHERE = tuple(_PLACES.split())
_BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)


def written(file: Path, count: int) -> Path:
    """Write so many failures as JSON Lines, unless they are there already."""
    if not file.exists() or sum(1 for _ in file.open(encoding="utf-8")) != count:
        with file.open("w", encoding="utf-8") as lines:
            for record in records(count):
                lines.write(json.dumps(record) + "\n")
    return file


def records(count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Yield failures; the same seed gives the same ones."""
    draw = random.Random(seed)
    sentences = _sentences()
    for number in range(count):
        began = _BEGINNING + timedelta(minutes=draw.randrange(3_900_000))
        services = draw.sample(_services(), draw.choice((0, 1, 1, 2)))
        yield {
            "id": f"{seed}-{number}",
            "source": "bench",
            "title": _title(draw),
            "text": "\n\n".join(_paragraph(draw, sentences) for _ in range(draw.randint(1, 4))),
            "kind": draw.choice(_KINDS),
            "created": began.isoformat(),
            "resolved": (began + timedelta(minutes=draw.randint(3, 900))).isoformat(),
            "services": services,
        }


def typed_later(count: int) -> list[str]:
    """Return stories that somebody types once those failures are there: like some of them, the same as none."""
    return [str(record["text"]) for record in records(max(3, min(60, count // 100)), seed=2)]


def _services() -> list[str]:
    return [f"{where} {thing}" for where in _WHERE[:5] for thing in _THING[:16]]


def _sentences() -> list[str]:
    found = []
    for file in sorted(_STORIES.glob("*.md")):
        story = file.read_text(encoding="utf-8").split("---", 2)[2]
        found += [each.strip() for each in re.split(r"(?<=[.:])\s+|\n+", story) if len(each) > 30]
    return found


def _title(draw: random.Random) -> str:
    return f"{draw.choice(_WHERE)} {draw.choice(_THING)} {draw.choice(_WHAT)}".capitalize()


def _paragraph(draw: random.Random, sentences: list[str]) -> str:
    said = [f"{_title(draw)}.", *draw.sample(sentences, draw.randint(1, 3))]
    if draw.random() < 0.4:
        said.append(f"\n\n    {_log(draw)}")
    return " ".join(said)


def _log(draw: random.Random) -> str:
    return draw.choice(_LOGS).format(
        time=(_BEGINNING + timedelta(seconds=draw.randrange(10**8))).isoformat(),
        thing=draw.choice(_THING),
        where=draw.choice(_WHERE),
        number=draw.randrange(1, 500),
        big=draw.randrange(1000, 90_000),
        digit=draw.randrange(5),
    )
