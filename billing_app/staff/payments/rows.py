"""Payments as finished strings, and what their form says as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_amount, parse_date
from billing_app.domain.payments import PaymentMethod, PaymentState, method_label
from billing_app.domain.settlement import DELETABLE
from billing_app.kit.wording import UNKNOWN, amount, day, moment
from billing_app.persistence.queries.payment_list import PaymentRow, PaymentTally
from billing_app.services.context import Actor
from billing_app.services.payments.listing import PaymentRecord, Settled
from billing_app.services.payments.recording import PaymentFacts

HIDDEN = "Hidden"
KINDS = {"receipt": "Receipt", "payment": "Payment", "refund": "Refund", "purchase": "Purchase"}
HAPPENED = {
    "created": "Recorded",
    "allocated": "Allocated",
    "released": "Allocation taken back",
    "completed": "Completed",
    "cancelled": "Cancelled",
    "refunded": "Refunded",
    "refund deleted": "Refund deleted",
    "invoiced": "Invoice made",
}


@dataclass(frozen=True)
class PaymentLineRow:
    """One payment of the list."""

    id: int
    number: str
    how: str
    customer: str
    on: str
    reference: str
    invoices: str
    status: str
    currency: str
    total: str
    total_minor: str
    left: str


@dataclass(frozen=True)
class SumLine:
    """One line of the sums: its label and one figure per currency."""

    label: str
    css: str
    figures: list[str]


@dataclass(frozen=True)
class SettledRow:
    """One line of a payment."""

    invoice_id: int
    label: str
    on: str
    amount: str
    amount_minor: str
    open: str


@dataclass(frozen=True)
class ToldRow:
    """One entry of a payment's history."""

    what: str
    who: str
    when: str


@dataclass(frozen=True)
class PaymentView:
    """Everything a payment's page shows, and what may be done with it."""

    id: int = 0
    version: int = 0
    number: str = ""
    kind: str = ""
    status: str = ""
    currency: str = ""
    total: str = ""
    total_minor: str = ""
    left: str = ""
    left_minor: str = ""
    refundable: str = ""
    invoices_text: str = ""
    can_complete: bool = False
    can_cancel: bool = False
    can_delete: bool = False
    can_refund: bool = False
    can_allocate: bool = False
    can_release: bool = False
    facts: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    lines: list[SettledRow] = field(default_factory=list)
    history: list[ToldRow] = field(default_factory=list)


def list_row(row: PaymentRow, *, sees_partner: bool) -> PaymentLineRow:
    """One payment as the list shows it."""
    return PaymentLineRow(
        id=row.id,
        number=row.number,
        how=_how(row.kind, row.method),
        customer=row.customer_name if sees_partner else HIDDEN,
        on=day(row.paid_on),
        reference=row.reference,
        invoices=_invoices(row.invoices),
        status=PaymentState(row.status).label,
        currency=row.currency,
        total=amount(row.signed_minor, row.currency),
        total_minor=str(row.signed_minor),
        left=amount(row.left_minor, row.currency) if row.left_minor else "",
    )


def sum_lines(tallies: Sequence[PaymentTally], most: int = 6) -> tuple[list[str], list[SumLine]]:
    """The currencies, commonest first, and what came in, went out and is left of each."""
    shown = sorted(tallies, key=lambda tally: -tally.count)[:most]
    lines = [
        SumLine(label, css, [amount(getattr(one, name), one.currency) for one in shown])
        for label, name, css in (
            ("Received", "received", "lead"),
            ("Paid out", "paid", ""),
            ("Left", "left", ""),
        )
    ]
    return [one.currency for one in shown], lines


def kind_label(kind: str, method: str) -> str:
    """What the document is called: a write-off is a receipt or payment without money."""
    return PaymentMethod.WRITE_OFF.label if method == PaymentMethod.WRITE_OFF else KINDS[kind]


def _how(kind: str, method: str) -> str:
    """The method; before it the kind, where the number's prefix does not already say it."""
    if method == PaymentMethod.WRITE_OFF or kind in {"receipt", "payment"}:
        return method_label(method)
    return f"{kind_label(kind, method)}, {method_label(method)}"


def payment_view(record: PaymentRecord, actor: Actor, zone: str) -> PaymentView:
    """The whole page of one payment."""
    row, code = record.payment, record.payment.currency
    return PaymentView(
        id=row.id or 0,
        version=row.version,
        number=row.number,
        kind=kind_label(row.kind, row.method),
        status=PaymentState(row.status).label,
        currency=code,
        total=amount(row.total_minor, code),
        total_minor=str(row.total_minor),
        left=amount(row.left_minor, code),
        left_minor=str(row.left_minor),
        refundable=amount(row.total_minor - record.refunded_minor, code),
        invoices_text=_invoices([(line.invoice_id, line.label) for line in record.lines]),
        facts=_facts(record, actor, zone),
        links=_links(record),
        lines=[_settled(line, code) for line in record.lines],
        history=[
            ToldRow(HAPPENED.get(one.what, one.what.capitalize()), one.who, moment(one.at, zone))
            for one in record.history
        ],
        **_rights(record, actor),
    )


def _rights(record: PaymentRecord, actor: Actor) -> dict[str, bool]:
    """What to offer; the use cases decide again."""
    row, state = record.payment, PaymentState(record.payment.status)
    is_money = row.kind in {"receipt", "payment"} and row.method != PaymentMethod.WRITE_OFF
    is_completed, is_whole = state is PaymentState.COMPLETED, record.refunded_minor == 0
    is_alive = state is not PaymentState.CANCELLED
    may_state = actor.may(Permission.PAYMENT_RECORD) and row.source != "gateway"
    may_allocate = actor.may(Permission.PAYMENT_ALLOCATE)
    may_state = may_state and (is_money or row.kind == "purchase")
    return {
        "can_complete": may_state and not is_completed,
        "can_cancel": may_state and is_alive and is_whole,
        "can_delete": (
            actor.may(Permission.PAYMENT_DELETE) and row.source in DELETABLE and is_whole
        ),
        "can_refund": (
            actor.may(Permission.PAYMENT_REFUND)
            and is_money
            and is_completed
            and row.total_minor > record.refunded_minor
        ),
        "can_allocate": may_allocate and is_money and is_alive and row.left_minor > 0,
        "can_release": may_allocate and row.kind != "refund",
    }


def _settled(line: Settled, code: str) -> SettledRow:
    return SettledRow(
        line.invoice_id,
        line.label,
        day(line.document_date),
        amount(line.amount_minor, code),
        str(line.amount_minor),
        amount(line.open_minor, code),
    )


def _facts(record: PaymentRecord, actor: Actor, zone: str) -> list[tuple[str, str]]:
    row = record.payment
    rows = [
        ("Customer", record.customer_name if actor.sees_partner else HIDDEN),
        ("Date", day(row.paid_on)),
        ("Method", method_label(row.method)),
        ("Reference", row.reference or UNKNOWN),
        ("Description", row.description or UNKNOWN),
        ("Source", row.source.capitalize()),
        ("Recorded", f"{moment(row.created_at, zone)}, {record.created_by}"),
        ("Confirmation by e-mail", "Yes" if row.sends_confirmation else "No"),
    ]
    if row.fee_minor:
        fee = f"{row.currency} {amount(row.fee_minor, row.currency)}"
        rows.append(("Fee (for reference)", fee))
    return rows


def _links(record: PaymentRecord) -> list[tuple[str, str, str]]:
    """Label, words and address of what belongs to the payment."""
    code = record.payment.currency
    rows = [
        ("Refund", f"{number}, {code} {amount(minor, code)}", f"/payments/{key}")
        for key, number, minor in record.refunds
    ]
    if record.original is not None:
        key, number = record.original
        rows.append(("Refund of", number, f"/payments/{key}"))
    if record.draft is not None:
        key, label = record.draft
        rows.append(("Invoice made for it", label, f"/invoices?invoice={key}"))
    return rows


def _invoices(rows: Sequence[tuple[int, str]]) -> str:
    if not rows:
        return ""
    more = len(rows) - 1
    return f"{rows[0][1]} and {more} more" if more else rows[0][1]


def read_payment(form: Mapping[str, str], code: str) -> PaymentFacts:
    """What the form of a new payment says. Raises: Invalid at each field that cannot be read."""
    digits = currency(code).digits
    problems: dict[str, str] = {}
    figures: dict[str, Decimal] = {"amount": Decimal(0), "fee": Decimal(0)}
    paid_on = date.min
    for name in figures:
        text = form.get(name, "").strip() or ("0" if name == "fee" else "")
        try:
            figures[name] = parse_amount(
                text, field=name, digits=digits, code=code, allow_negative=True
            )
        except Invalid as error:
            problems |= error.fields
    try:
        paid_on = parse_date(form.get("paid_on", ""), field="paid_on")
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid.many(problems)
    return PaymentFacts(
        amount=figures["amount"],
        paid_on=paid_on,
        method=form.get("method", ""),
        reference=form.get("reference", ""),
        description=form.get("description", ""),
        fee=figures["fee"],
        sends_confirmation=form.get("confirmation", "") == "on",
    )
