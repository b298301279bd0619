"""The grid's filters: one table that the form, the chips and the reader share (SPEC 6.10)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from billing_app.domain.document_types import Direction
from billing_app.domain.errors import Invalid
from billing_app.domain.lifecycle import Posting
from billing_app.domain.parsing import parse_date
from billing_app.domain.status import PaymentStatus
from billing_app.kit.wording import day
from billing_app.persistence.queries.invoices.filters import CHIPS, VIEWS, InvoiceFilter
from billing_app.services.context import Context
from billing_app.services.customers import find_customers
from billing_app.services.invoices.listing import Names

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class FilterChip:
    """A filter in force."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: where it lives in the model's filter, and how its value reads."""

    label: str
    field: str
    empty: Any = ""
    options: tuple[tuple[str, str], ...] = ()
    is_date: bool = False

    def cleared(self, chosen: InvoiceFilter) -> InvoiceFilter:
        """The filter without this one."""
        return replace(chosen, **{self.field: self.empty})


DIRECTIONS = ((Direction.OUT.value, "Receivable"), (Direction.IN.value, "Payable"))
POSTINGS = tuple((status.value, status.label) for status in Posting)
PAYMENTS = tuple((status.value, status.label) for status in PaymentStatus)
ORIGINS = tuple(
    (value, value.capitalize())
    for value in (
        "manual",
        "opportunity",
        "assembled",
        "generated",
        "recurring",
        "imported",
        "reversal",
    )
)
VOYAGE_STATUSES = tuple(
    (value, value)
    for value in ("Nominated", "Operational", "Operationally Closed", "Invoiced", "Closed")
)
FILTERS: dict[str, Filter] = {
    "chip": Filter("Status", "chip", options=tuple((name, name) for name in CHIPS)),
    "posting_status": Filter("Posting status", "posting_status", options=POSTINGS),
    "payment_status": Filter("Payment status", "payment_status", options=PAYMENTS),
    "direction": Filter("Direction", "direction", options=DIRECTIONS),
    "type": Filter("Type", "document_type_id", 0),
    "company": Filter("Company", "company_id", 0),
    "customer": Filter("Customer", "customer_id", 0),
    "currency": Filter("Currency", "currency"),
    "date_from": Filter("Date from", "date_from", None, is_date=True),
    "date_to": Filter("Date to", "date_to", None, is_date=True),
    "due_from": Filter("Due from", "due_from", None, is_date=True),
    "due_to": Filter("Due to", "due_to", None, is_date=True),
    "account_no": Filter("Account no.", "account_no"),
    "external_document_no": Filter("External document no.", "external_document_no"),
    "voyage": Filter("Voyage", "voyage"),
    "voyage_status": Filter("Voyage status", "voyage_status", options=VOYAGE_STATUSES),
    "origin": Filter("Origin", "origin", options=ORIGINS),
}
MAX_TEXT = 64
MAX_DIGITS = 16


def read_filter(ctx: Context, form: dict[str, str], before: InvoiceFilter) -> InvoiceFilter:
    """The filter a form asks for; view and search stay. Raises: Invalid at the field."""
    values: dict[str, Any] = {}
    for key, chosen in FILTERS.items():
        text = form.get(key, "").strip()[:MAX_TEXT]
        values[chosen.field] = _read(ctx, key, chosen, text) if text else chosen.empty
    if values["date_from"] and values["date_to"] and values["date_to"] < values["date_from"]:
        raise Invalid.of("date_to", "The last date is before the first.")
    return InvoiceFilter(view=before.view, search=before.search, **values)


def addressed(given: Mapping[str, str]) -> InvoiceFilter | None:
    """The filter an address asks for; None where it asks for none. What is malformed is left out.

    The keys are those of the form; `customer` is an id, `view` a saved view.
    """
    values: dict[str, Any] = {}
    for key, chosen in FILTERS.items():
        text = str(given.get(key, ""))[:MAX_TEXT]
        if not text or not text.isprintable():
            continue
        if chosen.is_date:
            with suppress(Invalid):
                values[chosen.field] = parse_date(text, field=key)
        elif chosen.empty == 0:
            if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS:
                values[chosen.field] = int(text)
        elif not chosen.options or text in {value for value, _ in chosen.options}:
            values[chosen.field] = text
    view = str(given.get("view", ""))
    if view in VIEWS:
        values["view"] = view
    return InvoiceFilter(**values) if values else None


def chips_of(chosen: InvoiceFilter, names: Names | None) -> list[FilterChip]:
    """The filters in force, in words."""
    shown = []
    for key, part in FILTERS.items():
        value = getattr(chosen, part.field)
        if value != part.empty:
            shown.append(FilterChip(key, part.label, _words(key, part, value, names)))
    return shown


def _read(ctx: Context, key: str, chosen: Filter, text: str) -> Any:
    if chosen.is_date:
        return parse_date(text, field=key)
    if key == "customer":
        found = find_customers(ctx, text, limit=2)
        if len(found) != 1 and not any(row.name == text for row in found):
            raise Invalid.of(
                "customer",
                f"No customer is called {text}."
                if not found
                else f"Several customers fit {text}; give the whole name.",
            )
        return next((row.id for row in found if row.name == text), found[0].id)
    if key in {"type", "company"}:
        return int(text) if text.isascii() and text.isdigit() else 0
    if key == "currency":
        return text.upper()[:3]
    if chosen.options and text not in {value for value, _ in chosen.options}:
        raise Invalid.of(key, f"Choose one of the values of {chosen.label}.")
    return text


def _words(key: str, part: Filter, value: Any, names: Names | None) -> str:
    readers: Mapping[str, Callable[[], str]] = {
        "type": lambda: names.types.get(value, ("?", ""))[0] if names else str(value),
        "company": lambda: names.companies.get(value, "?") if names else str(value),
        "customer": lambda: f"no. {value}",
    }
    if key in readers:
        return readers[key]()
    if isinstance(value, date):
        return day(value)
    return dict(part.options).get(str(value), str(value))


def sentence_of(chosen: InvoiceFilter, chips: list[FilterChip], views: dict[str, str]) -> str:
    """What is asked for, in words, for when nothing fits it."""
    parts = [f"{chip.label} {chip.value}" for chip in chips]
    if chosen.view != "all":
        parts.insert(0, f"view {views[chosen.view]}")
    if chosen.search:
        parts.append(f"search \u201c{chosen.search}\u201d")
    return f"Asked for: {', '.join(parts)}." if parts else ""


def query_of(chosen: InvoiceFilter, sort: str, *, descending: bool) -> str:
    """The filter as a query string, for the export's address."""
    values = {
        field.name: getattr(chosen, field.name)
        for field in fields(chosen)
        if getattr(chosen, field.name) not in {"", 0, None}
    }
    return urlencode(values | {"sort": sort, "descending": int(descending)})
