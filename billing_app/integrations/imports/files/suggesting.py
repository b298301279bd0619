"""What a file's columns most likely mean: by its source, by their names, by their values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from billing_app.domain.errors import Refused
from billing_app.domain.foreign import days, figures
from billing_app.domain.foreign.columns import Column, Mapping, Table
from billing_app.domain.foreign.grouping import disagrees
from billing_app.integrations.imports.files.known import GENERIC, KNOWN, KnownSource, plain

GENERIC_NAME = "other"
SAMPLE = 200
LINE_PREFIXES = ("lines", "lineitems", "items", "line", "item", "invoicelines", "positions")
NESTED = {plain(prefix): prefix for prefix in LINE_PREFIXES}
LINE_SENSES = {  # what a name means inside a line
    "name": Column.ITEM, "amount": Column.LINE_NET, "total": Column.LINE_NET,
    "tax": Column.TAX_AMOUNT, "discount": Column.LINE_DISCOUNT, "subtotal": Column.LINE_NET,
    "notes": Column.DESCRIPTION,
}  # fmt: skip
BY_NAME = {word: column for column, words in GENERIC.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A source's name for machines and people, and how its file is read."""

    source: str
    label: str
    mapping: Mapping


def suggested(table: Table, *, currency: str = "") -> Suggestion:
    """How a file is read. Raises: Refused for a known kind of file that holds no invoices."""
    heads = {plain(head) for head in table.header}
    known = next((source for source in KNOWN if source.marks <= heads), None)
    if known is None:
        mapping = Mapping(columns=dict(_by_name(table)), currency=currency)
        mapping = _of_whole_invoices(_by_values(table, mapping))
        return Suggestion(GENERIC_NAME, "Another system", _without_contradictions(table, mapping))
    if known.refusal:
        raise Refused(known.refusal)
    columns = dict(_of_source(table, known))
    mapping = Mapping(columns=columns, currency=currency, in_minor=known.in_minor)
    return Suggestion(known.name, known.label, _without_contradictions(table, mapping))


def fitting(mapping: Mapping, table: Table) -> Mapping:
    """A remembered mapping without what this file has no column for."""
    heads = set(table.header)
    return replace(
        mapping,
        columns={head: column for head, column in mapping.columns.items() if head in heads},
        figures={
            head: style
            for head, style in mapping.figures.items()
            if head in heads and figures.recognised(table.column(head))[0] in {None, style}
        },
        days={
            head: style
            for head, style in mapping.days.items()
            if head in heads and days.recognised(table.column(head))[0] in {None, style}
        },
    )


def _of_source(table: Table, known: KnownSource) -> Iterator[tuple[str, Column]]:
    for head in table.header:
        column = known.columns.get(plain(head))
        if column is not None:
            yield head, column


def _by_name(table: Table) -> Iterator[tuple[str, Column]]:
    """The columns whose names are known, each meaning once; inside lines some mean another."""
    taken: set[Column] = set()
    for head in sorted(table.header, key=_rank):
        column = _sense(head)
        if column is not None and column not in taken:
            taken.add(column)
            yield head, column


def _sense(head: str) -> Column | None:
    prefix, dot, rest = head.partition(".")
    if dot and plain(prefix) in NESTED:
        name = plain(rest)
        return LINE_SENSES.get(name) or BY_NAME.get(name)
    name = plain(head.replace("*", ""))
    if name in BY_NAME:
        return BY_NAME[name]
    for first in ("line1", "item1"):  # lines that stood side by side
        if name.startswith(first):
            rest = name.removeprefix(first)
            return LINE_SENSES.get(rest) or BY_NAME.get(rest)
    words = head.replace("(", " (").split()
    if len(words) > 1 and plain(words[0]) in {"item", "line"} and plain(words[1]) in LINE_SENSES:
        return LINE_SENSES[plain(words[1])]
    shorter = [plain(" ".join(words[1:])), plain(" ".join(words[:-1]))] if len(words) > 1 else []
    joined = next((word for word in shorter if word in BY_NAME), None)
    if "(" in head:  # "Amount (EUR)", "Date (UTC)"
        joined = plain(head.partition("(")[0]) or joined
    return BY_NAME.get(joined or "")


def _rank(head: str) -> tuple[int, int]:
    """Exact names first, then those that stand early in their column's list of words."""
    name = plain(head.rpartition(".")[2] if "." in head else head)
    column = BY_NAME.get(name)
    if column is None:
        return 1, 0
    return 0, GENERIC[column].split().index(name)


def _by_values(table: Table, mapping: Mapping) -> Mapping:
    """The invoice date and the e-mail by their values, where no name told them."""
    used = set(mapping.columns.values())
    for head in table.header:
        cells = [cell for cell in table.column(head)[:SAMPLE] if cell]
        if head in mapping.columns or not cells:
            continue
        if Column.DATE not in used and all(map(days.is_day, cells)):
            mapping, used = mapping.assigned(head, Column.DATE), used | {Column.DATE}
        elif Column.CUSTOMER_EMAIL not in used and all("@" in cell for cell in cells):
            mapping = mapping.assigned(head, Column.CUSTOMER_EMAIL)
            used = used | {Column.CUSTOMER_EMAIL}
    return mapping


def _of_whole_invoices(mapping: Mapping) -> Mapping:
    """Where no column prices a line, tax and discount are the invoice's, and its net the line's."""
    if set(mapping.columns.values()) & {Column.UNIT_PRICE, Column.LINE_NET, Column.QUANTITY}:
        return mapping
    for line, whole in (
        (Column.TAX_AMOUNT, Column.TAX_TOTAL),
        (Column.LINE_DISCOUNT, Column.DISCOUNT_TOTAL),
    ):
        for head in mapping.heads(line):
            is_free = not mapping.heads(whole)
            mapping = mapping.assigned(head, whole if is_free else None)
    return mapping


def _without_contradictions(table: Table, mapping: Mapping) -> Mapping:
    """A total that differs within one invoice is a line's amount; notes that do are its text."""
    held = set(mapping.columns.values())
    if not held & {Column.NUMBER, Column.EXTERNAL_ID}:
        return mapping
    for head, column in list(mapping.columns.items()):
        if column not in {Column.TOTAL, Column.NET_TOTAL, Column.TAX_TOTAL}:
            continue
        if disagrees(table, mapping, head):
            line = Column.TAX_AMOUNT if column is Column.TAX_TOTAL else Column.LINE_NET
            free = line not in set(mapping.columns.values())
            mapping = mapping.assigned(head, line if free else None)
    return mapping
