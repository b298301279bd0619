"""From one invoice record to the finished strings of its drawer."""

from dataclasses import dataclass, field

from billing_app.domain.access import Permission
from billing_app.domain.document_types import sign
from billing_app.domain.editing import lock_sentence, may_edit, may_set_recurrence
from billing_app.domain.lifecycle import Action, Offer, Posting
from billing_app.domain.money import currency, plain_amount
from billing_app.domain.status import Aging, aging, lifecycle_chip
from billing_app.kit.wording import amount, moment
from billing_app.persistence.queries.invoices.record import InvoiceRecord
from billing_app.services.context import Actor
from billing_app.services.foreign.papers import may_attach
from billing_app.services.invoices.derived import document_id, settlement_of
from billing_app.services.invoices.listing import Opened
from billing_app.staff.invoices.drawer_history import HistoryRow, happened_row
from billing_app.staff.invoices.drawer_offers import can_push, is_small, sync_label
from billing_app.staff.invoices.drawer_words import (
    Fact,
    LineRow,
    SettlementRow,
    facts_of,
    line_row,
    settlements_of,
    sums_of,
)
from billing_app.staff.invoices.mail_rows import MailRow, mail_row
from billing_app.staff.invoices.rows import Sight

STATUS_MENU = (
    (Action.POST, Posting.POSTED),
    (Action.READY, Posting.READY),
    (Action.ASSEMBLE, Posting.ASSEMBLED),
    (Action.DISSOLVE, None),
)


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
    open_plain: str = ""
    is_late: bool = False
    has_payments: bool = False
    can_record: bool = False
    can_allocate: bool = False
    can_write_off: bool = False
    can_push: bool = False
    sync: str = ""
    sync_error: str = ""
    lock: str = ""
    external_document_no: str = ""
    internal_comment: str = ""
    document_text: str = ""
    invoice_text: str = ""
    can_edit_texts: bool = False
    can_edit_always: bool = False
    can_edit_lines: bool = False
    can_edit_draft: bool = False
    can_duplicate: bool = False
    can_recur: bool = False
    can_credit: bool = False
    can_reverse: bool = False
    has_pdf: bool = False
    can_make_pdf: bool = False
    can_attach: bool = False
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
    mails: list[MailRow] = field(default_factory=list)
    can_send: bool = False
    can_mark: bool = False
    can_write: bool = False
    menu: list[MenuEntry] = field(default_factory=list)
    more: list[MenuEntry] = field(default_factory=list)


def drawer_view(opened: Opened, sight: Sight, actor: Actor) -> DrawerView:
    """The whole drawer of one invoice."""
    record = opened.record
    invoice = record.invoice
    status = Posting(invoice.posting_status)
    signed = sign(record.document_type.kind)
    code = invoice.currency
    age = aging(invoice.due_on, sight.today, invoice.open_minor)
    by_action = {offer.action: offer for offer in opened.offers}
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
        open_plain=plain_amount(invoice.open_minor, currency(code).digits),
        has_payments=opened.takes_payments or bool(record.settlements),
        can_record=_is_payable(opened) and actor.may(Permission.PAYMENT_RECORD),
        can_allocate=opened.is_payable and actor.may(Permission.PAYMENT_ALLOCATE),
        can_write_off=is_small(opened) and actor.may(Permission.PAYMENT_ALLOCATE),
        can_push=can_push(opened, actor),
        sync=sync_label(record, actor),
        sync_error=invoice.accounting_error if sync_label(record, actor) else "",
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
        can_duplicate=actor.may(Permission.INVOICE_CREATE),
        can_recur=_can_recur(record, status, actor),
        can_credit=by_action[Action.REVERSE].allowed and signed > 0,
        can_reverse=by_action[Action.REVERSE].allowed and signed < 0,
        has_pdf=opened.has_paper,
        can_make_pdf=(
            invoice.posted_at is not None
            and not opened.has_paper
            and actor.may(Permission.INVOICE_POST)
        ),
        can_attach=actor.may(Permission.INVOICE_POST) and may_attach(invoice, record.pdf_sha256),
        sha256=record.pdf_sha256,
        primary=primary[0],
        primary_label=primary[1],
        facts=facts_of(record, sight, actor),
        lines=[line_row(line, code) for line in record.lines],
        sums=sums_of(record),
        settlements=settlements_of(record, signed, actor),
        notes=[
            HistoryRow("note", row.what, row.who, moment(row.at, sight.zone))
            for row in record.notes
        ],
        history=[happened_row(row, sight) for row in record.history],
        prints=[
            HistoryRow(
                "download",
                row.what.replace("_", " ").capitalize(),
                row.who,
                moment(row.at, sight.zone),
            )
            for row in record.prints
        ],
        mails=[mail_row(line, sight) for line in opened.mails],
        can_send=_can_send(opened, by_action, actor) and actor.sees_partner,
        can_mark=_can_send(opened, by_action, actor) and not invoice.is_delivered,
        can_write=actor.may(Permission.INVOICE_SEND) and actor.sees_partner,
        menu=_status_menu(status, by_action),
        more=_more_menu(by_action),
    )


def _is_payable(opened: Opened) -> bool:
    """Whether something is open that a payment may settle."""
    return opened.is_payable and opened.record.invoice.open_minor > 0


def _can_send(opened: Opened, offers: dict[Action, Offer], actor: Actor) -> bool:
    """Whether it can be sent to the customer: it is posted, or may be posted for it (ORO-8)."""
    if opened.record.document_type.direction != "out" or not actor.may(Permission.INVOICE_SEND):
        return False
    post = offers[Action.POST]
    is_posted = opened.record.invoice.posting_status == Posting.POSTED
    return is_posted or ((post.allowed or post.is_four_eyes) and actor.may(Permission.INVOICE_POST))


def _can_recur(record: InvoiceRecord, status: Posting, actor: Actor) -> bool:
    """Whether to offer a recurrence: on a draft of an invoice that has none (CRM-31)."""
    is_fit = may_set_recurrence(status, on=True) and record.document_type.kind == "invoice"
    return is_fit and record.plan is None and actor.may(Permission.INVOICE_RECUR)


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
        is_possible = offer.allowed or offer.is_four_eyes
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
