"""An invoice as another system states it, as plain values, and back from where it was kept."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from billing_app.domain.foreign.columns import Row

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ForeignCustomer:
    """Who is invoiced, as far as the source tells."""

    number: str = ""
    external_id: str = ""
    name: str = ""
    email: str = ""
    vat_no: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""

    @property
    def shown(self) -> str:
        """How a person knows the customer."""
        return self.name or self.email or self.number or self.external_id


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """One line; the quantity has 3 decimals, the price 5, rates 2."""

    text: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    tax_rate: Decimal | None = None
    tax_category: str = "Z"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ForeignInvoice:
    """A whole document, its amounts positive also on a credit note.

    `total_minor` is what its lines come to by our arithmetic, which is what the source states;
    `paid_minor` is what was paid of it so far, `paid_on` the day the source tells, if it does.
    """

    external_id: str
    customer: ForeignCustomer
    document_date: date
    currency: str
    lines: tuple[ForeignLine, ...]
    total_minor: int
    number: str = ""
    kind: str = "invoice"  # or credit
    is_posted: bool = False
    due_on: date | None = None
    title: str = ""
    po_number: str = ""
    orders: tuple[str, ...] = ()
    notes: str = ""
    terms: str = ""
    payment_page: str = ""
    discount: Decimal = ZERO
    tax_mode: str = "line"
    tax_value: Decimal = ZERO
    prices_include_tax: bool = False
    paid_minor: int = 0
    paid_on: date | None = None

    def to_json(self) -> str:
        """To keep it until it is brought in."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)

    @property
    def sha256(self) -> str:
        """The hash of all it says, so that the same is recognised."""
        return hashlib.sha256(self.to_json().encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> "ForeignInvoice":
        """What was kept."""
        told: dict[str, Any] = json.loads(text)
        told["customer"] = ForeignCustomer(**told["customer"])
        told["orders"] = tuple(told["orders"])
        told["lines"] = tuple(_line(line) for line in told["lines"])
        for name in ("document_date", "due_on", "paid_on"):
            told[name] = date.fromisoformat(told[name]) if told.get(name) else None
        for name in ("discount", "tax_value"):
            told[name] = Decimal(told[name])
        return cls(**told)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one invoice: what they say, or why they cannot be used."""

    key: str
    rows: tuple[Row, ...]
    invoice: ForeignInvoice | None
    number: str = ""
    customer: str = ""
    problems: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """Its rows, like "5" or "5–7"."""
        first, last = self.rows[0].no, self.rows[-1].no
        return str(first) if first == last else f"{first}–{last}"


def _line(told: dict[str, Any]) -> ForeignLine:
    for field in fields(ForeignLine):
        if field.name in {"quantity", "unit_price", "discount_percent"}:
            told[field.name] = Decimal(told[field.name])
    told["tax_rate"] = None if told["tax_rate"] is None else Decimal(told["tax_rate"])
    return ForeignLine(**told)
