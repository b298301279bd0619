"""What a column of a file can mean, and how a whole file is read: its mapping."""

import json
from collections.abc import Mapping as Map
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.figures import FigureStyle


class Row(NamedTuple):
    """A row of a file and the number it has there."""

    no: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as named columns of text; `typed` are columns whose values are no text there.

    `notes` say how it was read: its encoding, its separator, what was passed over.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    typed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        at = self.header.index(name)
        return [row.cells[at] for row in self.rows]


class Column(StrEnum):
    """What a column holds; the order is that of the choice on the page."""

    NUMBER = "number"
    EXTERNAL_ID = "external_id"
    KIND = "kind"
    STATUS = "status"
    CUSTOMER_NAME = "customer_name"
    CUSTOMER_NUMBER = "customer_number"
    CUSTOMER_ID = "customer_id"
    CUSTOMER_EMAIL = "customer_email"
    VAT_NO = "vat_no"
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    COUNTRY = "country"
    DATE = "document_date"
    DUE = "due_on"
    CURRENCY = "currency"
    TITLE = "title"
    PO_NUMBER = "po_number"
    ORDERS = "orders"
    NOTES = "notes"
    TERMS = "terms"
    PAYMENT_PAGE = "payment_page"
    PRICES = "prices"
    DISCOUNT_TOTAL = "discount_total"
    NET_TOTAL = "net_total"
    TAX_TOTAL = "tax_total"
    TOTAL = "total"
    PAID = "paid"
    PAID_ON = "paid_on"
    ITEM = "item"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT = "unit"
    UNIT_PRICE = "unit_price"
    LINE_DISCOUNT = "line_discount"
    LINE_NET = "line_net"
    TAX_RATE = "tax_rate"
    TAX_AMOUNT = "tax_amount"

    @property
    def label(self) -> str:
        """The column in words."""
        return LABELS[self]


LABELS: Map[Column, str] = {
    Column.NUMBER: "Invoice number",
    Column.EXTERNAL_ID: "Id in the source",
    Column.KIND: "Kind (invoice or credit)",
    Column.STATUS: "Status",
    Column.CUSTOMER_NAME: "Customer name",
    Column.CUSTOMER_NUMBER: "Customer number",
    Column.CUSTOMER_ID: "Customer id in the source",
    Column.CUSTOMER_EMAIL: "Customer e-mail",
    Column.VAT_NO: "Customer VAT number",
    Column.STREET: "Street",
    Column.POSTCODE: "Postcode",
    Column.CITY: "City",
    Column.COUNTRY: "Country",
    Column.DATE: "Invoice date",
    Column.DUE: "Due date",
    Column.CURRENCY: "Currency",
    Column.TITLE: "Title",
    Column.PO_NUMBER: "PO number",
    Column.ORDERS: "Our order numbers",
    Column.NOTES: "Notes",
    Column.TERMS: "Terms",
    Column.PAYMENT_PAGE: "Payment page",
    Column.PRICES: "Prices with or without tax",
    Column.DISCOUNT_TOTAL: "Discount of the invoice",
    Column.NET_TOTAL: "Total without tax",
    Column.TAX_TOTAL: "Tax of the invoice",
    Column.TOTAL: "Total",
    Column.PAID: "Paid so far",
    Column.PAID_ON: "Paid on",
    Column.ITEM: "Item",
    Column.DESCRIPTION: "Line text",
    Column.QUANTITY: "Quantity",
    Column.UNIT: "Unit",
    Column.UNIT_PRICE: "Unit price",
    Column.LINE_DISCOUNT: "Line discount in percent",
    Column.LINE_NET: "Line amount",
    Column.TAX_RATE: "Tax rate",
    Column.TAX_AMOUNT: "Tax of the line",
}
DAYS = frozenset({Column.DATE, Column.DUE, Column.PAID_ON})
AMOUNTS = frozenset(
    {Column.DISCOUNT_TOTAL, Column.NET_TOTAL, Column.TAX_TOTAL, Column.TOTAL, Column.PAID,
     Column.UNIT_PRICE, Column.LINE_NET, Column.TAX_AMOUNT}
)  # fmt: skip
FIGURES = AMOUNTS | {Column.QUANTITY, Column.LINE_DISCOUNT}
OF_LINES = frozenset(
    {Column.ITEM, Column.DESCRIPTION, Column.QUANTITY, Column.UNIT, Column.UNIT_PRICE,
     Column.LINE_DISCOUNT, Column.LINE_NET, Column.TAX_RATE, Column.TAX_AMOUNT}
)  # fmt: skip
SEVERAL = frozenset({Column.DESCRIPTION, Column.STREET, Column.NOTES})
"""What several columns may hold together."""


class StatusRule(StrEnum):
    """Whether documents come in as drafts or posted."""

    STATED = "stated"
    DRAFT = "draft"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read. Columns are named by their head, so it can be kept for its source."""

    columns: Map[str, Column] = field(default_factory=dict)
    figures: Map[str, FigureStyle] = field(default_factory=dict)
    days: Map[str, DayStyle] = field(default_factory=dict)
    in_minor: bool = False  # amounts are whole cents
    currency: str = ""  # of rows that name none
    customer: str = ""  # the customer number of rows that name nobody
    status: StatusRule = StatusRule.STATED
    prices_include_tax: bool = False

    def heads(self, wanted: Column) -> list[str]:
        """The columns that hold this, in their order."""
        return [head for head, column in self.columns.items() if column is wanted]

    def to_json(self) -> str:
        """To keep it."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=False)

    @classmethod
    def from_json(cls, text: str) -> "Mapping":
        """What was kept; an empty mapping for no text."""
        told: dict[str, Any] = json.loads(text) if text else {}
        return cls(
            columns={head: Column(name) for head, name in told.get("columns", {}).items()},
            figures={head: FigureStyle(name) for head, name in told.get("figures", {}).items()},
            days={head: DayStyle(name) for head, name in told.get("days", {}).items()},
            in_minor=bool(told.get("in_minor", False)),
            currency=str(told.get("currency", "")),
            customer=str(told.get("customer", "")),
            status=StatusRule(told.get("status", "stated")),
            prices_include_tax=bool(told.get("prices_include_tax", False)),
        )

    def assigned(self, head: str, column: Column | None) -> "Mapping":
        """The mapping with one column meaning this, or nothing.

        What only one column may hold is taken from the column that held it.
        """
        kept = {
            name: one
            for name, one in self.columns.items()
            if name != head and (one is not column or column in SEVERAL)
        }
        return replace(self, columns=kept if column is None else kept | {head: column})


def unique_heads(names: list[str]) -> tuple[str, ...]:
    """Heads that all differ: an empty one is named by its place, a repeated one counted."""
    taken: dict[str, int] = {}
    heads = []
    for at, name in enumerate(names, 1):
        plain = " ".join(name.split()) or f"Column {at}"
        taken[plain] = taken.get(plain, 0) + 1
        heads.append(plain if taken[plain] == 1 else f"{plain} ({taken[plain]})")
    return tuple(heads)


def refuse_unmapped(mapping: Mapping) -> None:
    """Raise Invalid where a mapping lacks what every invoice needs."""
    used = set(mapping.columns.values())
    problems: dict[str, str] = {}
    if not used & {Column.NUMBER, Column.EXTERNAL_ID}:
        problems["number"] = "Say which column holds the invoice number, or the id in the source."
    if not used & {Column.CUSTOMER_NAME, Column.CUSTOMER_NUMBER, Column.CUSTOMER_ID,
                   Column.CUSTOMER_EMAIL} and not mapping.customer:  # fmt: skip
        problems["customer"] = "Say which column names the customer, or give one for all rows."
    if not used & {Column.UNIT_PRICE, Column.LINE_NET, Column.NET_TOTAL, Column.TOTAL}:
        problems["amount"] = "Say which column holds the price, the line amount or the total."
    if Column.DATE not in used:
        problems["document_date"] = "Say which column holds the invoice date."
    if problems:
        raise Invalid.many(problems)
