"""What a new invoice begins with when it is made from an opportunity (CRM-10, CRM-11)."""

from decimal import Decimal

from billing_app.domain.access import Permission
from billing_app.domain.money import currency, from_minor
from billing_app.domain.periods import due_date
from billing_app.persistence.tables import Customer, Opportunity, Product
from billing_app.services.context import Context
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.sales.offers import Offered, sum_minor
from billing_app.services.sales.opportunities import existing_opportunity, lines_of

ADJUSTMENT = "Adjustment to the agreed value"


def opportunity_draft(ctx: Context, opportunity_id: int) -> tuple[Draft, int]:
    """What a new invoice begins with, and the value less the sum of its lines, in minor units.

    Customer, contact and currency are the opportunity's, its products the lines (CRM-10); without
    products its title is the one line (CRM-11). Raises: NotFound.
    """
    ctx.require(Permission.INVOICE_CREATE)
    ctx.require(Permission.OPPORTUNITY_VIEW)
    with ctx.read() as session:
        row = existing_opportunity(session, opportunity_id)
        customer = session.get_one(Customer, row.customer_id)
        offered = lines_of(session, opportunity_id)
        known = {line.product_id for line in offered if line.product_id}
        products = {key: session.get_one(Product, key) for key in known}
    lines = [_line(line, customer, products.get(line.product_id or 0)) for line in offered]
    today = ctx.today()
    draft = Draft(
        customer_id=row.customer_id,
        contact_id=row.contact_id,
        document_date=today,
        due_on=due_date(today, customer.payment_term_days),
        currency=row.currency,
        lines=tuple(lines) or (_whole_value(row, customer),),
        title=row.title,
        origin="opportunity",
        opportunity_id=opportunity_id,
    )
    return draft, row.value_minor - sum_minor(offered, row.currency) if offered else 0


def adjustment(difference_minor: int, code: str, rate: Decimal | None) -> DraftLine:
    """The line that brings the lines to the opportunity's value (CRM 5.4f)."""
    price = from_minor(difference_minor, currency(code).digits)
    return DraftLine(ADJUSTMENT, unit_price=price, tax_rate=rate)


def _line(line: Offered, customer: Customer, product: Product | None) -> DraftLine:
    rate = product.tax_rate if product is not None else None
    return DraftLine(
        line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_rate=customer.tax_rate if rate is None else rate,
        unit=product.unit if product is not None else "",
        product_id=line.product_id,
    )


def _whole_value(row: Opportunity, customer: Customer) -> DraftLine:
    price = from_minor(row.value_minor, currency(row.currency).digits)
    return DraftLine(row.title, unit_price=price, tax_rate=customer.tax_rate)
