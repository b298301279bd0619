"""Generating invoices: for chosen periods, or for every finished one that has none.

Once and only once. A customer's row is locked while periods are looked at and written, all in one
transaction, and (customer, schedule, first day) is unique; usage, package charges and charges made
by hand are marked with the invoice that took them. A run that is killed leaves whole customers,
and goes on where it stopped when it is run again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound, Refused
from billing_app.domain.periods import Period, Schedule, finished_periods, period_of
from billing_app.persistence.tables import Customer, PackageAssignment, RateCard, UsageRecord
from billing_app.services.bulk_posting import Poster
from billing_app.services.context import Context
from billing_app.services.generation.batch import Batch
from billing_app.services.generation.charges import first_waiting_days
from billing_app.services.generation.content import Content
from billing_app.services.generation.release import release_dead
from billing_app.services.settings import companies_off

MOST_CHOSEN = 400


@dataclass(slots=True)
class Generated:
    """What a run made: invoice ids, oldest period first, and customers it could not invoice."""

    invoice_ids: list[int] = field(default_factory=list)
    customers: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # number, sentence


After = Callable[[Session, Generated], None]


def generate_periods(
    ctx: Context, customer_id: int, schedule: str, firsts: Sequence[date]
) -> Generated:
    """Invoice the periods of a schedule that these days lie in (CXS-19); answers the drafts.

    A period that has its invoice, or nothing to charge, makes none. Raises: Refused for a period
    that has not ended, Invalid for an unknown schedule, NotFound.
    """
    ctx.require(Permission.CHARGE_GENERATE)
    if len(firsts) > MOST_CHOSEN:
        raise Refused("Choose at most {most} periods at a time.", most=MOST_CHOSEN)
    chosen = _schedule(schedule)
    periods = sorted({period_of(chosen, day) for day in firsts}, key=lambda one: one.first)
    today = ctx.now().date()
    if any(period.last >= today for period in periods):
        raise Refused("This period has not ended yet. It can be invoiced from the day after.")
    with ctx.write() as session:
        customer = _locked(session, customer_id)
        return _generate(session, ctx, Poster(ctx), customer, chosen, periods)


def auto_generate(ctx: Context, customer_id: int, *, as_of: date | None = None) -> Generated:
    """Invoice every finished period of the customer's schedule that has none (CXS-17).

    Raises: Refused for a customer without a schedule (CXS-16).
    """
    ctx.require(Permission.CHARGE_GENERATE)
    since = first_days(ctx, customer_id).get(customer_id)
    return _auto(ctx, Poster(ctx), customer_id, _until(ctx, as_of), since)


class Run:
    """One run over customers with a schedule; what they have in common is read once."""

    def __init__(self, ctx: Context, as_of: date | None) -> None:
        """Begin a run up to a day. Raises: Forbidden below Admin."""
        ctx.require(Permission.JOB_RUN)
        self._ctx, self._until = ctx, _until(ctx, as_of)
        self._poster, self._firsts = Poster(ctx), first_days(ctx)

    def invoice(self, customer_id: int, after: After | None = None) -> Generated:
        """Auto generate for one customer; `after` is called in the same transaction."""
        since = self._firsts.get(customer_id)
        return _auto(self._ctx, self._poster, customer_id, self._until, since, after)


def generate_all(
    ctx: Context, *, as_of: date | None = None, progress: Callable[[int], object] | None = None
) -> Generated:
    """Auto generate for every active customer with a schedule; one that fails stops no other."""
    run, total = Run(ctx, as_of), Generated()
    for customer_id, number in scheduled_customers(ctx):
        try:
            made = run.invoice(customer_id)
        except BillingError as error:
            total.failures.append((number, error.sentence))
        else:
            total.invoice_ids += made.invoice_ids
            total.customers += bool(made.invoice_ids)
        if progress is not None:
            progress(1)
    return total


def scheduled_customers(ctx: Context) -> list[tuple[int, str]]:
    """The active customers with a schedule: id and number; none of a company without invoices."""
    ctx.require(Permission.CHARGE_GENERATE)
    with ctx.read() as session:
        rows = session.exec(
            select(Customer.id, Customer.number)
            .where(
                Customer.invoice_schedule != Schedule.NONE,
                col(Customer.is_active),
                col(Customer.company_id).not_in(companies_off(session)),
            )
            .order_by(col(Customer.id))
        ).all()
        return [(key or 0, number) for key, number in rows]


def _auto(
    ctx: Context,
    poster: Poster,
    customer_id: int,
    until: date,
    since: date | None,
    after: After | None = None,
) -> Generated:
    with ctx.write() as session:
        customer = _locked(session, customer_id)
        schedule = Schedule(customer.invoice_schedule)
        if schedule is Schedule.NONE:
            raise Refused("{name} has no invoice schedule. Set one first.", name=customer.number)
        periods = list(finished_periods(schedule, since, until)) if since else []
        made = _generate(session, ctx, poster, customer, schedule, periods)
        if after is not None and made.invoice_ids:
            after(session, made)
        return made


def _generate(
    session: Session,
    ctx: Context,
    poster: Poster,
    customer: Customer,
    schedule: Schedule,
    periods: Sequence[Period],
) -> Generated:
    """Every period that has something to charge, oldest first; the customer is locked."""
    if not periods:
        return Generated()
    release_dead(session, customer.id or 0)
    batch = Batch(session, ctx, customer, schedule, periods[-1].last)
    contents = list(filled(batch, periods))
    return Generated(batch.write(poster, contents), customers=1) if contents else Generated()


def filled(batch: Batch, periods: Iterable[Period]) -> Iterator[Content]:
    """What the periods without an invoice take, leaving out those with nothing to charge."""
    for period in periods:
        if not batch.has(period):
            content = batch.content(period)
            if not content.is_empty:
                yield content


def _locked(session: Session, customer_id: int) -> Customer:
    """The customer, locked; and the rate cards shared, so that no call comes in meanwhile."""
    session.exec(select(RateCard.id).order_by(col(RateCard.id)).with_for_update(read=True)).all()
    # so that documents of the customer, which refer to the row, can be written meanwhile
    customer = session.get(Customer, customer_id, with_for_update={"key_share": True})
    if customer is None:
        raise NotFound("This customer does not exist.")
    return customer


def first_days(ctx: Context, customer_id: int = 0) -> dict[int, date]:
    """The first day of usage, a package or a waiting charge, by customer who has one."""
    firsts: dict[int, date] = {}
    with ctx.read() as session:
        for owner, day in (
            (UsageRecord.customer_id, UsageRecord.used_on),
            (PackageAssignment.customer_id, PackageAssignment.start_on),
        ):
            query = select(col(owner), func.min(day)).group_by(col(owner))
            if customer_id:
                query = query.where(col(owner) == customer_id)
            for key, first in session.exec(query).all():
                firsts[key] = min(first, firsts.get(key, first))
        for key, first in first_waiting_days(session, customer_id).items():
            firsts[key] = min(first, firsts.get(key, first))
    return firsts


def _until(ctx: Context, as_of: date | None) -> date:
    """The UTC day before which periods have ended; never after today."""
    today = ctx.now().date()
    return min(as_of, today) if as_of else today


def _schedule(schedule: str) -> Schedule:
    if schedule not in {Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY}:
        raise Refused("Choose daily, weekly or monthly periods.")
    return Schedule(schedule)
