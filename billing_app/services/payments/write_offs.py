"""Writing off a small difference: what a bank's charge or a rounding left open, with a reason.

A write-off is a payment document without money: it settles one invoice, stands in its table, and
is deleted like any other.
"""

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.lifecycle import Posting
from billing_app.domain.parsing import clean_text
from billing_app.domain.payments import PaymentMethod
from billing_app.domain.settlement import check_record_payment, check_write_off, payment_kind
from billing_app.persistence.tables import Invoice
from billing_app.services.context import Context
from billing_app.services.invoices.claims import refuse_stale
from billing_app.services.payments.claims import claim_invoices, open_of, party_of
from billing_app.services.payments.recording import Recorded, blank_payment, settle_at_once
from billing_app.services.requests import answered, remember

MAX_REASON = 500


def write_off(
    ctx: Context, invoice_id: int, reason: str, *, version: int | None = None, key: str = ""
) -> Recorded:
    """Write off what is left of an invoice. Raises: Refused, Invalid at "amount" or "reason"."""
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.write() as session:
        verb = f"write_off {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Recorded(**before)
        invoice = claim_invoices(session, [invoice_id])[invoice_id]
        refuse_stale(session, invoice, version)
        done = write_off_rest(session, ctx, invoice, reason)
        remember(session, ctx, key, verb, {"id": done.id, "number": done.number})
        return done


def write_off_rest(session: Session, ctx: Context, invoice: Invoice, reason: str) -> Recorded:
    """Write off what is left of an invoice that is locked."""
    reason = clean_text(reason, field="reason", maximum=MAX_REASON, multiline=True)
    left = open_of(invoice)
    check_write_off(left, invoice.settled_minor, reason)
    party, kind = party_of(session, invoice)
    check_record_payment(Posting(invoice.posting_status), kind, left, left)
    way = payment_kind(party.direction, kind)
    payment = blank_payment(session, ctx, way, left, ctx.today())
    payment.customer_id, payment.direction = invoice.customer_id, party.direction.value
    payment.method = PaymentMethod.WRITE_OFF.value
    payment.description = reason
    settle_at_once(session, ctx, payment, invoice)
    return Recorded(payment.id or 0, payment.number)
