"""A table's rows, heads, groups and choices as finished words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing_app.domain.portal_tables import FROM, TO, Column, Kind, TableFacts, View
from billing_app.persistence.queries.portal_tables import GROUP, Counted
from billing_app.portal.shell.tongue import Tongue
from billing_app.services.portal_tables import TablePage

YEAR_MONTH = 100
TRANSLATED = {"type", "status", "payment", "method", "frequency", "order_type"}
"""Columns whose words are ours; all other words are the customer's and the seller's own."""


@dataclass(frozen=True)
class Cell:
    """One value; `label` is its column's name, read where there are no heads."""

    key: str
    label: str
    text: str
    css: str
    minor: str
    currency: str
    is_first: bool


@dataclass(frozen=True)
class TableRow:
    """A row with its cells, or the heading of a group."""

    key: str
    id: str
    href: str
    name: str
    css: str
    cells: list[Cell]
    group: str
    group_more: str
    document: str = ""
    pay: str = ""
    pdf: str = ""


@dataclass(frozen=True)
class Heading:
    """A column's head."""

    key: str
    label: str
    css: str


@dataclass(frozen=True)
class Choice:
    """A column as the chooser, the grouping and the filters list it."""

    key: str
    label: str
    is_shown: bool
    is_first: bool
    is_last: bool
    is_grouped: bool


@dataclass(frozen=True)
class FilterField:
    """A filter of the form: one field, or from and to."""

    key: str
    label: str
    value: str
    end_key: str
    end_value: str
    is_range: bool
    error: str
    end_error: str


@dataclass(frozen=True)
class Holding:
    """A filter or grouping that holds, with the key that takes it away."""

    key: str
    label: str
    text: str


def table_rows(found: TablePage, tongue: Tongue, zone: str) -> list[TableRow]:
    """The page's rows; each group that begins has its heading before them."""
    rows: list[TableRow] = []
    before: tuple[Any, ...] = ()
    for at, row in enumerate(found.seen.rows):
        place = tuple(row[GROUP + key] for key in found.view.groups)
        is_new = False
        for depth in range(1, len(place) + 1):
            is_new = is_new or place[:depth] != before[:depth]
            if is_new:
                rows.append(_group(found, place[:depth], f"g{at}-{depth}", tongue))
        before = place
        rows.append(_row(found, row, tongue, zone))
    return rows


def headings(found: TablePage, tongue: Tongue) -> list[Heading]:
    """The heads of the shown columns."""
    return [Heading(one.key, tongue.say(one.label), _css(one)) for one in _columns(found)]


def feet(found: TablePage, tongue: Tongue) -> list[Cell]:
    """The last row: the count under the number, the sums under their amounts."""
    columns = _columns(found)
    counted = next((one.key for one in columns if one.key == "number"), columns[0].key)
    cells = []
    for one in columns:
        sums = found.seen.whole.sums.get(one.key, ())
        text = _sums(sums, tongue)
        code, minor = sums[0] if len(sums) == 1 else ("", "")
        if one.key == counted:
            text = tongue.figure(found.seen.whole.count)
        cells.append(
            Cell(
                one.key, tongue.say(one.label), text, _css(one), str(minor), code,
                one.key == counted,
            )
        )  # fmt: skip
    return cells


def choices(facts: TableFacts, view: View, tongue: Tongue) -> list[Choice]:
    """Every column: those shown in their order, then the others."""
    others = [one.key for one in facts.columns if one.key not in view.columns]
    found = []
    for at, key in enumerate([*view.columns, *others]):
        column = facts.column(key)
        if column is not None:
            found.append(
                Choice(
                    key, tongue.say(column.label), key in view.columns, at == 0,
                    at == len(view.columns) - 1, key in view.groups,
                )
            )  # fmt: skip
    return found


def filter_fields(
    facts: TableFacts, view: View, wrong: Mapping[str, str], tongue: Tongue
) -> list[FilterField]:
    """The form of filters."""
    typed = dict(view.filters)
    fields = []
    for one in facts.columns:
        key, end = (one.key + FROM, one.key + TO) if one.kind.is_range else (one.key, "")
        fields.append(
            FilterField(
                key, tongue.say(one.label), typed.get(key, ""), end, typed.get(end, ""),
                one.kind.is_range, tongue.say(wrong.get(key, "")), tongue.say(wrong.get(end, "")),
            )
        )  # fmt: skip
    return fields


def holdings(facts: TableFacts, view: View, tongue: Tongue) -> list[Holding]:
    """The filters that hold, in words."""
    words = {FROM: tongue.say("from"), TO: tongue.say("to")}
    found = []
    for key, text in view.filters:
        end = next((end for end in words if key.endswith(end)), "")
        column = facts.column(key.removesuffix(end) if end else key)
        if column is not None:
            said = f"{words.get(end, '')} {text}".strip()
            found.append(Holding(key, tongue.say(column.label), said))
    return found


def total_line(found: TablePage, tongue: Tongue) -> str:
    """How many there are and what they sum up to, of what is filtered."""
    whole = found.seen.whole
    key = next((one for one in ("amount", "remaining", "paid") if one in whole.sums), "")
    counted = tongue.count(whole.count, "{count} row", "{count} rows")
    if found.facts.page == "invoices":
        counted = tongue.count(whole.count, "{count} document", "{count} documents")
    if not whole.count or not key:
        return counted if whole.count else ""
    sums = " · ".join(tongue.money(minor, code) for code, minor in whole.sums[key])
    return tongue.say("{counted}, {sum} in total", counted=counted, sum=sums)


def _columns(found: TablePage) -> list[Column]:
    columns = [found.facts.column(key) for key in found.view.columns]
    return [one for one in columns if one is not None]


def _row(found: TablePage, row: Mapping[str, Any], tongue: Tongue, zone: str) -> TableRow:
    alone = {
        key for key, sums in found.seen.whole.sums.items() if len(sums) == 1
    }  # one currency: it stands in the foot
    cells = [
        Cell(
            key=one.key,
            label=tongue.say(one.label),
            text=_text(row, one, tongue, zone, is_alone=one.key in alone),
            css=_css(one),
            minor=str(row[one.key]) if one.kind is Kind.MONEY and row[one.key] is not None else "",
            currency=str(row[one.currency] or "") if one.kind is Kind.MONEY else "",
            is_first=at == 0,
        )
        for at, one in enumerate(_columns(found))
    ]
    target = row["target"]
    href = f"{found.facts.opens}{target}" if found.facts.opens and target is not None else ""
    return TableRow(
        key=f"r{row['id']}",
        id=str(target if target is not None else row["id"]),
        href=href,
        name=cells[0].text,
        css="void" if row["is_void"] else "",
        cells=cells,
        group="",
        group_more="",
    )


def _group(found: TablePage, place: tuple[Any, ...], key: str, tongue: Tongue) -> TableRow:
    name = found.view.groups[len(place) - 1]
    column = found.facts.column(name)
    label = tongue.say(column.label) if column else name
    counted = found.seen.groups.get(place, Counted(0, {}))
    sums = [
        f"{tongue.say(one.label)} {_sums(counted.sums[one.key], tongue)}"
        for one in _columns(found)
        if one.key in counted.sums
    ]
    return TableRow(
        key=key,
        id="",
        href="",
        name="",
        css=f"group depth-{len(place)}",
        cells=[],
        group=f"{label}: {_group_text(column, place[-1], tongue)}",
        group_more=" · ".join([tongue.figure(counted.count), *sums]),
    )


def _group_text(column: Column | None, value: Any, tongue: Tongue) -> str:
    if value is None or value == "":
        return "—"
    if column is not None and column.kind is Kind.DAY:
        return tongue.month(int(value) // YEAR_MONTH, int(value) % YEAR_MONTH)
    if column is not None and column.kind is Kind.FLAG:
        return tongue.say("yes" if value else "no")
    return tongue.say(str(value)) if column and column.key in TRANSLATED else str(value)


def _text(
    row: Mapping[str, Any], column: Column, tongue: Tongue, zone: str, *, is_alone: bool
) -> str:
    value = row[column.key]
    if value is None:
        return ""
    if column.kind is Kind.FLAG:
        return tongue.say("yes" if value else "no")
    if isinstance(value, date):
        on = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
        return tongue.day(on)
    if column.kind.is_figure:
        return _figure(value, row.get(column.currency, ""), tongue, is_alone=is_alone)
    return tongue.say(value) if column.key in TRANSLATED else str(value)


def _figure(value: Decimal | int, code: str, tongue: Tongue, *, is_alone: bool) -> str:
    """An amount, price or count; the currency of amounts that are `is_alone` stands elsewhere."""
    if isinstance(value, Decimal):
        return f"{code} {tongue.number(value, 2)}" if code else tongue.number(value)
    if not code:
        return tongue.figure(value)
    return tongue.amount(value, code) if is_alone else tongue.money(value, code)


def _sums(sums: Sequence[tuple[str, int]], tongue: Tongue) -> str:
    return " · ".join(tongue.money(minor, code) for code, minor in sums)


def _css(column: Column) -> str:
    return f"{column.key} num" if column.kind.is_figure else column.key
