"""A charge as a line of a document, and a document's line as a charge."""

from collections.abc import Sequence

from billing_app.domain.charges import ChargeKind, ChargeStatus, PendingList
from billing_app.domain.document_types import Direction, sign
from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.totals import DiscountType, DocumentInput, LineInput, compute
from billing_app.persistence.tables import ChargeLine, InvoiceLine
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.draft import DraftLine

CARRIED = (
    "unit",
    "unit_price",
    "discount_type",
    "discount_value",
    "tax_rate",
    "tax_category",
    "tax_description",
    "product_id",
    "package_id",
    "voyage_id",
    "date_from",
    "date_to",
    "account",
)
"""What a line and its charge say in the same words."""


def line_of(charge: ChargeLine, kind: str) -> DraftLine:
    """The charge as a line; on a credit document negative charges become positive lines."""
    return DraftLine(
        description=charge.text,
        quantity=sign(kind) * charge.quantity,
        **{name: getattr(charge, name) for name in CARRIED},
    )


def pending_list_of(direction: str) -> PendingList:
    """The list in which a charge of a document waits again."""
    is_out = Direction(direction) is Direction.OUT
    return PendingList.RECEIVABLE if is_out else PendingList.PAYABLE


def charge_of(ctx: Context, found: Whole, line: InvoiceLine, vessel_id: int | None) -> ChargeLine:
    """A new charge for a line that came from none; `rewrite` gives it its figures."""
    direction = found.document_type.direction
    return ChargeLine(
        customer_id=found.invoice.customer_id,
        company_id=found.invoice.company_id,
        direction=direction,
        pending_list=str(pending_list_of(direction)),
        kind=str(ChargeKind.MANUAL),
        currency=found.invoice.currency,
        voyage_id=line.voyage_id,
        vessel_id=vessel_id,
        created_at=ctx.now(),
        created_by_id=ctx.actor.user_id,
    )


def rewrite(charge: ChargeLine, found: Whole, line: InvoiceLine, alone: LineInput) -> None:
    """Let a charge say what its line says now, and wait again; `alone` has the line's figures."""
    for name in CARRIED:
        setattr(charge, name, getattr(line, name))
    charge.text = line.description
    charge.quantity = sign(found.document_type.kind) * line.quantity
    charge.discount_type = str(alone.discount_type)
    charge.discount_value = alone.discount_value
    charge.tax_rate = alone.tax_rate
    charge.prices_include_tax = found.invoice.prices_include_tax
    charge.net_minor = net_of(charge)
    wait_again(charge)


def wait_again(charge: ChargeLine) -> None:
    """Put a charge back on its pending list."""
    charge.status = str(ChargeStatus.PENDING)
    charge.invoice_id = charge.invoice_line_no = None
    charge.version += 1


def net_of(charge: ChargeLine) -> int:
    """What the charge comes to alone, less its discount, in minor units; as its price is meant.

    Raises: Invalid at the charge's own field for figures outside the limits.
    """
    entered = LineInput(
        line_no=10,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        discount_type=DiscountType(charge.discount_type),
        discount_value=charge.discount_value,
        tax_rate=charge.tax_rate,
        tax_category=charge.tax_category,
    )
    try:
        totals = compute(DocumentInput(currency(charge.currency), (entered,)))
    except Invalid as error:
        raise Invalid.many(
            {field.removeprefix("lines.10."): text for field, text in error.fields.items()}
        ) from error
    return totals.net


def suggests_credit(charges: Sequence[ChargeLine]) -> bool:
    """Whether these charges together are owed back: a credit document fits them."""
    return sum((charge.net_minor for charge in charges), 0) < 0
