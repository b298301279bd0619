"""Customers and their contacts: lists, one record, saving."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select, update

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from billing_app.domain.money import currency
from billing_app.domain.parsing import clean_text
from billing_app.domain.periods import Schedule
from billing_app.domain.tax import rate_problem
from billing_app.domain.usage_lines import Grouping
from billing_app.persistence.search import rename_partner
from billing_app.persistence.tables import Company, Contact, Customer, Invoice
from billing_app.services.audit import changes, record
from billing_app.services.context import Context

EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}")
MAX_TERM_DAYS = 3650
PAGE = 50
LENGTHS = {
    "number": 32, "name": 255, "street": 255, "postcode": 32, "city": 128, "county": 128,
    "country": 2, "email": 255, "phone": 64, "uin": 64, "vat_no": 64, "account_no": 64,
    "currency": 3, "language": 8, "notes": 4000, "ext_accounting_id": 64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What the customer form says."""

    name: str
    currency: str
    number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    county: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    uin: str = ""
    vat_no: str = ""
    account_no: str = ""
    language: str = "en"
    payment_term_days: int = 30
    tax_rate: Decimal = Decimal(0)
    invoice_schedule: str = "none"
    line_grouping: str = ""  # empty: as the setting says
    ext_accounting_id: str = ""
    is_active: bool = True
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the contact row says."""

    name: str
    email: str = ""
    phone: str = ""
    is_billing: bool = False


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


def get_customer(ctx: Context, customer_id: int) -> tuple[Customer, tuple[Contact, ...]]:
    """One customer with the contacts. Raises: NotFound."""
    ctx.require(Permission.CUSTOMER_VIEW)
    with ctx.read() as session:
        customer = existing_customer(session, customer_id)
        contacts = session.exec(
            select(Contact).where(Contact.customer_id == customer_id).order_by(col(Contact.id))
        ).all()
        return customer, tuple(contacts)


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
    ctx.require(Permission.CUSTOMER_EDIT)
    if customer_id and not ctx.actor.sees_partner:
        raise Forbidden(
            "You cannot see business partners, so you cannot change one. "
            "Ask an administrator for the right to see them."
        )
    cleaned = _cleaned(facts)
    people = _cleaned_contacts(contacts)
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
        saved = customer.id or 0
        _replace_contacts(session, saved, people)
        if customer_id and before.get("name") != customer.name:
            _rename_on_invoices(session, customer)
        was, now = changes(before, cleaned)
        action = "changed" if customer_id else "created"
        record(
            session, ctx, entity="customer", entity_id=saved, action=action, before=was, after=now
        )
        return saved


def existing_customer(session: Session, customer_id: int) -> Customer:
    """The customer. Raises: NotFound."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer does not exist.")
    return customer


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


def _cleaned(facts: CustomerFacts) -> dict[str, object]:
    problems: dict[str, str] = {}
    cleaned: dict[str, object] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if field.name in LENGTHS:
            try:
                value = clean_text(
                    value,
                    field=field.name,
                    maximum=LENGTHS[field.name],
                    multiline=field.name == "notes",
                )
            except Invalid as error:
                problems |= error.fields
        cleaned[field.name] = value
    problems |= _problems(cleaned, problems)
    if problems:
        raise Invalid.many(problems)
    return cleaned


def _problems(cleaned: dict[str, object], known: dict[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not cleaned["name"]:
        problems["name"] = "Give the customer a name."
    if "currency" not in known:
        try:
            cleaned["currency"] = currency(str(cleaned["currency"]).upper()).code
        except Invalid as error:
            problems |= error.fields
    country = str(cleaned["country"]).upper()
    cleaned["country"] = country
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004
        problems["country"] = "Give the country as its two-letter code, like DE."
    if cleaned["email"] and not EMAIL.fullmatch(str(cleaned["email"])):
        problems["email"] = "This is not one e-mail address."
    if not 0 <= int(str(cleaned["payment_term_days"])) <= MAX_TERM_DAYS:
        problems["payment_term_days"] = "Give a number of days from 0 to 3650."
    return problems | _config_problems(cleaned)


def _config_problems(cleaned: dict[str, object]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if problem := rate_problem("S", Decimal(str(cleaned["tax_rate"]))):
        problems["tax_rate"] = problem
    if cleaned["invoice_schedule"] not in set(Schedule):
        problems["invoice_schedule"] = "Choose none, daily, weekly or monthly."
    if cleaned["line_grouping"] not in {"", *Grouping}:
        problems["line_grouping"] = "Choose day or destination, or leave it to the setting."
    return problems


def _cleaned_contacts(contacts: Sequence[ContactFacts]) -> list[dict[str, object]]:
    cleaned = []
    for index, contact in enumerate(contacts):
        name = clean_text(contact.name, field=f"contacts.{index}.name", maximum=255)
        email = clean_text(contact.email, field=f"contacts.{index}.email", maximum=255)
        if not name and not email:
            continue
        if email and not EMAIL.fullmatch(email):
            raise Invalid.of(f"contacts.{index}.email", "This is not one e-mail address.")
        cleaned.append(
            {
                "name": name or email,
                "email": email,
                "phone": clean_text(contact.phone, field=f"contacts.{index}.phone", maximum=64),
                "is_billing": contact.is_billing,
            }
        )
    return cleaned
