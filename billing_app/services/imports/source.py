"""What a reader of a foreign file hands over: lines it understood, and lines it did not."""

from decimal import Decimal
from typing import NamedTuple


class SourceLine(NamedTuple):
    """One invoice line of the other system, its figures exact and signed as in the file."""

    row_no: int
    invoice_no: str
    is_credit: bool
    stock_code: str
    description: str
    quantity: Decimal
    invoiced_at: str  # wall time as written, "2010-12-01 08:26:00"
    unit_price: Decimal
    customer: str  # empty where the file names none
    country_name: str
    country: str  # ISO 3166 code; empty where the name is no country


class BadLine(NamedTuple):
    """A row that cannot be used, and why; `invoice_no` is empty where even that is unreadable."""

    row_no: int
    invoice_no: str
    reason: str
