"""What a draft says: the form's content as plain values, and what it comes to."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.totals import (
    DiscountType,
    DocumentInput,
    LineInput,
    TaxMode,
    Totals,
    compute,
)

ZERO = Decimal(0)
FIGURE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as entered; quantity has 3 decimals, prices 5, rates 2."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = ZERO
    discount_type: str = "none"
    discount_value: Decimal = ZERO
    tax_rate: Decimal | None = None
    tax_category: str = "S"
    tax_description: str = ""
    unit: str = ""
    product_id: int | None = None
    package_id: int | None = None
    voyage_id: int | None = None
    date_from: date | None = None
    date_to: date | None = None
    account: str = ""
    calls: int | None = None
    billed_s: int | None = None
    credited_line_no: int | None = None  # of a correction: the line of its original
    tax_shift_minor: int = 0  # follows from the original whenever the draft is written
    charge_id: int | None = None  # the charge it was made of; kept with the charge, not the line


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole draft as entered."""

    customer_id: int
    document_date: date
    currency: str
    lines: tuple[DraftLine, ...] = ()
    due_on: date | None = None
    document_type_id: int = 0  # 0: the default type
    company_id: int = 0  # 0: the customer's company
    contact_id: int | None = None
    title: str = ""
    number: str = ""
    po_number: str = ""
    external_document_no: str = ""
    document_text: str = ""
    invoice_text: str = ""
    notes: str = ""
    terms: str = ""
    internal_comment: str = ""
    discount_type: str = "none"
    discount_value: Decimal = ZERO
    tax_mode: str = "line"
    tax_value: Decimal = ZERO
    prices_include_tax: bool = False
    origin: str = "manual"
    opportunity_id: int | None = None
    credited_invoice_id: int | None = None
    order_ids: tuple[int, ...] = ()  # linked when the draft is made


def with_plain_figures(draft: Draft) -> Draft:
    """The draft without figures that their mode does not use. Raises: Invalid for unknown modes."""
    problems: dict[str, str] = {}
    used: dict[str, Any] = {}
    for field, mode, value, known, unused in (
        ("discount", draft.discount_type, draft.discount_value, DiscountType, "none"),
        ("tax", draft.tax_mode, draft.tax_value, TaxMode, "line"),
    ):
        if mode not in set(known):
            problems[field] = "There is no such choice."
        used[f"{field}_value"] = ZERO if mode == unused else value
        if mode != unused and value.is_finite() and value.as_tuple().exponent < -FIGURE_DIGITS:  # type: ignore[operator]
            problems[field] = f"Figures have at most {FIGURE_DIGITS} decimals."
    for at, line in enumerate(draft.lines, start=1):
        if line.discount_type not in set(DiscountType):
            problems[f"lines.{10 * at}.discount"] = "There is no such choice."
    if problems:
        raise Invalid.many(problems)
    lines = tuple(
        replace(line, discount_value=ZERO) if line.discount_type == "none" else line
        for line in draft.lines
    )
    return replace(draft, **used, lines=lines)


def reckon(draft: Draft) -> Totals:
    """What a draft comes to; lines are numbered 10, 20, 30. Raises: Invalid at the field."""
    return compute(document_input(draft))


def document_input(draft: Draft) -> DocumentInput:
    """The draft as the one arithmetic wants it."""
    return DocumentInput(
        currency=currency(draft.currency),
        lines=tuple(
            LineInput(
                line_no=10 * position,
                quantity=line.quantity,
                unit_price=line.unit_price,
                discount_type=DiscountType(line.discount_type),
                discount_value=line.discount_value,
                tax_rate=line.tax_rate,
                tax_category=line.tax_category,
                tax_shift=line.tax_shift_minor,
            )
            for position, line in enumerate(draft.lines, start=1)
        ),
        discount_type=DiscountType(draft.discount_type),
        discount_value=draft.discount_value,
        tax_mode=TaxMode(draft.tax_mode),
        tax_value=draft.tax_value,
        prices_include_tax=draft.prices_include_tax,
    )
