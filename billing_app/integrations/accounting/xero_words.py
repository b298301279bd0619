"""A document in Xero's words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from billing_app.services.accounting.ports import PushedContact, PushedDocument, PushedLine

MOST_NAME = 255


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """What a kind of document is called there."""

    path: str
    id: str
    number: str
    types: tuple[str, str]
    """Of what we issued, of what we got."""


_INVOICE = DocumentWords("Invoices", "InvoiceID", "InvoiceNumber", ("ACCREC", "ACCPAY"))
_CREDIT = DocumentWords(
    "CreditNotes", "CreditNoteID", "CreditNoteNumber", ("ACCRECCREDIT", "ACCPAYCREDIT")
)


def document_words(*, is_credit: bool) -> DocumentWords:
    """The words for invoices, or for credit notes."""
    return _CREDIT if is_credit else _INVOICE


def document_body(document: PushedDocument, words: DocumentWords) -> dict[str, Any]:
    """Header, lines, tax, discount, contact; amounts as texts, so no figure passes a float."""
    body: dict[str, Any] = {
        "Type": words.types[0 if document.is_out else 1],
        words.number: document.number,
        "Reference": document.reference,
        "Contact": _contact(document.contact),
        "Date": document.on.isoformat(),
        "CurrencyCode": document.currency,
        "LineAmountTypes": "Exclusive",
        "Status": "AUTHORISED",
        "LineItems": [_line(line) for line in document.lines],
        "TotalTax": f"{document.tax:f}",
    }
    if document.due_on and not document.is_credit:
        body["DueDate"] = document.due_on.isoformat()
    return body


def _line(line: PushedLine) -> dict[str, str]:
    body = {
        "Description": line.description or "-",
        "Quantity": f"{line.quantity:f}",
        "UnitAmount": f"{line.unit_price:f}",
        "LineAmount": f"{line.net:f}",
        "TaxAmount": f"{line.tax:f}",
        "AccountCode": line.account,
    }
    if line.discount:
        body["DiscountAmount"] = f"{line.discount:f}"
    if line.tax_type:
        body["TaxType"] = line.tax_type
    return body


def _contact(contact: PushedContact) -> dict[str, Any]:
    """By its id there where that is known, else by our number, with what is known of it."""
    if _is_id(contact.external_id):
        return {"ContactID": contact.external_id}
    body: dict[str, Any] = {
        "ContactNumber": contact.number,
        "Name": contact.name[:MOST_NAME],
        "Addresses": [
            {
                "AddressType": "STREET",
                "AddressLine1": contact.street,
                "City": contact.city,
                "PostalCode": contact.postcode,
                "Country": contact.country,
            }
        ],
    }
    if contact.email:
        body["EmailAddress"] = contact.email
    if contact.tax_no:
        body["TaxNumber"] = contact.tax_no
    return body


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
