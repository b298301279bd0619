"""Mails that nobody writes: a payment was received, a package will be charged (CXS-33, CXS-44).

Each is queued once for its cause and recipient, however often the cause is delivered.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Refused
from billing_app.domain.mail import MailFacts, check
from billing_app.domain.money import currency, from_minor, to_minor
from billing_app.domain.packages import Due, charges_due
from billing_app.domain.periods import Period
from billing_app.persistence.tables import (
    Company,
    Customer,
    MailMessage,
    Package,
    PackageAssignment,
    Payment,
)
from billing_app.services.context import Context
from billing_app.services.mail.queueing import Cause, all_addresses, billing_address, queue
from billing_app.services.mail.stock import NOTICE, RECEIPT
from billing_app.services.mail.templates import templated
from billing_app.services.mail.variables import party_variables
from billing_app.services.packages.catalog import terms_of
from billing_app.services.settings import Place, setting

DAYS = "package_charge_notification_days"


@dataclass(frozen=True, slots=True)
class _Coming:
    """A charge that is to come: its assignment, package and amount in minor units."""

    assignment_id: int
    name: str
    on: date
    amount_minor: int


def queue_receipt(ctx: Context, payment_id: int) -> int:
    """Mail all contacts of a customer that a payment was received; answers how many mails.

    Nothing for a payment that is not there any more or is not completed.
    """
    ctx.require(Permission.JOB_RUN)
    with ctx.write() as session:
        payment = session.get(Payment, payment_id)
        if payment is None or payment.deleted_at is not None or payment.status != "COMPLETED":
            return 0
        customer = session.get_one(Customer, payment.customer_id)
        addresses = all_addresses(session, customer)
        about = {"payment": _payment(payment)}
        return sum(
            queue_notice(
                session,
                ctx,
                customer,
                address,
                template=RECEIPT,
                about=about,
                cause=f"payment:{payment_id}",
            )
            for address in addresses
        )


def noticed_customers(ctx: Context) -> list[int]:
    """The customers with a package; none where no notification is wanted."""
    ctx.require(Permission.JOB_RUN)
    with ctx.read() as session:
        if not _days(session):
            return []
        query = select(PackageAssignment.customer_id).where(
            col(PackageAssignment.removed_at).is_(None)
        )
        return sorted(set(session.exec(query)))


def queue_charge_notices(
    ctx: Context,
    customer_id: int,
    as_of: date,
    after: Callable[[Session, int], None] | None = None,
) -> int:
    """Mail a customer what packages will charge within the days of the setting.

    Charges of today and before are not told any more. `after` is called in the same transaction
    where something was queued. Raises: Refused where the customer has no address.
    """
    ctx.require(Permission.JOB_RUN)
    with ctx.write() as session:
        days = _days(session)
        first, last = ctx.today() + timedelta(days=1), as_of + timedelta(days=days)
        if not days or last < first:
            return 0
        customer = session.get_one(Customer, customer_id)
        coming = list(_coming(session, customer, Period(first, last)))
        address = billing_address(session, customer)
        if coming and not address:
            raise Refused("There is no e-mail address to tell it to.")
        made = sum(_tell(session, ctx, customer, address, one) for one in coming)
        if made and after is not None:
            after(session, made)
        return made


def _tell(session: Session, ctx: Context, customer: Customer, address: str, one: _Coming) -> int:
    digits = currency(customer.currency).digits
    about = {
        "package": {
            "name": one.name,
            "amount": from_minor(one.amount_minor, digits),
            "currency": customer.currency,
            "date": one.on,
        }
    }
    cause = f"charge:{one.assignment_id}:{one.on}"
    return queue_notice(session, ctx, customer, address, template=NOTICE, about=about, cause=cause)


def queue_notice(
    session: Session,
    ctx: Context,
    customer: Customer,
    address: str,
    *,
    template: str,
    about: dict[str, Any],
    cause: str,
) -> int:
    """One mail for one person; 0 where it was queued before."""
    origin = f"{cause}:{sha256(address.casefold().encode()).hexdigest()[:16]}"
    if session.exec(select(MailMessage.id).where(MailMessage.origin == origin)).first():
        return 0
    place = Place(company_id=customer.company_id, customer_id=customer.id or 0)
    company = session.get_one(Company, customer.company_id)
    variables = party_variables(session, customer, company, place) | about
    said = templated(session, template, place, variables)
    mail = check(MailFacts(address, said.subject, said.text))
    kind = "receipt" if template == RECEIPT else "notice"
    queue(session, ctx, Cause(origin, kind, customer.id or 0), mail)
    return 1


def _coming(session: Session, customer: Customer, period: Period) -> Iterator[_Coming]:
    """What the customer's packages will charge, day by day; setup and rent of a day are one."""
    rows = session.exec(
        select(PackageAssignment, Package)
        .join(Package, col(Package.id) == PackageAssignment.package_id)
        .where(
            PackageAssignment.customer_id == customer.id,
            col(PackageAssignment.removed_at).is_(None),
        )
        .order_by(col(PackageAssignment.id))
    ).all()
    digits = currency(customer.currency).digits
    for assignment, package in rows:
        due = charges_due(terms_of(package, assignment), period)
        for on in sorted({one.on for one in due}):
            amount = _sum([one for one in due if one.on == on], digits)
            yield _Coming(assignment.id or 0, package.name, on, amount)


def _sum(due: Sequence[Due], digits: int) -> int:
    return sum(to_minor(one.quantity * one.unit_price, digits) for one in due)


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "number": payment.number,
        "amount": from_minor(payment.total_minor, currency(payment.currency).digits),
        "currency": payment.currency,
        "date": payment.paid_on,
        "reference": payment.reference,
        "method": payment.method.replace("_", " "),
    }


def _days(session: Session) -> int:
    chosen = setting(session, DAYS)
    return int(chosen) if chosen.isdigit() else 0
