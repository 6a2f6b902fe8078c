"""One small stylesheet, served for a year, with colours that can be read."""

import gzip
import re

import pytest
from django.test import Client

from failonce.web import stylesheet

LIGHT, DARK = 0, 1
PAIRS = [  # ink, ground, least contrast
    ("ink", "paper", 7), ("ink", "wash", 7), ("ink", "field", 7),
    ("ink-soft", "paper", 4.5), ("ink-soft", "wash", 4.5), ("ink-soft", "field", 4.5),
    ("accent", "paper", 4.5), ("accent", "wash", 4.5), ("accent", "field", 4.5), ("accent", "accent-wash", 4.5),
    ("ink", "accent-wash", 7), ("on-accent", "accent", 4.5), ("paper", "harm", 4.5),
    ("good", "paper", 4.5), ("good", "wash", 4.5), ("attend", "paper", 4.5), ("attend", "wash", 4.5),
    ("harm", "paper", 4.5), ("line-strong", "paper", 3), ("line-strong", "field", 3),
]  # fmt: skip


def colours(scheme: int) -> dict[str, str]:
    text = (stylesheet.FOLDER / "tokens.css").read_text(encoding="utf-8")
    light, dark = (
        text.split("prefers-color-scheme: dark")[0],
        text.split("prefers-color-scheme: dark")[1].split("@media")[0],
    )
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark)) if scheme == DARK else found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_colour_can_be_read_on_its_ground(ink: str, ground: str, least: float, scheme: int) -> None:
    known = colours(scheme)

    assert contrast(known[ink], known[ground]) >= least


def test_all_of_it_is_small() -> None:
    assert len(stylesheet.joined().packed) < 12_000


def test_colours_live_in_tokens_only() -> None:
    # Otherwise dark mode would miss one.
    loose = [file.name for file in stylesheet.files()[1:] if re.search(r"#[0-9a-f]{3,8}\b|rgb\(", file.read_text())]

    assert loose == []


def test_every_variable_that_is_used_exists() -> None:
    text = stylesheet.joined().text.decode()

    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+):", text))


def test_the_named_sheet_is_kept_for_a_year(client: Client) -> None:
    response = client.get(stylesheet.address(), headers={"Accept-Encoding": "gzip, br"})

    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert "Accept-Encoding" in response["Vary"]
    assert gzip.decompress(response.content) == stylesheet.joined().text


def test_a_sheet_of_another_version_is_answered_but_not_kept(client: Client) -> None:
    response = client.get("/look/0123456789ab.css")

    assert response.content == stylesheet.joined().text
    assert response["Cache-Control"] == "no-cache"
