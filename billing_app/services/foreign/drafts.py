"""A foreign invoice as a draft of ours, what of two drafts differs, and a draft as kept text."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, select

from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.foreign.invoices import ForeignInvoice, ForeignLine
from billing_app.domain.money import currency, format_amount
from billing_app.domain.totals import Totals
from billing_app.persistence.tables import DocumentType, SalesOrder
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.draft import Draft, DraftLine, reckon

ORIGIN = "imported"
CODES = {"invoice": "INO", "credit": "CRO"}
DAYS = {"document_date", "due_on", "date_from", "date_to"}
FIGURES = {"quantity", "unit_price", "discount_value", "tax_rate", "tax_value"}
COMPARED = {
    "customer_id": "Customer",
    "document_type_id": "Kind",
    "number": "Number",
    "document_date": "Invoice date",
    "due_on": "Due date",
    "currency": "Currency",
    "title": "Title",
    "po_number": "PO number",
    "notes": "Notes",
    "terms": "Terms",
    "discount_value": "Discount",
    "tax_mode": "Tax",
    "tax_value": "Tax amount",
    "prices_include_tax": "Prices with tax",
}
LONGEST_PAGE = 512
LONGEST_SHOWN = 40


def draft_of(session: Session, invoice: ForeignInvoice, customer_id: int) -> tuple[Draft, Totals]:
    """The draft, checked, and what it comes to. Raises: Invalid with every field's sentence."""
    external = invoice.external_id if invoice.external_id != invoice.number else ""
    draft = Draft(
        customer_id=customer_id,
        document_type_id=type_id(session, invoice.kind),
        document_date=invoice.document_date,
        due_on=invoice.due_on,
        currency=invoice.currency,
        number=invoice.number,
        title=invoice.title,
        po_number=invoice.po_number,
        external_document_no=external[:64],
        notes=invoice.notes,
        terms=invoice.terms,
        discount_type="fixed" if invoice.discount else "none",
        discount_value=invoice.discount,
        tax_mode=invoice.tax_mode,
        tax_value=invoice.tax_value,
        prices_include_tax=invoice.prices_include_tax,
        origin=ORIGIN,
        order_ids=_orders(session, invoice.orders),
        lines=tuple(_line(line) for line in invoice.lines),
    )
    return checked(draft)


def _line(line: ForeignLine) -> DraftLine:
    return DraftLine(
        description=line.text,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_type="percent" if line.discount_percent else "none",
        discount_value=line.discount_percent,
        tax_rate=line.tax_rate,
        tax_category=line.tax_category,
        unit=line.unit,
    )


def _orders(session: Session, numbers: Sequence[str]) -> tuple[int, ...]:
    """The orders it bills, by their numbers here (ORO-18). Raises: Invalid for an unknown one."""
    ids = []
    for number in numbers:
        found = session.exec(select(SalesOrder.id).where(SalesOrder.number == number)).first()
        if found is None:
            raise Invalid.of("order", f"There is no order {number[:60]} here.")
        ids.append(found)
    return tuple(ids)


def type_id(session: Session, kind: str) -> int:
    """The document type of invoices, or of credit notes. Raises: NotFound before set-up."""
    found = session.exec(select(DocumentType.id).where(DocumentType.code == CODES[kind])).first()
    if found is None:
        raise NotFound("There is no document type for this. Set up the product first.")
    return found


def checked_page(address: str) -> str:
    """A payment page of another system, empty or https. Raises: Invalid (ORO-38)."""
    plain = address.strip()
    if not plain:
        return ""
    try:
        parts = urlsplit(plain)
        is_good = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        is_good = False
    if not is_good or len(plain) > LONGEST_PAGE or not plain.isascii() or not plain.isprintable():
        raise Invalid.of(
            "external_payment_page", "A payment page begins with https:// and names a host."
        )
    return plain


def differences(before: Draft, after: Draft) -> Iterator[str]:
    """What of a document changes, field by field, for people: "Due date 1 → 2"."""
    for name, label in COMPARED.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            shown = name not in {"customer_id", "document_type_id"}
            yield f"{label} {_shown(was)} → {_shown(now)}" if shown else label
    old, new = before.lines, after.lines
    if len(old) != len(new):
        yield f"Lines {len(old)} → {len(new)}"
    elif changed := [10 * at for at, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b]:
        listed = ", ".join(map(str, changed[:5])) + (" …" if len(changed) > 5 else "")  # noqa: PLR2004
        yield f"Line {listed}" if len(changed) == 1 else f"Lines {listed}"
    was_total, total = reckon(before).total, reckon(after).total
    if was_total != total:
        first, second = currency(before.currency).digits, currency(after.currency).digits
        yield f"Total {format_amount(was_total, first)} → {format_amount(total, second)}"


def to_json(draft: Draft) -> str:
    """A draft to be given back by an undo."""
    return json.dumps(asdict(draft), default=str, ensure_ascii=False)


def from_json(text: str) -> Draft:
    """The draft that was kept."""
    told: dict[str, Any] = json.loads(text)
    told["lines"] = tuple(DraftLine(**_typed(line)) for line in told["lines"])
    told["order_ids"] = tuple(told["order_ids"])
    return Draft(**_typed(told))


def _typed(told: dict[str, Any]) -> dict[str, Any]:
    for name, value in told.items():
        if value is not None and name in DAYS:
            told[name] = date.fromisoformat(value)
        elif value is not None and name in FIGURES:
            told[name] = Decimal(value)
    return told


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)[:LONGEST_SHOWN] if value not in {None, ""} else "nothing"
