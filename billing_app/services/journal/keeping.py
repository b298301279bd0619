"""Writing entries: the one place that adds to the journal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session

from billing_app.domain.journal import EntryKind, JournalLine, check_open
from billing_app.domain.setting_accounts import CLOSED_UNTIL
from billing_app.persistence.inserting import add, add_one, reserve
from billing_app.persistence.tables import JournalEntry
from billing_app.persistence.tables import JournalLine as LineRow
from billing_app.services.context import Context


class Entry(NamedTuple):
    """An entry on its way into the journal."""

    company_id: int
    kind: EntryKind
    currency: str
    booked_on: date
    lines: Sequence[JournalLine]
    invoice_id: int | None = None
    payment_id: int | None = None


def book(
    session: Session, ctx: Context, entry: Entry, chosen: Mapping[str, str], label: str
) -> None:
    """Write one entry in the running transaction; `chosen` are the settings of its company.

    Raises: Refused where the books of that day are closed.
    """
    check_open(chosen[CLOSED_UNTIL], entry.booked_on, label)
    entry_id = add_one(session, JournalEntry, _head(entry, ctx))
    add(session, LineRow, _lines(entry_id, entry))


def book_many(session: Session, ctx: Context, entries: Sequence[Entry]) -> None:
    """Write many entries of days that are open."""
    ids = reserve(session, JournalEntry, len(entries))
    pairs = list(zip(ids, entries, strict=True))
    add(session, JournalEntry, ({"id": key, **_head(entry, ctx)} for key, entry in pairs))
    add(session, LineRow, (row for key, entry in pairs for row in _lines(key, entry)))


def _head(entry: Entry, ctx: Context) -> dict[str, Any]:
    return {
        "company_id": entry.company_id,
        "kind": entry.kind.value,
        "invoice_id": entry.invoice_id,
        "payment_id": entry.payment_id,
        "currency": entry.currency,
        "booked_on": entry.booked_on,
        "made_at": ctx.now(),
        "made_by_id": ctx.actor.user_id,
    }


def _lines(entry_id: int, entry: Entry) -> Iterable[dict[str, Any]]:
    for line_no, line in enumerate(entry.lines, start=1):
        yield {
            "entry_id": entry_id,
            "line_no": line_no,
            "role": line.role.value,
            "account": line.account,
            "amount_minor": line.minor,
            "tax_category": line.tax_category,
            "tax_rate": line.tax_rate,
        }
