"""What becomes of a payment: completed, cancelled, deleted (SPEC CXS-30, CXS-35, DLY-24, 6.5)."""

from dataclasses import dataclass

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.errors import Refused
from billing_app.domain.payments import (
    PaymentMethod,
    PaymentState,
    check_cancel,
    check_complete,
    check_unrefunded,
)
from billing_app.domain.settlement import (
    Part,
    PaymentKind,
    PaymentSource,
    check_delete_payment,
    still_fitting,
)
from billing_app.persistence.queries.payments import refunded_minor
from billing_app.persistence.tables import Allocation, Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.payments.claims import Claimed, claim_payment, open_of
from billing_app.services.payments.keeping import (
    apply_effect,
    completed,
    find_again,
    keep_payment,
)
from billing_app.services.requests import answered, remember


@dataclass(frozen=True, slots=True)
class Became:
    """What a payment became, in a sentence, and the draft it made (0 for none)."""

    id: int
    sentence: str
    invoice_id: int = 0


def complete_payment(
    ctx: Context, payment_id: int, *, version: int | None = None, key: str = ""
) -> Became:
    """Let a pending or cancelled payment count; what no longer fits is released as credit.

    Raises: Refused, Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_RECORD)
    with ctx.write() as session:
        done = _done_before(session, ctx, key, f"complete_payment {payment_id}")
        if done is not None:
            return done
        claimed = claim_payment(session, payment_id, version)
        payment = claimed.payment
        check_complete(PaymentState(payment.status), PaymentSource(payment.source))
        if payment.method == PaymentMethod.WRITE_OFF or payment.kind == PaymentKind.REFUND:
            raise Refused("This cannot be completed again. Record it anew.")
        was, payment.status = payment.status, PaymentState.COMPLETED.value
        released = _fit(session, claimed)
        _count(session, ctx, claimed, action="paid")
        after = {"status": payment.status, "released_minor": released}
        keep_payment(session, ctx, payment, "completed", before={"status": was}, after=after)
        became = Became(
            payment_id, f"{payment.number} is completed.", completed(session, ctx, payment)
        )
        return _remembered(session, ctx, key, f"complete_payment {payment_id}", became)


def cancel_payment(
    ctx: Context, payment_id: int, *, version: int | None = None, key: str = ""
) -> Became:
    """Let a payment count no longer; its rows stay, so that completing re-applies them.

    Raises: Refused, Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_RECORD)
    with ctx.write() as session:
        done = _done_before(session, ctx, key, f"cancel_payment {payment_id}")
        if done is not None:
            return done
        claimed = claim_payment(session, payment_id, version)
        payment = claimed.payment
        if payment.method == PaymentMethod.WRITE_OFF:
            raise Refused("A write-off is not cancelled. Delete it instead.")
        check_cancel(
            PaymentState(payment.status),
            PaymentKind(payment.kind),
            PaymentSource(payment.source),
            refunded_minor(session, payment_id),
        )
        _uncount(session, ctx, claimed, action="payment cancelled")
        was, payment.status = payment.status, PaymentState.CANCELLED.value
        after = {"status": payment.status}
        keep_payment(session, ctx, payment, "cancelled", before={"status": was}, after=after)
        became = Became(payment_id, f"{payment.number} is cancelled.")
        return _remembered(session, ctx, key, f"cancel_payment {payment_id}", became)


def delete_payment(
    ctx: Context, payment_id: int, *, version: int | None = None, key: str = ""
) -> Became:
    """Delete a payment and what it settled, wherever the button stood (SPEC DLY-24, 6.5-10).

    Raises: Refused for the gateway's and accounting's, for one partly refunded, and for a refund
    whose document was paid again; Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_DELETE)
    with ctx.write() as session:
        done = _done_before(session, ctx, key, f"delete_payment {payment_id}")
        if done is not None:
            return done
        claimed = claim_payment(session, payment_id, version)
        payment = claimed.payment
        check_delete_payment(PaymentSource(payment.source))
        check_unrefunded(refunded_minor(session, payment_id))
        number = payment.number
        remove(session, ctx, claimed)
        became = Became(payment_id, f"{number} is deleted.")
        return _remembered(session, ctx, key, f"delete_payment {payment_id}", became)


def remove(session: Session, ctx: Context, claimed: Claimed) -> None:
    """Delete a claimed payment: its allocations are released, its row stays for the record."""
    payment = claimed.payment
    if payment.kind == PaymentKind.REFUND:
        _refuse_paid_again(claimed)
    _uncount(session, ctx, claimed, action="payment deleted")
    before = {
        "total_minor": payment.total_minor,
        "status": payment.status,
        "settled": {
            claimed.invoices[row.invoice_id].label: row.amount_minor for row in claimed.allocations
        },
    }
    for row in claimed.allocations:
        session.delete(row)
    payment.deleted_at, payment.deleted_by_id = ctx.now(), ctx.actor.user_id
    keep_payment(session, ctx, payment, "deleted", before=before)
    original = session.get(Payment, payment.refund_of_id) if payment.refund_of_id else None
    if original is not None:
        after = {"refund": payment.number}
        keep_payment(session, ctx, original, "refund deleted", after=after)


def _fit(session: Session, claimed: Claimed) -> int:
    """Shrink allocations to what is open by now; answers how much was released."""
    opens = {key: open_of(invoice).minor for key, invoice in claimed.invoices.items()}
    parts = [Part(row.invoice_id, row.amount_minor) for row in claimed.allocations]
    fitting = {part.id: part.minor for part in still_fitting(parts, opens)}
    released = 0
    for row in list(claimed.allocations):
        minor = fitting.get(row.invoice_id, 0)
        released += row.amount_minor - minor
        if minor:
            row.amount_minor = minor
            session.add(row)
        else:
            claimed.allocations.remove(row)
            session.delete(row)
    return released


def _count(session: Session, ctx: Context, claimed: Claimed, *, action: str) -> None:
    apply_effect(session, ctx, claimed.payment, _effects(claimed), action=action)
    find_again(session, claimed.invoices.values())


def _uncount(session: Session, ctx: Context, claimed: Claimed, *, action: str) -> None:
    """Take back what a payment settles, if it counts at all."""
    if claimed.payment.status != PaymentState.COMPLETED:
        return
    apply_effect(session, ctx, claimed.payment, _effects(claimed), action=action, undone=True)
    find_again(session, claimed.invoices.values())


def _effects(claimed: Claimed) -> list[tuple[Invoice, int]]:
    rows: list[Allocation] = claimed.allocations
    return [(claimed.invoices[row.invoice_id], row.amount_minor) for row in rows]


def _refuse_paid_again(claimed: Claimed) -> None:
    for invoice, minor in _effects(claimed):
        if minor > open_of(invoice).minor:
            raise Refused(
                "{label} was paid again after this refund, so the refund stays. "
                "Delete the later payment first.",
                code="payment.paid_again",
                label=invoice.label,
            )


def _done_before(session: Session, ctx: Context, key: str, verb: str) -> Became | None:
    before = answered(session, ctx, key, verb)
    return Became(**before) if before is not None else None


def _remembered(session: Session, ctx: Context, key: str, verb: str, became: Became) -> Became:
    answer = {"id": became.id, "sentence": became.sentence, "invoice_id": became.invoice_id}
    remember(session, ctx, key, verb, answer)
    return became
