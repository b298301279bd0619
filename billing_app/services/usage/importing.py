"""Brings calls in: each is rated once, kept even without a rate, and never comes in twice.

Everything is written in batches, each whole or not at all, so an interrupted run is simply run
again: a call is recognised by its id.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select as rows_of
from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.money import currency
from billing_app.domain.rating import Price, Rated, rated
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import (
    Customer,
    RateCard,
    UsageImport,
    UsageProblem,
    UsageRecord,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.usage.cards import (
    Card,
    draft_cards,
    from_millionths,
    load_cards,
    lock_cards,
    read_prices,
    take_cards,
)
from billing_app.services.usage.customers import Customers
from billing_app.services.usage.report import UsageReport
from billing_app.services.usage.source import BadRow, SourceCall, UsageSource

BATCH = 10_000  # calls in one transaction
ASKED_AT_ONCE = 5_000
KEPT_CONTENT = 1024


class Call(NamedTuple):
    """A call that can be kept: what it costs, or none where its price is not known."""

    call: SourceCall
    customer_id: int
    card: Card
    price: Price | None
    rated: Rated | None


def import_usage(
    ctx: Context, source: UsageSource, *, dry_run: bool = False, make_customers: bool = True
) -> UsageReport:
    """Take the cards over and rate and keep the calls; the same calls twice change nothing.

    Raises: Forbidden below Accounting, Invalid for an unknown currency, and whatever the reader
    of the files raises.
    """
    ctx.require(Permission.IMPORT_RUN)
    report = UsageReport(currency(source.currency).code, is_dry_run=dry_run)
    prices, bad = read_prices(source.prices, report)
    if dry_run:
        cards = draft_cards(source.cards, prices, report.currency)
    else:
        with ctx.write() as session:
            take_cards(session, ctx, source.cards, prices, report)
            cards = load_cards(session)
    run = _Run(ctx, source.name, report, cards, Customers(ctx, report, makes=make_customers))
    for batch in _batches([*bad], source.calls):
        with ctx.read() if dry_run else ctx.write() as session:
            run.take(session, batch)
    return report


def _batches(
    bad: list[BadRow], calls: Iterable[SourceCall | BadRow]
) -> Iterator[list[SourceCall | BadRow]]:
    if bad:
        yield [*bad]
    rest = iter(calls)
    while batch := list(islice(rest, BATCH)):
        yield batch


class _Run:
    """One run over a folder."""

    def __init__(
        self,
        ctx: Context,
        name: str,
        report: UsageReport,
        cards: dict[str, Card],
        customers: Customers,
    ) -> None:
        self._ctx = ctx
        self._name = name
        self._report = report
        self._cards = cards
        self._customers = customers
        self._import_id = 0

    def take(self, session: Session, batch: Sequence[SourceCall | BadRow]) -> None:
        """Write one batch, or only count it in a dry run."""
        if not self._report.is_dry_run:
            lock_cards(session)
        self._report.rows_read += len(batch)
        bad = [row for row in batch if isinstance(row, BadRow)]
        given = [row for row in batch if isinstance(row, SourceCall)]
        known = _known(session, given)
        new: dict[str, SourceCall] = {}
        for call in given:
            problem = self._problem(call, known, new)
            if problem is None:
                self._report.same += 1
            elif problem:
                bad.append(BadRow(call.row_no, problem, call.content))
            else:
                new[call.call_id] = call
        refused = self._customers.meet(session, new.values(), self._cards)
        bad += [BadRow(call.row_no, why, call.content) for call, why in refused]
        gone = {call.call_id for call, _ in refused}
        kept = [self._priced(call) for key, call in new.items() if key not in gone]
        self._count(kept)
        self._write(session, kept, bad)

    def _problem(
        self, call: SourceCall, known: Mapping[str, tuple[Any, ...]], new: dict[str, SourceCall]
    ) -> str | None:
        """Why a call cannot be kept; None when it is there already, empty when it can."""
        if call.call_id in known or call.call_id in new:
            before = known.get(call.call_id) or _facts(new[call.call_id])
            return None if before == _facts(call) else "its id belongs to another call"
        if call.started_at > self._ctx.now():
            return "it starts in the future"
        if call.card not in self._cards:
            return "its rate card is not known"
        return ""

    def _priced(self, call: SourceCall) -> Call:
        card = self._cards[call.card]
        price = card.prefixes.find(call.destination)
        is_open = price is not None and price.prefix not in card.held
        result = rated(card.rules, price, call.duration_ms) if price and is_open else None
        return Call(call, self._customers.id_of(call.customer), card, price, result)

    def _count(self, calls: Sequence[Call]) -> None:
        report = self._report
        report.calls_made += len(calls)
        for one in calls:
            report.connected += one.call.duration_ms > 0
            report.duration_ms += one.call.duration_ms
            if one.rated is None:
                report.unrated += 1
                continue
            report.rated += 1
            report.billed_s += one.rated.billed_s
            report.charge += one.rated.charge

    def _write(self, session: Session, calls: Sequence[Call], bad: Sequence[BadRow]) -> None:
        problems = _new_problems(session, bad)
        for row in bad:
            self._report.refuse(row.reason, row.row_no)
        if self._report.is_dry_run or not (calls or problems):
            return
        run = self._import_row(session)
        add(session, UsageRecord, (_record_row(one, run.id or 0) for one in calls))
        add(session, UsageProblem, ({"import_id": run.id, **facts} for facts in problems))
        run.calls += len(calls)
        run.unrated += sum(one.rated is None for one in calls)
        run.problems += len(problems)
        run.charge += from_millionths(sum(one.rated.charge for one in calls if one.rated))
        session.add(run)

    def _import_row(self, session: Session) -> UsageImport:
        if self._import_id:
            return session.get_one(UsageImport, self._import_id)
        ctx = self._ctx
        row = UsageImport(name=self._name[:255], at=ctx.now(), made_by_id=ctx.actor.user_id)
        session.add(row)
        session.flush()
        self._import_id = row.id or 0
        after = {"name": row.name}
        record(
            session, ctx, entity="usage_import", entity_id=row.id or 0, action="begun", after=after
        )
        return row


def _known(session: Session, calls: Sequence[SourceCall]) -> dict[str, tuple[Any, ...]]:
    """The calls of earlier runs by their id, with what tells two calls apart."""
    ids = [call.call_id for call in calls]
    found: dict[str, tuple[Any, ...]] = {}
    for at in range(0, len(ids), ASKED_AT_ONCE):
        rows = session.execute(
            rows_of(
                col(UsageRecord.call_id),
                col(UsageRecord.started_at),
                col(UsageRecord.destination),
                col(UsageRecord.duration_ms),
                col(Customer.number),
                col(RateCard.code),
            )
            .join(Customer, col(Customer.id) == UsageRecord.customer_id)
            .join(RateCard, col(RateCard.id) == UsageRecord.card_id)
            .where(col(UsageRecord.call_id).in_(ids[at : at + ASKED_AT_ONCE]))
        ).all()
        found |= {row[0]: tuple(row[1:]) for row in rows}
    return found


def _facts(call: SourceCall) -> tuple[Any, ...]:
    return call.started_at, call.destination, call.duration_ms, call.customer, call.card


def _record_row(one: Call, import_id: int) -> dict[str, Any]:
    call, price, result = one.call, one.price, one.rated
    return {
        "call_id": call.call_id,
        "customer_id": one.customer_id,
        "card_id": one.card.id,
        "import_id": import_id,
        "started_at": call.started_at,
        "used_on": call.started_at.date(),
        "source": call.source,
        "destination": call.destination,
        "duration_ms": call.duration_ms,
        "is_rated": result is not None,
        "destination_code": price.prefix if price else "",
        "destination_name": price.destination if price else "",
        "billed_s": result.billed_s if result else 0,
        "per_minute": from_millionths(price.rate) if price and result else Decimal(0),
        "connect_cost": from_millionths(price.connect_cost) if price and result else Decimal(0),
        "charge": from_millionths(result.charge) if result else Decimal(0),
    }


def _new_problems(session: Session, bad: Sequence[BadRow]) -> list[dict[str, Any]]:
    """The rows of no use that no earlier run has kept, as columns."""
    rows = {_digest(row): row for row in bad}
    kept = set(
        session.exec(
            select(UsageProblem.content_sha256).where(col(UsageProblem.content_sha256).in_(rows))
        ).all()
        if rows
        else ()
    )
    return [
        {
            "row_no": row.row_no,
            "reason": row.reason[:255],
            "content": _shown(row.content),
            "content_sha256": digest,
        }
        for digest, row in rows.items()
        if digest not in kept
    ]


def _digest(row: BadRow) -> str:
    said = f"{row.row_no}\n{row.reason}\n{row.content}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(content: str) -> str:
    """A row as text that every database keeps."""
    plain = content.replace("\0", "\N{SYMBOL FOR NULL}")[:KEPT_CONTENT]
    return plain.encode("utf-8", "replace").decode()
