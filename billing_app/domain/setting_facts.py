"""Every setting there is, as data: what it is called, what it may be, where it may be set.

Source: SPEC 6.8; the levels of each are those of ORO-22 and CXS-48.
"""

from collections.abc import Mapping
from types import MappingProxyType

from billing_app.domain.permissions import Permission
from billing_app.domain.setting_accounts import ACCOUNT_SETTINGS
from billing_app.domain.setting_model import MAX_WORDS, Kind, Scope, Section, SettingFacts

__all__ = [
    "MAX_WORDS",
    "OFF",
    "ON",
    "SETTINGS",
    "Kind",
    "Scope",
    "Section",
    "SettingFacts",
]

ON, OFF = "on", "off"
MAX_PREFIX = 24  # leaves room for month and counter in a number of 50
PAIRS_ABOVE, PAIRS_BELOW = 8, 4  # DLY-44


_G, _C, _S = Scope.GLOBAL, Scope.COMPANY, Scope.SITE
_ALL = (_G, _C, _S, Scope.GROUP, Scope.CUSTOMER)
_SWITCH = ((ON, "On"), (OFF, "Off"))


def _switch(
    key: str,
    label: str,
    sentence: str,
    section: Section,
    *scopes: Scope,
    default: str = OFF,
    is_offered: bool = True,
) -> SettingFacts:
    kind = Kind.SWITCH
    return SettingFacts(
        key, label, sentence, section, kind, default, scopes, _SWITCH, is_offered=is_offered
    )


def _seller(key: str, label: str, kind: Kind = Kind.WORDS) -> SettingFacts:
    sentence = "Empty: as the company's record says."
    return SettingFacts(
        f"seller_{key}", label, sentence, Section.SELLER, kind, "", (_G, _C, _S),
        permission=Permission.SITE_EDIT,
    )  # fmt: skip


def _portal_part(key: str, label: str) -> SettingFacts:
    sentence = f"With it off the portal has no page {label}."
    return _switch(
        f"show_{key}_in_portal", f"Show {label}", sentence, Section.PORTAL, *_ALL, default=ON,
    )  # fmt: skip


_INVOICES = (
    _switch(
        "enable_invoices", "Enable Invoices",
        "With it off there are no invoices: no menu entry, no page, neither here nor in the "
        "portal. Nothing is deleted.",
        Section.INVOICES, _G, _C, default=ON,
    ),
    _switch(
        "restrict_self_assembled_posting", "Restrict self-assembled invoice posting",
        "Who assembled an invoice cannot make it ready for posting or post it.",
        Section.INVOICES, _G,
    ),
    _switch(
        "autofill_external_document_no", "Autofill of External Document No in Assemble Modal",
        "Filled from the first line's service-order reference.", Section.INVOICES, _G,
    ),
    _switch(
        "generate_pdf_when_posted", "Generate PDF When Invoice Becomes Posted",
        "With it off Accounting makes each PDF by hand, once.",
        Section.INVOICES, _G, _C, _S, default=ON,
    ),
    _switch(
        "enable_invoice_payments", "Enable Invoice Payments",
        "Customers pay a document from the portal or a guest link, in one step. "
        "It needs a Payment Method.", Section.INVOICES, _G, _C, _S,
    ),
    SettingFacts(
        "invoice_payment_method", "Payment Method",
        "The one method that is offered, where payments are enabled. Stripe needs its keys in "
        "the operator's settings; Demo moves no money and exists in the demo only.",
        Section.INVOICES, Kind.CHOICE, "none", (_G, _C, _S),
        (("none", "None"), ("stripe", "Stripe Payment Element"), ("demo", "Demo")),
    ),
)  # fmt: skip


def _prefix(key: str, label: str, default: str) -> SettingFacts:
    sentence = f"Like {default} New numbers begin with it."
    return SettingFacts(
        key, label, sentence, Section.NUMBERS, Kind.WORDS, default, (_G, _C),
        permission=Permission.SEQUENCE_EDIT, maximum=MAX_PREFIX,
    )  # fmt: skip


_NUMBERS = (
    _prefix("invoice_number_prefix", "Invoice Number Prefix", "INV-"),
    _prefix("credit_note_number_prefix", "Credit Note Number Prefix", "CRN-"),
    _prefix("advance_number_prefix", "Advance Payment Request Number Prefix", "APR-"),
    _prefix("invoice_in_number_prefix", "Invoice In Number Prefix", "INI-"),
    _prefix("credit_in_number_prefix", "Credit In Number Prefix", "CRI-"),
    SettingFacts(
        "number_assigned_at", "Number is given at", "At posting, numbers have no gaps.",
        Section.NUMBERS, Kind.CHOICE, "posting", (_G, _C),
        (("posting", "Posting"), ("creation", "First save")),
        permission=Permission.SEQUENCE_EDIT,
    ),
    SettingFacts(
        "number_generator", "Number format", "A counter each month, or one counter.",
        Section.NUMBERS, Kind.CHOICE, "monthly", (_G,),
        (("monthly", "Prefix, month, counter"), ("id", "Prefix, counter")),
        permission=Permission.SEQUENCE_EDIT,
    ),
    SettingFacts(
        "default_payment_term_days", "Payment term in days",
        "For new customers; a customer's own term stands in its details.",
        Section.NUMBERS, Kind.DAYS, "30", (_G,),
    ),
)  # fmt: skip
_PAPER = (
    _switch(
        "total_in_words", "Total in words", "Below the totals, in English or German.",
        Section.PAPER, _G, _C,
    ),
    SettingFacts(
        "printed_fields_above", "Fields above the lines",
        "One a line, like Terminal: Hamburg. Eight at most.",
        Section.PAPER, Kind.PAIRS, "", (_G, _C), maximum=PAIRS_ABOVE,
    ),
    SettingFacts(
        "printed_fields_below", "Fields below the totals", "One a line. Four at most.",
        Section.PAPER, Kind.PAIRS, "", (_G, _C), maximum=PAIRS_BELOW,
    ),
)  # fmt: skip
_SELLER = (
    _seller("name", "Company name"),
    _seller("address", "Address", Kind.ADDRESS),
    _seller("phone", "Phone"),
    _seller("email", "E-mail"),
    _seller("website", "Website"),
    _seller("tax_id", "Tax id"),
)
_PORTAL = (
    _switch(
        "show_invoices_in_portal", "Show Invoices in the Storefront",
        "With it off the portal has no invoices for whom this level covers.",
        Section.PORTAL, *_ALL, default=ON,
    ),
    _switch(
        "enable_pdf_download_in_portal", "Enable Invoice PDF Download in Customer Portal",
        "Staff download in any case.", Section.PORTAL, _G, _C, _S, default=ON,
    ),
    _portal_part("orders", "Orders"),
    _portal_part("due_payments", "Due Payments"),
    _portal_part("payments", "Payment History"),
    _portal_part("statement", "Statement"),
    _portal_part("packages", "Packages"),
)  # fmt: skip
_GENERATED = (
    SettingFacts(
        "invoice_line_grouping", "Invoice Line Grouping",
        "One usage line a day or a destination; a customer's own choice stands in its details.",
        Section.GENERATED, Kind.CHOICE, "day", (_G,),
        (("day", "By day"), ("destination", "By destination")),
    ),
    _switch(
        "auto_run_invoice_schedule", "Auto Run Invoice Schedule",
        "Every night, without a button: drafts of finished periods. See Jobs.",
        Section.GENERATED, _G,
    ),
    SettingFacts(
        "rehearsal_jump_percent", "Odd change in percent",
        "Drafts that differ more from the period before are shown first in a rehearsal.",
        Section.GENERATED, Kind.PERCENT, "50", (_G,),
    ),
    SettingFacts(
        "package_charge_notification_days", "Package Charge Notification Days",
        "So many days before a charge the customer is told; 0 for never.",
        Section.GENERATED, Kind.DAYS, "0", (_G,),
    ),
)  # fmt: skip
_OTHERS = (
    _switch(
        "accounting_posts", "Accounting posts",
        "Posting makes a document Ready for Posting and pushes it; accounting's taking it over "
        "posts it. Without a connection posting stays as it is.", Section.OTHERS, _G, _C,
    ),
    _switch(
        "overdue_notification", "Tell me of overdue invoices",
        "Each morning, when one became overdue.", Section.OTHERS, _G, Scope.USER,
        is_offered=False,
    ),
)  # fmt: skip

SETTINGS: Mapping[str, SettingFacts] = MappingProxyType(
    {
        facts.key: facts
        for group in (
            _INVOICES,
            _NUMBERS,
            _PAPER,
            _SELLER,
            _PORTAL,
            _GENERATED,
            ACCOUNT_SETTINGS,
            _OTHERS,
        )
        for facts in group
    }
)
"""Every setting by its key, in the order of the page."""
