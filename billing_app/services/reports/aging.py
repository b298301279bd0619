"""The report of ages, and the documents behind each of its sums (SPEC 6.4)."""

from collections.abc import Sequence

from sqlmodel import Session

from billing_app.domain.aging import Age
from billing_app.persistence.queries.reports.aging import AGES, AgingRow, aging_rows, open_items
from billing_app.services.context import Context
from billing_app.services.reports.asking import ReportAsk, as_of
from billing_app.services.reports.model import Cell, Column, Line, Report

EVERYBODY = "All customers"
HIDDEN = "Hidden"
MOST_DOCUMENTS = 10_000
TITLES = {"out": "Receivables by age", "in": "Payables by age"}
COLUMNS = (
    Column("customer", "Customer"),
    Column("currency", "Currency"),
    *(Column(age.value, age.label, "money") for age in AGES),
    Column("total", "Total", "money"),
)
DOCUMENT_COLUMNS = (
    Column("document", "Document"),
    Column("customer", "Customer"),
    Column("date", "Date", "day"),
    Column("due", "Due", "day"),
    Column("currency", "Currency"),
    Column("total", "Amount", "money"),
    Column("open", "Open", "money"),
)


def aging_report(ctx: Context, session: Session, ask: ReportAsk) -> Report:
    """What each customer owes by age, who owes most first; no names for who may not see them."""
    sees = ctx.actor.sees_partner
    rows = aging_rows(session, ask.scope, as_of(ctx, ask), by_customer=sees)
    rows.sort(key=lambda row: (row.currency, -sum(row.minors), row.customer_name, row.customer_id))
    codes = sorted({row.currency for row in rows})
    sums = [_whole(code, [row for row in rows if row.currency == code]) for code in codes]
    return Report(
        ask=ask,
        title=TITLES[ask.direction],
        columns=COLUMNS,
        lines=tuple(_line(row.customer_name if sees else EVERYBODY, row) for row in rows),
        sums=tuple(_line("Total", row) for row in sums),
        series={"ages": sums[0].minors, "documents": sums[0].documents} if len(sums) == 1 else {},
    )


def documents_report(ctx: Context, session: Session, ask: ReportAsk) -> Report:
    """The documents that were open on a day, the longest due first; at most 10,000."""
    age = Age(ask.age) if ask.age else None
    found = open_items(session, ask.scope, as_of(ctx, ask), age, most=MOST_DOCUMENTS)
    sees = ctx.actor.sees_partner
    lines = tuple(
        Line(
            item.currency,
            (
                item.label,
                item.customer_name if sees else HIDDEN,
                item.document_date,
                item.due_on,
                item.currency,
                item.total,
                item.open,
            ),
            invoice_id=item.id,
        )
        for item in found
    )
    codes = sorted({line.currency for line in lines})
    return Report(
        ask=ask,
        title="Documents that were open",
        columns=DOCUMENT_COLUMNS,
        lines=lines,
        sums=tuple(_sum_of_documents(code, lines) for code in codes),
    )


def _whole(code: str, rows: Sequence[AgingRow]) -> AgingRow:
    return AgingRow(
        customer_id=0,
        customer_name="",
        currency=code,
        minors=tuple(map(sum, zip(*(row.minors for row in rows), strict=True))),
        documents=tuple(map(sum, zip(*(row.documents for row in rows), strict=True))),
        oldest_due=min(row.oldest_due for row in rows),
    )


def _line(name: str, row: AgingRow) -> Line:
    cells: tuple[Cell, ...] = (name, row.currency, *row.minors, sum(row.minors))
    return Line(row.currency, cells, customer_id=row.customer_id)


def _sum_of_documents(code: str, lines: Sequence[Line]) -> Line:
    here = [line for line in lines if line.currency == code]
    totals = (sum(int(str(line.cells[at])) for line in here) for at in (5, 6))
    return Line(code, ("Total", "", None, None, code, *totals))
