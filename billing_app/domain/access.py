"""Who may do and see what: levels, permissions, the portal's predicate and the granting rules."""

from billing_app.domain.grants import (
    GrantRefused,
    check_manages,
    check_portal_change_by_customer,
    check_portal_change_by_staff,
    check_sight,
    check_staff_change,
)
from billing_app.domain.levels import AccessScope, ExternalRole, StaffLevel
from billing_app.domain.permissions import (
    PORTAL_MATRIX,
    STAFF_MATRIX,
    Permission,
    least_level_name,
    may_portal,
    may_staff,
)
from billing_app.domain.visibility import (
    PORTAL_KINDS,
    PortalDocumentFacts,
    PortalScope,
    earliest_visible,
    portal_sees,
)

__all__ = [
    "PORTAL_KINDS",
    "PORTAL_MATRIX",
    "STAFF_MATRIX",
    "AccessScope",
    "ExternalRole",
    "GrantRefused",
    "Permission",
    "PortalDocumentFacts",
    "PortalScope",
    "StaffLevel",
    "check_manages",
    "check_portal_change_by_customer",
    "check_portal_change_by_staff",
    "check_sight",
    "check_staff_change",
    "earliest_visible",
    "least_level_name",
    "may_portal",
    "may_staff",
    "portal_sees",
]
