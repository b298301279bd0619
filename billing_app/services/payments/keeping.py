"""Bringing what is kept beside the facts up to them, with the audit entry, in the same transaction.

The invoice keeps what settles it, the payment what is left of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from billing_app.domain.payments import PaymentState
from billing_app.persistence.inserting import add
from billing_app.persistence.queries.payments import left_of
from billing_app.persistence.search import put
from billing_app.persistence.tables import Allocation, Invoice, OutboxEvent, Payment
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.generation.on_payment import invoice_on_payment
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.derived import derive, searchable
from billing_app.services.journal.payments import book_payment
from billing_app.services.webhooks.announcing import announce

RECEIVED = "payment.received"


def settle(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    minor: int,
    /,
    *,
    action: str,
    refunded: int = 0,
    **said: str,
) -> None:
    """Let an invoice be settled by `minor` more (or less); `said` goes into its history."""
    invoice.settled_minor += minor
    invoice.refunded_minor += refunded
    derive(invoice)
    invoice.version += 1
    invoice.updated_at = ctx.now()
    session.add(invoice)
    after = {"amount_minor": abs(minor), **said}
    record(session, ctx, entity="invoice", entity_id=invoice.id or 0, action=action, after=after)


def find_again(session: Session, invoices: Iterable[Invoice]) -> None:
    """Make settled invoices findable by what is open of them now."""
    session.flush()
    put(session, [searchable(session, one, lines_of(session, one.id or 0)) for one in invoices])


def apply_effect(
    session: Session,
    ctx: Context,
    payment: Payment,
    rows: Iterable[tuple[Invoice, int]],
    *,
    action: str,
    undone: bool = False,
) -> None:
    """Let a payment settle invoices by these amounts, or no longer; a refund does the opposite."""
    is_refund = payment.kind == "refund"
    sign = -1 if is_refund is not undone else 1
    for invoice, minor in rows:
        refunded = (-minor if undone else minor) if is_refund else 0
        settle(
            session,
            ctx,
            invoice,
            sign * minor,
            action=action,
            refunded=refunded,
            payment=payment.number,
        )
        kind = "cancel" if undone else "refund" if is_refund else "charge"
        announce(session, ctx, invoice, minor, kind)


def keep_payment(
    session: Session,
    ctx: Context,
    payment: Payment,
    action: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Bring a changed payment up to its facts, with its journal and its history.

    Raises: Refused where the books of its day are closed.
    """
    session.add(payment)
    session.flush()
    payment.left_minor = left_of(session, payment)
    payment.version += 1
    session.add(payment)
    session.flush()
    book_payment(session, ctx, payment)
    record(
        session,
        ctx,
        entity="payment",
        entity_id=payment.id or 0,
        action=action,
        before=before,
        after=after,
    )


def allocation_row(ctx: Context, payment: Payment, invoice: Invoice, minor: int) -> Allocation:
    """An amount of a payment for an invoice, not yet counted."""
    return Allocation(
        payment_id=payment.id or 0,
        invoice_id=invoice.id or 0,
        amount_minor=minor,
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now(),
    )


def completed(session: Session, ctx: Context, payment: Payment) -> int:
    """What follows when a payment is completed: the confirmation, and the invoice it asks for.

    Answers the id of that draft, 0 where there is none (SPEC CXS-26, CXS-33).
    """
    if payment.status != PaymentState.COMPLETED:
        return 0
    if payment.sends_confirmation:
        now = ctx.now()
        event = {"topic": RECEIVED, "entity_id": payment.id, "made_at": now, "due_at": now}
        add(session, OutboxEvent, [event])
    return invoice_on_payment(session, ctx, payment)
