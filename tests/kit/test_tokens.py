"""The look keeps what it promises: readable pairs, and colours in one place."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
TOKENS = (ASSETS / "tokens.css").read_text()
GROUNDS = ("bg", "surface", "row-hover", "selected")
TONES = ("neutral", "info", "success", "warning", "danger", "violet")
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}\b")

# The lowest ratios that UX.md states, light and dark.
STATED = {
    "text": (15.5, 12.7),
    "text-2": (6.7, 7.7),
    "text-3": (4.7, 5.4),
    "accent": (5.3, 6.6),
    "control": (3.3, 3.2),
    "on-accent": (6.1, 8.6),
}
STATED_TONES = {
    "neutral": (6.8, 7.7),
    "info": (6.8, 8.4),
    "success": (6.1, 9.0),
    "warning": (6.5, 9.1),
    "danger": (6.4, 7.9),
    "violet": (7.0, 8.2),
}


def tokens_of(selector: str) -> dict[str, str]:
    """The colours of one block of tokens.css."""
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", TOKENS, re.DOTALL | re.MULTILINE)
    assert block is not None, selector
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block[1]))


LIGHT = tokens_of(":root")
DARK = LIGHT | tokens_of(".dark")
THEMES = (LIGHT, DARK)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def lowest(theme: dict[str, str], name: str) -> float:
    """The contrast of a colour on the ground where it is least."""
    grounds = ("accent",) if name == "on-accent" else GROUNDS
    return min(contrast(theme[name], theme[ground]) for ground in grounds)


def pairs() -> Iterator[tuple[str, float, float, float]]:
    """Every pair with its ratio, what UX.md states and what is needed."""
    for at, theme in enumerate(THEMES):
        mode = ("light", "dark")[at]
        for name, stated in STATED.items():
            need = 3.0 if name == "control" else 4.5
            yield f"{name} {mode}", lowest(theme, name), stated[at], need
        for tone, stated in STATED_TONES.items():
            ratio = contrast(theme[f"{tone}-fg"], theme[f"{tone}-bg"])
            yield f"{tone} {mode}", ratio, stated[at], 4.5


@pytest.mark.parametrize(("pair", "ratio", "stated", "need"), list(pairs()))
def test_a_pair_is_readable_and_as_stated(
    pair: str, ratio: float, stated: float, need: float
) -> None:
    assert ratio >= need, pair
    assert ratio == pytest.approx(stated, abs=0.06), pair


@pytest.mark.parametrize("theme", THEMES, ids=("light", "dark"))
@pytest.mark.parametrize("tone", TONES)
def test_a_tone_is_readable_on_the_page(theme: dict[str, str], tone: str) -> None:
    assert all(contrast(theme[f"{tone}-fg"], theme[ground]) >= 4.5 for ground in GROUNDS)


@pytest.mark.parametrize("theme", THEMES, ids=("light", "dark"))
@pytest.mark.parametrize("name", ["text", "text-2", "text-3", "accent"])
def test_words_are_readable_on_what_floats(theme: dict[str, str], name: str) -> None:
    assert contrast(theme[name], theme["raised"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=("light", "dark"))
@pytest.mark.parametrize("name", ["text-2", "text", "success-fg", "danger-fg"])
def test_chart_colours_stand_off(theme: dict[str, str], name: str) -> None:
    assert contrast(theme[name], theme["bg"]) >= 4.5
    assert all(contrast(theme[f"c-{at}"], theme["bg"]) >= 4.5 for at in range(1, 6))


def test_no_colour_stands_outside_the_tokens() -> None:
    styles = [path for path in ASSETS.glob("*.css") if path.name != "tokens.css"]
    parts = [*styles, *(ROOT / "billing_app" / "kit").rglob("*.py")]
    assert parts
    assert {path.name: found for path in parts if (found := HEX.findall(path.read_text()))} == {}


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"--([\w-]+):", TOKENS))
    for path in ASSETS.glob("*.css"):
        text = path.read_text()
        missing = set(re.findall(r"var\(--([\w-]+)", text)) - known
        assert missing <= set(re.findall(r"--([\w-]+):", text)), path.name


def test_every_icon_of_the_kit_is_in_the_sprite() -> None:
    from billing_app.kit.chips import LOOKS
    from billing_app.kit.notices import ICONS

    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ASSETS / "icons.svg").read_text()))
    called: set[str] = set()
    for path in (ROOT / "billing_app" / "kit").glob("*.py"):
        called |= set(re.findall(r'\b(?:icon|draw)\("([\w-]+)"', path.read_text()))
    assert called | {look.icon for look in LOOKS.values()} | set(ICONS.values()) <= drawn


def test_chips_in_grids_wear_the_pictures_of_the_sprite() -> None:
    """The style sheet's copy of an icon (`.p-check`) is the sprite's, and every status has one."""
    from billing_app.kit.chips import LOOKS, UNKNOWN

    symbols = dict(
        re.findall(
            r'<symbol id="([\w-]+)" viewBox="0 0 16 16">(.*?)</symbol>',
            (ASSETS / "icons.svg").read_text(),
        )
    )
    rules = dict(
        re.findall(r'\.p-([\w-]+) \{ --pic: url\("(.*?)"\)', (ASSETS / "app.css").read_text())
    )
    assert set(rules) == {look.icon for look in (*LOOKS.values(), UNKNOWN)}
    for name, address in rules.items():
        drawn = unquote(address).partition(">")[2].removesuffix("</svg>")
        assert drawn == symbols[name].replace('"', "'")
