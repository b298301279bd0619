"""Legal invoice numbers: gapless per company, document type and period (SPEC 6.16, point 3).

The counter is one row, raised as the late part of the posting transaction, so its lock is short
and a rolled-back posting gives its number back.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from billing_app.domain.numbering import NumberGenerator, format_number, series_key
from billing_app.persistence.tables import DocumentType, Invoice
from billing_app.services.settings import Place, settings_at

TAKE = text(
    "INSERT INTO number_series (company_id, document_type_id, period, next_value) "
    "VALUES (:company, :type, :period, 2) "
    "ON CONFLICT (company_id, document_type_id, period) "
    "DO UPDATE SET next_value = number_series.next_value + 1 RETURNING next_value - 1"
)
PREFIXES = {  # which setting holds the prefix of a shipped type; other types take the invoice's
    "CRO": "credit_note_number_prefix",
    "INI": "invoice_in_number_prefix",
    "CRI": "credit_in_number_prefix",
    "APR": "advance_number_prefix",
}
ALREADY_TAKEN = text(
    "SELECT 1 FROM invoice WHERE company_id = :company AND document_type_id = :type "
    "AND number = :number AND number <> ''"
)


def next_number(
    session: Session, invoice: Invoice, code: str, on: date, chosen: Mapping[str, str]
) -> str:
    """Take the next number of the series of a document type's `code`.

    `chosen` are the settings of the invoice's company.

    A number somebody typed by hand before is passed over, so no number ever stands twice.
    """
    prefix = prefix_of(code, chosen)
    generator = NumberGenerator(chosen["number_generator"])
    period = series_key(invoice.company_id, code, on, generator).period
    where = {"company": invoice.company_id, "type": invoice.document_type_id}
    while True:
        counter = session.connection().execute(TAKE, {**where, "period": period}).scalar_one()
        number = format_number(prefix, on, int(counter), generator)
        if session.connection().execute(ALREADY_TAKEN, {**where, "number": number}).first() is None:
            return number


def prefix_of(code: str, chosen: Mapping[str, str]) -> str:
    """With what the numbers of a document type begin; `chosen` are its company's settings."""
    return chosen[PREFIXES.get(code, "invoice_number_prefix")]


def number_at_creation(session: Session, invoice: Invoice) -> str:
    """A number at first save where the setting asks for it, kept from then on; else none yet."""
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    if chosen["number_assigned_at"] != "creation":
        return ""
    if invoice.number:
        return invoice.number
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    return next_number(session, invoice, document_type.code, invoice.document_date, chosen)
