"""From what was typed to a draft, every field's sentence collected; and back to texts."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.parsing import (
    parse_amount,
    parse_date,
    parse_percent,
    parse_quantity,
    parse_unit_price,
)
from billing_app.kit.wording import day, number
from billing_app.services.invoices.draft import Draft, DraftLine

T = TypeVar("T")
ZERO = Decimal(0)
TEXTS = ("title", "number", "po_number", "external_document_no", "document_text", "invoice_text",
         "notes", "terms", "internal_comment")  # fmt: skip
LINE_TEXTS = ("description", "unit", "tax_description")
PERCENT = re.compile(r"\s*%\s*$")


class Problems:
    """Collects the sentence of every field that could not be read."""

    def __init__(self) -> None:
        """No problem yet."""
        self.fields: dict[str, str] = {}

    def read(self, reader: Callable[[], T], otherwise: T) -> T:
        """What the reader gives, or `otherwise` with its sentences kept."""
        try:
            return reader()
        except Invalid as error:
            self.fields |= error.fields
            return otherwise


def read_line(
    typed: Mapping[str, str], before: DraftLine, digits: int, field: str
) -> tuple[DraftLine, dict[str, str]]:
    """A line from what was typed, with the sentences of what could not be read.

    `field` is the prefix of the sentences' keys, like "lines.20".
    """
    problems = Problems()
    discount_type = typed.get("discount_type", "percent")
    discount_text = typed.get("discount", "").strip()

    def discount() -> Decimal:
        if not discount_text:
            return ZERO
        if discount_type == "percent":
            return parse_percent(discount_text, field=f"{field}.discount")
        return parse_amount(discount_text, field=f"{field}.discount", digits=digits)

    value = problems.read(discount, ZERO)
    line = DraftLine(
        description=typed.get("description", ""),
        unit=typed.get("unit", ""),
        tax_description=typed.get("tax_description", before.tax_description),
        quantity=problems.read(
            lambda: parse_quantity(typed.get("quantity", ""), field=f"{field}.quantity"), ZERO
        ),
        unit_price=problems.read(
            lambda: parse_unit_price(
                typed.get("unit_price", ""), field=f"{field}.unit_price", allow_negative=True
            ),
            ZERO,
        ),
        discount_type=discount_type if value else "none",
        discount_value=value,
        tax_rate=problems.read(lambda: _rate(typed.get("tax_rate", ""), f"{field}.tax_rate"), None),
        tax_category=before.tax_category,
        product_id=before.product_id,
        package_id=before.package_id,
        voyage_id=before.voyage_id,
        calls=before.calls,
        billed_s=before.billed_s,
        account=before.account,
        charge_id=before.charge_id,
        credited_line_no=before.credited_line_no,
        tax_shift_minor=before.tax_shift_minor,
        date_from=problems.read(
            lambda: _date(typed.get("date_from", ""), f"{field}.date_from"), None
        ),
        date_to=problems.read(lambda: _date(typed.get("date_to", ""), f"{field}.date_to"), None),
    )
    if line.date_from and line.date_to and line.date_to < line.date_from:
        problems.fields[f"{field}.date_to"] = "The line ends before it starts."
    return line, problems.fields


def line_texts(line: DraftLine) -> dict[str, str]:
    """A line as its form shows it."""
    return {
        "description": line.description,
        "unit": line.unit,
        "quantity": number(line.quantity),
        "unit_price": number(line.unit_price, 2).replace(",", ""),
        "discount": number(line.discount_value) if line.discount_value else "",
        "discount_type": line.discount_type if line.discount_type != "none" else "percent",
        "tax_rate": "" if line.tax_rate is None else number(line.tax_rate),
        "tax_description": line.tax_description,
        "date_from": day(line.date_from) if line.date_from else "",
        "date_to": day(line.date_to) if line.date_to else "",
    }


def read_draft(
    typed: Mapping[str, str], lines: list[DraftLine], before: Draft
) -> tuple[Draft, dict[str, str]]:
    """The draft from what was typed, with the sentences of what could not be read."""
    problems = Problems()
    code = typed.get("currency", before.currency).strip().upper()
    digits = problems.read(lambda: currency(code).digits, 2)
    discount_type = typed.get("discount_type", "percent")
    discount = problems.read(lambda: _discount(typed, discount_type, digits), ZERO)
    texts: dict[str, Any] = {name: typed.get(name, getattr(before, name)) for name in TEXTS}
    draft = Draft(
        customer_id=before.customer_id,
        document_type_id=before.document_type_id,
        company_id=before.company_id,
        contact_id=_id(typed.get("contact", "")),
        document_date=problems.read(
            lambda: parse_date(typed.get("document_date", ""), field="document_date"),
            before.document_date,
        ),
        due_on=problems.read(lambda: _date(typed.get("due_on", ""), "due_on"), None),
        currency=code,
        lines=tuple(lines),
        discount_type=discount_type if discount else "none",
        discount_value=discount,
        tax_mode=before.tax_mode,
        tax_value=before.tax_value,
        prices_include_tax=before.prices_include_tax,
        origin=before.origin,
        opportunity_id=before.opportunity_id,
        credited_invoice_id=before.credited_invoice_id,
        order_ids=before.order_ids,
        **texts,
    )
    if not draft.customer_id:
        problems.fields["customer"] = "Choose the customer."
    if draft.due_on and draft.due_on < draft.document_date and "due_on" not in problems.fields:
        problems.fields["due_on"] = "The due date is before the invoice date."
    return draft, problems.fields


def draft_texts(draft: Draft) -> dict[str, str]:
    """A draft as its form shows it."""
    return {name: getattr(draft, name) for name in TEXTS} | {
        "document_date": day(draft.document_date),
        "due_on": day(draft.due_on) if draft.due_on else "",
        "currency": draft.currency,
        "contact": str(draft.contact_id or ""),
        "discount": number(draft.discount_value) if draft.discount_value else "",
        "discount_type": draft.discount_type if draft.discount_type != "none" else "percent",
    }


def _discount(typed: Mapping[str, str], discount_type: str, digits: int) -> Decimal:
    text = typed.get("discount", "").strip()
    if not text:
        return ZERO
    if discount_type == "percent":
        return parse_percent(text, field="discount")
    return parse_amount(text, field="discount", digits=digits)


def _rate(text: str, field: str) -> Decimal | None:
    bare = PERCENT.sub("", text)
    return parse_percent(bare, field=field) if bare.strip() else None


def _date(text: str, field: str) -> date | None:
    return parse_date(text, field=field) if text.strip() else None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004
