"""The editor's lines, totals and paper as finished strings."""

from dataclasses import dataclass, field

from billing_app.domain.totals import Totals, derivation
from billing_app.kit.wording import UNKNOWN, amount, number, percent, span
from billing_app.services.invoices.draft import Draft, DraftLine, document_input

PAPER_LINES = 14


@dataclass(frozen=True)
class LineView:
    """One line of the editor."""

    index: int
    line_no: int
    description: str
    detail: str
    quantity: str
    unit_price: str
    discount: str
    tax: str
    net: str
    net_minor: str


@dataclass(frozen=True)
class WhyRow:
    """One row of a total's derivation."""

    label: str
    figure: str


@dataclass(frozen=True)
class SumView:
    """One total with how it comes about."""

    label: str
    figure: str
    minor: str
    sentence: str
    css: str = ""
    rows: list[WhyRow] = field(default_factory=list)


@dataclass(frozen=True)
class ErrorLink:
    """One sentence of the error summary, with the field it leads to."""

    field: str
    sentence: str


@dataclass(frozen=True)
class SourceView:
    """What the invoice is made from: its kind, its name, where it opens, what it says."""

    kind: str = ""
    name: str = ""
    href: str = ""
    said: str = ""


def line_views(draft: Draft, totals: Totals | None) -> list[LineView]:
    """The lines with their amounts; the dash where they cannot be computed."""
    nets = {line.line_no: line.net for line in totals.lines} if totals else {}
    return [
        _line(at, line, nets.get(10 * (at + 1)), draft.currency)
        for at, line in enumerate(draft.lines)
    ]


def sum_views(draft: Draft, totals: Totals) -> list[SumView]:
    """Every total from Subtotal to Total with its derivation."""
    steps = derivation(totals, document_input(draft))
    return [
        SumView(
            label=f"Total {draft.currency}" if at == len(steps) - 1 else step.label,
            figure=amount(step.minor, draft.currency),
            minor=str(step.minor),
            sentence=step.sentence,
            css="grand" if at == len(steps) - 1 else "",
            rows=[WhyRow(row.label, amount(row.minor, draft.currency)) for row in step.rows[:60]],
        )
        for at, step in enumerate(steps)
    ]


def _line(at: int, line: DraftLine, net: int | None, code: str) -> LineView:
    discount = UNKNOWN
    if line.discount_type == "percent":
        discount = percent(line.discount_value)
    elif line.discount_type == "fixed":
        discount = number(line.discount_value, 2)
    return LineView(
        index=at,
        line_no=10 * (at + 1),
        description=line.description or UNKNOWN,
        detail=span(line.date_from, line.date_to),
        quantity=f"{number(line.quantity)} {line.unit}".strip(),
        unit_price=number(line.unit_price, 2),
        discount=discount,
        tax=percent(line.tax_rate),
        net=UNKNOWN if net is None else amount(net, code),
        net_minor="" if net is None else str(net),
    )
