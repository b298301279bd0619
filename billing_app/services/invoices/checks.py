"""What a draft must be before it is written: clean texts, known references, a free number."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session, SQLModel, select

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.numbering import validate_typed_number
from billing_app.domain.parsing import clean_text
from billing_app.domain.totals import Totals
from billing_app.persistence.tables import (
    Company,
    Contact,
    DocumentType,
    Invoice,
    Package,
    Product,
    Voyage,
)
from billing_app.services.invoices.draft import Draft, DraftLine, reckon, with_plain_figures

TEXTS = {
    "title": (255, False),
    "po_number": (255, False),
    "external_document_no": (64, False),
    "document_text": (512, True),
    "invoice_text": (20_000, True),
    "notes": (20_000, True),
    "terms": (20_000, True),
    "internal_comment": (20_000, True),
}


def checked(draft: Draft) -> tuple[Draft, Totals]:
    """The draft with its texts cleaned, and its totals. Raises: Invalid with every sentence."""
    problems: dict[str, str] = {}
    cleaned: dict[str, Any] = {}
    for name, (maximum, multiline) in TEXTS.items():
        try:
            cleaned[name] = clean_text(
                getattr(draft, name), field=name, maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            problems |= error.fields
    if not draft.customer_id:
        problems["customer"] = "Choose the customer."
    if draft.due_on is not None and draft.due_on < draft.document_date:
        problems["due_on"] = "The due date is before the invoice date."
    try:
        number = validate_typed_number(draft.number, field="number") if draft.number.strip() else ""
        currency(draft.currency)
        lines = tuple(_clean_line(line, 10 * at) for at, line in enumerate(draft.lines, start=1))
        draft = with_plain_figures(replace(draft, **cleaned, number=number, lines=lines))
        totals = reckon(draft)
    except Invalid as error:
        raise Invalid.many(problems | error.fields) from error
    if problems:
        raise Invalid.many(problems)
    return draft, totals


def refuse_strange_contact(session: Session, draft: Draft) -> None:
    """Raise Invalid where the contact belongs to another customer."""
    if draft.contact_id is None:
        return
    contact = session.get(Contact, draft.contact_id)
    if contact is None or contact.customer_id != draft.customer_id:
        raise Invalid.of("contact", "This contact belongs to another customer.")


def refuse_absent(session: Session, draft: Draft) -> None:
    """Raise Invalid where the draft names what does not exist, or a type that is no invoice."""
    named: list[tuple[type[SQLModel], int | None, str]] = [
        (DocumentType, draft.document_type_id, "document_type"),
        (Company, draft.company_id, "company"),
    ]
    for at, line in enumerate(draft.lines, start=1):
        named += [
            (Product, line.product_id, f"lines.{10 * at}.product"),
            (Voyage, line.voyage_id, f"lines.{10 * at}.voyage"),
            (Package, line.package_id, f"lines.{10 * at}.package"),
        ]
    for table, key, field in named:
        row = session.get(table, key) if key else None
        if key and (row is None or getattr(row, "kind", "invoice") in {"receipt", "payment"}):
            raise Invalid.of(field, "This cannot be chosen here. Choose another one.")


def refuse_taken_number(session: Session, invoice: Invoice) -> None:
    """Raise Invalid where another invoice of the company and type has the number."""
    if not invoice.number:
        return
    twin = session.exec(
        select(Invoice.id).where(
            Invoice.company_id == invoice.company_id,
            Invoice.document_type_id == invoice.document_type_id,
            Invoice.number == invoice.number,
            Invoice.number != "",  # so that the partial unique index answers
            Invoice.id != invoice.id,
        )
    ).first()
    if twin is not None:
        raise Invalid.of("number", f"The number {invoice.number} is already taken.")


def _clean_line(line: DraftLine, line_no: int) -> DraftLine:
    field = f"lines.{line_no}"
    if line.date_from and line.date_to and line.date_to < line.date_from:
        raise Invalid.of(f"{field}.date_to", f"Line {line_no} ends before it starts.")
    return replace(
        line,
        description=clean_text(
            line.description, field=f"{field}.description", maximum=1024, multiline=True
        ),
        unit=clean_text(line.unit, field=f"{field}.unit", maximum=32),
        tax_description=clean_text(
            line.tax_description, field=f"{field}.tax_description", maximum=128
        ),
    )
