"""Plans as their pages show them: the list, and one with its calendar of amounts."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound, Refused
from billing_app.domain.periods import Frequency
from billing_app.domain.recurrence import Repeat, repeats
from billing_app.persistence.tables import (
    Customer,
    Invoice,
    RecurrenceExtra,
    RecurrenceMade,
    RecurrencePlan,
    RecurrencePrice,
)
from billing_app.services.context import Context
from billing_app.services.invoices.checks import checked
from billing_app.services.recurrence.repeating import (
    Known,
    draft_of,
    known,
    refuse_ended,
)
from billing_app.services.sales.made import Made, documents
from billing_app.services.settings import companies_off, require_invoices

PAGE = 50
SHOWN = 24
HIDDEN = "Hidden"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan; the customer as the asker may see it."""

    id: int
    source_id: int
    source: str
    title: str
    customer_id: int
    customer: str
    frequency: Frequency
    start_on: date
    end_on: date | None
    occurrences: int | None
    next_on: date | None
    made: int
    currency: str
    amount_minor: int
    status: str  # Active, Paused, Ended
    version: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of the plans list."""

    rows: tuple[PlanRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One repeat to come, with what its draft will come to; or why it cannot be made."""

    repeat: Repeat
    amount_minor: int
    problem: str
    extras: tuple[RecurrenceExtra, ...]


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """One plan: the next repeats, the lines it copies, changed prices, what it made."""

    plan: PlanRow
    days: tuple[CalendarDay, ...]
    lines: tuple[tuple[int, str], ...]  # number and description
    prices: tuple[RecurrencePrice, ...]
    invoices: tuple[Made, ...]
    problem: str


def list_plans(ctx: Context, search: str = "", *, page: int = 1) -> PlanPage:
    """Plans by their next day, 50 a page; customers are searched by who may see them."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        query = (
            select(RecurrencePlan, Invoice, Customer.name)
            .join(Invoice, col(Invoice.id) == RecurrencePlan.source_invoice_id)
            .join(Customer, col(Customer.id) == Invoice.customer_id)
            .where(col(Invoice.company_id).not_in(companies_off(session)))
        )
        if wanted := search.replace("\0", "").strip():
            columns = [col(Invoice.label), col(Invoice.title)]
            columns += [col(Customer.name)] if ctx.actor.sees_partner else []
            query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
        ids = query.with_only_columns(col(RecurrencePlan.id)).subquery()
        count = session.exec(select(func.count()).select_from(ids)).one()
        ordered = query.order_by(
            col(RecurrencePlan.is_active).desc(),
            col(RecurrencePlan.next_on).is_(None),
            col(RecurrencePlan.next_on),
            col(RecurrencePlan.id),
        )
        found = session.exec(ordered.limit(PAGE).offset(PAGE * (max(1, page) - 1))).all()
        made = _made_counts(session, [plan.id or 0 for plan, _, _ in found])
        return PlanPage(tuple(_row(ctx, *row, made) for row in found), count)


def get_plan(ctx: Context, plan_id: int) -> PlanRecord:
    """One plan with its next 24 repeats and their amounts. Raises: NotFound."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        plan = session.get(RecurrencePlan, plan_id)
        if plan is None:
            raise NotFound("This plan does not exist.")
        found = known(session, plan)
        require_invoices(session, found.source.company_id)
        customer = session.get_one(Customer, found.source.customer_id)
        made = select(RecurrenceMade.invoice_id).where(RecurrenceMade.plan_id == plan_id)
        row = _row(ctx, plan, found.source, customer.name, _made_counts(session, [plan_id]))
        return PlanRecord(
            plan=row,
            days=tuple(
                _day(found, repeat)
                for repeat in repeats(found.rhythm, found.changes, plan.next_at, SHOWN)
            ),
            lines=tuple(
                (10 * at, line.description) for at, line in enumerate(found.content.lines, start=1)
            ),
            prices=tuple(found.prices),
            invoices=documents(session, ctx, col(Invoice.id).in_(made)),
            problem=_problem(found.source),
        )


def _day(plan: Known, repeat: Repeat) -> CalendarDay:
    extras = tuple(row for row in plan.extras if row.due_on == repeat.due_on)
    try:
        _, totals = checked(draft_of(plan, repeat))
    except BillingError as error:
        return CalendarDay(repeat, 0, error.sentence, extras)
    return CalendarDay(repeat, totals.total, "", extras)


def _problem(source: Invoice) -> str:
    try:
        refuse_ended(source)
    except Refused as error:
        return error.sentence
    return ""


def _made_counts(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.exec(
        select(RecurrenceMade.plan_id, func.count())
        .where(col(RecurrenceMade.plan_id).in_(ids))
        .group_by(col(RecurrenceMade.plan_id))
    )
    return dict(rows.all())


def _row(
    ctx: Context, plan: RecurrencePlan, source: Invoice, customer: str, made: dict[int, int]
) -> PlanRow:
    is_over = plan.next_on is None or bool(_problem(source))
    return PlanRow(
        id=plan.id or 0,
        source_id=plan.source_invoice_id,
        source=source.label,
        title=source.title,
        customer_id=source.customer_id,
        customer=customer if ctx.actor.sees_partner else HIDDEN,
        frequency=Frequency(plan.frequency),
        start_on=plan.start_on,
        end_on=plan.end_on,
        occurrences=plan.occurrences,
        next_on=plan.next_on if plan.is_active and not is_over else None,
        made=made.get(plan.id or 0, 0),
        currency=source.currency,
        amount_minor=source.total_signed,
        status="Ended" if is_over else "Active" if plan.is_active else "Paused",
        version=plan.version,
    )
