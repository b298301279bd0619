"""The customers that foreign invoices name: found here, or made.

In this order: the source's own id, the customer number, the e-mail address, the exact name.
"""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.invoices import ForeignCustomer, ForeignInvoice
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import Customer, ImportedRecord
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.customers.facts import EMAIL, CustomerFacts, cleaned_customer
from billing_app.services.customers.saving import add_customer

MAX_ID = 128
MAX_NUMBER = 32
COUNTRY = 2


def find_customer(session: Session, source: str, named: ForeignCustomer) -> int | None:
    """The customer's id; None where it has to be made. Raises: Invalid where it is not clear."""
    for found in (_by_id(session, source, named), _by_number(session, named)):
        if found is not None:
            return found
    if named.email:
        lowered = func.lower(Customer.email) == named.email.lower()
        if (found := _only(session, lowered, f"the e-mail address {named.email}")) is not None:
            return found
    if named.name and not named.number:
        same = or_(
            col(Customer.name) == named.name, func.lower(Customer.name) == named.name.lower()
        )
        return _only(session, same, "this name")
    return None


def take_customer(session: Session, ctx: Context, source: str, invoice: ForeignInvoice) -> int:
    """The customer's id, made where there is none yet. Raises: Invalid."""
    named = invoice.customer
    found = find_customer(session, source, named)
    if found is None:
        customer = add_customer(session, ctx, new_customer(invoice))
        found = customer.id or 0
        after = {"name": customer.name, "origin": f"imported {source}"}
        record(session, ctx, entity="customer", entity_id=found, action="created", after=after)
    _link(session, source, named, found)
    return found


def new_customer(invoice: ForeignInvoice) -> dict[str, object]:
    """A customer as the file tells it, as columns. Raises: Invalid."""
    named = invoice.customer
    country = named.country.upper()
    is_code = len(country) == COUNTRY and country.isascii() and country.isalpha()
    is_mail = EMAIL.fullmatch(named.email) is not None
    return cleaned_customer(
        CustomerFacts(
            name=named.shown[:255],
            currency=invoice.currency,
            number=named.number if len(named.number) <= MAX_NUMBER else "",
            email=named.email if is_mail else "",
            vat_no=named.vat_no[:64],
            street=named.street[:255],
            postcode=named.postcode[:32],
            city=named.city[:128],
            country=country if is_code else "",
            notes="" if is_code or not country else f"Country in the source: {named.country}.",
        )
    )


def _by_id(session: Session, source: str, named: ForeignCustomer) -> int | None:
    if not named.external_id:
        return None
    return session.exec(
        select(ImportedRecord.record_id).where(
            ImportedRecord.system == source,
            ImportedRecord.kind == "customer",
            ImportedRecord.external_id == named.external_id[:MAX_ID],
        )
    ).first()


def _by_number(session: Session, named: ForeignCustomer) -> int | None:
    """By our number, unless the name tells that theirs only looks the same."""
    if not named.number:
        return None
    row = session.exec(select(Customer).where(Customer.number == named.number)).first()
    if row is None:
        return None
    if named.name and row.name.casefold() != named.name.casefold():
        raise Invalid.of("customer", f"the customer number {named.number} has another name here")
    return row.id


def _only(session: Session, condition: ColumnElement[bool], what: str) -> int | None:
    found = session.exec(
        select(Customer.id).where(condition, col(Customer.is_active)).limit(2)
    ).all()
    if len(found) > 1:
        raise Invalid.of("customer", f"several customers here have {what}; give its number")
    return found[0] if found else None


def _link(session: Session, source: str, named: ForeignCustomer, customer_id: int) -> None:
    """Remember the source's id, so that the customer is found by it however it is renamed."""
    if named.external_id and _by_id(session, source, named) is None:
        link = {
            "system": source,
            "kind": "customer",
            "external_id": named.external_id[:MAX_ID],
            "record_id": customer_id,
        }
        add(session, ImportedRecord, [link])
