"""The settings page: each setting with what it does."""

import reflex as rx

from billing_app.kit.fields import field, select_input, text_input
from billing_app.services.settings import CHOICES, DEFAULTS
from billing_app.staff.settings.state import SettingsState
from billing_app.staff.shell.page import staff_page

SECTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Posting",
        (
            (
                "restrict_self_assembled_posting",
                "Restrict self-assembled invoice posting",
                "Who assembled an invoice cannot make it ready for posting or post it.",
            ),
            (
                "autofill_external_document_no",
                "Autofill of External Document No in Assemble Modal",
                "Filled from the first line's service-order reference.",
            ),
            ("generate_pdf_when_posted", "Generate PDF When Invoice Becomes Posted", ""),
        ),
    ),
    (
        "Numbers",
        (
            ("invoice_number_prefix", "Invoice Number Prefix", "Like INV-"),
            ("number_assigned_at", "Number is given at", "At posting, numbers have no gaps."),
            ("number_generator", "Number format", "Per month, or one counter."),
            ("default_payment_term_days", "Payment term in days", "For new customers."),
        ),
    ),
    (
        "Generated invoices",
        (
            (
                "invoice_line_grouping",
                "Invoice Line Grouping",
                "One usage line a day or a destination; a customer's own choice wins.",
            ),
            (
                "auto_run_invoice_schedule",
                "Auto Run Invoice Schedule",
                "Every night, without a button: drafts of finished periods. See Jobs.",
            ),
            (
                "package_charge_notification_days",
                "Package Charge Notification Days",
                "So many days before a package is charged its customer is mailed; 0: not at all.",
            ),
            (
                "rehearsal_jump_percent",
                "Odd change in percent",
                "Drafts that differ more from the period before are shown first in a rehearsal.",
            ),
        ),
    ),
    (
        "Portal",
        (
            ("show_invoices_in_portal", "Show Invoices in the Storefront", ""),
            ("enable_pdf_download_in_portal", "Enable Invoice PDF Download in Customer Portal", ""),
        ),
    ),
)


def settings_page() -> rx.Component:
    """The page."""
    sections = [
        rx.el.section(
            rx.el.header(rx.el.h2(title)),
            rx.el.div(*(_setting(*row) for row in rows), class_name="stack"),
            class_name="e-sec",
        )
        for title, rows in SECTIONS
    ]
    return staff_page(
        rx.cond(
            SettingsState.is_loaded,
            rx.el.div(*sections, class_name="e-wrap one"),
            rx.el.p("Opening…", role="status"),
        ),
        title="Settings",
        current="/settings",
        layout="editor",
        new=rx.fragment(),
    )


def _setting(key: str, label: str, explained: str) -> rx.Component:
    choices = ("on", "off") if DEFAULTS[key] in {"on", "off"} else CHOICES.get(key)
    value = SettingsState.values[key]
    if choices:
        control = select_input(
            choices, value=value, on_change=lambda chosen: SettingsState.change(key, chosen)
        )
    else:
        control = text_input(
            default_value=value, on_blur=lambda text: SettingsState.change(key, text)
        )
    return field(label, control, id=f"s-{key}", help=explained)
