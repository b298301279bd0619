"""From one invoice record to the finished strings of its drawer."""

import json
from dataclasses import dataclass, field

from billing_app.domain.document_types import sign
from billing_app.domain.editing import lock_sentence, may_edit
from billing_app.domain.lifecycle import Action, Offer, Posting
from billing_app.domain.status import Aging, aging, lifecycle_chip
from billing_app.kit.wording import UNKNOWN, amount, day, moment, number, percent, span
from billing_app.persistence.queries.invoices.record import InvoiceRecord
from billing_app.persistence.tables import InvoiceLine
from billing_app.services.context import Actor
from billing_app.services.invoices.derived import document_id, settlement_of
from billing_app.services.invoices.freeze import totals_of
from billing_app.staff.invoices.rows import HIDDEN, Sight

KINDS = {"receipt": "Receipt", "payment": "Payment", "refund": "Refund", "credit": "Credit note"}
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
    "noted": "Note added",
    "text changed": "Text changed",
    "imported": "Imported",
}
ICONS = {
    "created": "plus",
    "assemble": "layers",
    "ready": "hourglass",
    "post": "stamp",
    "unpost": "undo",
    "cancel": "x",
    "void": "ban",
    "noted": "note",
}
STATUS_MENU = (
    (Action.POST, Posting.POSTED),
    (Action.READY, Posting.READY),
    (Action.ASSEMBLE, Posting.ASSEMBLED),
    (Action.DISSOLVE, None),
)


@dataclass(frozen=True)
class Fact:
    """A label with its value."""

    label: str
    value: str
    css: str = ""


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

    number: str
    detail: str
    on: str
    amount: str
    balance: str


@dataclass(frozen=True)
class HistoryRow:
    """What happened, who did it, when."""

    icon: str
    what: str
    who: str
    when: str


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the chip's menu."""

    action: str
    label: str
    icon: str
    why: str
    is_possible: bool


@dataclass(frozen=True)
class DrawerView:
    """Everything the drawer shows, as strings."""

    id: int = 0
    version: int = 0
    label: str = ""
    document_id: str = ""
    posting: str = ""
    chip: str = ""
    chip_more: str = ""
    badge: str = ""
    currency: str = ""
    amount: str = ""
    amount_minor: str = ""
    paid: str = ""
    paid_minor: str = ""
    open: str = ""
    open_minor: str = ""
    aging: str = ""
    aging_note: str = ""
    is_late: bool = False
    lock: str = ""
    external_document_no: str = ""
    internal_comment: str = ""
    document_text: str = ""
    invoice_text: str = ""
    can_edit_texts: bool = False
    can_edit_always: bool = False
    can_edit_lines: bool = False
    can_edit_draft: bool = False
    has_pdf: bool = False
    sha256: str = ""
    primary: str = ""
    primary_label: str = ""
    facts: list[Fact] = field(default_factory=list)
    lines: list[LineRow] = field(default_factory=list)
    sums: list[Fact] = field(default_factory=list)
    settlements: list[SettlementRow] = field(default_factory=list)
    notes: list[HistoryRow] = field(default_factory=list)
    history: list[HistoryRow] = field(default_factory=list)
    prints: list[HistoryRow] = field(default_factory=list)
    menu: list[MenuEntry] = field(default_factory=list)
    more: list[MenuEntry] = field(default_factory=list)


def drawer_view(
    record: InvoiceRecord, offers: tuple[Offer, ...], sight: Sight, actor: Actor
) -> DrawerView:
    """The whole drawer of one invoice."""
    from billing_app.domain.access import Permission  # noqa: PLC0415

    invoice = record.invoice
    status = Posting(invoice.posting_status)
    signed = sign(record.document_type.kind)
    code = invoice.currency
    age = aging(invoice.due_on, sight.today, invoice.open_minor)
    by_action = {offer.action: offer for offer in offers}
    primary = _primary(by_action)
    chip, more = _chip(record, sight)
    is_text_level = actor.may(Permission.INVOICE_TEXT)
    return DrawerView(
        id=invoice.id or 0,
        version=invoice.version,
        label=invoice.label,
        document_id=document_id(invoice.id),
        posting=status.label,
        chip=chip,
        chip_more=more,
        badge=_badge(record, chip),
        currency=code,
        amount=amount(signed * invoice.total_minor, code),
        amount_minor=str(signed * invoice.total_minor),
        paid=amount(signed * invoice.settled_minor, code),
        paid_minor=str(signed * invoice.settled_minor),
        open=amount(signed * invoice.open_minor, code),
        open_minor=str(signed * invoice.open_minor),
        aging=_aged(age)[0],
        aging_note=_aged(age)[1],
        is_late=bool(age.days and age.days > 0 and invoice.open_minor > 0),
        lock=lock_sentence(status, invoice.posted_at.date() if invoice.posted_at else None),
        external_document_no=invoice.external_document_no,
        internal_comment=invoice.internal_comment,
        document_text=invoice.document_text,
        invoice_text=invoice.invoice_text,
        can_edit_texts=is_text_level and may_edit("document_text", status),
        can_edit_always=is_text_level and may_edit("internal_comment", status),
        can_edit_lines=is_text_level and status == Posting.ASSEMBLED,
        can_edit_draft=status == Posting.DRAFT and actor.may(Permission.INVOICE_EDIT_OWN),
        has_pdf=invoice.posted_at is not None,
        sha256=record.pdf_sha256,
        primary=primary[0],
        primary_label=primary[1],
        facts=_facts(record, sight, actor),
        lines=[_line(line, code) for line in record.lines],
        sums=_sums(record),
        settlements=_settlements(record, signed),
        notes=[
            HistoryRow("note", row.what, row.who, moment(row.at, sight.zone))
            for row in record.notes
        ],
        history=[_happened(row, sight) for row in record.history],
        prints=[
            HistoryRow(
                "download",
                row.what.replace("_", " ").capitalize(),
                row.who,
                moment(row.at, sight.zone),
            )
            for row in record.prints
        ],
        menu=_status_menu(status, by_action),
        more=_more_menu(by_action),
    )


def _chip(record: InvoiceRecord, sight: Sight) -> tuple[str, str]:
    invoice = record.invoice
    chip = lifecycle_chip(
        Posting(invoice.posting_status),
        settlement_of(invoice),
        invoice.due_on,
        sight.today,
        delivered=invoice.is_delivered,
    ).value
    if chip != "Overdue" or invoice.due_on is None:
        return chip, ""
    days = (sight.today - invoice.due_on).days
    return chip, f"{days} day" if days == 1 else f"{days} days"


def _badge(record: InvoiceRecord, chip: str) -> str:
    if record.invoice.payment_status == "partially" and chip != "Partially Paid":
        return "Partially Paid"
    return "Refunded" if record.invoice.payment_status.startswith("refunded") else ""


def _aged(age: Aging) -> tuple[str, str]:
    """The days large, what they mean small."""
    if not age.days:
        return age.text, ""
    days = f"{abs(age.days)} day" if abs(age.days) == 1 else f"{abs(age.days)} days"
    return days, "overdue" if age.days > 0 else "until due"


def _primary(offers: dict[Action, Offer]) -> tuple[str, str]:
    """The one primary action: the next step forward that is possible."""
    for action, label in ((Action.POST, "Post invoice…"), (Action.ASSEMBLE, "Assemble…")):
        if offers[action].allowed:
            return str(action), label
    return "", ""


def _facts(record: InvoiceRecord, sight: Sight, actor: Actor) -> list[Fact]:
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
    if record.orders:
        rows.append(Fact("Order", ", ".join(record.orders)))
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


def _line(line: InvoiceLine, code: str) -> LineRow:
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


def _sums(record: InvoiceRecord) -> list[Fact]:
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
    return [*rows, Fact(f"Total {code}", amount(totals.total, code), "sum")]


def _settlements(record: InvoiceRecord, signed: int) -> list[SettlementRow]:
    rows = []
    code, balance = record.invoice.currency, record.invoice.total_minor
    for row in record.settlements:
        if row.status == "COMPLETED":
            balance -= row.amount_minor
        method = row.method.replace("_", " ")
        detail = ", ".join(bit for bit in (KINDS[row.kind], method, row.reference) if bit)
        note = "" if row.status == "COMPLETED" else f" ({row.status.lower()})"
        on = day(_date(row.on))
        rows.append(
            SettlementRow(
                row.number,
                detail + note,
                on,
                amount(row.amount_minor, code),
                amount(signed * balance, code),
            )
        )
    return rows


def _date(text: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from datetime import date  # noqa: PLC0415

    return date.fromisoformat(text)


def _happened(row, sight: Sight) -> HistoryRow:  # type: ignore[no-untyped-def]  # noqa: ANN001
    after = json.loads(row.after) if row.after else {}
    what = HAPPENED.get(row.what, row.what.capitalize())
    if row.what == "post" and after.get("number"):
        what = f"Posted as {after['number']}"
    elif after.get("reason"):
        what = f"{what}: {after['reason']}"
    elif row.what == "text changed":
        what = f"{', '.join(after)} changed".replace("_", " ").capitalize()
    return HistoryRow(ICONS.get(row.what, "pencil"), what, row.who, moment(row.at, sight.zone))


def _status_menu(status: Posting, offers: dict[Action, Offer]) -> list[MenuEntry]:
    icons = {
        "Posted": "stamp",
        "Ready for Posting": "hourglass",
        "Assembled": "layers",
        "Pending": "dotted",
    }
    entries = []
    for action, target in STATUS_MENU:
        label = target.label if target else "Pending"
        if target == status:
            entries.append(MenuEntry("", label, icons[label], "Now", is_possible=False))
            continue
        chosen = Action.UNPOST if target == Posting.READY and status == Posting.POSTED else action
        offer = offers[chosen]
        is_possible = offer.allowed and chosen != Action.DISSOLVE
        entries.append(
            MenuEntry(
                str(chosen),
                f"{label}…" if is_possible else label,
                icons[label],
                "" if is_possible else offer.why,
                is_possible=is_possible,
            )
        )
    return entries


def _more_menu(offers: dict[Action, Offer]) -> list[MenuEntry]:
    entries = []
    for action, label, icon in (
        (Action.CANCEL, "Cancel…", "x"),
        (Action.VOID, "Void…", "ban"),
        (Action.DELETE, "Delete…", "trash"),
    ):
        if offers[action].allowed:
            entries.append(MenuEntry(str(action), label, icon, "", is_possible=True))
    return entries
