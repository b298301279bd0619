"""Recording payments: on an invoice (SPEC DLY-20), or of a customer without one (CXS-30, 6.5-8)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.currencies import CURRENCIES, Currency, currency
from billing_app.domain.document_types import Direction
from billing_app.domain.errors import Invalid
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import Money
from billing_app.domain.parsing import clean_text
from billing_app.domain.payments import (
    RECORDED_METHODS,
    PaymentMethod,
    PaymentState,
    payment_number,
)
from billing_app.domain.settlement import PaymentKind, check_record_payment, payment_kind
from billing_app.persistence.inserting import reserve
from billing_app.persistence.tables import Invoice, Payment
from billing_app.services.context import Context
from billing_app.services.customers import existing_customer
from billing_app.services.invoices.claims import refuse_stale
from billing_app.services.payments.claims import claim_invoices, open_of, party_of
from billing_app.services.payments.keeping import (
    allocation_row,
    apply_effect,
    completed,
    find_again,
    keep_payment,
)
from billing_app.services.requests import answered, remember

MAX_REFERENCE, MAX_DESCRIPTION = 128, 1_000


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What is said about a payment; `amount` in the currency's own units, `fee` to inform."""

    amount: Decimal
    paid_on: date
    method: str = PaymentMethod.BANK_TRANSFER.value
    reference: str = ""
    description: str = ""
    fee: Decimal = field(default=Decimal(0))
    sends_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A payment that was recorded, and the draft it made (0 for none)."""

    id: int
    number: str
    invoice_id: int = 0


def record_payment(
    ctx: Context,
    invoice_id: int,
    facts: PaymentFacts,
    *,
    version: int | None = None,
    key: str = "",
    of_all: bool = False,
) -> Recorded:
    """Record a completed payment on an invoice; it settles it at once (SPEC DLY-20 to 25).

    `of_all`: of all that is open, whatever the facts' amount.

    Raises: Refused by status or type, Invalid at "amount" unless 0 < amount <= open, or at the
    field, Conflict where somebody changed the invoice, NotFound.
    """
    ctx.require(Permission.PAYMENT_RECORD)
    with ctx.write() as session:
        verb = f"record_payment {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Recorded(**before)
        invoice = claim_invoices(session, [invoice_id])[invoice_id]
        refuse_stale(session, invoice, version)
        party, kind = party_of(session, invoice)
        amount = open_of(invoice) if of_all else _money(facts.amount, party.currency)
        check_record_payment(Posting(invoice.posting_status), kind, amount, open_of(invoice))
        payment = _new(session, ctx, facts, amount, payment_kind(party.direction, kind))
        payment.customer_id, payment.direction = invoice.customer_id, party.direction.value
        settle_at_once(session, ctx, payment, invoice)
        done = Recorded(payment.id or 0, payment.number, completed(session, ctx, payment))
        remember(session, ctx, key, verb, _answer(done))
        return done


def add_payment(
    ctx: Context,
    customer_id: int,
    facts: PaymentFacts,
    *,
    code: str,
    direction: Direction = Direction.OUT,
    kind: PaymentKind = PaymentKind.RECEIPT,
    state: PaymentState = PaymentState.COMPLETED,
    key: str = "",
) -> Recorded:
    """Add a payment of a customer that settles nothing yet: all of it is credit (SPEC 6.5-8).

    A negative amount is a purchase from the customer's credit (CXS-34). Raises: Invalid.
    """
    ctx.require(Permission.PAYMENT_RECORD)
    if code not in CURRENCIES:
        raise Invalid.of("currency", "Choose a currency.")
    if kind not in {PaymentKind.RECEIPT, PaymentKind.PAYMENT}:
        raise Invalid.of("kind", "Choose a receipt or a payment.")
    amount = _money(facts.amount, currency(code))
    if not amount:
        raise Invalid.of("amount", "Enter an amount other than 0.")
    with ctx.write() as session:
        verb = f"add_payment {customer_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return Recorded(**before)
        customer = existing_customer(session, customer_id)
        way = PaymentKind.PURCHASE if amount.minor < 0 else kind
        payment = _new(session, ctx, facts, amount, way)
        payment.customer_id, payment.direction = customer.id or 0, direction.value
        payment.status = state.value
        keep_payment(session, ctx, payment, "created", after=said(payment))
        done = Recorded(payment.id or 0, payment.number, completed(session, ctx, payment))
        remember(session, ctx, key, verb, _answer(done))
        return done


def settle_at_once(session: Session, ctx: Context, payment: Payment, invoice: Invoice) -> None:
    """Write a new payment whose one line settles one invoice (SPEC DLY-25)."""
    session.add(payment)
    session.flush()
    session.add(allocation_row(ctx, payment, invoice, payment.total_minor))
    keep_payment(session, ctx, payment, "created", after=said(payment) | {"invoice": invoice.label})
    apply_effect(session, ctx, payment, [(invoice, payment.total_minor)], action="paid")
    find_again(session, [invoice])


def said(payment: Payment) -> dict[str, object]:
    """What the audit says of a new payment."""
    return {
        "kind": payment.kind,
        "total_minor": payment.total_minor,
        "currency": payment.currency,
        "status": payment.status,
        "method": payment.method,
    }


def blank_payment(
    session: Session, ctx: Context, kind: PaymentKind, amount: Money, paid_on: date
) -> Payment:
    """A payment with its id and number, not written yet."""
    payment_id = reserve(session, Payment, 1)[0]
    return Payment(
        id=payment_id,
        number=payment_number(kind.value, payment_id),
        kind=kind.value,
        currency=amount.currency.code,
        total_minor=amount.minor,
        paid_on=paid_on,
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now(),
        customer_id=0,
        version=0,
    )


def _new(
    session: Session, ctx: Context, facts: PaymentFacts, amount: Money, kind: PaymentKind
) -> Payment:
    if facts.paid_on > ctx.today():
        raise Invalid.of("paid_on", "This day is still to come. Enter the day of the payment.")
    if facts.method not in set(RECORDED_METHODS):
        raise Invalid.of("method", "Choose how it was paid.")
    fee = _money(facts.fee, amount.currency, "fee")
    if fee.minor < 0:
        raise Invalid.of("fee", "This cannot be negative.")
    payment = blank_payment(session, ctx, kind, amount, facts.paid_on)
    payment.method, payment.fee_minor = facts.method, fee.minor
    payment.reference = clean_text(facts.reference, field="reference", maximum=MAX_REFERENCE)
    payment.description = clean_text(
        facts.description, field="description", maximum=MAX_DESCRIPTION, multiline=True
    )
    payment.sends_confirmation = facts.sends_confirmation
    return payment


def _money(amount: Decimal, unit: Currency, field_name: str = "amount") -> Money:
    """The amount, exact. Raises: Invalid where the currency has fewer digits, or beyond limits."""
    try:
        money = Money.of(amount, unit)
    except Invalid as error:
        raise Invalid.of(field_name, error.sentence) from error
    if money.amount != amount:
        raise Invalid.of(field_name, f"{unit.code} has {unit.digits} decimals.")
    return money


def _answer(done: Recorded) -> dict[str, object]:
    return {"id": done.id, "number": done.number, "invoice_id": done.invoice_id}
