"""Fills an empty product with the demo company and a year of its business."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlmodel import col, update

from billing_app.persistence.tables import OutboxEvent
from billing_app.services.bulk_posting import Document, Line, Poster, reckoned
from billing_app.services.context import Context
from billing_app.services.demo.baskets import basket
from billing_app.services.demo.founding import Known, close_voyages, found
from billing_app.services.demo.history import posted_at, write_history
from billing_app.services.demo.pending import leave_pending
from billing_app.services.demo.people import hire_staff, open_portal
from billing_app.services.demo.recurring import repeat_some
from billing_app.services.demo.settling import leave_payments
from billing_app.services.demo.stage import Stage, set_stage
from billing_app.services.demo.stories import play
from billing_app.services.demo.world import ZONE
from billing_app.services.people.setup import is_empty

SEED = 20457
YEAR = timedelta(days=365)
PLAYED_DAYS = 60  # the youngest days are played step by step, the older ones written at once
HISTORY = 220
LONG_OVERDUE, LONG_PARTIAL = 19, 23  # every so many of the old ones is still open


def fill_demo(ctx: Context, *, password_hash: str) -> bool:
    """Make the demo company with people, customers and a year of invoices in every status.

    One transaction. False, and nothing written, where people can sign in already.
    """
    if not is_empty(ctx):
        return False
    with ctx.write() as session:
        stage = set_stage(ctx, session, ZONE)
        random = Random(SEED)  # noqa: S311  the same demo every time, no secret
        now = stage.ctx.now()
        stage.clock.instant = now - YEAR - timedelta(days=14)
        known = found(stage)
        stage.cast = hire_staff(stage.ctx, password_hash)
        open_portal(session, stage.ctx, known.by_domain, password_hash)
        stage.clock.instant = now
        _write_past(stage, known, random)
        stories = play(stage, known, random)
        repeat_some(stage, stories)
        close_voyages(session, known)
        leave_pending(stage, known)
        leave_payments(stage)
        session.exec(
            update(OutboxEvent)
            .where(col(OutboxEvent.done_at).is_(None))
            .values(done_at=OutboxEvent.made_at)
        )
    return True


def _write_past(stage: Stage, known: Known, random: Random) -> None:
    ctx = replace(stage.ctx, actor=stage.cast["accounting"])
    documents = sorted(_past(stage, known, random), key=lambda document: document.at)
    write_history(stage.session, ctx, Poster(ctx), documents, known.company_id)


def _past(stage: Stage, known: Known, random: Random) -> Iterator[Document]:
    today, now = stage.ctx.today(), stage.ctx.now()
    buyers = [key for key, party in known.customers if not party.is_supplier]
    span = YEAR.days - PLAYED_DAYS - 1
    for index in range(HISTORY):
        on = today - timedelta(days=YEAR.days - span * index // HISTORY)
        customer_id = buyers[0] if index % 6 == 0 else buyers[index % len(buyers)]
        draft = basket(known, random, customer_id, on, serial=0)
        lines = [
            Line(
                line.description,
                line.quantity,
                line.unit_price,
                line.tax_rate,
                line.tax_category,
                line.unit,
            )
            for line in draft.lines
        ]
        totals = reckoned(draft.currency, lines)
        yield Document(
            customer_id=customer_id,
            document_type_id=known.types["INO"],
            currency=draft.currency,
            document_date=on,
            due_on=draft.due_on,
            at=posted_at(on, index * 7 % 3_600, now),
            lines=lines,
            totals=totals,
            settled_minor=_settled(index, totals.total),
            is_delivered=True,
            is_outbox_done=True,
        )


def _settled(index: int, total_minor: int) -> int:
    if index % LONG_OVERDUE == LONG_OVERDUE - 1:
        return 0
    return total_minor // 3 if index % LONG_PARTIAL == LONG_PARTIAL - 1 else total_minor
