"""Making and changing a customer with its contacts."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select, update

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from billing_app.persistence.search import rename_partner
from billing_app.persistence.tables import Company, Contact, Customer, Invoice
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.customers.facts import (
    ContactFacts,
    CustomerFacts,
    cleaned_contacts,
    cleaned_customer,
)
from billing_app.services.customers.finding import existing_customer


def save_customer(
    ctx: Context,
    facts: CustomerFacts,
    contacts: Sequence[ContactFacts] = (),
    *,
    customer_id: int = 0,
    version: int = 0,
) -> int:
    """Make or change a customer with its contacts; answers its id.

    The currency is fixed after creation (CXS-28). Raises: Invalid, Conflict, NotFound.
    """
    _require_right(ctx, customer_id)
    cleaned = cleaned_customer(facts)
    people = cleaned_contacts(contacts)
    with ctx.write() as session:
        customer = (
            existing_customer(session, customer_id) if customer_id else _new_customer(session, ctx)
        )
        if customer_id:
            _refuse_changed(customer, cleaned, version)
        before = {key: getattr(customer, key) for key in cleaned} if customer_id else {}
        if not cleaned["number"]:
            cleaned["number"] = customer.number or _next_number(session)
        _refuse_taken_number(session, str(cleaned["number"]), customer.id)
        for key, value in cleaned.items():
            setattr(customer, key, value)
        customer.version += 1 if customer_id else 0
        session.add(customer)
        session.flush()
        _replace_contacts(session, customer.id or 0, people)
        if customer_id and before.get("name") != customer.name:
            _rename_on_invoices(session, customer)
        _record(session, ctx, customer, before, cleaned)
        return customer.id or 0


def add_customer(session: Session, ctx: Context, cleaned: dict[str, object]) -> Customer:
    """Write a new customer in the running transaction, from `cleaned_customer`. Raises: Invalid."""
    customer = _new_customer(session, ctx)
    number = str(cleaned["number"]) or _next_number(session)
    _refuse_taken_number(session, number, None)
    for key, value in {**cleaned, "number": number}.items():
        setattr(customer, key, value)
    session.add(customer)
    session.flush()
    return customer


def _require_right(ctx: Context, customer_id: int) -> None:
    ctx.require(Permission.CUSTOMER_EDIT)
    if customer_id and not ctx.actor.sees_partner:
        raise Forbidden(
            "You cannot see business partners, so you cannot change one. "
            "Ask an administrator for the right to see them."
        )


def _record(
    session: Session,
    ctx: Context,
    customer: Customer,
    before: dict[str, object],
    cleaned: dict[str, object],
) -> None:
    was, now = changes(before, cleaned)
    record(
        session,
        ctx,
        entity="customer",
        entity_id=customer.id or 0,
        action="changed" if before else "created",
        before=was,
        after=now,
    )


def _new_customer(session: Session, ctx: Context) -> Customer:
    company_id = session.exec(select(Company.id).order_by(col(Company.id)).limit(1)).first()
    if company_id is None:
        raise NotFound("Set up the company first.")
    return Customer(company_id=company_id, created_at=ctx.now())


def _refuse_changed(customer: Customer, cleaned: dict[str, object], version: int) -> None:
    if customer.version != version:
        raise Conflict("Somebody else changed this customer meanwhile. Reload to see it.")
    if customer.currency != cleaned["currency"]:
        raise Invalid.of(
            "currency", f"The currency stays {customer.currency}: it cannot change after creation."
        )


def _refuse_taken_number(session: Session, number: str, own_id: int | None) -> None:
    twin = session.exec(select(Customer).where(Customer.number == number)).first()
    if twin is not None and twin.id != own_id:
        raise Invalid.of("number", f"The number {number} belongs to {twin.name}.")


def _next_number(session: Session) -> str:
    last = session.exec(select(func.max(Customer.id))).one()
    number = 10_000 + (last or 0) + 1
    while session.exec(select(Customer.id).where(Customer.number == str(number))).first():
        number += 1
    return str(number)


def _replace_contacts(session: Session, customer_id: int, people: list[dict[str, object]]) -> None:
    """Contacts keep their row, and so what refers to them, by position."""
    rows = session.exec(
        select(Contact).where(Contact.customer_id == customer_id).order_by(col(Contact.id))
    ).all()
    for index, person in enumerate(people):
        row = rows[index] if index < len(rows) else Contact(customer_id=customer_id)
        for key, value in person.items():
            setattr(row, key, value)
        session.add(row)
    for row in rows[len(people) :]:
        if session.exec(select(Invoice.id).where(Invoice.contact_id == row.id).limit(1)).first():
            raise Invalid.of("contacts", f"{row.name} is named on invoices and stays a contact.")
        session.delete(row)


def _rename_on_invoices(session: Session, customer: Customer) -> None:
    session.exec(
        update(Invoice)
        .where(col(Invoice.customer_id) == customer.id)
        .values(customer_name=customer.name)
    )
    rename_partner(session, customer.id or 0, customer.name)
