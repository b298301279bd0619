"""The lines of an opportunity or an order in its form: as finished strings, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_quantity, parse_unit_price
from billing_app.kit.wording import number
from billing_app.services.sales.offers import Offered


@dataclass(frozen=True)
class SoldRow:
    """One line of the form."""

    key: str
    description: str = ""
    quantity: str = "1"
    unit_price: str = ""
    product_id: int = 0


def sold_row(key: str, line: Offered) -> SoldRow:
    """One line as the form shows it."""
    return SoldRow(
        key=key,
        description=line.description,
        quantity=number(line.quantity).replace(",", ""),
        unit_price=number(line.unit_price, 2).replace(",", ""),
        product_id=line.product_id or 0,
    )


def typed_rows(rows: Sequence[SoldRow], form: Mapping[str, str]) -> list[SoldRow]:
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
    rows: Sequence[SoldRow], known: Mapping[str, int]
) -> tuple[list[Offered], dict[str, str]]:
    """The lines that were typed, with the sentences of what could not be read.

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


def price_of(text: str, prices: Mapping[str, Decimal]) -> str:
    """The price a suggested product starts from; empty for anything else."""
    return number(prices[text], 2).replace(",", "") if text in prices else ""


def _read(row: SoldRow, known: Mapping[str, int]) -> Offered:
    said = row.description.strip()
    product_id = known.get(said, row.product_id)
    price = row.unit_price.strip() or "0"
    return Offered(
        description=said.rpartition(" · ")[0] if said in known else said,
        quantity=parse_quantity(row.quantity.strip() or "1", field="lines"),
        unit_price=parse_unit_price(price, field="lines", allow_negative=True),
        product_id=product_id or None,
    )
