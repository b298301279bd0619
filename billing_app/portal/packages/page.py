"""The packages the customer has (CXS-49)."""

import reflex as rx

from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.table_parts import portal_table


def packages_page() -> rx.Component:
    """The packages by name."""
    return portal_page(
        portal_table("packages", "Packages", "No packages", opens=False),
        current="/portal/packages",
        title="Packages",
        wide=True,
    )
