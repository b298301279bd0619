"""A coming run, rehearsed: everything it would write, compared with the period before.

The same code reads and decides as in the run itself; only writing is left out. What the data is at
the moment of looking decides, so a rehearsal and a run on the same data agree.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Refused
from billing_app.domain.periods import Period, Schedule, finished_periods, period_of
from billing_app.domain.rehearsal import Kind, Oddity, jump, missing, unpriced
from billing_app.persistence.tables import Customer, Invoice, InvoicedPeriod, UsageRecord
from billing_app.services.bulk_posting import Document
from billing_app.services.context import Context
from billing_app.services.generation.batch import Batch
from billing_app.services.generation.invoicing import filled, first_days, scheduled_customers
from billing_app.services.packages.booking import Charged
from billing_app.services.packages.charging import credit_customers, purchases_due
from billing_app.services.settings import Place, setting

MOST_DAYS_AHEAD = 366
HIDDEN = "Hidden"
READ_AT_ONCE = 500
JUMP = "rehearsal_jump_percent"


class Coming(NamedTuple):
    """A draft that the run would make, and the invoice of the customer's period before it."""

    document: Document
    schedule: Schedule
    invoice_before: int = 0
    net_before: int | None = None
    """Of the period before where that is a draft of the same run, in minor units."""


@dataclass(frozen=True, slots=True)
class ComingDraft:
    """A draft as it is compared: net amounts in minor units, `before_minor` None for the first."""

    customer_id: int
    currency: str
    period: Period
    lines: int
    net_minor: int
    total_minor: int
    before_minor: int | None


@dataclass(slots=True)
class Rehearsal:
    """What a run as of a day would do."""

    as_of: date
    drafts: list[ComingDraft] = field(default_factory=list)
    purchases: list[tuple[int, Charged]] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Number and name of the customers named above, by id; names as the asker may see them."""

    @property
    def sums(self) -> dict[str, int]:
        """What the drafts come to with tax, by currency, in minor units."""
        sums: dict[str, int] = {}
        for draft in self.drafts:
            sums[draft.currency] = sums.get(draft.currency, 0) + draft.total_minor
        return dict(sorted(sums.items()))


def rehearse(
    ctx: Context, as_of: date, *, progress: Callable[[int], object] | None = None
) -> Rehearsal:
    """The whole run as of a day, without writing; the oddest first.

    Raises: Forbidden below Admin, Refused for a day further ahead than a year.
    """
    ctx.require(Permission.JOB_RUN)
    if as_of > ctx.now().date() + timedelta(days=MOST_DAYS_AHEAD):
        raise Refused("A run can be rehearsed up to a year ahead.")
    found, firsts, coming = Rehearsal(as_of), first_days(ctx), []
    for customer_id, _ in scheduled_customers(ctx):
        with _noting(found, customer_id):
            coming += coming_drafts(ctx, customer_id, as_of, firsts.get(customer_id))
        if progress is not None:
            progress(1)
    for customer_id in credit_customers(ctx):
        with _noting(found, customer_id), ctx.read() as session:
            due = purchases_due(session, ctx, customer_id, as_of)
            found.purchases += [(customer_id, one) for one in due]
    with ctx.read() as session:
        _compare(session, found, coming)
        _look_for_missing(session, found, coming)
        _look_for_unpriced(session, found)
        found.names = _names(session, ctx, found)
    found.oddities.sort(key=lambda one: one.rank)
    found.drafts.sort(key=lambda one: (one.period.first, -abs(one.net_minor), one.customer_id))
    return found


def coming_drafts(ctx: Context, customer_id: int, as_of: date, since: date | None) -> list[Coming]:
    """The drafts that the run would make for a customer, oldest period first.

    `since` is the customer's day of `first_days`. Raises: what the run would refuse.
    """
    with ctx.read() as session:
        customer = session.get_one(Customer, customer_id)
        schedule = Schedule(customer.invoice_schedule)
        periods = list(finished_periods(schedule, since, as_of)) if since else []
        if not periods:
            return []
        batch = Batch(session, ctx, customer, schedule, periods[-1].last, looks_only=True)
        documents = [batch.document(content) for content in filled(batch, periods)]
    return list(_followed(documents, schedule, batch))


@contextmanager
def _noting(found: Rehearsal, customer_id: int) -> Iterator[None]:
    """A customer who cannot be invoiced is told, and stops no other."""
    try:
        yield
    except BillingError as error:
        found.oddities.append(Oddity(Kind.FAILED, customer_id, error.sentence))


def _followed(documents: Sequence[Document], schedule: Schedule, batch: Batch) -> Iterator[Coming]:
    """Each draft with the one before it, which may be of the same run."""
    claims = sorted(
        (claim for claim in batch.claims if claim.schedule == schedule),
        key=lambda claim: claim.period.first,
    )
    previous: Document | None = None
    for document in documents:
        first = document.period_from
        earlier = [one for one in claims if first and one.period.first < first]
        latest = earlier[-1] if earlier else None
        if (
            previous is not None
            and previous.period_from
            and (latest is None or previous.period_from > latest.period.first)
        ):
            yield Coming(document, schedule, net_before=previous.totals.net)
        else:
            yield Coming(document, schedule, invoice_before=latest.invoice_id if latest else 0)
        previous = document


def _compare(session: Session, found: Rehearsal, coming: Sequence[Coming]) -> None:
    share = int(setting(session, JUMP, Place()))
    nets = _nets(session, sorted({one.invoice_before for one in coming} - {0}))
    for one in coming:
        document = one.document
        before = nets.get(one.invoice_before, one.net_before)
        period = Period(document.period_from or found.as_of, document.period_to or found.as_of)
        totals = document.totals
        found.drafts.append(
            ComingDraft(
                document.customer_id,
                document.currency,
                period,
                len(document.lines),
                totals.net,
                totals.total,
                before,
            )
        )
        odd = jump(document.customer_id, document.currency, totals.net, before or 0, share)
        found.oddities += [odd] if odd else []


def _nets(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """What invoices come to without tax, in minor units."""
    nets: dict[int, int] = {}
    for start in range(0, len(ids), READ_AT_ONCE):
        some = ids[start : start + READ_AT_ONCE]
        query = select(Invoice.id, Invoice.total_minor, Invoice.tax_minor)
        for key, total, tax in session.exec(query.where(col(Invoice.id).in_(some))).all():
            nets[key or 0] = total - tax
    return nets


def _look_for_missing(session: Session, found: Rehearsal, coming: Sequence[Coming]) -> None:
    """Customers with an invoice for the period before the last finished one, and none for it."""
    failed = {one.customer_id for one in found.oddities if one.kind is Kind.FAILED}
    for schedule in (Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY):
        last = period_of(schedule, period_of(schedule, found.as_of).first - timedelta(days=1))
        before = period_of(schedule, last.first - timedelta(days=1))
        made = {
            one.document.customer_id
            for one in coming
            if one.schedule is schedule and one.document.period_from == last.first
        }
        there = {customer.id for customer, _ in _claiming(session, schedule, last)}
        for customer, invoice in _claiming(session, schedule, before):
            is_moved = customer.invoice_schedule not in {schedule, Schedule.NONE}
            if customer.id in made | there | failed or is_moved:
                continue
            found.oddities.append(
                missing(
                    customer.id or 0,
                    (invoice.currency, invoice.total_minor - invoice.tax_minor),
                    last,
                    schedule=customer.invoice_schedule,
                    is_active=customer.is_active,
                )
            )


def _claiming(
    session: Session, schedule: Schedule, period: Period
) -> Sequence[tuple[Customer, Invoice]]:
    """The customers with a living invoice for a period, and that invoice."""
    return session.exec(
        select(Customer, Invoice)
        .join(InvoicedPeriod, col(InvoicedPeriod.customer_id) == Customer.id)
        .join(Invoice, col(Invoice.id) == InvoicedPeriod.invoice_id)
        .where(
            InvoicedPeriod.schedule == str(schedule),
            InvoicedPeriod.first_on == period.first,
            col(Invoice.deleted_at).is_(None),
            Invoice.posting_status != "CANCELLED",
        )
    ).all()


def _look_for_unpriced(session: Session, found: Rehearsal) -> None:
    """Calls without a rate in the periods that the run invoices."""
    for schedule in (Schedule.DAILY, Schedule.WEEKLY, Schedule.MONTHLY):
        rows = session.exec(
            select(UsageRecord.customer_id, func.count())
            .join(Customer, col(Customer.id) == UsageRecord.customer_id)
            .where(
                ~col(UsageRecord.is_rated),
                UsageRecord.used_on < period_of(schedule, found.as_of).first,
                Customer.invoice_schedule == str(schedule),
                col(Customer.is_active),
            )
            .group_by(col(UsageRecord.customer_id))
        ).all()
        found.oddities += [unpriced(key, calls) for key, calls in rows]


def _names(session: Session, ctx: Context, found: Rehearsal) -> dict[int, tuple[str, str]]:
    named = {one.customer_id for one in found.drafts} | {one.customer_id for one in found.oddities}
    named |= {key for key, _ in found.purchases}
    rows = session.exec(select(Customer.id, Customer.number, Customer.name)).all()
    sees = ctx.actor.sees_partner
    return {
        key or 0: (number, name if sees else HIDDEN) for key, number, name in rows if key in named
    }
