"""What gateways tell us: kept once by their own id, then fetched, never believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from billing_app.domain.errors import BillingError
from billing_app.persistence.tables import GatewayEvent, GatewayTransaction
from billing_app.services.context import Context
from billing_app.services.paying.ports import Gateways, Message
from billing_app.services.paying.refunding import find_refunds, look_at_refund
from billing_app.services.paying.settling import look_at, postpone

BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
MOST_TRIES = 12
MOST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Something to ask a gateway about: an event, or a transaction nobody told us of."""

    event_id: int = 0
    transaction_id: int = 0


def keep_message(ctx: Context, provider: str, message: Message) -> bool:
    """Keep a gateway's message; answers False for one that is there already."""
    event = GatewayEvent(
        provider=provider,
        event_id=message.event_id,
        kind=message.kind[:64],
        object_ref=message.object_ref[:128],
        received_at=ctx.now(),
        due_at=ctx.now(),
    )
    try:
        with ctx.write() as session:
            session.add(event)
    except IntegrityError:  # it came before, or comes twice at this moment
        return False
    return True


def due(ctx: Context, most: int) -> Sequence[Due]:
    """What is to be asked now: messages first, then what was told nothing of for a while."""
    with ctx.read() as session:
        events = session.exec(
            select(GatewayEvent.id)
            .where(col(GatewayEvent.done_at).is_(None), GatewayEvent.due_at <= ctx.now())
            .order_by(col(GatewayEvent.due_at), col(GatewayEvent.id))
            .limit(most)
        ).all()
        silent = session.exec(
            select(GatewayTransaction.id)
            .where(col(GatewayTransaction.look_at) <= ctx.now())
            .order_by(col(GatewayTransaction.look_at))
            .limit(most)
        ).all()
    return [
        *(Due(event_id=key or 0) for key in events),
        *(Due(transaction_id=key or 0) for key in silent),
    ]


def do(ctx: Context, gateways: Gateways, one: Due) -> BillingError | None:
    """Ask the gateway; answers why that failed and is tried again later, if it did."""
    if one.event_id:
        return _event(ctx, gateways, one.event_id)
    try:
        _look(ctx, gateways, one.transaction_id)
    except BillingError as error:
        _later(ctx, one.transaction_id)
        return error
    return None


def _event(ctx: Context, gateways: Gateways, event_id: int) -> BillingError | None:
    with ctx.read() as session:
        event = session.get_one(GatewayEvent, event_id)
        found = session.exec(
            select(GatewayTransaction).where(
                GatewayTransaction.provider == event.provider,
                GatewayTransaction.gateway_ref == event.object_ref,
            )
        ).first()
    failure: BillingError | None = None
    try:
        if found is not None:
            _look(ctx, gateways, found.id or 0)
            if found.action == "charge":
                find_refunds(ctx, gateways, found.id or 0)
    except BillingError as error:
        failure = error
    with ctx.write() as session:
        row = session.get_one(GatewayEvent, event_id, with_for_update=True)
        row.tries += 1
        row.error = failure.sentence[:MOST_ERROR] if failure else "" if found else "Not ours."
        if failure is None or row.tries >= MOST_TRIES:
            row.done_at = ctx.now()
        else:
            row.due_at = ctx.now() + BACKOFF[min(row.tries - 1, len(BACKOFF) - 1)]
        session.add(row)
    return failure


def _look(ctx: Context, gateways: Gateways, transaction_id: int) -> None:
    with ctx.read() as session:
        row = session.get_one(GatewayTransaction, transaction_id)
    if row.provider in gateways and row.action == "refund":
        look_at_refund(ctx, gateways, transaction_id)
    elif row.provider in gateways and row.gateway_ref:
        look_at(ctx, gateways, transaction_id)
    _later(ctx, transaction_id)


def _later(ctx: Context, transaction_id: int) -> None:
    with ctx.write() as session:
        row = session.get_one(GatewayTransaction, transaction_id, with_for_update=True)
        if row.look_at is not None and row.look_at <= ctx.now():
            postpone(ctx, row)
            session.add(row)
