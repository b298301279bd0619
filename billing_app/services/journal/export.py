"""A period of the journal as a file: CSV for spreadsheets, beancount text for bookkeeping."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from billing_app.documents.beancount import Booked, beancount_rows
from billing_app.documents.csv import Cell, csv_rows
from billing_app.domain.access import Permission
from billing_app.domain.accounts import Role
from billing_app.domain.errors import Invalid
from billing_app.domain.journal import EntryKind
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.queries.journal import Slice, account_openings, journal_rows
from billing_app.services.context import Context

HIDDEN = "Hidden"
HEADER = (
    "Entry", "Date", "Company", "Kind", "Number", "Partner", "Account", "Purpose", "Currency",
    "Debit", "Credit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included, each open where None; of one company or all (0)."""

    from_on: date | None = None
    to_on: date | None = None
    company_id: int = 0


def journal_csv(ctx: Context, period: Period) -> Iterator[bytes]:
    """The period's lines, an entry's one after the other. Raises: Invalid for days turned round."""
    _check(ctx, period)
    return csv_rows(HEADER, map(_cells, _booked(ctx, period)), bom=True)


def journal_beancount(ctx: Context, period: Period) -> Iterator[bytes]:
    """The period as beancount text. Raises: Invalid for days turned round."""
    _check(ctx, period)
    with ctx.read() as session:
        opened = [
            (Role(role), account, on)
            for role, account, on in account_openings(session, _slice(period))
        ]
    since, until = period.from_on or "the beginning", period.to_on or "now"
    head = f"; The journal of Billing, from {since} to {until}.\n"
    return chain([head.encode()], beancount_rows(opened, _booked(ctx, period)))


def _check(ctx: Context, period: Period) -> None:
    ctx.require(Permission.JOURNAL_EXPORT)
    if period.from_on and period.to_on and period.to_on < period.from_on:
        raise Invalid.of("to", "This day lies before the first one.")


def _slice(period: Period) -> Slice:
    return Slice(period.from_on, period.to_on, period.company_id)


def _booked(ctx: Context, period: Period) -> Iterator[Booked]:
    """The lines as they come; one read transaction for all of them."""
    sees = ctx.actor.sees_partner
    with ctx.read() as session:
        for row in journal_rows(session, _slice(period)):
            yield Booked(
                row.entry_id,
                row.booked_on,
                row.company,
                EntryKind(row.kind).label,
                row.number,
                row.partner if sees else HIDDEN,
                row.currency,
                Role(row.role),
                row.account,
                row.minor,
            )


def _cells(row: Booked) -> tuple[Cell, ...]:
    amount = from_minor(abs(row.minor), currency(row.currency).digits)
    sides = (amount, None) if row.minor > 0 else (None, amount)
    purpose = row.role.value.replace("_", " ").capitalize()
    return (
        row.entry_id, row.booked_on, row.company, row.kind, row.number, row.partner,
        row.account, purpose, row.currency, *sides,
    )  # fmt: skip
