"""Credit notes that settle invoices: the same amount on both sides (SPEC 6.5, rule 6a)."""

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.money import Money
from billing_app.domain.settlement import (
    automatic_credit,
    check_credit_application,
    check_same_party,
)
from billing_app.persistence.tables import CreditApplication, Invoice
from billing_app.services.context import Context
from billing_app.services.payments.claims import claim_invoices, open_of, party_of
from billing_app.services.payments.keeping import find_again, settle
from billing_app.services.requests import answered, remember


def apply_credit(
    ctx: Context, credit_id: int, invoice_id: int, minor: int | None = None, *, key: str = ""
) -> int:
    """Settle an invoice with a credit note, as far as both go or by `minor`; answers how much.

    Raises: Refused unless both are posted and share customer, currency and direction, Invalid at
    "amount" beyond either open amount, NotFound.
    """
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.write() as session:
        verb = f"apply_credit {credit_id} {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["minor"])
        found = claim_invoices(session, {credit_id, invoice_id})
        credit, invoice = found[credit_id], found[invoice_id]
        amount = apply_within(session, ctx, credit, invoice, minor)
        find_again(session, [credit, invoice])
        remember(session, ctx, key, verb, {"minor": amount})
        return amount


def apply_within(
    session: Session, ctx: Context, credit: Invoice, invoice: Invoice, minor: int | None = None
) -> int:
    """Settle an invoice with a credit note, both of them locked; answers how much."""
    amount = _checked(session, credit, invoice, minor)
    session.add(
        CreditApplication(
            credit_id=credit.id or 0,
            invoice_id=invoice.id or 0,
            amount_minor=amount,
            created_by_id=ctx.actor.user_id,
            created_at=ctx.now(),
        )
    )
    settle(session, ctx, credit, amount, action="credit used", invoice=invoice.label)
    settle(session, ctx, invoice, amount, action="credited", credit=credit.label)
    return amount


def apply_on_posting(session: Session, ctx: Context, correction: Invoice) -> None:
    """Settle a correction that is being posted with its original, as far as both go (SPEC T12).

    Nothing where the original is not posted just now, or nothing of it is open.
    """
    if correction.credited_invoice_id is None:
        return
    original = claim_invoices(session, {correction.credited_invoice_id})[
        correction.credited_invoice_id
    ]
    credit, invoice = sorted((correction, original), key=lambda one: one.sign)
    both_open = min(open_of(credit).minor, open_of(invoice).minor)
    if original.posting_status != Posting.POSTED or both_open <= 0 or credit.sign == invoice.sign:
        return
    apply_within(session, ctx, credit, invoice)
    find_again(session, [original])


def take_back_credit(ctx: Context, credit_id: int, invoice_id: int) -> int:
    """Undo what a credit note settles of an invoice; answers how much. Raises: NotFound."""
    ctx.require(Permission.PAYMENT_ALLOCATE)
    with ctx.write() as session:
        found = claim_invoices(session, {credit_id, invoice_id})
        rows = session.exec(
            select(CreditApplication).where(
                CreditApplication.credit_id == credit_id,
                CreditApplication.invoice_id == invoice_id,
            )
        ).all()
        if not rows:
            raise NotFound("This credit note settles nothing of this invoice any more.")
        for row in rows:
            undo_application(session, ctx, row, found[credit_id], found[invoice_id])
        find_again(session, found.values())
        return sum(row.amount_minor for row in rows)


def undo_application(
    session: Session, ctx: Context, row: CreditApplication, credit: Invoice, invoice: Invoice
) -> None:
    """Take one credit application back from two invoices that are locked."""
    session.delete(row)
    minor = row.amount_minor
    settle(session, ctx, credit, -minor, action="credit taken back", invoice=invoice.label)
    settle(session, ctx, invoice, -minor, action="credit taken back", credit=credit.label)


def applications_of(session: Session, invoice_id: int) -> list[CreditApplication]:
    """Where an invoice is credited, or a credit note used."""
    either = (col(CreditApplication.credit_id) == invoice_id) | (
        col(CreditApplication.invoice_id) == invoice_id
    )
    query = select(CreditApplication).where(either).order_by(col(CreditApplication.id))
    return list(session.exec(query).all())


def _checked(session: Session, credit: Invoice, invoice: Invoice, minor: int | None) -> int:
    """The amount that settles both. Raises: Refused, Invalid."""
    credit_party, credit_kind = party_of(session, credit)
    party, kind = party_of(session, invoice)
    if (credit_kind, kind) != (DocumentKind.CREDIT, DocumentKind.INVOICE):
        raise Refused("A credit note settles invoices only.", code="credit.kind")
    check_same_party(credit_party, party)
    both_posted = all(one.posting_status == Posting.POSTED for one in (credit, invoice))
    if minor is None:
        minor = automatic_credit(open_of(credit).minor, open_of(invoice).minor)
    amount = Money(minor, party.currency)
    check_credit_application(amount, open_of(credit), open_of(invoice), both_posted=both_posted)
    return minor
