"""Disputes as they are shown: what they are about, who said what, what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.crediting import Part
from billing_app.domain.disputes import UNDECIDED, DisputeState
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.tables import Dispute, Invoice, InvoiceLine, User
from billing_app.services.context import Context
from billing_app.services.disputes.rows import parts_by_dispute
from billing_app.services.invoices.claims import whole

HIDDEN = "Hidden"


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """How much of a line a dispute is about; the amount in minor units as it was entered."""

    line_no: int
    description: str
    unit: str
    quantity: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DisputeView:
    """One dispute; the total in minor units, with tax, as a credit note for it comes to."""

    id: int
    version: int
    state: DisputeState
    is_whole: bool
    lines: tuple[DisputedLine, ...]
    total_minor: int
    currency: str
    reason: str
    opened_by: str
    opened_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    end_reason: str
    ended_by: str
    ended_at: datetime | None
    credit_id: int
    """The credit note it became; 0 for none."""
    credit_label: str
    is_credit_posted: bool

    @property
    def is_undecided(self) -> bool:
        """Whether staff can still decide it, and the customer withdraw it."""
        return self.state in UNDECIDED


def disputes_of(ctx: Context, invoice_id: int) -> tuple[DisputeView, ...]:
    """The disputes of an invoice for staff, undecided ones first.

    Who opened them is masked for people without the view of business partners.
    """
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        if not session.exec(select(Dispute.id).where(Dispute.invoice_id == invoice_id)).first():
            return ()  # as of nearly every invoice: one look at an index
        found = whole(session, invoice_id)
        return views_of(session, found.invoice, found.lines, names_customers=ctx.actor.sees_partner)


def views_of(
    session: Session,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    *,
    names_customers: bool = True,
) -> tuple[DisputeView, ...]:
    """The disputes of an invoice that is at hand, undecided ones first, then newest first."""
    rows = session.exec(
        select(Dispute).where(Dispute.invoice_id == invoice.id).order_by(col(Dispute.id).desc())
    ).all()
    if not rows:
        return ()
    names = _names(session, rows)
    if not names_customers:
        names |= {row.opened_by_id: HIDDEN for row in rows}
    about = parts_by_dispute(session, [row.id or 0 for row in rows])
    notes = _credits(session, rows)
    by_number = {line.line_no: line for line in lines}
    views = [
        _view(row, invoice.currency, about[row.id or 0], names, notes, by_number) for row in rows
    ]
    return tuple(sorted(views, key=lambda view: not view.is_undecided))


def _view(
    row: Dispute,
    code: str,
    about: tuple[Part, ...],
    names: dict[int, str],
    notes: dict[int, Invoice],
    lines: dict[int, InvoiceLine],
) -> DisputeView:
    credit = notes.get(row.credit_id or 0)
    return DisputeView(
        id=row.id or 0,
        version=row.version,
        state=DisputeState(row.state),
        is_whole=row.is_whole,
        lines=tuple(_line(part, lines) for part in about),
        total_minor=row.total_minor,
        currency=code,
        reason=row.reason,
        opened_by=names.get(row.opened_by_id, ""),
        opened_at=row.opened_at,
        answer=row.answer,
        answered_by=names.get(row.answered_by_id or 0, ""),
        answered_at=row.answered_at,
        end_reason=row.end_reason,
        ended_by=names.get(row.ended_by_id or 0, ""),
        ended_at=row.ended_at,
        credit_id=row.credit_id or 0,
        credit_label=credit.label if credit else "",
        is_credit_posted=credit is not None and credit.posting_status == Posting.POSTED,
    )


def _line(part: Part, lines: dict[int, InvoiceLine]) -> DisputedLine:
    line = lines[part.line_no]
    return DisputedLine(
        part.line_no, line.description.split("\n")[0], line.unit, part.quantity, part.amount
    )


def _names(session: Session, rows: Sequence[Dispute]) -> dict[int, str]:
    ids = {key for row in rows for key in (row.opened_by_id, row.answered_by_id, row.ended_by_id)}
    found = session.exec(select(User.id, User.name).where(col(User.id).in_(ids - {None})))
    return {key or 0: name for key, name in found}


def _credits(session: Session, rows: Sequence[Dispute]) -> dict[int, Invoice]:
    ids = [row.credit_id for row in rows if row.credit_id is not None]
    if not ids:
        return {}
    found = session.exec(
        select(Invoice).where(col(Invoice.id).in_(ids), col(Invoice.deleted_at).is_(None))
    )
    return {row.id or 0: row for row in found}
