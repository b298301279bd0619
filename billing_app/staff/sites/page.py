"""The page of portal sites."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_area
from billing_app.kit.words import joined
from billing_app.staff.shell.page import staff_page
from billing_app.staff.sites.state import SiteRow, SitesState

HELP = (
    "One JSON object: InvoiceDocumentTypes, OrderDocumentTypes, HideLines, IsOrdersEnabled, "
    "IsDisputesEnabled."
)


def sites_page() -> rx.Component:
    """Each site with its settings, and the ids they may name."""
    types = rx.el.section(
        rx.el.header(rx.el.h2("Document types")),
        rx.el.p(
            "The ids for InvoiceDocumentTypes, as texts. Without the key every type is listed; "
            "an empty list shows none.",
            class_name="muted",
        ),
        rx.el.ul(rx.foreach(SitesState.types, lambda text: rx.el.li(text, key=text))),
        class_name="e-sec",
    )
    return staff_page(
        rx.cond(
            SitesState.is_loaded,
            rx.el.div(rx.foreach(SitesState.rows, _site), types, class_name="e-wrap one settings"),
            rx.el.p("Opening…", role="status"),
        ),
        title="Portal sites",
        current="/settings",
        crumbs=[("Settings", "/settings")],
        layout="editor",
        new=rx.fragment(),
    )


def _site(row: rx.vars.ObjectVar[SiteRow]) -> rx.Component:
    name = joined("site-", row.id.to_string())
    return rx.el.section(
        rx.el.header(rx.el.h2(row.name)),
        rx.el.form(
            field(
                "Settings",
                text_area(rows=8, name="settings_json", default_value=row.text, spell_check=False),
                id=name,
                help=HELP,
                error=row.error,
            ),
            rx.foreach(row.warnings, lambda text: rx.el.p(text, class_name="muted", key=text)),
            button("Save settings", kind="primary", type="submit"),
            on_submit=lambda form: SitesState.save(row.id, form),
            class_name="stack",
        ),
        class_name="e-sec",
        key=row.id,
    )
