"""How the figures and days of each mapped column are read, and which a person has to say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from billing_app.domain.foreign import days, figures
from billing_app.domain.foreign.columns import DAYS, FIGURES, Column, Mapping, Table
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.figures import FigureStyle, Reading

MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A column that can be read two ways: its head, whether it holds days, and examples."""

    head: str
    is_days: bool
    reading: Reading
    examples: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What is unclear."""
        shown = ", ".join(self.examples)
        if self.reading is Reading.MIXED:
            return f"{self.head} is written in two ways ({shown}). Say which one counts."
        return f"{self.head} can be read in two ways ({shown}). Say which one is meant."


def settled(table: Table, mapping: Mapping) -> tuple[Mapping, tuple[Question, ...]]:
    """The mapping with a style for every column that tells one, and what is left to ask.

    What the mapping says already stays. A column that tells nothing is read as the others of the
    file are, where those agree.
    """
    chosen, open_figures = _figures(table, mapping)
    day_styles, open_days = _days(table, mapping)
    full = replace(mapping, figures=chosen, days=day_styles)
    return full, (*open_figures, *open_days)


def _figures(table: Table, mapping: Mapping) -> tuple[dict[str, FigureStyle], list[Question]]:
    chosen: dict[str, FigureStyle] = {}
    unclear: list[tuple[str, Reading]] = []
    seen: set[FigureStyle] = set()
    for head in _heads(table, mapping, FIGURES | {Column.TAX_RATE}):
        cells = table.column(head)
        seen |= {style for cell in cells if (style := figures.evidence(cell))}
        if head in table.typed:
            chosen[head] = FigureStyle.POINT
            continue
        style, reading = figures.recognised(cells)
        if head in mapping.figures:
            chosen[head] = mapping.figures[head]
        elif style is None:
            unclear.append((head, reading))
        else:
            chosen[head] = style
    questions = []
    for head, reading in unclear:
        if reading is Reading.OPEN and len(seen) == 1:
            chosen[head] = next(iter(seen))
        else:
            shown = _examples(cell for cell in table.column(head) if figures.is_figure(cell))
            questions.append(Question(head, is_days=False, reading=reading, examples=shown))
    return chosen, questions


def _days(table: Table, mapping: Mapping) -> tuple[dict[str, DayStyle], list[Question]]:
    chosen: dict[str, DayStyle] = {}
    unclear: list[tuple[str, Reading]] = []
    seen: set[DayStyle] = set()
    for head in _heads(table, mapping, DAYS):
        style, reading = days.recognised(table.column(head))
        if style is not None and _tells(table.column(head)):
            seen.add(style)
        if head in mapping.days:
            chosen[head] = mapping.days[head]
        elif style is None:
            unclear.append((head, reading))
        else:
            chosen[head] = style
    questions = []
    for head, reading in unclear:
        if reading is Reading.OPEN and len(seen) == 1:
            chosen[head] = next(iter(seen))
        else:
            shown = _examples(table.column(head))
            questions.append(Question(head, is_days=True, reading=reading, examples=shown))
    return chosen, questions


def _tells(cells: list[str]) -> bool:
    """Whether a column is evidence for its style, and not only in no need of one."""
    return any(days.is_numbers(cell) for cell in cells)


def _heads(table: Table, mapping: Mapping, wanted: Iterable[Column]) -> list[str]:
    kinds = set(wanted)
    return [head for head in table.header if mapping.columns.get(head) in kinds]


def _examples(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:MOST_EXAMPLES]
