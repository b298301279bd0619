"""Where charges that wait for an invoice join a generated one (SPEC 6.9, pending manual charges).

A charge waits from its last day on, or from the day it was written. It joins the first invoice
made for a period that ends no earlier, if the invoice can say what it says: same company and
currency, price without tax, its voyage billable. Credits wait for a credit note where they would
turn the invoice around.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from billing_app.domain.charges import MAX_CHARGES, ChargeKind, ChargeStatus, PendingList
from billing_app.domain.voyages import VoyageStatus, why_not_billable
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import ChargeLine, Customer, InvoiceOrder, Voyage
from billing_app.services.bulk_posting import Carried, Line, reckoned

WAITS = (
    col(ChargeLine.pending_list) == str(PendingList.RECEIVABLE),
    col(ChargeLine.status) == str(ChargeStatus.PENDING),
    col(ChargeLine.kind) == str(ChargeKind.MANUAL),
)
# Built once: writing a statement anew takes as long as running it.
FITTING = (
    select(ChargeLine)
    .where(
        *WAITS,
        col(ChargeLine.customer_id) == bindparam("customer"),
        col(ChargeLine.currency) == bindparam("currency"),
        col(ChargeLine.company_id) == bindparam("company"),
        ~col(ChargeLine.prices_include_tax),
    )
    .order_by(col(ChargeLine.id))
)
FITTING_LOCKED = FITTING.with_for_update()


def waiting_charges(
    session: Session, customer: Customer, last_on: date, *, lock: bool
) -> list[ChargeLine]:
    """The customer's charges that may join an invoice up to a day, locked on request."""
    asked = {
        "customer": customer.id,
        "currency": customer.currency,
        "company": customer.company_id,
    }
    statement = FITTING_LOCKED if lock else FITTING
    found = session.execute(statement, asked).scalars()
    due = [charge for charge in found if waits_from(charge) <= last_on]
    return _billable(session, due, lock=lock)


def waits_from(charge: ChargeLine) -> date:
    """The day from which a charge waits: its last one, or the UTC day on which it was written."""
    return charge.date_to or charge.date_from or charge.created_at.date()


def joining(
    charges: Sequence[ChargeLine], last_on: date, code: str, lines: Sequence[Line]
) -> list[ChargeLine]:
    """Those of the waiting charges that join the invoice with these lines for a period's end."""
    due = [charge for charge in charges if waits_from(charge) <= last_on]
    due = due[: MAX_CHARGES - len(lines)]
    if not due:
        return []
    if _net(code, lines, due) < 0:
        due = [charge for charge in due if charge.net_minor >= 0]
    return due if lines or any(charge.net_minor for charge in due) else []


def charge_line(charge: ChargeLine) -> Line:
    """The charge as a line of a draft."""
    return Line(
        charge.text,
        charge.quantity,
        charge.unit_price,
        charge.tax_rate,
        charge.tax_category,
        charge.unit,
        package_id=charge.package_id,
        date_from=charge.date_from,
        date_to=charge.date_to,
        carried=Carried(
            charge.discount_type,
            charge.discount_value,
            charge.tax_description,
            charge.product_id,
            charge.voyage_id,
            charge.account,
        ),
    )


def mark_billed(session: Session, invoice_id: int, charges: Iterable[ChargeLine], at: int) -> None:
    """Say on each charge which line it became, the first one being line `at`."""
    orders = set()
    for line_no, charge in enumerate(charges, start=at):
        charge.status = str(ChargeStatus.BILLED)
        charge.invoice_id, charge.invoice_line_no = invoice_id, 10 * line_no
        charge.version += 1
        session.add(charge)
        orders |= {charge.order_id} - {None}
    rows = [{"invoice_id": invoice_id, "order_id": key} for key in sorted(filter(None, orders))]
    add(session, InvoiceOrder, rows)


def first_waiting_days(session: Session, customer_id: int = 0) -> dict[int, date]:
    """The first day from which a charge waits, by customer."""
    day = func.coalesce(col(ChargeLine.date_to), col(ChargeLine.date_from))
    query = (
        select(
            ChargeLine.customer_id, func.min(day), func.min(ChargeLine.created_at), day.is_(None)
        )
        .where(*WAITS)
        .group_by(col(ChargeLine.customer_id), day.is_(None))
    )
    if customer_id:
        query = query.where(ChargeLine.customer_id == customer_id)
    firsts: dict[int, date] = {}
    for key, said, written, is_unsaid in session.exec(query).all():
        first = written.date() if is_unsaid else said
        firsts[key] = min(first, firsts.get(key, first))
    return firsts


def _billable(session: Session, charges: list[ChargeLine], *, lock: bool) -> list[ChargeLine]:
    """Without the charges of voyages that cannot be billed; the others are held still."""
    ids = {charge.voyage_id for charge in charges if charge.voyage_id is not None}
    if not ids:
        return charges
    query = select(Voyage).where(col(Voyage.id).in_(ids)).order_by(col(Voyage.id))
    voyages = session.exec(query.with_for_update(read=True) if lock else query).all()
    barred = {
        one.id for one in voyages if why_not_billable(one.reference, VoyageStatus(one.status))
    }
    return [charge for charge in charges if charge.voyage_id not in barred]


def _net(code: str, lines: Sequence[Line], charges: Sequence[ChargeLine]) -> int:
    before = reckoned(code, lines).net if lines else 0
    return before + sum(charge.net_minor for charge in charges)
