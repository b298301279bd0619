"""Charging packages outside the schedule: the customer's credit, and Run Package (CXS-42, CXS-43).

An auto-decrement assignment books a `purchase`, a payment with a negative total (CXS-34), and is
left out of invoices. Any other charge that is run by hand becomes a draft of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound
from billing_app.domain.money import currency
from billing_app.domain.periods import Period, due_date
from billing_app.persistence.inserting import add, reserve
from billing_app.persistence.tables import (
    Customer,
    Package,
    PackageAssignment,
    PackageCharge,
    Payment,
)
from billing_app.services.audit import record
from billing_app.services.bulk_posting import Document, Line, Poster, reckoned
from billing_app.services.context import Context
from billing_app.services.generation.content import Writer
from billing_app.services.generation.release import release_dead
from billing_app.services.generation.waiting import Owed, owed_charges, spent_by_day
from billing_app.services.invoices.drafts import default_type_id
from billing_app.services.journal.payments import book_payment
from billing_app.services.packages.assignments import existing_assignment
from billing_app.services.packages.catalog import existing_package


@dataclass(frozen=True, slots=True)
class Charged:
    """One charge that was, or in a simulation would be, made."""

    text: str
    on: date
    amount_minor: int
    currency: str
    payment_id: int | None = None
    invoice_id: int | None = None


def run_package(ctx: Context, assignment_id: int, until: date, *, simulate: bool) -> list[Charged]:
    """What an assignment owes up to a day: reported only, or charged (CXS-43).

    What was charged before is not charged again. Raises: NotFound, Forbidden.
    """
    ctx.require(Permission.CHARGE_GENERATE)
    until = min(until, ctx.now().date())
    with ctx.read() if simulate else ctx.write() as session:
        customer = _customer_of(session, assignment_id, lock=not simulate)
        if not simulate:
            release_dead(session, customer.id or 0)
        assignment = session.get_one(PackageAssignment, assignment_id)
        if not simulate:
            existing_assignment(session, assignment_id)
        pair = (assignment, existing_package(session, assignment.package_id))
        run = _Run(session, ctx, customer)
        owed = owed_charges(session, [pair], until, auto_decrement=assignment.auto_decrement)
        if simulate:
            return run.simulated(owed)
        return run.purchased(owed) if assignment.auto_decrement else run.invoiced(owed, until)


def charge_packages(
    ctx: Context, *, as_of: date | None = None, progress: Callable[[int], object] | None = None
) -> tuple[int, list[tuple[int, str]]]:
    """Book what auto-decrement assignments owe up to a day; answers how many purchases.

    The daily job (SPEC 6.9). Each customer in a transaction of its own; one that fails is told
    with its id and stops no other.
    """
    ctx.require(Permission.JOB_RUN)
    today = ctx.now().date()
    until, made = min(as_of or today, today), 0
    failures: list[tuple[int, str]] = []
    for customer_id in credit_customers(ctx):
        try:
            made += charge_credit(ctx, customer_id, until)
        except BillingError as error:
            failures.append((customer_id, error.sentence))
        if progress is not None:
            progress(1)
    return made, failures


def purchases_due(session: Session, ctx: Context, customer_id: int, until: date) -> list[Charged]:
    """What a customer's credit would be charged up to a day; nothing is booked."""
    customer = session.get_one(Customer, customer_id)
    owed = _credit_owed(session, customer_id, until)
    return _Run(session, ctx, customer).simulated(owed)


def charge_credit(
    ctx: Context,
    customer_id: int,
    until: date,
    after: Callable[[Session, Sequence[Charged]], None] | None = None,
) -> int:
    """Book what one customer's credit owes up to a day; answers how many purchases.

    `after` is called in the same transaction where something was booked.
    """
    ctx.require(Permission.JOB_RUN)
    until = min(until, ctx.now().date())
    with ctx.write() as session:
        customer = session.get_one(Customer, customer_id, with_for_update=True)
        owed = _credit_owed(session, customer_id, until)
        booked = _Run(session, ctx, customer).purchased(owed)
        if after is not None and booked:
            after(session, booked)
        return len(booked)


def _credit_owed(session: Session, customer_id: int, until: date) -> list[Owed]:
    """What assignments that are paid from credit owe up to a day."""
    rows = session.exec(
        select(PackageAssignment, Package)
        .join(Package, col(Package.id) == PackageAssignment.package_id)
        .where(
            PackageAssignment.customer_id == customer_id,
            col(PackageAssignment.auto_decrement),
        )
        .order_by(col(PackageAssignment.id))
    ).all()
    pairs = [(assignment, package) for assignment, package in rows]
    return owed_charges(session, pairs, until, auto_decrement=True)


class _Run:
    """Charges of one customer, whose row is locked."""

    def __init__(self, session: Session, ctx: Context, customer: Customer) -> None:
        self._session, self._ctx, self._customer = session, ctx, customer
        self._writer = Writer.of(customer, currency(customer.currency).digits, "day")
        self._spent = spent_by_day(session, customer.id or 0)

    def simulated(self, owed: Sequence[Owed]) -> list[Charged]:
        """What would be charged."""
        return [self._charged(one, line, amount) for one, line, amount in self._lines(owed)]

    def purchased(self, owed: Sequence[Owed]) -> list[Charged]:
        """Book each charge as a purchase from the customer's credit."""
        return [
            self._charged(one, line, amount, payment_id=self._purchase(one, line, amount))
            for one, line, amount in self._lines(owed)
        ]

    def invoiced(self, owed: Sequence[Owed], until: date) -> list[Charged]:
        """Put all charges on one draft; none for nothing."""
        lines = self._lines(owed)
        if not any(amount for _, _, amount in lines):
            return []
        (invoice_id,) = Poster(self._ctx).write(
            self._session, [self._document([line for _, line, amount in lines if amount], until)]
        )
        self._keep([self._row(one, amount, invoice_id=invoice_id) for one, _, amount in lines])
        return [
            self._charged(one, line, amount, invoice_id=invoice_id) for one, line, amount in lines
        ]

    def _lines(self, owed: Sequence[Owed]) -> list[tuple[Owed, Line, int]]:
        return [(one, *self._writer.charge(one, self._in_window(one.due.window))) for one in owed]

    def _in_window(self, window: Period | None) -> int:
        if window is None:
            return 0
        return sum(charge for on, charge in self._spent.items() if on in window)

    def _charged(
        self,
        one: Owed,
        line: Line,
        amount: int,
        *,
        payment_id: int | None = None,
        invoice_id: int | None = None,
    ) -> Charged:
        code = self._customer.currency
        return Charged(line.description, one.due.on, amount, code, payment_id, invoice_id)

    def _purchase(self, one: Owed, line: Line, amount: int) -> int | None:
        """The payment's id; none where nothing is due, which is remembered all the same."""
        session, ctx = self._session, self._ctx
        payment_id = None
        if amount:
            payment_id = reserve(session, Payment, 1)[0]
            row = {
                "id": payment_id,
                "number": f"PUR-{payment_id:06d}",
                "customer_id": self._customer.id,
                "kind": "purchase",
                "currency": self._customer.currency,
                "total_minor": -amount,
                "paid_on": one.due.on,
                "method": "other",
                "description": line.description,
                "created_by_id": ctx.actor.user_id,
                "created_at": ctx.now(),
            }
            add(session, Payment, [row])
            book_payment(session, ctx, session.get_one(Payment, payment_id))
            after = {"kind": "purchase", "total_minor": -amount, "package": one.package.name}
            record(
                session, ctx, entity="payment", entity_id=payment_id, action="created", after=after
            )
        self._keep([self._row(one, amount, payment_id=payment_id)])
        return payment_id

    def _row(self, one: Owed, amount: int, **taken_by: int | None) -> dict[str, object]:
        return {
            "assignment_id": one.assignment.id,
            "customer_id": self._customer.id,
            "kind": str(one.due.kind),
            "charged_on": one.due.on,
            "amount_minor": amount,
            "made_at": self._ctx.now(),
            **taken_by,
        }

    def _keep(self, rows: list[dict[str, object]]) -> None:
        add(self._session, PackageCharge, rows)

    def _document(self, lines: Sequence[Line], on: date) -> Document:
        customer = self._customer
        return Document(
            customer_id=customer.id or 0,
            document_type_id=default_type_id(self._session),
            currency=customer.currency,
            document_date=on,
            due_on=due_date(on, customer.payment_term_days),
            at=self._ctx.now(),
            lines=lines,
            totals=reckoned(customer.currency, lines),
            is_posted=False,
            origin="generated",
        )


def credit_customers(ctx: Context) -> list[int]:
    """The customers with a package that is paid from their credit."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        query = (
            select(PackageAssignment.customer_id)
            .where(col(PackageAssignment.auto_decrement))
            .distinct()
            .order_by(col(PackageAssignment.customer_id))
        )
        return list(session.exec(query).all())


def _customer_of(session: Session, assignment_id: int, *, lock: bool) -> Customer:
    row = session.get(PackageAssignment, assignment_id)
    if row is None:
        raise NotFound("This assignment does not exist.")
    return session.get_one(Customer, row.customer_id, with_for_update=lock)
