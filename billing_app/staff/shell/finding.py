"""What the palette finds, under the asker's scope: six lines a group at most."""

from dataclasses import dataclass, field

from billing_app.domain.access import Permission
from billing_app.domain.document_types import sign
from billing_app.domain.lifecycle import Posting
from billing_app.kit.palette import PaletteGroup, PaletteItem
from billing_app.kit.wording import amount
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order
from billing_app.services.context import Context
from billing_app.services.customers import find_customers
from billing_app.services.invoices.listing import list_invoices, names

MOST = 6
PLACES = (
    ("Dashboard", "/", "dash", "g d", Permission.CUSTOMER_VIEW),
    ("Invoices", "/invoices", "invoice", "g i", Permission.INVOICE_VIEW),
    ("Recurring", "/invoices/recurring", "repeat", "g y", Permission.INVOICE_VIEW),
    ("Pending", "/pending", "pending", "g p", Permission.CHARGE_VIEW),
    ("Payments", "/payments", "pay", "g n", Permission.PAYMENT_VIEW),
    ("Voyages", "/voyages", "ship", "g v", Permission.VOYAGE_VIEW),
    ("Opportunities", "/opportunities", "opp", "g o", Permission.OPPORTUNITY_VIEW),
    ("Orders", "/orders", "order", "g b", Permission.ORDER_VIEW),
    ("Customers", "/customers", "cust", "g c", Permission.CUSTOMER_VIEW),
    ("Products", "/products", "pkg", "g t", Permission.PRODUCT_VIEW),
    ("Packages", "/packages", "layers", "g k", Permission.PACKAGE_VIEW),
    ("Usage", "/usage", "report", "g u", Permission.USAGE_VIEW),
    ("Mail", "/mail", "mail", "g m", Permission.INVOICE_SEND),
    ("Reports", "/reports", "report", "g r", Permission.REPORT_VIEW),
    ("Imports", "/imports", "upload", "g f", Permission.IMPORT_RUN),
    ("Templates", "/templates", "file", "g e", Permission.TEMPLATE_EDIT),
    ("Settings", "/settings", "gear", "g s", Permission.SETTINGS_VIEW),
    ("Users", "/users", "user", "g w", Permission.USER_VIEW),
    ("Log", "/log", "note", "g l", Permission.LOG_VIEW),
    ("Jobs", "/jobs", "clock", "g j", Permission.JOB_RUN),
    ("Integrity", "/integrity", "check", "g h", Permission.INTEGRITY_VIEW),
)
ACTIONS = (
    ("New invoice", "/invoices/new", "plus", "n", Permission.INVOICE_CREATE),
    ("New opportunity", "/opportunities/new", "plus", "", Permission.OPPORTUNITY_EDIT),
    ("New customer", "/customers/new", "plus", "", Permission.CUSTOMER_EDIT),
    ("New voyage", "/voyages/new", "plus", "", Permission.VOYAGE_EDIT),
    ("New product", "/products/new", "plus", "", Permission.PRODUCT_EDIT),
    ("New package", "/packages/new", "plus", "", Permission.PACKAGE_EDIT),
)
RECORD_ACTIONS = (
    ("Post this invoice…", "post", "stamp", "p", Permission.INVOICE_POST),
    ("Void this invoice…", "void", "ban", "", Permission.INVOICE_VOID),
    ("Cancel this invoice…", "cancel", "x", "", Permission.INVOICE_CANCEL),
)


@dataclass(slots=True)
class Found:
    """The palette's groups, and where each line leads."""

    groups: list[PaletteGroup] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, entries: list[tuple[PaletteItem, str]]) -> None:
        """Add a group unless it is empty."""
        if entries:
            self.groups.append(PaletteGroup(label, [item for item, _ in entries[:MOST]]))
            self.targets |= {item.key: target for item, target in entries[:MOST]}


def find_everything(ctx: Context, text: str, open_record: str = "") -> Found:
    """Actions, places, invoices and customers that fit the words."""
    found, words = Found(), text.strip().casefold()
    found.add("Actions", _actions(ctx, words, open_record))
    found.add(
        "Go to",
        [
            (_line(f"place-{label}", icon, label, key), href)
            for label, href, icon, key, permission in PLACES
            if words in label.casefold() and ctx.actor.may(permission)
        ],
    )
    if words:
        if ctx.actor.may(Permission.INVOICE_VIEW):
            found.add("Invoices", _invoices(ctx, text))
        found.add("Customers", _customers(ctx, text))
    return found


def _actions(ctx: Context, words: str, open_record: str) -> list[tuple[PaletteItem, str]]:
    lines = []
    if open_record.isascii() and open_record.isdigit():
        lines += [
            (
                _line(f"record-{verb}", icon, label, key),
                f"/invoices?invoice={open_record}&review={verb}",
            )
            for label, verb, icon, key, permission in RECORD_ACTIONS
            if words in label.casefold() and ctx.actor.may(permission)
        ]
    return lines + [
        (_line(f"action-{label}", icon, label, key), href)
        for label, href, icon, key, permission in ACTIONS
        if words in label.casefold() and ctx.actor.may(permission)
    ]


def _line(key: str, icon: str, label: str, shortcut: str = "") -> PaletteItem:
    return PaletteItem(key=key.replace(" ", "-"), icon=icon, before=label, shortcut=shortcut)


def _invoices(ctx: Context, text: str) -> list[tuple[PaletteItem, str]]:
    types = names(ctx).types
    rows = list_invoices(ctx, InvoiceFilter(search=text), Order()).rows[:MOST]
    return [
        (
            PaletteItem(
                key=f"invoice-{row.id}",
                icon="invoice",
                before=row.label,
                note=row.customer_name if ctx.actor.sees_partner else "",
                amount=f"{row.currency} "
                f"{amount(sign(types[row.document_type_id][1]) * row.total_minor, row.currency)}",
                status=Posting(row.posting_status).label,
            ),
            f"/invoices?invoice={row.id}",
        )
        for row in rows
    ]


def _customers(ctx: Context, text: str) -> list[tuple[PaletteItem, str]]:
    if not (ctx.actor.may(Permission.CUSTOMER_VIEW) and ctx.actor.sees_partner):
        return []
    return [
        (
            PaletteItem(key=f"customer-{row.id}", icon="cust", before=row.name, note=row.number),
            f"/customers/{row.id}",
        )
        for row in find_customers(ctx, text, MOST)
    ]
