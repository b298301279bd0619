"""The drawer's facts, lines, settlements and history as finished strings."""

import json
from dataclasses import dataclass
from datetime import date

from billing_app.domain.access import Permission
from billing_app.domain.payments import PaymentMethod
from billing_app.domain.settlement import DELETABLE
from billing_app.kit.wording import UNKNOWN, amount, day, moment, number, percent, span
from billing_app.persistence.queries.invoices.record import Happening, InvoiceRecord, Settlement
from billing_app.persistence.tables import InvoiceLine
from billing_app.services.context import Actor
from billing_app.services.invoices.freeze import totals_of
from billing_app.staff.invoices.rows import HIDDEN, Sight

KINDS = {
    "receipt": "Receipt",
    "payment": "Payment",
    "refund": "Refund",
    "credit": "Credit note",
    "used": "Used for invoice",
}
DOCUMENTS = {"credit", "used"}


HAPPENED = {
    "created": "Created",
    "changed": "Changed",
    "assemble": "Assembled",
    "ready": "Set to Ready for Posting",
    "post": "Posted",
    "unpost": "Set back to Ready for Posting",
    "cancel": "Cancelled",
    "void": "Voided",
    "delete": "Deleted",
    "dissolve": "Dissolved",
    "noted": "Note added",
    "text changed": "Text changed",
    "imported": "Imported",
    "duplicated": "Duplicated",
    "paid": "Paid",
    "payment deleted": "Payment deleted",
    "payment cancelled": "Payment cancelled",
    "released": "Payment released",
    "refunded": "Refunded",
    "credited": "Credited",
    "credit used": "Credit used",
    "credit taken back": "Credit taken back",
    "order linked": "Order linked",
    "order unlinked": "Order unlinked",
    "paper attached": "Own PDF attached",
    "changed after posting": "Changed after posting",
    "mail queued": "Mail queued",
    "mail queued again": "Mail queued again",
    "mail cancelled": "Mail cancelled",
    "mailed": "Mailed",
    "mail failed": "Mail failed",
    "marked as sent": "Marked as sent",
    "push queued": "Push to accounting queued",
    "pushed": "Pushed to accounting",
    "push failed": "Push to accounting failed",
    "accounting not followed": "Accounting could not be followed",
}


MONEY = {"payment", "credit", "invoice"}
ICONS = {
    "created": "plus",
    "assemble": "layers",
    "ready": "hourglass",
    "post": "stamp",
    "unpost": "undo",
    "cancel": "x",
    "void": "ban",
    "noted": "note",
    "mail queued": "mail",
    "mail queued again": "mail",
    "mail cancelled": "x",
    "mailed": "send",
    "mail failed": "warn",
    "marked as sent": "send",
    "push queued": "sync",
    "pushed": "sync",
    "push failed": "warn",
    "accounting not followed": "warn",
}


@dataclass(frozen=True)
class Fact:
    """A label with its value."""

    label: str
    value: str
    css: str = ""
    href: str = ""


@dataclass(frozen=True)
class LineRow:
    """One line of the invoice."""

    line_no: int
    description: str
    detail: str
    quantity: str
    unit_price: str
    net: str
    net_minor: str


@dataclass(frozen=True)
class SettlementRow:
    """One row of "Receipts, Payments and Credit Notes" with the running balance."""

    id: int
    number: str
    href: str
    detail: str
    on: str
    amount: str
    balance: str
    can_delete: bool


@dataclass(frozen=True)
class HistoryRow:
    """What happened, who did it, when."""

    icon: str
    what: str
    who: str
    when: str


def facts_of(record: InvoiceRecord, sight: Sight, actor: Actor) -> list[Fact]:
    """What the drawer states and never edits, masked as the viewer's flags say."""
    invoice = record.invoice
    rows = [
        Fact("Business partner", invoice.customer_name if actor.sees_partner else HIDDEN),
        *([Fact("Contact", record.contact)] if record.contact and actor.sees_partner else []),
        Fact("Vessel", (", ".join(record.vessels) or UNKNOWN) if actor.sees_vessel else HIDDEN),
        Fact("Document date", day(invoice.document_date)),
        Fact("Due date", day(invoice.due_on)),
        Fact("Created", f"{moment(invoice.created_at, sight.zone)}, {record.created_by}"),
        Fact("Issuing company", record.company.name),
        Fact("Issuing office", record.office or UNKNOWN),
        Fact("Account No.", invoice.account_no or UNKNOWN),
        Fact("Type", record.document_type.name),
        Fact("PO number", invoice.po_number or UNKNOWN),
    ]
    rows += [*sources_of(record), *imported_facts(record)]
    if record.voyages:
        rows.append(Fact("Voyage", ", ".join(sorted(record.voyages.values()))))
    if invoice.assembled_at:
        rows.append(
            Fact("Assembled", f"{moment(invoice.assembled_at, sight.zone)}, {record.assembled_by}")
        )
    if invoice.posted_at:
        rows.append(Fact("Posted", f"{moment(invoice.posted_at, sight.zone)}, {record.posted_by}"))
    if record.credited:
        rows.append(Fact("Credits", record.credited))
    if invoice.end_reason:
        rows.append(Fact("Reason", invoice.end_reason, "wide"))
    for label, text in (
        ("Title", invoice.title),
        ("Notes", invoice.notes),
        ("Terms", invoice.terms),
    ):
        if text:
            rows.append(Fact(label, text, "wide"))
    return rows


def sources_of(record: InvoiceRecord) -> list[Fact]:
    """What the invoice was made from; each opens (ORO-17, CRM-13)."""
    rows = [
        Fact(f"Order {at}" if len(record.orders) > 1 else "Order", number, href=f"/orders/{key}")
        for at, (key, number) in enumerate(record.orders, start=1)
    ]
    if record.opportunity is not None:
        key, title = record.opportunity
        rows.append(Fact("Opportunity", title, href=f"/opportunities/{key}"))
    if record.plan is not None:
        key, is_source = record.plan
        said = "Plan of this invoice" if is_source else "Made by a plan"
        rows.append(Fact("Recurrence", said, href=f"/invoices/recurring/{key}"))
    return rows


def imported_facts(record: InvoiceRecord) -> list[Fact]:
    """Where an imported document comes from, and where it is paid (ORO-19, ORO-38)."""
    invoice = record.invoice
    rows = []
    if invoice.external_system:
        rows.append(Fact("Imported from", f"{invoice.external_system}, {invoice.external_id}"))
    if page := invoice.external_payment_page:
        rows.append(Fact("Payment page", page, "wide", href=page))
    return rows


def line_row(line: InvoiceLine, code: str) -> LineRow:
    """One line as the table shows it."""
    bits = [span(line.date_from, line.date_to), f"tax {percent(line.tax_rate)}"]
    if line.discount_minor:
        bits.append(f"discount {amount(line.discount_minor, code)}")
    return LineRow(
        line_no=line.line_no,
        description=line.description or UNKNOWN,
        detail=" · ".join(bit for bit in bits if bit),
        quantity=f"{number(line.quantity)} {line.unit}".strip(),
        unit_price=number(line.unit_price, 2),
        net=amount(line.net_minor, code),
        net_minor=str(line.net_minor),
    )


def sums_of(record: InvoiceRecord) -> list[Fact]:
    """The totals under the lines, by the one arithmetic."""
    code = record.invoice.currency
    totals = totals_of(record.invoice, record.lines)
    rows = [Fact("Subtotal", amount(totals.subtotal, code))]
    if totals.line_discounts:
        rows.append(Fact("Line discounts", amount(-totals.line_discounts, code)))
    if totals.invoice_discount:
        rows.append(Fact("Invoice discount", amount(-totals.invoice_discount, code)))
    rows += [
        Fact(f"Tax {percent(group.rate)} on {amount(group.base, code)}", amount(group.tax, code))
        for group in totals.groups
    ]
    if len(totals.groups) > 1:
        rows.append(Fact("Tax", amount(totals.tax_total, code)))
    return [*rows, Fact(f"Total {code}", amount(totals.total, code), "sum")]


def settlements_of(record: InvoiceRecord, signed: int, actor: Actor) -> list[SettlementRow]:
    """What settled the document, with the running balance."""
    rows = []
    code, balance = record.invoice.currency, record.invoice.total_minor
    for row in record.settlements:
        minor = -row.amount_minor if row.kind == "refund" else row.amount_minor
        if row.status == "COMPLETED":
            balance -= minor
        is_document = row.kind in DOCUMENTS
        rows.append(
            SettlementRow(
                id=row.id,
                number=row.number,
                href=f"/invoices?invoice={row.id}" if is_document else f"/payments/{row.id}",
                detail=_detail(row),
                on=day(date.fromisoformat(row.on)),
                amount=amount(minor, code),
                balance=amount(signed * balance, code),
                can_delete=(
                    not is_document
                    and row.source in DELETABLE
                    and actor.may(Permission.PAYMENT_DELETE)
                ),
            )
        )
    return rows


def _detail(row: Settlement) -> str:
    """What stands under the number: "Receipt, bank transfer, AUR 88120 (pending)"."""
    is_write_off = row.method == PaymentMethod.WRITE_OFF
    kind = "Write-off" if is_write_off else KINDS[row.kind]
    method = "" if is_write_off else row.method.replace("_", " ")
    note = "" if row.status == "COMPLETED" else f" ({row.status.lower()})"
    return ", ".join(bit for bit in (kind, method, row.reference) if bit) + note


def happened_row(row: Happening, sight: Sight) -> HistoryRow:
    """One entry of the history in people's words."""
    after = json.loads(row.after) if row.after else {}
    what = HAPPENED.get(row.what, row.what.capitalize())
    if row.what == "post" and after.get("number"):
        what = f"Posted as {after['number']}"
    elif after.get("copy_of"):
        what = f"{what} from {after['copy_of']}"
    elif MONEY & set(after):
        what = f"{what}: {after[min(MONEY & set(after))]}"
    elif after.get("order"):
        what = f"{what}: {after['order']}"
    elif after.get("reason") and (sight.partner or not row.what.startswith("mail")):
        what = f"{what}: {after['reason']}"
    elif row.what == "mailed" and after.get("to"):
        what = f"Mailed to {after['to'] if sight.partner else HIDDEN}"
    elif row.what == "text changed":
        what = f"{', '.join(after)} changed".replace("_", " ").capitalize()
    return HistoryRow(ICONS.get(row.what, "pencil"), what, row.who, moment(row.at, sight.zone))
