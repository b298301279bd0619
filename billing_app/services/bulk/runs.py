"""Bulk runs as people ask for them: begun once, looked at, stopped; each stays as its receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import BulkRow, BulkRun, Invoice, User
from billing_app.services.audit import record
from billing_app.services.bulk.planning import MOST, PlannedRow
from billing_app.services.bulk.verbs import Facts, verb_named
from billing_app.services.context import Context

MAX_SENTENCE = 512
SHOWN_RUNS, SHOWN_ROWS = 50, 200


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with who asked for it."""

    run: BulkRun
    asked_by: str

    @property
    def is_done(self) -> bool:
        """Whether nothing more happens."""
        return self.run.state == "done"


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the receipt; the customer as the asker may see it."""

    position: int
    invoice_id: int
    label: str
    customer: str
    state: str
    sentence: str


def begin(ctx: Context, name: str, rows: Sequence[PlannedRow], facts: Facts, *, key: str) -> int:
    """Keep the plan and let it run in the background; answers the run's id, a repeat the same.

    Raises: Forbidden below the verb's level, Invalid for facts that cannot be.
    """
    verb = verb_named(name)
    ctx.require(verb.permission)
    verb.check(ctx, facts)
    if len(rows) > MOST:
        raise Invalid.of("rows", f"At most {MOST:,} invoices are changed at once.")
    with ctx.write() as session:
        again = session.exec(select(BulkRun).where(BulkRun.key == key)).first()
        if again is not None and (again.asked_by_id, again.verb) != (ctx.actor.user_id, name):
            raise Conflict("This request was already used for something else. Please try again.")
        if again is not None:
            return again.id or 0
        skipped = sum(bool(row.why_not) for row in rows)
        run = BulkRun(
            key=key,
            verb=name,
            facts=json.dumps(dict(facts)),
            asked_by_id=ctx.actor.user_id,
            asked_at=ctx.now(),
            planned=len(rows) - skipped,
            skipped=skipped,
        )
        session.add(run)
        session.flush()
        add(session, BulkRow, [_row(run, at, row) for at, row in enumerate(rows, start=1)])
        after = {"verb": name, "planned": run.planned, "skipped": run.skipped}
        record(session, ctx, entity="bulk", entity_id=run.id or 0, action="bulk begun", after=after)
        return run.id or 0


def stop(ctx: Context, run_id: int) -> None:
    """Let a run end after the row it is at; what is done stays done. Raises: NotFound."""
    with ctx.write() as session:
        run = _mine(session, ctx, run_id)
        run.is_stopping = True
        session.add(run)


def look(ctx: Context, run_id: int) -> RunView:
    """A run as it stands. Raises: NotFound, also for another person's."""
    with ctx.read() as session:
        run = _mine(session, ctx, run_id)
        return RunView(run, session.get_one(User, run.asked_by_id).name)


def receipt(
    ctx: Context, run_id: int, state: str = "", *, limit: int = SHOWN_ROWS, after: int = 0
) -> list[RowView]:
    """The rows of a run, or those in one state, in their order. Raises: NotFound."""
    with ctx.read() as session:
        _mine(session, ctx, run_id)
        query = (
            select(BulkRow, Invoice.customer_name)
            .join(Invoice, col(Invoice.id) == BulkRow.invoice_id)
            .where(BulkRow.run_id == run_id, BulkRow.position > after)
        )
        if state:
            query = query.where(BulkRow.state == state)
        rows = session.exec(query.order_by(col(BulkRow.position)).limit(limit)).all()
    return [
        RowView(
            row.position,
            row.invoice_id,
            row.label,
            name if ctx.actor.sees_partner else "Hidden",
            row.state,
            row.sentence,
        )
        for row, name in rows
    ]


def list_runs(ctx: Context) -> list[RunView]:
    """One's own runs, newest first; those of everybody for who may read the log."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        query = select(BulkRun, User.name).join(User, col(User.id) == BulkRun.asked_by_id)
        if not ctx.actor.may(Permission.LOG_VIEW):
            query = query.where(BulkRun.asked_by_id == ctx.actor.user_id)
        rows = session.exec(query.order_by(col(BulkRun.id).desc()).limit(SHOWN_RUNS)).all()
        return [RunView(run, name) for run, name in rows]


def count_in(session: Session, run_id: int, state: str) -> int:
    """How many rows of a run are in a state."""
    query = select(func.count()).where(BulkRow.run_id == run_id, BulkRow.state == state)
    return session.exec(query).one()


def _mine(session: Session, ctx: Context, run_id: int) -> BulkRun:
    ctx.require(Permission.INVOICE_VIEW)
    run = session.get(BulkRun, run_id)
    is_mine = run is not None and run.asked_by_id == ctx.actor.user_id
    if run is None or not (is_mine or ctx.actor.may(Permission.LOG_VIEW)):
        raise NotFound("This bulk action does not exist.")
    return run


def _row(run: BulkRun, position: int, row: PlannedRow) -> dict[str, object]:
    return {
        "run_id": run.id,
        "position": position,
        "invoice_id": row.id,
        "version": row.version,
        "label": row.label,
        "state": "skipped" if row.why_not else "planned",
        "sentence": row.why_not[:MAX_SENTENCE],
    }
