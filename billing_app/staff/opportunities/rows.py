"""Opportunities as finished strings, and the value of their form in minor units."""

from dataclasses import dataclass

from billing_app.domain.money import currency, to_minor
from billing_app.domain.parsing import parse_amount
from billing_app.kit.wording import amount
from billing_app.services.sales.opportunities import OpportunityRow


@dataclass(frozen=True)
class OpportunityLineRow:
    """One opportunity of the list."""

    id: int
    title: str
    customer: str
    stage: str
    currency: str
    value: str
    value_minor: str


def list_row(row: OpportunityRow) -> OpportunityLineRow:
    """One opportunity as the list shows it."""
    return OpportunityLineRow(
        id=row.id,
        title=row.title,
        customer=row.customer,
        stage=row.stage,
        currency=row.currency,
        value=amount(row.value_minor, row.currency),
        value_minor=str(row.value_minor),
    )


def read_value(text: str, code: str) -> int:
    """The value in minor units. Raises: Invalid at "value" or "currency"."""
    digits = currency(code).digits
    return to_minor(parse_amount(text, field="value", digits=digits), digits)
