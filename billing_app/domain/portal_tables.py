"""The portal's tables as data: what each may show, and how a person's view of one is read.

A view is what a person chose: columns in their order, filters, grouping and sorting (ERP-47).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import UNIT_PRICE_DIGITS, parse_amount, parse_date
from billing_app.domain.permissions import Permission

MOST_GROUPS = 3
MOST_TYPED = 100
FROM, TO = ".from", ".to"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    MONEY = "money"
    PRICE = "price"
    COUNT = "count"
    FLAG = "flag"

    @property
    def is_range(self) -> bool:
        """Whether a filter asks from and to."""
        return self in {Kind.DAY, Kind.MOMENT, Kind.MONEY, Kind.PRICE, Kind.COUNT}

    @property
    def is_grouped(self) -> bool:
        """Whether rows can be grouped by it: days by their month."""
        return self in {Kind.TEXT, Kind.DAY, Kind.FLAG}

    @property
    def is_figure(self) -> bool:
        """Whether it stands at the right."""
        return self in {Kind.MONEY, Kind.PRICE, Kind.COUNT}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `currency` names the column with the currency of its amounts."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    currency: str = ""
    permission: Permission | None = None
    """What it needs beyond the table itself; without it the column does not exist."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table: its address and name, its columns, and how it looks at first."""

    page: str
    title: str
    permission: Permission
    columns: tuple[Column, ...]
    shown: tuple[str, ...]
    sort: str
    descending: bool = True
    opens: str = ""
    """Where a row leads: the address before the id in the column `opens_id`; "" for nowhere."""

    def column(self, key: str) -> Column | None:
        """The column of this name, if there is one."""
        return next((one for one in self.columns if one.key == key), None)


@dataclass(frozen=True, slots=True)
class View:
    """How a person looks at a table; the layout is all of it but search and page."""

    columns: tuple[str, ...] = ()
    sort: str = ""
    descending: bool = True
    filters: tuple[tuple[str, str], ...] = ()
    """Pairs of a name from `filter_keys` and what was typed."""
    groups: tuple[str, ...] = ()
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a filter asks of one column: a text it holds, or values it lies between."""

    column: Column
    text: str = ""
    least: date | Decimal | None = None
    most: date | Decimal | None = None


_C, _K = Column, Kind

INVOICES = TableFacts(
    "invoices", "Invoices", Permission.PORTAL_INVOICES,
    (
        _C("number", "Document No"), _C("last", "Last download", _K.MOMENT),
        _C("type", "Type name"), _C("date", "Date", _K.DAY),
        _C("amount", "Amount", _K.MONEY, "currency"), _C("title", "Name"),
        _C("due", "Due date", _K.DAY), _C("paid", "Paid", _K.MONEY, "currency"),
        _C("open", "Remaining amount", _K.MONEY, "currency"), _C("payment", "Payment status"),
        _C("currency", "Currency"), _C("reference", "Your reference"),
    ),
    shown=("number", "last", "type", "date", "amount"), sort="date", opens="/portal/invoices/",
)  # fmt: skip
ORDERS = TableFacts(
    "orders", "Orders", Permission.PORTAL_ORDERS,
    (
        _C("date", "Date", _K.DAY), _C("type", "Type name"), _C("number", "Document No"),
        _C("amount", "Amount", _K.MONEY, "currency", Permission.PORTAL_PRICES),
        _C("status", "Status"), _C("notes", "Notes"),
        _C("currency", "Currency", permission=Permission.PORTAL_PRICES),
    ),
    shown=("date", "type", "number", "amount", "status"), sort="date", opens="/portal/orders/",
)  # fmt: skip
DUE = TableFacts(
    "due", "Due Payments", Permission.PORTAL_DUE,
    (
        _C("date", "Ref document date", _K.DAY), _C("number", "Invoice No"),
        _C("due", "Due date", _K.DAY), _C("overdue", "Overdue days", _K.COUNT),
        _C("remaining", "Remaining amount", _K.MONEY, "currency"), _C("currency", "Currency"),
        _C("ordered", "Order amount", _K.MONEY, "currency", Permission.PORTAL_PRICES),
        _C("invoiced", "Invoice date", _K.DAY), _C("paid", "Paid amount", _K.MONEY, "currency"),
        _C("type", "Invoice type"), _C("reference", "Ref document No"),
    ),
    shown=("date", "number", "remaining", "currency"), sort="due", descending=False,
    opens="/portal/invoices/",
)  # fmt: skip
PAYMENTS = TableFacts(
    "payments", "Payment History", Permission.PORTAL_PAYMENTS,
    (
        _C("date", "Payment date", _K.DAY), _C("paid", "Paid Amount", _K.MONEY, "currency"),
        _C("currency", "Paid Amount Currency"), _C("invoice", "Invoice Number"),
        _C("invoiced", "Invoice Date", _K.DAY), _C("type", "Invoice Type"),
        _C("status", "Status"), _C("description", "Description"), _C("number", "Payment No"),
        _C("method", "Method"), _C("order", "Order Number", permission=Permission.PORTAL_ORDERS),
        _C("ordered", "Order Date", _K.DAY, permission=Permission.PORTAL_ORDERS),
        _C("order_type", "Order Type", permission=Permission.PORTAL_ORDERS),
        _C("covered", "Covered Amount", _K.MONEY, "covered_currency"),
        _C("covered_currency", "Covered Amount Currency"),
    ),
    shown=(
        "date", "paid", "currency", "status", "description", "invoice", "invoiced", "type",
    ),
    sort="date", opens="/portal/invoices/",
)  # fmt: skip
PACKAGES = TableFacts(
    "packages", "Packages", Permission.PORTAL_PACKAGES,
    (
        _C("name", "Name"), _C("retail", "Retail", _K.PRICE, "currency"),
        _C("description", "Description"), _C("frequency", "Frequency"),
        _C("decrement", "Auto Decrement Credit", _K.FLAG), _C("quantity", "Quantity", _K.COUNT),
        _C("start", "Start", _K.DAY), _C("end", "End", _K.DAY), _C("currency", "Currency"),
    ),
    shown=("name", "retail", "description", "frequency", "decrement"), sort="name",
    descending=False,
)  # fmt: skip
TABLES: Mapping[str, TableFacts] = MappingProxyType(
    {facts.page: facts for facts in (INVOICES, ORDERS, DUE, PAYMENTS, PACKAGES)}
)


def reduced(facts: TableFacts, granted: Sequence[Permission]) -> TableFacts:
    """The table as who has only these permissions knows it."""
    kept = tuple(
        one for one in facts.columns if one.permission is None or one.permission in granted
    )
    known = {one.key for one in kept}
    return replace(facts, columns=kept, shown=tuple(key for key in facts.shown if key in known))


def first_view(facts: TableFacts) -> View:
    """How a table looks before anybody changes it."""
    return View(facts.shown, facts.sort, facts.descending)


def cleaned(facts: TableFacts, view: View) -> View:
    """The view with only what the table has; anything else is left out."""
    known = {one.key: one for one in facts.columns}
    columns = tuple(dict.fromkeys(key for key in view.columns if key in known)) or facts.shown
    groups = [key for key in dict.fromkeys(view.groups) if key in known]
    groups = [key for key in groups if known[key].kind.is_grouped][:MOST_GROUPS]
    has_sort = view.sort in known
    typed = [(key, text.replace("\0", "").strip()[:MOST_TYPED]) for key, text in view.filters]
    filters = [(key, text) for key, text in typed if text and key in filter_keys(facts)]
    return View(
        columns=columns,
        sort=view.sort if has_sort else facts.sort,
        descending=view.descending if has_sort else facts.descending,
        filters=tuple(filters),
        groups=tuple(groups),
        search=view.search.replace("\0", "").strip()[:MOST_TYPED],
        page=max(1, view.page),
    )


def filter_keys(facts: TableFacts) -> tuple[str, ...]:
    """The names of a table's filters: one of a text column, from and to of the others."""
    return tuple(
        key
        for one in facts.columns
        for key in ((one.key + FROM, one.key + TO) if one.kind.is_range else (one.key,))
    )


def bounds(facts: TableFacts, filters: Mapping[str, str]) -> tuple[Bounds, ...]:
    """What the filters ask. Raises: Invalid at each filter that is no day or figure."""
    found, wrong = [], {}
    for column in facts.columns:
        if not column.kind.is_range:
            if text := filters.get(column.key, ""):
                found.append(Bounds(column, text=text))
            continue
        read: dict[str, date | Decimal | None] = {}
        for end in (FROM, TO):
            try:
                read[end] = _value(column, filters.get(column.key + end, ""))
            except Invalid as error:
                wrong[column.key + end] = error.sentence
        if any(value is not None for value in read.values()):
            found.append(Bounds(column, least=read.get(FROM), most=read.get(TO)))
    if wrong:
        raise Invalid.many(wrong)
    return tuple(found)


def sought(facts: TableFacts, text: str) -> tuple[Bounds, ...]:
    """What a search over all columns asks, any of it: the text, or the day or figure it is."""
    found = []
    for column in facts.columns:
        if column.kind in {Kind.TEXT, Kind.FLAG}:
            found.append(Bounds(column, text=text))
            continue
        try:
            value = _value(column, text)
        except Invalid:
            continue
        found.append(Bounds(column, least=value, most=value))
    return tuple(found)


def _value(column: Column, text: str) -> date | Decimal | None:
    if not text:
        return None
    if column.kind in {Kind.DAY, Kind.MOMENT}:
        return parse_date(text, field=column.key)
    digits = UNIT_PRICE_DIGITS if column.kind is Kind.PRICE else 2
    return parse_amount(text, field=column.key, digits=digits, allow_negative=True)
