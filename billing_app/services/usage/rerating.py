"""Rating again the calls that had no rate when they came in."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, bindparam, col, select, update

from billing_app.domain.access import Permission
from billing_app.domain.rating import rated
from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import UsageRecord
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.usage.cards import Card, from_millionths, load_cards

BATCH = 10_000


def rate_again(ctx: Context) -> tuple[int, int]:
    """Rate what has a rate by now; answers how many calls, and how many stay unrated.

    A call that is rated keeps its charge for good. Raises: Forbidden below Billing.
    """
    ctx.require(Permission.USAGE_EDIT)
    done = left = last = 0
    while True:
        with ctx.write() as session:
            cards = {card.id: card for card in load_cards(session, lock=True).values()}
            calls = _unrated(session, last)
            if not calls:
                return done, left
            found = [
                values
                for call in calls
                if (values := _values(call, cards[call.card_id])) is not None
            ]
            _write(session, ctx, found)
            done, left = done + len(found), left + len(calls) - len(found)
            last = calls[-1].id or 0


def _unrated(session: Session, after: int) -> Sequence[UsageRecord]:
    return session.exec(
        select(UsageRecord)
        .where(~col(UsageRecord.is_rated), col(UsageRecord.id) > after)
        .order_by(col(UsageRecord.id))
        .limit(BATCH)
    ).all()


def _values(call: UsageRecord, card: Card) -> dict[str, Any] | None:
    """What rating gives, as columns; none where there is still no rate or it is held."""
    price = card.prefixes.find(call.destination)
    if price is None or price.prefix in card.held:
        return None
    result = rated(card.rules, price, call.duration_ms)
    return {
        "call": call.id,
        "is_rated": True,
        "destination_code": price.prefix,
        "destination_name": price.destination,
        "billed_s": result.billed_s,
        "per_minute": from_millionths(price.rate),
        "connect_cost": from_millionths(price.connect_cost),
        "charge": from_millionths(result.charge),
    }


def _write(session: Session, ctx: Context, found: Sequence[dict[str, Any]]) -> None:
    if not found:
        return
    table = table_of(UsageRecord)
    names = [name for name in found[0] if name != "call"]
    statement = (
        update(table)
        .where(table.c.id == bindparam("call"))
        .values({name: bindparam(name) for name in names})
    )
    session.connection().execute(statement, list(found))
    record(
        session,
        ctx,
        entity="usage",
        entity_id=found[0]["call"],
        action="rated again",
        after={"calls": len(found), "charge": sum(values["charge"] for values in found)},
    )
