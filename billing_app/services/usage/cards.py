"""Rate cards: taking them over from a file, holding odd rates, finding a call's price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.domain.rating import (
    CHARGE_DIGITS,
    CardRules,
    Prefixes,
    Price,
    Rounding,
    price_problem,
    price_warning,
)
from billing_app.domain.scaling import scaled
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import Rate, RateCard
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.usage.report import UsageReport
from billing_app.services.usage.source import BadRow, SourceCard


@dataclass(frozen=True, slots=True)
class Card:
    """A rate card ready to rate: its rules, its prices and the prefixes that are held."""

    id: int
    code: str
    currency: str
    rules: CardRules
    prefixes: Prefixes
    held: frozenset[str]


@dataclass(slots=True)
class Listed:
    """A price on its way into a card."""

    price: Price
    warning: str = ""


def read_prices(
    prices: Iterable[Price | BadRow], report: UsageReport
) -> tuple[dict[str, Listed], list[BadRow]]:
    """The usable prices by prefix, the odd ones with their warning, and the rows of no use."""
    found: dict[str, Listed] = {}
    bad: list[BadRow] = []
    for at, price in enumerate(prices, start=2):
        if isinstance(price, BadRow):
            bad.append(price)
            continue
        if problem := price_problem(price):
            bad.append(BadRow(at, problem, ",".join(map(str, price))))
            continue
        twin = found.get(price.prefix)
        warning = price_warning(price, twin.price if twin else None)
        kept = warning or (twin.warning if twin else "")
        found[price.prefix] = Listed(price, kept)
        if warning:
            report.warn(warning, price.prefix)
    return found, bad


def take_cards(
    session: Session,
    ctx: Context,
    given: Sequence[SourceCard],
    prices: dict[str, Listed],
    report: UsageReport,
) -> None:
    """Make or change the cards and their rates; a rate that stays the same stays as it is."""
    for card in given:
        row = session.exec(
            select(RateCard).where(RateCard.code == card.code).with_for_update()
        ).first() or RateCard(code=card.code, currency=report.currency)
        row.charge_digits = card.rules.digits
        row.charge_rounding = card.rules.charges
        row.duration_rounding = card.rules.durations
        row.updated_at = ctx.now()
        is_new = row.id is None
        session.add(row)
        session.flush()
        known = {rate.prefix: rate for rate in _rates(session, row.id or 0)}
        changed = _changed(known, prices)
        for rate in changed:
            session.add(rate)
        new = [one for prefix, one in prices.items() if prefix not in known]
        add(session, Rate, (_rate_row(row.id or 0, one) for one in new))
        report.rates_made += len(new)
        report.rates_changed += len(changed)
        if is_new or new or changed:
            after = {"code": card.code, "rates made": len(new), "rates changed": len(changed)}
            record(
                session,
                ctx,
                entity="rate_card",
                entity_id=row.id or 0,
                action="created" if is_new else "changed",
                after=after,
            )
    session.flush()


def draft_cards(
    given: Sequence[SourceCard], prices: dict[str, Listed], currency: str
) -> dict[str, Card]:
    """The cards of a file as they would be, for a dry run."""
    prefixes = Prefixes(one.price for one in prices.values())
    held = frozenset(prefix for prefix, one in prices.items() if one.warning)
    return {card.code: Card(0, card.code, currency, card.rules, prefixes, held) for card in given}


def load_cards(session: Session, *, lock: bool = False) -> dict[str, Card]:
    """Every card by its code. With `lock` nobody else rates until the transaction ends."""
    query = select(RateCard).order_by(col(RateCard.id))
    rows = session.exec(query.with_for_update() if lock else query).all()
    return {row.code: _card(session, row) for row in rows}


def lock_cards(session: Session) -> datetime | None:
    """Wait for whoever else rates; answers when a card last changed."""
    rows = session.exec(select(RateCard).order_by(col(RateCard.id)).with_for_update()).all()
    return max((row.updated_at for row in rows), default=None)


def held_rates(ctx: Context) -> list[tuple[Rate, str, str]]:
    """Rates that wait for a look, with their card's code and currency; at most 200."""
    ctx.require(Permission.USAGE_VIEW)
    with ctx.read() as session:
        rows = session.exec(
            select(Rate, RateCard.code, RateCard.currency)
            .join(RateCard, col(RateCard.id) == Rate.card_id)
            .where(col(Rate.is_held))
            .order_by(col(Rate.id))
            .limit(200)
        ).all()
        return [(rate, code, currency) for rate, code, currency in rows]


def confirm_rate(ctx: Context, rate_id: int) -> str:
    """Say that an odd rate is right, so that it bills; answers its prefix. Raises: NotFound."""
    ctx.require(Permission.USAGE_EDIT)
    with ctx.write() as session:
        rate = session.get(Rate, rate_id, with_for_update=True)
        if rate is None:
            raise NotFound("This rate does not exist.")
        if rate.is_held:
            rate.is_held = False
            session.add(rate)
            record(
                session,
                ctx,
                entity="rate",
                entity_id=rate_id,
                action="confirmed",
                after={"prefix": rate.prefix, "per_minute": rate.per_minute},
            )
        return rate.prefix


def from_millionths(value: int) -> Decimal:
    """A figure of millionths as the decimal that columns keep."""
    return Decimal(value).scaleb(-CHARGE_DIGITS)


def to_millionths(value: Decimal) -> int:
    """A column's decimal in millionths."""
    return scaled(value, 10**CHARGE_DIGITS) or 0


def _rates(session: Session, card_id: int) -> Sequence[Rate]:
    return session.exec(select(Rate).where(Rate.card_id == card_id)).all()


def _card(session: Session, row: RateCard) -> Card:
    rates = _rates(session, row.id or 0)
    rules = CardRules(
        row.charge_digits, Rounding(row.charge_rounding), Rounding(row.duration_rounding)
    )
    return Card(
        id=row.id or 0,
        code=row.code,
        currency=row.currency,
        rules=rules,
        prefixes=Prefixes(map(_price, rates)),
        held=frozenset(rate.prefix for rate in rates if rate.is_held),
    )


def _price(rate: Rate) -> Price:
    return Price(
        rate.prefix,
        rate.destination,
        to_millionths(rate.per_minute),
        rate.minimum_s,
        rate.increment_s,
        to_millionths(rate.connect_cost),
    )


def _changed(known: dict[str, Rate], prices: dict[str, Listed]) -> list[Rate]:
    changed = []
    for prefix, rate in known.items():
        one = prices.get(prefix)
        if one is None or one.price == _price(rate):
            continue
        for name, value in _facts(one).items():
            setattr(rate, name, value)
        changed.append(rate)
    return changed


def _rate_row(card_id: int, one: Listed) -> dict[str, Any]:
    return {"card_id": card_id, "prefix": one.price.prefix, **_facts(one)}


def _facts(one: Listed) -> dict[str, Any]:
    return {
        "destination": one.price.destination,
        "per_minute": from_millionths(one.price.rate),
        "minimum_s": one.price.minimum_s,
        "increment_s": one.price.increment_s,
        "connect_cost": from_millionths(one.price.connect_cost),
        "is_held": bool(one.warning),
        "warning": one.warning,
    }
