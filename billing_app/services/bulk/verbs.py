"""What can be done to many invoices at once: the one place where a bulk action is registered.

A verb says why a row is skipped, by the very rules of its use case, and does a row by that use
case with the row's own key, so that a row done twice is done once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.document_types import DocumentKind
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action, Posting, move
from billing_app.domain.money import Money, from_minor
from billing_app.domain.parsing import parse_date
from billing_app.domain.payments import RECORDED_METHODS
from billing_app.domain.settlement import check_record_payment
from billing_app.services.accounting.queueing import push_to_accounting, refuse_unpushable
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.facts import facts_of
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.invoices.setting import check_fields, refuse_unsettable, set_fields
from billing_app.services.mail.unattended import refuse_unsendable, send_by_template
from billing_app.services.papers import ensure_pdf, has_paper
from billing_app.services.payments.claims import open_of
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.settings import Place, settings_at

Facts = Mapping[str, str]


def _no_check(_ctx: Context, _facts: Facts) -> None:
    """Nothing is typed for such a verb."""


@dataclass(frozen=True, slots=True)
class Target:
    """One invoice as it was planned."""

    id: int
    version: int
    label: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One bulk action.

    `check` refuses wrong facts before anything is planned; `refuse` raises why a row is skipped;
    `act` does one row and answers what happened.
    """

    name: str
    word: str
    permission: Permission
    refuse: Callable[[Session, Context, Whole, Facts], object]
    act: Callable[[Context, Target, Facts, str], str]
    check: Callable[[Context, Facts], object] = _no_check


def verb_named(name: str) -> Verb:
    """The verb. Raises: NotFound."""
    found = VERBS.get(name)
    if found is None:
        raise NotFound("There is no such bulk action.")
    return found


def _moves(action: Action, word: str, permission: Permission) -> Verb:
    check = _check_reason if action in {Action.CANCEL, Action.VOID} else _no_check
    return Verb(
        str(action),
        word,
        permission,
        partial(_refuse_move, action=action),
        partial(_move, action=action),
        check,
    )


def _refuse_move(
    session: Session, ctx: Context, found: Whole, facts: Facts, *, action: Action
) -> None:
    chosen = settings_at(session, Place(company_id=found.invoice.company_id))
    reason = facts.get("reason", "") or "given"
    move(facts_of(session, found, chosen, reason=reason, confirmed=True), action, ctx.actor.facts)


def _move(ctx: Context, target: Target, facts: Facts, key: str, *, action: Action) -> str:
    moved = move_invoice(
        ctx,
        target.id,
        action,
        version=target.version,
        key=key,
        reason=facts.get("reason", ""),
        confirmed=True,
    )
    return moved.sentence


def _check_reason(_ctx: Context, facts: Facts) -> None:
    if not facts.get("reason", "").strip():
        raise Invalid.of("reason", "Give a reason; it is kept with each invoice.")


def _refuse_unsendable(session: Session, ctx: Context, found: Whole, _facts: Facts) -> None:
    refuse_unsendable(session, ctx, found)


def _send(ctx: Context, target: Target, facts: Facts, key: str) -> str:
    del facts
    return send_by_template(ctx, target.id, key=key)


def _refuse_unpushable(_session: Session, ctx: Context, found: Whole, _facts: Facts) -> None:
    refuse_unpushable(ctx, found)


def _push(ctx: Context, target: Target, facts: Facts, key: str) -> str:
    del facts
    return push_to_accounting(ctx, target.id, version=target.version, key=key)


def _refuse_paperless(session: Session, _ctx: Context, found: Whole, _facts: Facts) -> None:
    invoice = found.invoice
    if invoice.posted_at is None:
        raise Refused("{label} is not posted yet; there is a preview only.", label=invoice.label)
    if not has_paper(session, invoice):
        raise Refused(
            "{label} has no PDF. Accounting can create it in the invoice's options.",
            label=invoice.label,
        )


def _draw(ctx: Context, target: Target, facts: Facts, key: str) -> str:
    del facts, key  # a stored PDF is made once, whoever asks how often
    ensure_pdf(ctx, target.id)
    return f"The PDF of {target.label} is in the ZIP file."


def _payment(ctx: Context, facts: Facts) -> PaymentFacts:
    """What is said about every payment. Raises: Invalid."""
    paid_on = parse_date(facts.get("paid_on", ""), field="paid_on")
    if paid_on > ctx.today():
        raise Invalid.of("paid_on", "This day is still to come. Enter the day of the payment.")
    if facts.get("method", "") not in set(RECORDED_METHODS):
        raise Invalid.of("method", "Choose how it was paid.")
    nothing = from_minor(0, 2)
    return PaymentFacts(
        nothing, paid_on, method=facts["method"], reference=facts.get("reference", "")
    )


def _refuse_payment(_session: Session, ctx: Context, found: Whole, facts: Facts) -> None:
    _payment(ctx, facts)
    invoice = found.invoice
    kind, due = DocumentKind(found.document_type.kind), open_of(invoice)
    least = Money(1, currency(invoice.currency))
    if due < least:
        raise Refused("Nothing of {label} is open.", label=invoice.label)
    check_record_payment(Posting(invoice.posting_status), kind, due, due)


def _pay(ctx: Context, target: Target, facts: Facts, key: str) -> str:
    """Record a payment of all that is open."""
    done = record_payment(
        ctx, target.id, _payment(ctx, facts), version=target.version, key=key, of_all=True
    )
    return f"{done.number} is recorded on {target.label}."


def _refuse_fields(session: Session, ctx: Context, found: Whole, facts: Facts) -> None:
    refuse_unsettable(session, ctx, found.invoice, facts)


def _set(ctx: Context, target: Target, facts: Facts, key: str) -> str:
    set_fields(ctx, target.id, facts, version=target.version, key=key)
    return f"{target.label} is changed."


_P = Permission
VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        _moves(Action.POST, "Post", _P.INVOICE_POST),
        _moves(Action.UNPOST, "Set back", _P.INVOICE_UNPOST),
        _moves(Action.CANCEL, "Cancel", _P.INVOICE_CANCEL),
        _moves(Action.VOID, "Void", _P.INVOICE_VOID),
        _moves(Action.DELETE, "Delete", _P.INVOICE_DELETE),
        Verb("send", "Send", _P.INVOICE_SEND, _refuse_unsendable, _send),
        Verb("push", "Push", _P.ACCOUNTING_PUSH, _refuse_unpushable, _push),
        Verb("pdf", "Collect PDFs of", _P.INVOICE_VIEW, _refuse_paperless, _draw),
        Verb("pay", "Record payments on", _P.PAYMENT_RECORD, _refuse_payment, _pay, _payment),
        Verb("set", "Set fields of", _P.INVOICE_TEXT, _refuse_fields, _set, check_fields),
    )
}
