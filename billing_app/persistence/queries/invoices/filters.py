"""What a list of invoices is asked for, and the SQL condition it stands for.

Every figure a filter needs is a column; "today" comes from the asker.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from billing_app.persistence.search import Sight, condition

POSTED_ONES = "posting_status IN ('READY_FOR_POSTING', 'POSTED')"
IS_PAID = "(i.open_minor <= 0 OR i.payment_status IN ('refunded', 'refunded_partially'))"
IN_REPORTS = (
    "(i.status_rank BETWEEN 30 AND 60 AND i.document_type_id IN "
    "(SELECT id FROM document_type WHERE kind IN ('invoice', 'credit')))"
)
CHIPS: Mapping[str, str] = MappingProxyType(
    {
        # the life cycle chip of SPEC 6.4 in SQL, first match made explicit; the rank repeats a
        # part of it, for the indexes
        "Cancelled": "(i.posting_status = 'CANCELLED' AND i.status_rank = 70)",
        "Void": "(i.posting_status = 'VOID' AND i.status_rank = 80)",
        "Draft": (
            "i.status_rank IN (10, 20, 25, 30) AND (i.posting_status IN ('DRAFT', 'ASSEMBLED') "
            "OR (i.posting_status = 'READY_FOR_POSTING' "
            f"AND NOT i.is_delivered AND i.settled_minor <= 0 AND NOT {IS_PAID}))"
        ),
        "Paid": f"(i.{POSTED_ONES} AND {IS_PAID})",
        "Overdue": (
            f"(i.{POSTED_ONES} AND i.open_minor > 0 AND i.is_delivered AND i.due_sort < :today "
            f"AND NOT {IS_PAID})"
        ),
        "Partially Paid": "(i.payment_status = 'partially')",
        "Sent": (
            f"(i.{POSTED_ONES} AND i.open_minor > 0 AND i.is_delivered AND i.settled_minor <= 0 "
            f"AND i.due_sort >= :today AND NOT {IS_PAID})"
        ),
        "Posted": (
            "i.status_rank = 40 "
            "AND (i.posting_status = 'POSTED' AND i.open_minor > 0 AND NOT i.is_delivered "
            f"AND i.settled_minor <= 0 AND NOT {IS_PAID})"
        ),
        "Open": f"(i.{POSTED_ONES} AND i.open_minor > 0)",
        # what the reports add up: posted once and not void, credits negative, no requests
        "Owed": f"({IN_REPORTS} AND i.open_minor <> 0)",
        "Issued": IN_REPORTS,
        # from the few undecided disputes to their invoices
        "Disputed": (
            "i.id IN (SELECT d.invoice_id FROM dispute d WHERE d.state IN ('open', 'answered'))"
        ),
    }
)
VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "all": "",
        "drafts": "i.posting_status = 'DRAFT'",
        "assembled": "i.posting_status = 'ASSEMBLED'",
        "ready": "i.posting_status = 'READY_FOR_POSTING'",
        "open": CHIPS["Open"],
        "overdue": CHIPS["Overdue"],
    }
)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices; empty fields restrict nothing. Every field of SPEC 6.10 the model has."""

    view: str = "all"
    search: str = ""
    posting_status: str = ""
    chip: str = ""
    payment_status: str = ""
    document_type_id: int = 0
    direction: str = ""
    company_id: int = 0
    customer_id: int = 0
    currency: str = ""
    account_no: str = ""
    external_document_no: str = ""
    origin: str = ""
    voyage_status: str = ""
    voyage: str = ""
    date_from: date | None = None
    date_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing is restricted."""
        return self == InvoiceFilter()

    @property
    def is_selective(self) -> bool:
        """Whether an index of its own leads to the few rows that match."""
        return bool(
            self.customer_id
            or self.account_no
            or self.external_document_no
            or self.voyage
            or self.voyage_status
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter as the asker means it: with the day and the names the asker may see."""

    chosen: InvoiceFilter
    today: date
    sight: Sight = field(default_factory=Sight)
    companies_off: tuple[int, ...] = ()
    """Companies whose invoices are switched off (ORO-1)."""


EQUAL = (
    "posting_status",
    "payment_status",
    "document_type_id",
    "company_id",
    "customer_id",
    "currency",
    "account_no",
    "origin",
)
RANGES = (
    ("date_from", "document_date >="),
    ("date_to", "document_date <="),
    ("due_from", "due_sort >="),
    ("due_to", "due_sort <="),
)
NUMBERED_FROM = (
    "SELECT e.id FROM invoice e WHERE e.deleted_at IS NULL "
    "AND e.external_document_no BETWEEN :from_no_{at} AND :to_no_{at}"
)
LAST_SIGN = "\U0010fffd"  # sorts after whatever a text may go on with
BY_LINES = (
    # CROSS JOIN: SQLite then begins with the few voyages, not with the millions of lines
    "i.id IN (SELECT l.invoice_id FROM voyage v CROSS JOIN invoice_line l "
    "WHERE l.voyage_id = v.id AND {})"
)


def where(asked: Asked, dialect: str) -> tuple[list[str], dict[str, Any]]:
    """The conditions, without the search, and their parameters."""
    chosen = asked.chosen
    conditions = ["i.deleted_at IS NULL"]
    parameters: dict[str, Any] = {}
    if asked.companies_off:
        conditions.append(f"i.company_id NOT IN ({', '.join(map(str, asked.companies_off))})")
    for named in (VIEWS.get(chosen.view, ""), CHIPS.get(chosen.chip, "")):
        if named:
            conditions.append(named)
            if ":today" in named:
                parameters["today"] = (
                    asked.today.isoformat() if dialect == "sqlite" else asked.today
                )
    for column in EQUAL:
        value = getattr(chosen, column)
        if value:
            conditions.append(f"i.{column} = :{column}")
            parameters[column] = value.replace("\0", "") if isinstance(value, str) else value
    for name, comparison in RANGES:
        value = getattr(chosen, name)
        if value is not None:
            conditions.append(f"i.{comparison} :{name}")
            parameters[name] = value.isoformat() if dialect == "sqlite" else value
    _add_joined(chosen, conditions, parameters)
    return conditions, parameters


def searched(asked: Asked, dialect: str) -> tuple[str, dict[str, str]]:
    """The search as a subquery of ids; empty when nothing is searched."""
    return condition(dialect, asked.chosen.search, asked.sight)


def _add_joined(chosen: InvoiceFilter, conditions: list[str], parameters: dict[str, Any]) -> None:
    if chosen.external_document_no:
        beginning = chosen.external_document_no.replace("\0", "")
        spellings = dict.fromkeys((beginning, beginning.upper(), beginning.lower()))
        parts = []
        for at, spelling in enumerate(spellings):  # a range, as LIKE would not use the index
            parts.append(NUMBERED_FROM.format(at=at))
            parameters |= {f"from_no_{at}": spelling, f"to_no_{at}": f"{spelling}{LAST_SIGN}"}
        conditions.append(f"i.id IN ({' UNION ALL '.join(parts)})")
    if chosen.direction in {"out", "in"}:
        conditions.append(
            "i.document_type_id IN (SELECT id FROM document_type WHERE direction = :direction)"
        )
        parameters["direction"] = chosen.direction
    if chosen.voyage_status:
        conditions.append(BY_LINES.format("v.status = :voyage_status"))
        parameters["voyage_status"] = chosen.voyage_status
    if chosen.voyage:
        conditions.append(BY_LINES.format("v.reference LIKE :voyage ESCAPE '!'"))
        parameters["voyage"] = _prefix(chosen.voyage)


def _prefix(text: str) -> str:
    escaped = text.replace("\0", "").replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"{escaped}%"
