"""What a person decides about repeats: skipped, moved, a line once, a price from a day on."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.recurrence import check_move
from billing_app.persistence.tables import (
    RecurrenceChange,
    RecurrenceExtra,
    RecurrencePlan,
    RecurrencePrice,
)
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.invoices.draft import DraftLine
from billing_app.services.recurrence.repeating import Known, claim_plan, known, settle


@dataclass(frozen=True, slots=True)
class OnceLine:
    """A line for one repeat; the quantity has 3 decimals, the price 5, the rate 2."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    tax_rate: Decimal | None = None


def skip_repeat(ctx: Context, plan_id: int, due_on: date, *, is_skipped: bool, version: int) -> int:
    """Leave a repeat out, or take it in again; answers the plan's version.

    A skipped repeat is used up: a plan of twelve still ends in its twelfth month. Raises: Refused
    once its draft is made, Conflict, NotFound.
    """
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        _place(known(session, plan), due_on)
        change = _change(session, plan, due_on)
        change.is_skipped = is_skipped
        session.add(change)
        action = "repeat skipped" if is_skipped else "repeat taken in"
        return settle(session, ctx, plan, action, due_on=due_on)


def move_repeat(ctx: Context, plan_id: int, due_on: date, to: date, *, version: int) -> int:
    """Give a repeat another day, between its neighbours and not in the past; answers the version.

    Moving it to its own due day takes the move back. Raises: Invalid at "moved_to", Refused,
    Conflict, NotFound.
    """
    ctx.require(Permission.INVOICE_RECUR)
    if to < ctx.today():
        raise Invalid.of("moved_to", "Choose today or a day to come.")
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        found = known(session, plan)
        at = _place(found, due_on)
        check_move(found.rhythm, found.changes, at, to)
        change = _change(session, plan, due_on)
        change.moved_to = None if to == due_on else to
        session.add(change)
        return settle(session, ctx, plan, "repeat moved", due_on=due_on, to=to)


def add_once(ctx: Context, plan_id: int, due_on: date, line: OnceLine, *, version: int) -> int:
    """Give one repeat a line of its own; answers the version. Raises: Invalid, as `move_repeat`."""
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        found = known(session, plan)
        _place(found, due_on)
        text = _checked_line(found, line)
        session.add(
            RecurrenceExtra(
                plan_id=plan_id,
                due_on=due_on,
                description=text,
                quantity=line.quantity,
                unit_price=line.unit_price,
                tax_rate=line.tax_rate,
            )
        )
        return settle(session, ctx, plan, "line added once", due_on=due_on, line=text)


def remove_once(ctx: Context, plan_id: int, extra_id: int, *, version: int) -> int:
    """Take a once-only line away; answers the version. Raises: Refused, Conflict, NotFound."""
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        row = session.get(RecurrenceExtra, extra_id)
        if row is None or row.plan_id != plan_id:
            raise NotFound("This line does not exist.")
        _place(known(session, plan), row.due_on)
        session.delete(row)
        said = row.description
        return settle(session, ctx, plan, "once-only line removed", due_on=row.due_on, line=said)


def change_price(
    ctx: Context, plan_id: int, line_no: int, from_on: date, price: Decimal, *, version: int
) -> int:
    """Change a line's price for repeats due from a day on; answers the version.

    What is made already stays as it is. Raises: Invalid at the field, Conflict, NotFound.
    """
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        found = known(session, plan)
        lines, at = found.content.lines, line_no // 10 - 1
        if line_no % 10 or not 0 <= at < len(lines):
            raise Invalid.of("line", "Choose one of the lines.")
        priced = replace(lines[at], unit_price=price)
        try:
            checked(replace(found.content, lines=(*lines[:at], priced, *lines[at + 1 :])))
        except Invalid as error:
            raise Invalid.of("price", " ".join(error.fields.values())) from error
        row = session.exec(
            select(RecurrencePrice).where(
                RecurrencePrice.plan_id == plan_id,
                RecurrencePrice.line_no == line_no,
                RecurrencePrice.from_on == from_on,
            )
        ).first() or RecurrencePrice(plan_id=plan_id, line_no=line_no, from_on=from_on)
        row.description, row.unit_price = lines[at].description, price
        session.add(row)
        return settle(
            session, ctx, plan, "price changed", line=line_no, from_on=from_on, price=price
        )


def remove_price(ctx: Context, plan_id: int, price_id: int, *, version: int) -> int:
    """Take a changed price back; answers the version. Raises: Conflict, NotFound."""
    ctx.require(Permission.INVOICE_RECUR)
    with ctx.write() as session:
        plan = claim_plan(session, plan_id, version)
        row = session.get(RecurrencePrice, price_id)
        if row is None or row.plan_id != plan_id:
            raise NotFound("This price does not exist.")
        session.delete(row)
        return settle(session, ctx, plan, "price taken back", line=row.line_no, from_on=row.from_on)


def _place(found: Known, due_on: date) -> int:
    """Where a repeat to come stands. Raises: Refused for none, and for one that is done with."""
    at = found.rhythm.place_of(due_on)
    if at < found.plan.next_at:
        raise Refused("This repeat is done with; change its invoice instead.")
    return at


def _change(session: Session, plan: RecurrencePlan, due_on: date) -> RecurrenceChange:
    row = session.exec(
        select(RecurrenceChange).where(
            RecurrenceChange.plan_id == plan.id, RecurrenceChange.due_on == due_on
        )
    ).first()
    return row or RecurrenceChange(plan_id=plan.id or 0, due_on=due_on)


def _checked_line(found: Known, line: OnceLine) -> str:
    """The clean text of a line. Raises: Invalid at its fields."""
    new = DraftLine(line.description, line.quantity, line.unit_price, tax_rate=line.tax_rate)
    try:
        draft, _ = checked(replace(found.content, lines=(*found.content.lines, new)))
    except Invalid as error:
        named = {key.rpartition(".")[2]: text for key, text in error.fields.items()}
        raise Invalid.many(named) from error
    text = draft.lines[-1].description
    if not text:
        raise Invalid.of("description", "Say what is charged.")
    return text
