"""Hearing back: paid there marks paid here, voided marks void, deleted marks cancelled (CRM-33).

A posted document has no cancelled state, as its number is taken: deleted there voids it here.
"""

from sqlmodel import Session, col, select

from billing_app.domain.accounting import Sync
from billing_app.domain.errors import BillingError
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.payments import PaymentMethod
from billing_app.domain.setting_accounts import CLOSED_UNTIL
from billing_app.domain.settlement import PaymentSource, payment_kind
from billing_app.persistence.tables import Invoice
from billing_app.services.accounting.ports import Ledger, Standing, Verdict
from billing_app.services.accounting.queueing import note_sync
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole, claim_whole
from billing_app.services.invoices.moves import move_within
from billing_app.services.payments.claims import open_of, party_of
from billing_app.services.payments.recording import blank_payment, settle_at_once
from billing_app.services.payments.releasing import lock_with_settlers
from billing_app.services.settings import Place, settings_at

AT_ONCE = 40  # ids in one question


def hear_back(ctx: Context) -> int:
    """Ask how what accounting has stands there, and follow; answers how many changed here.

    Raises: AccountingDelayed, AccountingRefused; what was followed before stays.
    """
    ledger = ctx.accounting
    if ledger is None:
        return 0
    return sum(_hear(ctx, ledger, is_credit=is_credit) for is_credit in (False, True))


def _hear(ctx: Context, ledger: Ledger, *, is_credit: bool) -> int:
    changed = 0
    known = _waiting(ctx, is_credit=is_credit)
    ids = list(known)
    for start in range(0, len(ids), AT_ONCE):
        for standing in ledger.standings(ids[start : start + AT_ONCE], is_credit=is_credit):
            if standing.verdict is not Verdict.OPEN and standing.document_id in known:
                changed += _follow(ctx, known[standing.document_id], standing)
    return changed


def _waiting(ctx: Context, *, is_credit: bool) -> dict[str, int]:
    """What is in accounting and open here, by accounting's id."""
    query = (
        select(Invoice.accounting_id, Invoice.id)
        .where(
            Invoice.accounting_status == Sync.SYNCED.value,
            col(Invoice.posting_status).in_([Posting.READY.value, Posting.POSTED.value]),
            Invoice.open_minor > 0,
            Invoice.sign == (-1 if is_credit else 1),
        )
        .order_by(col(Invoice.id))
    )
    with ctx.read() as session:
        return {external: key or 0 for external, key in session.exec(query)}


def _follow(ctx: Context, invoice_id: int, standing: Standing) -> bool:
    """Do here what was done there; why that cannot be is noted at the invoice."""
    try:
        with ctx.write() as session:
            lock_with_settlers(session, invoice_id)
            found = claim_whole(session, invoice_id)
            if found.invoice.open_minor <= 0 or found.invoice.posting_status != Posting.POSTED:
                return False
            if standing.verdict is Verdict.PAID:
                _pay(session, ctx, found.invoice, standing)
            else:
                _void(session, ctx, found, standing.verdict)
    except BillingError as error:
        _note(ctx, invoice_id, f"Accounting says {standing.verdict}. {error.sentence}")
        return False
    return True


def _pay(session: Session, ctx: Context, invoice: Invoice, standing: Standing) -> None:
    """A payment of what is open; on today where its own day is closed or still to come."""
    party, kind = party_of(session, invoice)
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    said = standing.paid_on or ctx.today()
    is_usable = said <= ctx.today() and said.isoformat() > chosen[CLOSED_UNTIL]
    paid_on = said if is_usable else ctx.today()
    way = payment_kind(party.direction, kind)
    payment = blank_payment(session, ctx, way, open_of(invoice), paid_on)
    payment.customer_id, payment.direction = invoice.customer_id, party.direction.value
    payment.method, payment.source = PaymentMethod.OTHER.value, PaymentSource.ACCOUNTING.value
    payment.reference = invoice.accounting_id
    settle_at_once(session, ctx, payment, invoice)


def _void(session: Session, ctx: Context, found: Whole, verdict: Verdict) -> None:
    reason = f"{verdict.capitalize()} in accounting."
    move_within(session, ctx, found, Action.VOID, reason, confirmed=True)


def _note(ctx: Context, invoice_id: int, sentence: str) -> None:
    """Say once what could not be followed."""
    with ctx.write() as session:
        invoice = claim_whole(session, invoice_id).invoice
        if invoice.accounting_error != sentence:
            sync = Sync(invoice.accounting_status)
            note_sync(session, ctx, invoice, sync, "accounting not followed", sentence)
