"""Mails about disputes: to the seller when one comes in, to the person when it is answered."""

from typing import Any

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.disputes import DisputeState
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.tables import Company, Customer, Dispute, Invoice, User
from billing_app.services.context import Context
from billing_app.services.mail.notices import queue_notice
from billing_app.services.mail.stock import DISPUTE, DISPUTE_ANSWER
from billing_app.services.mail.variables import party_variables
from billing_app.services.settings import Place


def queue_dispute_mail(ctx: Context, dispute_id: int) -> int:
    """Mail what a dispute came to, once for each change; answers how many mails.

    None for one that is withdrawn, or where nobody has an address.
    """
    ctx.require(Permission.JOB_RUN)
    with ctx.write() as session:
        dispute = session.get_one(Dispute, dispute_id)
        invoice = session.get_one(Invoice, dispute.invoice_id)
        customer = session.get_one(Customer, invoice.customer_id)
        person = session.get_one(User, dispute.opened_by_id)
        is_new = dispute.state == DisputeState.OPEN
        address = _seller(session, customer) if is_new else person.email
        if not address or dispute.state == DisputeState.WITHDRAWN:
            return 0
        area = "invoices?invoice=" if is_new else "portal/invoices/"
        page = f"{ctx.public_url.rstrip('/')}/{area}{invoice.id}"
        return queue_notice(
            session,
            ctx,
            customer,
            address,
            template=DISPUTE if is_new else DISPUTE_ANSWER,
            about={"dispute": _facts(dispute, invoice, person) | {"page": page}},
            cause=f"dispute:{dispute_id}:{dispute.version}",
        )


def _seller(session: Session, customer: Customer) -> str:
    company = session.get_one(Company, customer.company_id)
    place = Place(company_id=customer.company_id, customer_id=customer.id or 0)
    seller = party_variables(session, customer, company, place)["system"]
    return str(seller["sellerContactEmail"])


def _facts(dispute: Dispute, invoice: Invoice, person: User) -> dict[str, Any]:
    return {
        "invoice": invoice.label,
        "person": person.name,
        "reason": dispute.reason,
        "state": dispute.state,
        "answer": dispute.end_reason or dispute.answer,
        "amount": from_minor(dispute.total_minor, currency(invoice.currency).digits),
        "currency": invoice.currency,
    }
