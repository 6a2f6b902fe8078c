"""The project's own words blame nobody, in code, docs and data alike."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNWELCOME = re.compile(r"culprit|violator|offender|root.cause.owner|\bfault of\b|blame.score", re.IGNORECASE)
WRITTEN = {".py", ".html", ".txt", ".md", ".css", ".js", ".yaml", ".yml", ".json", ".jsonl", ".toml"}
# Advice on wording has to name the words it advises against, and so have tests.
MAY_NAME_THEM = ("src/failonce/wording/", "docs/reference/wording")


def what_we_wrote() -> list[Path]:
    """Return every text of ours, by its path from the root."""
    parts = [ROOT / part for part in ("src", "docs", "benchmarks", "examples")]
    files = [*ROOT.glob("*.md"), *(file for part in parts for file in part.rglob("*") if file.suffix in WRITTEN)]
    ours = [file.relative_to(ROOT) for file in files if "vendor" not in file.parts]
    return sorted(path for path in ours if not path.as_posix().startswith(MAY_NAME_THEM))


def test_no_text_of_ours_blames():
    written = what_we_wrote()

    found = [
        f"{path}:{number}: {line.strip()}"
        for path in written
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if UNWELCOME.search(line)
    ]

    assert len(written) > 50
    assert found == []
