"""From groups, parts and charges to the rows of the pending list: finished strings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from billing_app.domain.charges import PendingView
from billing_app.domain.voyages import VoyageStatus, why_not_billable
from billing_app.kit.wording import UNKNOWN, amount, count, number, parts, percent, span
from billing_app.persistence.queries.charges import Group, Part, Sum, Waiting


@dataclass(frozen=True)
class PendingRow:
    """One row: a group that opens, a part of it that opens, a line to tick, or the way to more."""

    key: str
    kind: str  # group, part, line, more
    at: int  # a group's key, a part's place, a line's id
    title: str
    detail: str = ""
    figures: str = ""
    tax: str = ""
    count: str = ""
    sums: str = ""
    whole: str = ""
    rest: str = ""
    minor: str = ""
    currency: str = ""
    status: str = ""
    why: str = ""
    is_open: bool = False
    has_previous: bool = False
    has_next: bool = False
    css: str = ""


@dataclass(frozen=True)
class CurrencySum:
    """What a whole list comes to in one currency."""

    currency: str
    net: str
    minor: str


def group_row(group: Group, view: PendingView, *, is_open: bool) -> PendingRow:
    """A voyage, vessel or partner with what waits, currency by currency."""
    why = _why_not(group) if view is PendingView.VOYAGE and group.status else ""
    return PendingRow(
        key=f"group-{group.key}",
        kind="group",
        at=group.key,
        title=group.name,
        detail=group.vessel,
        count=count(sum(one.count for one in group.sums), "line"),
        sums=" · ".join(
            f"{one.currency} {amount(one.net_minor, one.currency)}" for one in group.sums
        ),
        status=group.status,
        why=why,
        is_open=is_open,
        css="group current" if is_open else "group",
    )


def part_row(part: Part, at: int, *, is_open: bool) -> PendingRow:
    """One business partner in one currency."""
    whole, rest = parts(part.net_minor, part.currency)
    return PendingRow(
        key=f"part-{part.customer_id}-{part.currency}",
        kind="part",
        at=at,
        title=part.customer_name,
        detail=part.currency,
        count=count(part.count, "line"),
        whole=whole,
        rest=rest,
        minor=str(part.net_minor),
        currency=part.currency,
        is_open=is_open,
        css="part",
    )


def line_rows(rows: Sequence[Waiting], view: PendingView) -> list[PendingRow]:
    """The lines of a part."""
    return [_line(row, view) for row in rows]


def more_row(at: int, page: int, *, has_next: bool) -> list[PendingRow]:
    """The way to the lines before and after, where there are any."""
    if page <= 1 and not has_next:
        return []
    return [
        PendingRow(
            key=f"more-{at}",
            kind="more",
            at=at,
            title=f"Page {page}",
            has_previous=page > 1,
            has_next=has_next,
            css="more",
        )
    ]


def sums_of(found: Iterable[Sum]) -> list[CurrencySum]:
    """A list's sums as they stand above it."""
    return [
        CurrencySum(one.currency, amount(one.net_minor, one.currency), str(one.net_minor))
        for one in found
    ]


def _why_not(group: Group) -> str:
    return why_not_billable(group.name, VoyageStatus(group.status))


def _line(row: Waiting, view: PendingView) -> PendingRow:
    charge = row.charge
    whole, rest = parts(charge.net_minor, charge.currency)
    why = why_not_billable(row.voyage, row.voyage_status) if row.voyage_status else ""
    bits = [
        row.voyage if view is not PendingView.VOYAGE else "",
        row.vessel if view is PendingView.PARTNER else "",
        span(charge.date_from, charge.date_to),
        charge.ext_ref,
        "edited" if charge.is_edited else "",
    ]
    return PendingRow(
        key=f"line-{charge.id}",
        kind="line",
        at=charge.id or 0,
        title=charge.text or UNKNOWN,
        detail=" · ".join(bit for bit in bits if bit),
        figures=f"{number(charge.quantity)} {charge.unit}".strip()
        + f" × {number(charge.unit_price, 2)}",
        tax=percent(charge.tax_rate) + (" incl." if charge.prices_include_tax else ""),
        whole=whole,
        rest=rest,
        minor=str(charge.net_minor),
        currency=charge.currency,
        why=why,
        css="line locked" if why else "line",
    )
