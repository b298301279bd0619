"""What is written in bulk, as plain values: finished documents without anything unusual.

No header discount, contact or texts: what has those goes through a draft.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.money import currency
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, Totals, compute


class Carried(NamedTuple):
    """What a line has from the charge behind it, beside what every line has; only in drafts."""

    discount_type: str = "none"
    discount_value: Decimal = Decimal(0)
    tax_description: str = ""
    product_id: int | None = None
    voyage_id: int | None = None
    account: str = ""


class Line(NamedTuple):
    """One line; its text is one line in NFC, the quantity has 3 decimals, the price 5."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal | None = None
    tax_category: str = "S"
    unit: str = ""
    # only in drafts: the paper of a posted document would have to say them too
    package_id: int | None = None
    date_from: date | None = None
    date_to: date | None = None
    calls: int | None = None
    billed_s: int | None = None
    carried: Carried | None = None


class Document(NamedTuple):
    """A document with its totals from `reckoned`; `settled_minor` is what other rows settle."""

    customer_id: int
    document_type_id: int
    currency: str
    document_date: date
    due_on: date | None
    at: datetime
    lines: Sequence[Line]
    totals: Totals
    number: str = ""
    is_posted: bool = True
    settled_minor: int = 0
    is_delivered: bool = False
    is_outbox_done: bool = False
    origin: str = "manual"
    external_system: str = ""
    external_id: str = ""
    period_from: date | None = None  # only in drafts
    period_to: date | None = None


def reckoned(code: str, lines: Sequence[Line]) -> Totals:
    """What the lines come to, numbered 10, 20, 30. Raises: Invalid at the line."""
    entered = [_entered(10 * at, line) for at, line in enumerate(lines, start=1)]
    return compute(DocumentInput(currency(code), entered))


def _entered(line_no: int, line: Line) -> LineInput:
    plain = LineInput(
        line_no,
        line.quantity,
        line.unit_price,
        tax_rate=line.tax_rate,
        tax_category=line.tax_category,
    )
    if line.carried is None:
        return plain
    return replace(
        plain,
        discount_type=DiscountType(line.carried.discount_type),
        discount_value=line.carried.discount_value,
    )
