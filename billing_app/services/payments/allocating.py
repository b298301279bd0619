"""Allocating payments to invoices: one over many, many to one (SPEC CXS-29, 6.5 rule 9).

Each share is checked against what is left of its payment and open of its invoice while both are
locked, so no two people at once exceed either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import Money
from billing_app.domain.payments import PaymentMethod, PaymentState, check_unrefunded
from billing_app.domain.settlement import (
    Party,
    PaymentKind,
    check_allocation,
    check_released,
    check_same_party,
    settles,
)
from billing_app.persistence.queries.payments import refunded_by_invoice
from billing_app.persistence.tables import Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.payments.claims import (
    allocations_of,
    claim_invoices,
    claim_payment,
    claim_payments,
    open_of,
    party_of,
    refuse_stale_payment,
)
from billing_app.services.payments.credits import apply_within
from billing_app.services.payments.keeping import (
    allocation_row,
    apply_effect,
    find_again,
    keep_payment,
)
from billing_app.services.payments.states import remove
from billing_app.services.payments.write_offs import write_off_rest
from billing_app.services.requests import answered, remember

MOST = 200
NO_VERSIONS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Share:
    """An amount of a payment for an invoice, in minor units."""

    payment_id: int
    invoice_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class CreditShare:
    """An amount of a credit note for an invoice, in minor units."""

    credit_id: int
    invoice_id: int
    minor: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """How many invoices were settled, by how much, and how many differences were written off."""

    invoices: int
    minor: int
    written_off: int = 0


def allocate(
    ctx: Context,
    shares: Sequence[Share],
    *,
    credits_used: Sequence[CreditShare] = (),
    versions: Mapping[int, int] = NO_VERSIONS,
    write_off: frozenset[int] = frozenset(),
    reason: str = "",
    key: str = "",
) -> Allocated:
    """Allocate every share and apply every credit note, or none of them.

    `versions`: of the payments that were looked at. `write_off`: invoices whose small rest is
    written off after their share, for `reason`.
    Raises: Invalid at "shares.<payment>.<invoice>" for an amount that does not fit, Refused for
    another customer, currency, direction or status, Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_ALLOCATE)
    _check_size([*shares, *credits_used], write_off)
    with ctx.write() as session:
        before = answered(session, ctx, key, "allocate")
        if before is not None:
            return Allocated(**before)
        touched = {one.invoice_id for one in shares} | {one.invoice_id for one in credits_used}
        invoices = claim_invoices(
            session, touched | write_off | {one.credit_id for one in credits_used}
        )
        payments = claim_payments(session, {share.payment_id for share in shares})
        for payment in payments.values():
            refuse_stale_payment(payment, versions.get(payment.id or 0))
        _settle_all(session, ctx, shares, invoices=invoices, payments=payments)
        for used in credits_used:
            _use_credit(session, ctx, used, invoices)
        for invoice_id in sorted(write_off):
            write_off_rest(session, ctx, invoices[invoice_id], reason)
        find_again(session, invoices.values())
        minor = sum(one.minor for one in shares) + sum(one.minor for one in credits_used)
        done = Allocated(len(touched | write_off), minor, len(write_off))
        answer = {"invoices": done.invoices, "minor": done.minor, "written_off": done.written_off}
        remember(session, ctx, key, "allocate", answer)
        return done


def release(
    ctx: Context, payment_id: int, invoice_id: int, *, version: int | None = None
) -> Allocated:
    """Take an allocation back: the amount is the customer's credit again.

    A write-off has nothing but its allocation, so it is deleted. Raises: Refused where part of it
    was refunded, Conflict, NotFound.
    """
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.write() as session:
        claimed = claim_payment(session, payment_id, version)
        payment = claimed.payment
        row = next((one for one in claimed.allocations if one.invoice_id == invoice_id), None)
        if row is None:
            raise NotFound("This payment settles nothing of this invoice any more.")
        if payment.kind == PaymentKind.REFUND:
            raise Refused("A refund is not taken back. Delete it instead.")
        check_unrefunded(refunded_by_invoice(session, payment_id).get(invoice_id, 0))
        invoice, minor = claimed.invoices[invoice_id], row.amount_minor
        if payment.method == PaymentMethod.WRITE_OFF:
            remove(session, ctx, claimed)
            return Allocated(1, minor)
        session.delete(row)
        if payment.status == PaymentState.COMPLETED:
            rows = [(invoice, minor)]
            apply_effect(session, ctx, payment, rows, action="released", undone=True)
            find_again(session, [invoice])
        after = {"invoice": invoice.label, "amount_minor": minor}
        keep_payment(session, ctx, payment, "released", after=after)
        return Allocated(1, minor)


def _settle_all(
    session: Session,
    ctx: Context,
    shares: Sequence[Share],
    *,
    invoices: Mapping[int, Invoice],
    payments: Mapping[int, Payment],
) -> None:
    for share in shares:
        payment, invoice = payments[share.payment_id], invoices[share.invoice_id]
        _allocate(session, ctx, payment, invoice, share.minor)
    for payment in payments.values():
        keep_payment(session, ctx, payment, "allocated", after=_said(shares, payment, invoices))


def _use_credit(
    session: Session, ctx: Context, used: CreditShare, invoices: Mapping[int, Invoice]
) -> None:
    credit, invoice = invoices[used.credit_id], invoices[used.invoice_id]
    try:
        apply_within(session, ctx, credit, invoice, used.minor)
    except Invalid as error:
        raise Invalid.of(f"credits.{credit.id}.{invoice.id}", error.sentence) from error


def _check_size(shares: Sequence[object], write_off: frozenset[int]) -> None:
    if not shares and not write_off:
        raise Invalid.of("shares", "Enter an amount beside an invoice first.")
    if len(shares) > MOST:
        raise Invalid.of("shares", f"At most {MOST} amounts are allocated at once.")


def _allocate(
    session: Session, ctx: Context, payment: Payment, invoice: Invoice, minor: int
) -> None:
    _check(session, payment, invoice, minor)
    mine = [row for row in allocations_of(session, payment.id or 0) if row.invoice_id == invoice.id]
    row = mine[0] if mine else None
    if row is None:
        row = allocation_row(ctx, payment, invoice, minor)
    else:
        row.amount_minor += minor
    session.add(row)
    session.flush()
    payment.left_minor -= minor
    if payment.status == PaymentState.COMPLETED:
        apply_effect(session, ctx, payment, [(invoice, minor)], action="paid")


def _check(session: Session, payment: Payment, invoice: Invoice, minor: int) -> None:
    """Check one share. Raises: Refused, Invalid at the share."""
    check_released(Posting(invoice.posting_status))
    wanted, document = party_of(session, invoice)
    unit = currency(payment.currency)
    direction = Direction(payment.direction)
    if PaymentState(payment.status) is PaymentState.CANCELLED:
        raise Refused("{number} is cancelled. Complete it first.", number=payment.number)
    check_same_party(Party(payment.customer_id, unit, direction), wanted)
    _check_kind(payment, document, wanted.direction)
    pending = _pending_minor(session, payment, invoice)
    try:
        check_allocation(
            Money(minor, unit), Money(payment.left_minor, unit), open_of(invoice) - pending
        )
    except Invalid as error:
        raise Invalid.of(f"shares.{payment.id}.{invoice.id}", error.sentence) from error


def _check_kind(payment: Payment, document: DocumentKind, direction: Direction) -> None:
    if not settles(PaymentKind(payment.kind), Direction(payment.direction), document, direction):
        raise Refused(
            "{number} is a {kind}, which does not settle such a document.",
            code="settlement.kind",
            number=payment.number,
            kind=payment.kind,
        )


def _pending_minor(session: Session, payment: Payment, invoice: Invoice) -> Money:
    """What this very payment, still pending, claims of the invoice already."""
    unit = currency(payment.currency)
    if payment.status != PaymentState.PENDING:
        return Money.zero(unit)
    rows = allocations_of(session, payment.id or 0)
    return Money(sum(one.amount_minor for one in rows if one.invoice_id == invoice.id), unit)


def _said(
    shares: Sequence[Share], payment: Payment, invoices: Mapping[int, Invoice]
) -> dict[str, object]:
    """What the audit says of what a payment was allocated to."""
    mine = [share for share in shares if share.payment_id == payment.id]
    return {"allocated": {invoices[share.invoice_id].label: share.minor for share in mine}}


__all__ = ["MOST", "Allocated", "CreditShare", "Share", "allocate", "release"]
