"""What may be edited in which posting status: the table of SPEC 6.6 as data.

The edit form exists in DRAFT only; the drawer has inputs for DRAWER_FIELDS at most, and never for
FIXED_FIELDS, in any status (SPEC DLY-12 to DLY-16).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from billing_app.domain.errors import NotEditable
from billing_app.domain.posting import Posting

_DRAFT = frozenset({Posting.DRAFT})
_UNTIL_READY = frozenset({Posting.DRAFT, Posting.ASSEMBLED})
_ALIVE = _UNTIL_READY | {Posting.READY, Posting.POSTED}
_ALWAYS = frozenset(Posting)
_NEVER: frozenset[Posting] = frozenset()

_FIELDS_BY_STATUSES: Mapping[frozenset[Posting], str] = {
    _DRAFT: """
        customer contact document_type company currency invoice_number
        document_date due_date payment_terms
        lines line_quantity line_unit_price line_tax line_discount line_dates line_package
        title po_number notes terms discount tax_mode
    """,
    _UNTIL_READY: "line_description document_text invoice_text",
    _ALWAYS: "external_document_no internal_comment staff_notes attachments file_access",
    _ALIVE: "orders external_payment_page accounting_id recurrence",
    _NEVER: """
        document_id created_at created_by assembled_by posted_at business_partner vessel
        issuing_office issuing_company account_no subtotal discount_total tax_total total
    """,
}

EDITABLE: Mapping[str, frozenset[Posting]] = MappingProxyType(
    {
        field: statuses
        for statuses, fields in _FIELDS_BY_STATUSES.items()
        for field in fields.split()
    }
)
"""Each field with the statuses in which it may be edited, by the level the action needs."""

DRAWER_FIELDS = frozenset(
    [
        "line_description",
        "document_text",
        "invoice_text",
        "external_document_no",
        "internal_comment",
        "staff_notes",
        "attachments",
        "file_access",
        "orders",
        "external_payment_page",
        "accounting_id",
        "recurrence",
    ]
)
"""What the drawer may edit, where EDITABLE allows it; the money and dates are for the form."""

FIXED_FIELDS = frozenset(
    ["business_partner", "vessel", "created_at", "issuing_office", "issuing_company", "account_no"]
)
"""What is an input nowhere, in no status."""


def may_edit(field: str, status: Posting) -> bool:
    """Whether the field may change in this status. An unknown field may not."""
    return status in EDITABLE.get(field, _NEVER)


def may_edit_in_drawer(field: str, status: Posting) -> bool:
    """Whether the drawer has an input for the field in this status."""
    return field in DRAWER_FIELDS and may_edit(field, status)


def may_set_recurrence(status: Posting, *, on: bool) -> bool:
    """A recurrence is switched on in DRAFT only; it may be switched off until the end."""
    return may_edit("recurrence", status) and (status is Posting.DRAFT or not on)


def may_change_file_access(status: Posting, *, narrows: bool) -> bool:
    """On a cancelled or void document access to files may be narrowed, not widened."""
    return narrows or status not in {Posting.CANCELLED, Posting.VOID}


def check_edit(field: str, status: Posting, label: str) -> None:
    """Raise NotEditable with a sentence unless the field may change in this status."""
    if not may_edit(field, status):
        raise NotEditable(
            "{label} is {status}: {field} can no longer be changed.",
            label=label,
            status=status.label,
            field=field.replace("_", " "),
        )


def lock_sentence(status: Posting, posted_on: date | None = None) -> str:
    """The one sentence beside the lock that says what is fixed and why; empty in DRAFT."""
    if status is Posting.POSTED and posted_on is not None:
        return f"Fixed since posting on {_spoken(posted_on)}. Two fields stay open."
    return _LOCKS[status]


_LOCKS = {
    Posting.DRAFT: "",
    Posting.ASSEMBLED: "Amounts fixed. Texts open until posting.",
    Posting.READY: "Fixed since Ready for Posting. Two fields stay open.",
    Posting.POSTED: "Fixed since posting. Two fields stay open.",
    Posting.CANCELLED: "Cancelled for good. Two fields stay open.",
    Posting.VOID: "Void for good. Two fields stay open.",
}

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _spoken(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
