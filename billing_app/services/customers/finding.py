"""Customers as they are listed, picked and opened."""

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.tables import Contact, Customer
from billing_app.services.context import Context
from billing_app.services.paging import page_of


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of the customers list."""

    rows: tuple[Customer, ...]
    count: int


def list_customers(ctx: Context, search: str = "", page: int = 1) -> CustomerPage:
    """Customers by name, 50 a page; by number alone for who may not see business partners.

    Neither search nor order may tell a hidden name (DLY-12).
    """
    ctx.require(Permission.CUSTOMER_VIEW)
    named = [col(Customer.name), col(Customer.number), col(Customer.email)]
    columns = named if ctx.actor.sees_partner else [col(Customer.number)]
    query = select(Customer)
    if wanted := search.replace("\0", "").strip():
        query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
    with ctx.read() as session:
        rows, count = page_of(session, query, columns[0], col(Customer.id), page=page)
        return CustomerPage(tuple(row for (row,) in rows), count)


def shown_name(ctx: Context, customer: Customer) -> str:
    """The customer's name, or its number for who may not see business partners."""
    return customer.name if ctx.actor.sees_partner else customer.number


def find_customers(ctx: Context, search: str, limit: int = 8) -> list[Customer]:
    """Active customers whose name, number or e-mail holds the text; for pickers."""
    return [row for row in list_customers(ctx, search).rows if row.is_active][:limit]


def customer_numbered(ctx: Context, number: str) -> Customer:
    """The customer with this number. Raises: NotFound."""
    ctx.require(Permission.CUSTOMER_VIEW)
    with ctx.read() as session:
        customer = session.exec(select(Customer).where(Customer.number == number)).first()
        if customer is None:
            raise NotFound("There is no customer {number}.", number=number)
        return customer


def get_customer(ctx: Context, customer_id: int) -> tuple[Customer, tuple[Contact, ...]]:
    """One customer with the contacts. Raises: NotFound."""
    ctx.require(Permission.CUSTOMER_VIEW)
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        contacts = session.exec(
            select(Contact).where(Contact.customer_id == customer_id).order_by(col(Contact.id))
        ).all()
        return customer, tuple(contacts)


def existing_customer(session: Session, customer_id: int) -> Customer:
    """The customer. Raises: NotFound."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer does not exist.")
    return customer
