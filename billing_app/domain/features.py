"""What a setting that is off takes away from everybody, whatever their level (ORO-1, CXS-48).

A permission that is withheld does not exist: its menu entries, pages and routes are not found.
"""

from collections.abc import Mapping
from types import MappingProxyType

from billing_app.domain.permissions import STAFF_MATRIX, Permission
from billing_app.domain.setting_facts import ON

ENABLE_INVOICES = "enable_invoices"
_P = Permission
_INVOICES = frozenset(
    {
        _P.PORTAL_INVOICES,
        _P.PORTAL_DOWNLOAD,
        _P.PORTAL_DUE,
        _P.PORTAL_PAY,
        _P.PORTAL_DISPUTE,
    }
)

OF_STAFF: frozenset[Permission] = frozenset(
    permission for permission in STAFF_MATRIX if permission.startswith("invoice:")
)
"""What staff lose where invoices are off."""

OF_PORTAL: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        ENABLE_INVOICES: _INVOICES | {_P.PORTAL_STATEMENT},
        "show_invoices_in_portal": _INVOICES,
        "enable_invoice_payments": frozenset({_P.PORTAL_PAY}),
        "show_orders_in_portal": frozenset({_P.PORTAL_ORDERS, _P.PORTAL_PRICES}),
        "show_due_payments_in_portal": frozenset({_P.PORTAL_DUE}),
        "show_payments_in_portal": frozenset({_P.PORTAL_PAYMENTS}),
        "show_statement_in_portal": frozenset({_P.PORTAL_STATEMENT}),
        "show_packages_in_portal": frozenset({_P.PORTAL_PACKAGES}),
    }
)
"""What a customer's people lose where the setting is off for their customer."""


def withheld_in_portal(values: Mapping[str, str]) -> frozenset[Permission]:
    """What the settings of a customer take away from its people."""
    lost = (granted for key, granted in OF_PORTAL.items() if values[key] != ON)
    return frozenset().union(*lost)
