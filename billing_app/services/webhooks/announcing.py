"""Writing a message for everybody who wants it, with the change that causes it (ORO-46)."""

import json
import secrets

from sqlmodel import Session, col, func, select

from billing_app.domain.money import currency, from_minor
from billing_app.domain.payment_status import PaymentStatus
from billing_app.domain.webhooks import topics_of
from billing_app.persistence.tables import (
    CreditApplication,
    Invoice,
    WebhookDelivery,
    WebhookSubscription,
)
from billing_app.services.context import Context


def announce(session: Session, ctx: Context, invoice: Invoice, minor: int, kind: str) -> None:
    """Say that an invoice's payment status moved by `minor`: charge, refund or cancel."""
    wanted = session.exec(
        select(WebhookSubscription).where(col(WebhookSubscription.ended_at).is_(None))
    ).all()
    if not wanted:
        return
    event_id = f"evt_{secrets.token_hex(16)}"
    topics = topics_of(invoice.id or 0)
    for subscription in wanted:
        for topic in sorted(set(topics) & set(subscription.topics.split(","))):
            session.add(
                WebhookDelivery(
                    subscription_id=subscription.id or 0,
                    event_id=event_id,
                    topic=topic,
                    body=_body(session, ctx, invoice, (event_id, topic), (minor, kind)),
                    made_at=ctx.now(),
                    due_at=ctx.now(),
                )
            )
    session.flush()


def _body(
    session: Session,
    ctx: Context,
    invoice: Invoice,
    named: tuple[str, str],
    moved: tuple[int, str],
) -> str:
    """The message; amounts as decimal texts in whole units, never below 0."""
    digits, status = currency(invoice.currency).digits, PaymentStatus(invoice.payment_status)

    def amount(minor: int) -> str:
        return str(from_minor(max(0, minor), digits))

    applied = select(func.coalesce(func.sum(CreditApplication.amount_minor), 0))
    used = int(session.exec(applied.where(CreditApplication.invoice_id == invoice.id)).one())
    said = {
        "id": named[0],
        "topic": named[1],
        "at": ctx.now().isoformat(),
        "invoice": {"id": invoice.id, "number": invoice.number},
        "status": {"code": status.value, "label": status.label},
        "transaction": {"amount": amount(moved[0]), "type": moved[1]},
        "amountPaid": amount(invoice.settled_minor - used),
        "amountDue": amount(invoice.open_minor),
        "currency": invoice.currency,
    }
    return json.dumps(said, ensure_ascii=False)
