"""Opportunities: the list, one with its products and invoices, saving (CRM-10 to CRM-13)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, or_, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.persistence.tables import (
    Contact,
    Customer,
    Invoice,
    Opportunity,
    OpportunityLine,
)
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.paging import page_of
from billing_app.services.sales.made import Made, billed, of_opportunity
from billing_app.services.sales.offers import (
    Offered,
    OpportunityFacts,
    checked_facts,
    sum_minor,
)

HIDDEN = "Hidden"
SAID = ("title", "customer_id", "contact_id", "value_minor", "currency", "stage")


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """One opportunity; customer and contact as the asker may see them, minor units."""

    id: int
    title: str
    customer_id: int
    customer: str
    contact_id: int | None
    contact: str
    value_minor: int
    currency: str
    stage: str
    version: int


@dataclass(frozen=True, slots=True)
class OpportunityPage:
    """One page of the opportunities list."""

    rows: tuple[OpportunityRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class OpportunityRecord:
    """One opportunity with its products and invoices; `sum_minor` is what the products come to."""

    opportunity: OpportunityRow
    lines: tuple[Offered, ...]
    invoices: tuple[Made, ...]
    sum_minor: int
    billed_minor: int

    @property
    def difference_minor(self) -> int:
        """The value less the sum of the products; nothing to compare without products."""
        return self.opportunity.value_minor - self.sum_minor if self.lines else 0


def list_opportunities(
    ctx: Context, search: str = "", *, stage: str = "", page: int = 1
) -> OpportunityPage:
    """Opportunities, the newest first, 50 a page; customers are searched by who may see them."""
    ctx.require(Permission.OPPORTUNITY_VIEW)
    with ctx.read() as session:
        query = (
            select(Opportunity, Customer.name, Contact.name)
            .join(Customer, col(Customer.id) == Opportunity.customer_id)
            .join(Contact, col(Contact.id) == Opportunity.contact_id, isouter=True)
        )
        if wanted := search.replace("\0", "").strip():
            columns = [col(Opportunity.title)]
            columns += [col(Customer.name)] if ctx.actor.sees_partner else []
            query = query.where(or_(*(c.icontains(wanted, autoescape=True) for c in columns)))
        if stage:
            query = query.where(Opportunity.stage == stage.replace("\0", ""))
        found, count = page_of(session, query, col(Opportunity.id).desc(), page=page)
        return OpportunityPage(tuple(_row(ctx, *row) for row in found), count)


def get_opportunity(ctx: Context, opportunity_id: int) -> OpportunityRecord:
    """One opportunity with its products and invoices. Raises: NotFound."""
    ctx.require(Permission.OPPORTUNITY_VIEW)
    with ctx.read() as session:
        opportunity = existing_opportunity(session, opportunity_id)
        customer = session.get_one(Customer, opportunity.customer_id)
        contact = session.get(Contact, opportunity.contact_id) if opportunity.contact_id else None
        lines = lines_of(session, opportunity_id)
        made = of_opportunity(session, ctx, opportunity_id)
        return OpportunityRecord(
            opportunity=_row(ctx, opportunity, customer.name, contact.name if contact else ""),
            lines=lines,
            invoices=made,
            sum_minor=sum_minor(lines, opportunity.currency),
            billed_minor=billed(made, opportunity.currency),
        )


def save_opportunity(
    ctx: Context,
    facts: OpportunityFacts,
    lines: Sequence[Offered] = (),
    *,
    opportunity_id: int = 0,
    version: int = 0,
) -> int:
    """Make or change an opportunity with its products; answers its id.

    Raises: Invalid with every field's sentence, Conflict, NotFound.
    """
    ctx.require(Permission.OPPORTUNITY_EDIT)
    facts, lines = checked_facts(facts, lines)
    with ctx.write() as session:
        row = (
            existing_opportunity(session, opportunity_id, lock=True)
            if opportunity_id
            else Opportunity()
        )
        if opportunity_id and row.version != version:
            raise Conflict("Somebody else changed this opportunity meanwhile. Reload to see it.")
        _refuse_strange(session, row, facts)
        before = _said(row, lines_of(session, opportunity_id)) if opportunity_id else {}
        for name in SAID:
            setattr(row, name, getattr(facts, name))
        row.version += 1 if opportunity_id else 0
        session.add(row)
        session.flush()
        _write_lines(session, row.id or 0, lines)
        was, now = changes(before, _said(row, lines))
        record(
            session,
            ctx,
            entity="opportunity",
            entity_id=row.id or 0,
            action="changed" if opportunity_id else "created",
            before=was,
            after=now,
        )
        return row.id or 0


def existing_opportunity(
    session: Session, opportunity_id: int, *, lock: bool = False
) -> Opportunity:
    """The opportunity. Raises: NotFound."""
    row = session.get(Opportunity, opportunity_id, with_for_update=True if lock else None)
    if row is None:
        raise NotFound("This opportunity does not exist.")
    return row


def lines_of(session: Session, opportunity_id: int) -> tuple[Offered, ...]:
    """The products of an opportunity in their order."""
    rows = session.exec(
        select(OpportunityLine)
        .where(OpportunityLine.opportunity_id == opportunity_id)
        .order_by(col(OpportunityLine.id))
    ).all()
    return tuple(
        Offered(row.description, row.quantity, row.unit_price, row.product_id) for row in rows
    )


def _write_lines(session: Session, opportunity_id: int, lines: Sequence[Offered]) -> None:
    session.exec(
        delete(OpportunityLine).where(col(OpportunityLine.opportunity_id) == opportunity_id)
    )
    session.add_all(
        OpportunityLine(
            opportunity_id=opportunity_id,
            product_id=line.product_id,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for line in lines
    )
    session.flush()


def _refuse_strange(session: Session, row: Opportunity, facts: OpportunityFacts) -> None:
    """Raise Invalid for an unknown customer, another's contact, or a customer with invoices."""
    if session.get(Customer, facts.customer_id) is None:
        raise Invalid.of("customer", "Choose the customer.")
    contact = session.get(Contact, facts.contact_id) if facts.contact_id else None
    if facts.contact_id and (contact is None or contact.customer_id != facts.customer_id):
        raise Invalid.of("contact", "This contact belongs to another customer.")
    if row.id is None or row.customer_id == facts.customer_id:
        return
    has_invoices = session.exec(
        select(Invoice.id).where(Invoice.opportunity_id == row.id).limit(1)
    ).first()
    if has_invoices is not None:
        raise Invalid.of("customer", "The customer is fixed: there are invoices already.")


def _said(row: Opportunity, lines: Sequence[Offered]) -> dict[str, object]:
    products = [f"{line.description}: {line.quantity} x {line.unit_price}" for line in lines]
    return {name: getattr(row, name) for name in SAID} | {"products": products}


def _row(ctx: Context, row: Opportunity, customer: str, contact: str | None) -> OpportunityRow:
    sees = ctx.actor.sees_partner
    return OpportunityRow(
        id=row.id or 0,
        title=row.title,
        customer_id=row.customer_id,
        customer=customer if sees else HIDDEN,
        contact_id=row.contact_id,
        contact=(contact or "") if sees else HIDDEN,
        value_minor=row.value_minor,
        currency=row.currency,
        stage=row.stage,
        version=row.version,
    )
