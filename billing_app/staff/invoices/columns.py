"""The columns the grid can show: one table read by header, cells, chooser and layout."""

from dataclasses import dataclass

from billing_app.persistence.queries.invoices.grid import SORTS

PAGE_NAME = "invoices"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key (also its sort key), its label, its classes."""

    key: str
    label: str
    css: str
    is_numeric: bool = False


COLUMNS = (
    Column("number", "Number", "c-no"),
    Column("customer", "Customer", "c-cust"),
    Column("title", "Title", "c-x"),
    Column("type", "Type", "c-x"),
    Column("date", "Date", "c-date"),
    Column("due", "Due", "c-due"),
    Column("aging", "Aging", "c-x"),
    Column("amount", "Amount", "c-amt num", is_numeric=True),
    Column("paid", "Paid", "c-x num", is_numeric=True),
    Column("open", "Open", "c-open num", is_numeric=True),
    Column("currency", "Currency", "c-x"),
    Column("status", "Status", "c-st"),
    Column("posting", "Posting status", "c-x"),
    Column("payment", "Payment status", "c-x"),
    Column("po", "PO number", "c-x"),
    Column("external", "External document no.", "c-x"),
    Column("account", "Account no.", "c-x"),
    Column("company", "Company", "c-x"),
    Column("created", "Created", "c-x"),
    Column("updated", "Updated", "c-x"),
)
BY_KEY = {column.key: column for column in COLUMNS}
KEYS = tuple(BY_KEY)
DEFAULT = ("number", "customer", "date", "due", "amount", "open", "status")

assert set(KEYS) <= set(SORTS), "every column can be sorted"  # noqa: S101  checked at import
