"""What a customer's user sees of the documents: one predicate for every list, page and file.

A query says the same in SQL; each field below is one of its columns or parameters (SPEC 6.7).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.levels import AccessScope, ExternalRole
from billing_app.domain.posting import Posting

PORTAL_KINDS = frozenset({DocumentKind.INVOICE, DocumentKind.CREDIT})
"""With direction out: INO and CRO. Payables never reach the portal (SPEC 6.16, point 4)."""


@dataclass(frozen=True, slots=True)
class PortalDocumentFacts:
    """What the portal asks about a document."""

    direction: Direction
    kind: DocumentKind
    status: Posting
    was_posted: bool
    """It was posted once: posted_at is set."""
    customer_id: int
    document_type_id: str
    document_date: date
    customer_user_id: int | None = None
    is_shown: bool = True
    """enable_invoices and show_invoices_in_portal both resolve true for its customer."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class PortalScope:
    """What the session may reach: one user, working for one customer, on one site."""

    user_id: int
    customer_id: int
    role: ExternalRole
    scope: AccessScope = AccessScope.CORPORATE
    sub_customer_ids: frozenset[int] = frozenset()
    days_back: int | None = None
    """Past days visible; None is unlimited."""
    document_type_ids: frozenset[str] | None = None
    """The site's InvoiceDocumentTypes; None is all, empty is none."""
    order_types: frozenset[str] | None = None
    """The site's OrderDocumentTypes, by their names; None is all, empty is none."""
    is_section_on: bool = True


def earliest_visible(today: date, days_back: int | None) -> date | None:
    """The first document date still visible; None is unlimited (SPEC ERP-39)."""
    if days_back is None:
        return None
    if days_back >= (today - date.min).days:
        return date.min
    return today - timedelta(days=days_back)


def portal_sees(doc: PortalDocumentFacts, scope: PortalScope, today: date) -> bool:
    """Whether this user may know of this document at all."""
    return (
        _may_see_invoices(scope)
        and _is_published(doc)
        and _belongs(doc, scope)
        and _passes_restrictions(doc, scope, today)
    )


def _may_see_invoices(scope: PortalScope) -> bool:
    return scope.role >= ExternalRole.BILLING and scope.is_section_on


def _is_published(doc: PortalDocumentFacts) -> bool:
    is_outgoing = doc.direction is Direction.OUT and doc.kind in PORTAL_KINDS
    is_out = doc.status is Posting.POSTED or (
        doc.status in {Posting.READY, Posting.VOID} and doc.was_posted
    )
    return is_outgoing and is_out and doc.is_shown and not doc.is_deleted


def _belongs(doc: PortalDocumentFacts, scope: PortalScope) -> bool:
    if scope.scope is AccessScope.CORPORATE and doc.customer_id in scope.sub_customer_ids:
        return True
    if doc.customer_id != scope.customer_id:
        return False
    return scope.scope is not AccessScope.OWN or doc.customer_user_id == scope.user_id


def _passes_restrictions(doc: PortalDocumentFacts, scope: PortalScope, today: date) -> bool:
    allowed = scope.document_type_ids
    if allowed is not None and doc.document_type_id not in allowed:
        return False
    first = earliest_visible(today, scope.days_back)
    return first is None or doc.document_date >= first
