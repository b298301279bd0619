"""What is written in bulk, as plain values: finished documents without anything unusual.

No header discount, contact, texts, orders or voyages: what has those goes through a draft.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.money import currency
from billing_app.domain.totals import DocumentInput, LineInput, Totals, compute


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
    return compute(
        DocumentInput(
            currency(code),
            [
                LineInput(
                    10 * at,
                    line.quantity,
                    line.unit_price,
                    tax_rate=line.tax_rate,
                    tax_category=line.tax_category,
                )
                for at, line in enumerate(lines, start=1)
            ],
        )
    )
