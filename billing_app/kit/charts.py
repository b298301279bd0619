"""Charts as plain SVG: bars, two lines, one stacked bar. Each stands beside a table of its figures.

What is drawn is reckoned here from amounts; floats are pixels and percentages, never money.
Colour is never alone: bars carry their values, lines differ in stroke and name, parts have a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import reflex as rx

from billing_app.domain.money import currency
from billing_app.kit.words import Text, joined

TOP, BASE, HEIGHT = 24.0, 196.0, 232
STEPS = (1, 2, 5, 10)
LINES = 4
GAP = 0.35
UNITS = ((1_000_000, "million "), (1_000, "thousand "))
ENOUGH = 100


@dataclass(frozen=True)
class Bar:
    """One bar with its words; x and width in percent, y in pixels."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    value: str
    value_y: str
    label: str
    below: str
    css: str


@dataclass(frozen=True)
class Rule:
    """A horizontal line of the scale."""

    y: str
    text_y: str
    label: str


@dataclass(frozen=True)
class Stroke:
    """A piece of a line, or (without length) a point of it."""

    x1: str
    y1: str
    x2: str
    y2: str
    css: str


@dataclass(frozen=True)
class Part:
    """A part of a stacked bar, in percent."""

    x: str
    width: str
    css: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Where amounts stand: from the lowest to the highest line of the scale, in minor units."""

    low: int
    high: int
    step: int
    minor_per_unit: int
    unit: str
    """What an axis counts: "thousand " or nothing."""

    def y(self, minor: int) -> float:
        """How far down an amount stands."""
        return BASE - (minor - self.low) / (self.high - self.low) * (BASE - TOP)

    def words(self, minor: int) -> str:
        """An amount as the axis counts."""
        return f"{round(minor / self.minor_per_unit):,}".replace("-", "\u2212")


def scale_of(minors: Sequence[int], code: str) -> Scale:
    """A scale with a zero line that holds all amounts, in round steps."""
    highest, lowest = max(0, *minors), min(0, *minors)
    digits = 10 ** currency(code).digits
    size, unit = next(
        (one for one in UNITS if max(highest, -lowest) >= one[0] * digits * ENOUGH), (1, "")
    )
    whole = size * digits
    wanted = max(1, -(-(highest - lowest) // (LINES * whole)))
    power = 10 ** (len(str(wanted)) - 1)
    step = next(power * one for one in STEPS if power * one >= wanted) * whole
    low, high = lowest // step * step, -(-highest // step) * step
    return Scale(low, high if high > low else low + step, step, whole, unit)


def rules(scale: Scale) -> list[Rule]:
    """The lines of a scale."""
    return [
        Rule(f"{scale.y(minor):.1f}", f"{scale.y(minor) + 4:.1f}", scale.words(minor))
        for minor in range(scale.low, scale.high + 1, scale.step)
    ]


def bars(minors: Sequence[int], labels: Sequence[tuple[str, str]], scale: Scale) -> list[Bar]:
    """One bar an amount; `labels` stand below in two rows, a second of "so far" marks it open."""
    share = 100 / max(1, len(minors))
    drawn = []
    for at, (minor, (label, below)) in enumerate(zip(minors, labels, strict=True)):
        top, foot = scale.y(max(minor, 0)), scale.y(min(minor, 0))
        drawn.append(
            Bar(
                x=f"{share * (at + GAP / 2):.3f}%",
                y=f"{top:.1f}",
                width=f"{share * (1 - GAP):.3f}%",
                height=f"{max(foot - top, 0):.1f}",
                middle=f"{share * (at + 0.5):.3f}%",
                value=scale.words(minor),
                value_y=f"{top - 8:.1f}",
                label=label,
                below=below,
                css="bar open" if below == "so far" else "bar",
            )
        )
    return drawn


def strokes(minors: Sequence[int], scale: Scale, css: str) -> list[Stroke]:
    """A line through the amounts, with a point at each."""
    share = 100 / max(1, len(minors))
    points = [
        (f"{share * (at + 0.5):.3f}%", f"{scale.y(minor):.1f}") for at, minor in enumerate(minors)
    ]
    pieces = [Stroke(*one, *other, css) for one, other in pairwise(points)]
    return pieces + [Stroke(*one, *one, f"{css} dot") for one in points]


def parts(minors: Sequence[int]) -> list[Part]:
    """The shares of one stacked bar; what is negative has none."""
    whole = sum(max(0, minor) for minor in minors)
    drawn, x = [], 0.0
    for at, minor in enumerate(minors):
        width = max(0, minor) / whole * 100 if whole else 0.0
        drawn.append(Part(f"{x:.3f}%", f"{max(width - 0.3, 0):.3f}%", f"part p{at}"))
        x += width
    return drawn


def bar_chart(label: Text, drawn: Any, lines: Any) -> rx.Component:
    """Bars over a scale; `label` says what they show and where the figures are."""

    def one(bar: rx.vars.ObjectVar[Bar]) -> rx.Component:
        return rx.el.svg.g(
            rx.el.svg.rect(
                x=bar.x, y=bar.y, width=bar.width, height=bar.height, rx="2", class_name=bar.css
            ),
            rx.el.svg.text(bar.value, x=bar.middle, y=bar.value_y, class_name="val"),
            rx.el.svg.text(bar.label, x=bar.middle, y="214"),
            rx.el.svg.text(bar.below, x=bar.middle, y="229"),
            key=bar.x,
        )

    return _plot(label, lines, rx.foreach(drawn, one))


def line_chart(label: Text, drawn: Any, marks: Any, lines: Any) -> rx.Component:
    """Lines over a scale; `marks` are bars of which only the words below are shown."""

    def piece(one: rx.vars.ObjectVar[Stroke]) -> rx.Component:
        return rx.el.svg.line(
            x1=one.x1,
            y1=one.y1,
            x2=one.x2,
            y2=one.y2,
            class_name=one.css,
            key=joined(one.x1, one.css),
        )

    def mark(bar: rx.vars.ObjectVar[Bar]) -> rx.Component:
        return rx.el.svg.g(
            rx.el.svg.text(bar.label, x=bar.middle, y="214"),
            rx.el.svg.text(bar.below, x=bar.middle, y="229"),
            key=bar.x,
        )

    return _plot(label, lines, rx.foreach(drawn, piece), rx.foreach(marks, mark))


def stacked_bar(label: Text, drawn: Any) -> rx.Component:
    """One bar of parts that make a whole."""

    def one(part: rx.vars.ObjectVar[Part]) -> rx.Component:
        return rx.el.svg.rect(
            x=part.x, y="0", width=part.width, height="28", rx="2", class_name=part.css,
            key=part.css,
        )  # fmt: skip

    return rx.el.svg(
        rx.foreach(drawn, one), class_name="plot", height="28", role="img", aria_label=label
    )


def _plot(label: Text, lines: Any, *content: rx.Component) -> rx.Component:
    def rule(one: rx.vars.ObjectVar[Rule]) -> rx.Component:
        return rx.el.svg.g(
            rx.el.svg.line(x1="48", x2="100%", y1=one.y, y2=one.y, class_name="scale"),
            rx.el.svg.text(one.label, x="40", y=one.text_y, class_name="count"),
            key=one.y,
        )

    # Unknown to the framework as properties of an inner drawing, which would make them CSS.
    inner = rx.el.svg(
        *content, width="calc(100% - 48px)", height=str(HEIGHT), class_name="area",
        custom_attrs={"x": "48"},
    )  # fmt: skip
    return rx.el.svg(
        rx.foreach(lines, rule),
        inner,
        class_name="plot",
        height=str(HEIGHT),
        role="img",
        aria_label=label,
    )
