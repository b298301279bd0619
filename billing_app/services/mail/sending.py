"""Send to Customer: the mail of a posted invoice, a free mail, and Mark as sent (ORO-7 to ORO-12).

Posting is a step of its own (`move_invoice`); what is here never posts, except Mark as sent, which
posts an unposted invoice in the same transaction (SPEC 6.3, T9).
"""

from dataclasses import dataclass

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.document_types import Direction
from billing_app.domain.errors import Forbidden, Invalid, Refused
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.mail import MailFacts, check, paper_name
from billing_app.domain.templates import TemplateError
from billing_app.persistence.tables import DeliveryEvent, Invoice
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole, claim_whole, refuse_stale, whole
from billing_app.services.invoices.derived import derive
from billing_app.services.invoices.moves import move_within
from billing_app.services.mail.queueing import Cause, billing_address, queue
from billing_app.services.mail.stock import INVOICE
from billing_app.services.mail.templates import templated
from billing_app.services.mail.variables import invoice_variables
from billing_app.services.papers import has_paper
from billing_app.services.paying.guests import mailed_page
from billing_app.services.requests import answered, remember
from billing_app.services.settings import Place

NO_TERMS = (
    "Notes and Terms are both empty. Customers pay sooner when an invoice says how and until when."
)
NO_PAPER = "This invoice has no PDF, so none is attached. Accounting can create it."


@dataclass(frozen=True, slots=True)
class Composed:
    """What the dialog is filled with; `attachment` is empty where nothing goes with it."""

    to: str
    subject: str
    text: str
    attachment: str
    hints: tuple[str, ...]


def compose_mail(ctx: Context, invoice_id: int) -> Composed:
    """The mail of a posted invoice, from its template. Raises: Refused, Forbidden, NotFound."""
    _may_write(ctx)
    with ctx.read() as session:
        _refuse_unposted(whole(session, invoice_id))
    page = mailed_page(ctx, invoice_id)
    with ctx.read() as session:
        found = whole(session, invoice_id)
        place = Place(company_id=found.invoice.company_id, customer_id=found.invoice.customer_id)
        try:
            said = templated(session, INVOICE, place, invoice_variables(session, found, page))
        except TemplateError as error:
            raise Refused(
                "The template cannot be used. {why} An administrator can mend it under Templates.",
                why=error.sentence,
            ) from error
        is_there = has_paper(session, found.invoice)
        return Composed(
            to=billing_address(session, found.customer),
            subject=said.subject,
            text=said.text,
            attachment=paper_name(found.invoice.label) if is_there else "",
            hints=_hints(found.invoice, is_there=is_there),
        )


def compose_free(ctx: Context, invoice_id: int) -> Composed:
    """An empty mail about an invoice in any status (ORO-7)."""
    _may_write(ctx)
    with ctx.read() as session:
        found = whole(session, invoice_id)
        is_there = has_paper(session, found.invoice)
        return Composed(
            to=billing_address(session, found.customer),
            subject=f"{found.document_type.name} {found.invoice.label}",
            text="",
            attachment=paper_name(found.invoice.label) if is_there else "",
            hints=(),
        )


def send_mail(
    ctx: Context, invoice_id: int, facts: MailFacts, *, key: str, is_free: bool = False
) -> int:
    """Queue a mail about an invoice; answers its id. A repeat with the same key queues no other.

    Raises: Invalid at to, cc, bcc, subject or text; Refused, Forbidden, NotFound.
    """
    _may_write(ctx)
    mail = check(facts)
    with ctx.write() as session:
        verb = f"mail {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["id"])
        found = claim_whole(session, invoice_id)
        if not is_free:
            _refuse_unposted(found)
        cause = Cause(
            origin=origin_of(invoice_id, key, is_free=is_free),
            kind="free" if is_free else "invoice",
            customer_id=found.invoice.customer_id,
            invoice_id=invoice_id,
            attaches_paper=facts.attaches_paper and has_paper(session, found.invoice),
        )
        message_id = queue(session, ctx, cause, mail)
        after = {"subject": mail.subject, "mail": message_id}
        _record(session, ctx, invoice_id, "mail queued", after)
        remember(session, ctx, key, verb, {"id": message_id})
        return message_id


def origin_of(invoice_id: int, key: str, *, is_free: bool = False) -> str:
    """What names a mail's one cause: the invoice and the request."""
    return f"{'free' if is_free else 'invoice'}:{invoice_id}:{key}"[:128]


def refuse_unwritable(ctx: Context, found: Whole) -> None:
    """Raise Forbidden or Refused where the actor may not mail this invoice to its customer."""
    _may_write(ctx)
    _refuse_unposted(found)


def mark_sent(ctx: Context, invoice_id: int, *, version: int | None = None, key: str = "") -> str:
    """Say that an invoice reached its customer without a mail; answers what happened (CRM-23).

    An unposted one is posted in the same transaction, by the rules of posting.
    """
    ctx.require(Permission.INVOICE_SEND)
    with ctx.write() as session:
        verb = f"marked {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return str(before["said"])
        found = claim_whole(session, invoice_id)
        _refuse_incoming(found)
        if found.invoice.posting_status != Posting.POSTED:
            refuse_stale(session, found.invoice, version)
            ctx.require(Permission.INVOICE_POST)
            move_within(session, ctx, found, Action.POST)
        event = DeliveryEvent(invoice_id=invoice_id, at=ctx.now(), channel="marked")
        session.add(event)
        deliver(session, found.invoice)
        _record(session, ctx, invoice_id, "marked as sent", {"number": found.invoice.number})
        said = f"{found.invoice.label} is marked as sent."
        remember(session, ctx, key, verb, {"said": said})
        return said


def deliver(session: Session, invoice: Invoice) -> None:
    """Note on the invoice that it reached its customer; its row is locked."""
    if not invoice.is_delivered:
        invoice.is_delivered = True
        derive(invoice)
        session.add(invoice)


def _may_write(ctx: Context) -> None:
    ctx.require(Permission.INVOICE_SEND)
    if not ctx.actor.sees_partner:
        raise Forbidden(
            "You do not see business partners, so you cannot write to them. "
            "An administrator grants the view."
        )


def _refuse_unposted(found: Whole) -> None:
    _refuse_incoming(found)
    if found.invoice.posting_status != Posting.POSTED:
        raise Refused(
            "{label} is {status}; only a posted invoice can be sent to the customer.",
            label=found.invoice.label,
            status=Posting(found.invoice.posting_status).label,
        )


def _refuse_incoming(found: Whole) -> None:
    if found.document_type.direction != Direction.OUT:
        raise Refused(
            "{label} came in from a supplier; it cannot be sent to a customer.",
            label=found.invoice.label,
        )


def _hints(invoice: Invoice, *, is_there: bool) -> tuple[str, ...]:
    hints = [] if invoice.notes.strip() or invoice.terms.strip() else [NO_TERMS]
    return tuple(hints if is_there else [*hints, NO_PAPER])


def _record(
    session: Session, ctx: Context, invoice_id: int, action: str, after: dict[str, object]
) -> None:
    record(session, ctx, entity="invoice", entity_id=invoice_id, action=action, after=after)


__all__ = [
    "Composed",
    "Invalid",
    "compose_free",
    "compose_mail",
    "deliver",
    "mark_sent",
    "origin_of",
    "refuse_unwritable",
    "send_mail",
]
