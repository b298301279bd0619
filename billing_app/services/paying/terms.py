"""Whether a document can be paid online, and how: settings, gateways, its status (ORO-36)."""

from sqlmodel import Session

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.paying import Payable, check_payable
from billing_app.domain.payment_status import PaymentStatus
from billing_app.domain.setting_facts import ON
from billing_app.persistence.tables import Customer, DocumentType, Invoice
from billing_app.services.paying.ports import Gateway, Gateways
from billing_app.services.settings import Place, place_of_customer, settings_at

ENABLED, METHOD = "enable_invoice_payments", "invoice_payment_method"
OFF = "Paying online is not offered here. The document says how else to pay."


def gateway_for(session: Session, invoice: Invoice, gateways: Gateways) -> Gateway | None:
    """The one gateway that is offered for a document; None where paying online is off."""
    customer = session.get_one(Customer, invoice.customer_id)
    own = place_of_customer(session, customer)
    site = invoice.portal_site_id or own.site_id
    chosen = settings_at(
        session, Place(company_id=invoice.company_id, site_id=site), ENABLED, METHOD
    )
    return gateways.get(chosen[METHOD]) if chosen[ENABLED] == ON else None


def offered(session: Session, invoice: Invoice, gateways: Gateways) -> Gateway:
    """The gateway that is offered. Raises: NotFound where there is none."""
    gateway = gateway_for(session, invoice, gateways)
    if gateway is None:
        raise NotFound(OFF)
    return gateway


def payable(session: Session, invoice: Invoice) -> Payable:
    """What decides whether a document can be paid."""
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    return Payable(
        label=invoice.label,
        status=Posting(invoice.posting_status),
        kind=DocumentKind(document_type.kind),
        direction=Direction(document_type.direction),
        payment_status=PaymentStatus(invoice.payment_status),
        open_minor=invoice.open_minor,
    )


def is_payable(session: Session, invoice: Invoice) -> bool:
    """Whether there is something to pay on it."""
    try:
        check_payable(payable(session, invoice))
    except Refused:
        return False
    return True
