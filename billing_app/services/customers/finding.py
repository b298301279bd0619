"""Customers as they are listed, picked and opened."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.tables import Contact, Customer
from billing_app.services.context import Context

PAGE = 50


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of the customers list."""

    rows: tuple[Customer, ...]
    count: int


def list_customers(ctx: Context, search: str = "", page: int = 1) -> CustomerPage:
    """Customers by name, 50 a page; by number alone for who may not see business partners."""
    ctx.require(Permission.CUSTOMER_VIEW)
    if not ctx.actor.sees_partner:
        return _numbered(ctx, search, page)
    with ctx.read() as session:
        query = select(Customer)
        if wanted := search.replace("\0", "").strip():
            query = query.where(
                or_(
                    col(Customer.name).icontains(wanted, autoescape=True),
                    col(Customer.number).icontains(wanted, autoescape=True),
                    col(Customer.email).icontains(wanted, autoescape=True),
                )
            )
        count = session.exec(select(func.count()).select_from(query.subquery())).one()
        ordered = query.order_by(col(Customer.name), col(Customer.id))
        rows = session.exec(ordered.limit(PAGE).offset(PAGE * (max(1, page) - 1))).all()
        return CustomerPage(tuple(rows), count)


def _numbered(ctx: Context, search: str, page: int) -> CustomerPage:
    """Neither search nor order may tell a name (DLY-12)."""
    query = select(Customer)
    if wanted := search.replace("\0", "").strip():
        query = query.where(col(Customer.number).icontains(wanted, autoescape=True))
    with ctx.read() as session:
        count = session.exec(select(func.count()).select_from(query.subquery())).one()
        ordered = query.order_by(col(Customer.number), col(Customer.id))
        rows = session.exec(ordered.limit(PAGE).offset(PAGE * (max(1, page) - 1))).all()
        return CustomerPage(tuple(rows), count)


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
