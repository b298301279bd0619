"""What a template may speak of: the variables of SPEC 6.11."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from billing_app.domain.lifecycle import Posting
from billing_app.domain.mail import paper_name
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.tables import Company, Customer, Invoice, InvoiceLine
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import document_id
from billing_app.services.settings import Place, settings_at

SELLER = {  # setting -> variable and the company's own fact where nothing is set
    "seller_name": "sellerCompanyName",
    "seller_address": "sellerBusinessAddress",
    "seller_phone": "sellerPhoneNumber",
    "seller_email": "sellerContactEmail",
    "seller_website": "sellerWebsite",
    "seller_tax_id": "sellerTaxId",
}


def invoice_variables(session: Session, found: Whole, page: str = "") -> dict[str, Any]:
    """Everything a mail about an invoice may say; amounts in whole currency units.

    `page` is where it is paid, empty for its external page if it has one (ORO-38).
    """
    digits = currency(found.invoice.currency).digits
    place = Place(company_id=found.company.id or 0, site_id=found.invoice.portal_site_id or 0)
    return {
        "invoice": _invoice(found, digits),
        "lines": [_line(line, digits) for line in found.lines],
        **party_variables(session, found.customer, found.company, place),
        "guestPaymentPage": page or _page(found.invoice),
        "invoiceDefaultPdfFile": paper_name(found.invoice.label),
    }


def party_variables(
    session: Session, customer: Customer, company: Company, place: Place
) -> dict[str, Any]:
    """The customer, the company and the seller; the same in every mail."""
    return {
        "account": {
            "id": customer.number,
            "name": customer.name,
            "address": customer.street,
            "city": customer.city,
            "county": customer.county,
            "postcode": customer.postcode,
            "phone": customer.phone,
            "email": customer.email,
            "payment_details": company.payment_details or _bank(company),
        },
        "company": {
            "name": company.name,
            "address": company.street,
            "postcode": company.postcode,
            "currency": company.base_currency,
        },
        "system": _seller(session, company, place),
    }


def _seller(session: Session, company: Company, place: Place) -> Mapping[str, str]:
    town = f"{company.postcode} {company.city}".strip()
    own = {
        "seller_name": company.name,
        "seller_address": ", ".join(part for part in (company.street, town) if part),
        "seller_phone": company.phone,
        "seller_email": company.email,
        "seller_website": company.website,
        "seller_tax_id": company.tax_id,
    }
    chosen = settings_at(session, place, *SELLER)
    return {name: chosen[key] or own[key] for key, name in SELLER.items()}


def _invoice(found: Whole, digits: int) -> dict[str, Any]:
    invoice, lines = found.invoice, found.lines
    first = lines[0] if lines else None
    return {
        "id": document_id(invoice.id),
        "type": found.document_type.name,
        "number": invoice.number or invoice.label,
        "date": invoice.document_date,
        "due_date": invoice.due_on,
        "total": from_minor(invoice.total_minor, digits),
        "sub_total": from_minor(invoice.subtotal_minor, digits),
        "tax": from_minor(invoice.tax_minor, digits),
        "discount": from_minor(invoice.discount_minor, digits),
        "open": from_minor(invoice.open_minor, digits),
        "paid": from_minor(invoice.settled_minor, digits),
        "currency": invoice.currency,
        "title": invoice.title,
        "text": invoice.invoice_text,
        "notes": invoice.notes,
        "terms": invoice.terms,
        "status": Posting(invoice.posting_status).label,
        "period_from": invoice.period_from or (first.date_from if first else None),
        "period_to": invoice.period_to or (first.date_to if first else None),
    }


def _line(line: InvoiceLine, digits: int) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": line.quantity.normalize() + 0,
        "unit_price": line.unit_price,
        "net": from_minor(line.net_minor, digits),
        "sub_total": from_minor(line.net_minor, digits),
        "tax": from_minor(line.tax_minor, digits),
        "total": from_minor(line.total_minor, digits),
        "start_date": line.date_from,
        "end_date": line.date_to,
        "connected": line.calls,
        "calls": line.calls,
        "duration": line.billed_s,
        "minutes": (line.billed_s or 0) // 60,
    }


def _bank(company: Company) -> str:
    parts = (company.bank_name, company.iban and f"IBAN {company.iban}", company.bic)
    return ", ".join(part for part in parts if part)


def _page(invoice: Invoice) -> str:
    page = invoice.external_payment_page
    return page if page.startswith(("https://", "http://")) else ""
