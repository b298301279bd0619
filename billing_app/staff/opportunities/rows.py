"""Opportunities as finished strings, and what their form says as facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency, to_minor
from billing_app.domain.parsing import parse_amount, parse_quantity, parse_unit_price
from billing_app.kit.wording import amount, number
from billing_app.services.sales.offers import Offered
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


@dataclass(frozen=True)
class ProductRow:
    """One product of the form."""

    key: str
    description: str = ""
    quantity: str = "1"
    unit_price: str = ""
    product_id: int = 0


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


def product_row(key: str, line: Offered) -> ProductRow:
    """One product as the form shows it."""
    return ProductRow(
        key=key,
        description=line.description,
        quantity=number(line.quantity).replace(",", ""),
        unit_price=number(line.unit_price, 2).replace(",", ""),
        product_id=line.product_id or 0,
    )


def typed_rows(rows: Sequence[ProductRow], form: Mapping[str, str]) -> list[ProductRow]:
    """The rows with what was typed into them."""
    return [
        replace(
            row,
            description=form.get(f"line-{row.key}-description", row.description),
            quantity=form.get(f"line-{row.key}-quantity", row.quantity),
            unit_price=form.get(f"line-{row.key}-unit_price", row.unit_price),
        )
        for row in rows
    ]


def read_rows(
    rows: Sequence[ProductRow], known: Mapping[str, int]
) -> tuple[list[Offered], dict[str, str]]:
    """The products that were typed, with the sentences of what could not be read.

    `known`: product ids by what the suggestions say. Rows without a word are left out.
    """
    offered: list[Offered] = []
    problems: dict[str, str] = {}
    for row in rows:
        if not (row.description.strip() or row.unit_price.strip()):
            continue
        try:
            line = _read(row, known)
        except Invalid as error:
            problems |= error.fields
        else:
            offered.append(line)
    return offered, problems


def read_value(text: str, code: str) -> int:
    """The value in minor units. Raises: Invalid at "value" or "currency"."""
    digits = currency(code).digits
    return to_minor(parse_amount(text, field="value", digits=digits), digits)


def _read(row: ProductRow, known: Mapping[str, int]) -> Offered:
    said = row.description.strip()
    product_id = known.get(said, row.product_id)
    price = row.unit_price.strip() or "0"
    return Offered(
        description=said.rpartition(" · ")[0] if said in known else said,
        quantity=parse_quantity(row.quantity.strip() or "1", field="lines"),
        unit_price=parse_unit_price(price, field="lines", allow_negative=True),
        product_id=product_id or None,
    )


def price_of(text: str, prices: Mapping[str, Decimal]) -> str:
    """The price a suggested product starts from; empty for anything else."""
    return number(prices[text], 2).replace(",", "") if text in prices else ""
