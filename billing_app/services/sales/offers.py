"""What an opportunity or an order consists of: checked for saving, and summed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency, max_minor
from billing_app.domain.parsing import clean_text
from billing_app.domain.totals import DocumentInput, LineInput, compute

STAGES = ("Qualification", "Proposal", "Negotiation", "Won", "Lost")
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class OpportunityFacts:
    """What the opportunity form says; the value in minor units."""

    title: str
    customer_id: int
    value_minor: int
    currency: str
    stage: str = STAGES[0]
    contact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of an opportunity or an order; the quantity has 3 decimals, the price 5."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    product_id: int | None = None


def checked_facts(
    facts: OpportunityFacts, lines: Sequence[Offered]
) -> tuple[OpportunityFacts, tuple[Offered, ...]]:
    """The facts with clean texts. Raises: Invalid with every field's sentence."""
    problems: dict[str, str] = {}
    title, cleaned = "", []
    try:
        title = clean_text(facts.title, field="title", maximum=255)
        cleaned = clean_lines(lines)
        limit = max_minor(currency(facts.currency).digits)
        if not 0 <= facts.value_minor <= limit:
            problems["value"] = "Give a value of 0 or more."
        sum_minor(cleaned, facts.currency)
    except Invalid as error:
        problems |= error.fields
    if not problems and not title:
        problems["title"] = "Give the opportunity a title."
    if not facts.customer_id:
        problems["customer"] = "Choose the customer."
    if facts.stage not in STAGES:
        problems["stage"] = "There is no such stage."
    if len(lines) > MOST_LINES:
        problems["lines"] = f"At most {MOST_LINES} products."
    if problems:
        raise Invalid.many(problems)
    return replace(facts, title=title), tuple(cleaned)


def clean_lines(lines: Sequence[Offered]) -> list[Offered]:
    """The lines with clean texts. Raises: Invalid at the first that says nothing."""
    return [_clean(line, at) for at, line in enumerate(lines)]


def sum_minor(lines: Sequence[Offered], code: str) -> int:
    """What products come to at their prices, without a tax on top, in minor units."""
    entered = [
        LineInput(10 * at, line.quantity, line.unit_price) for at, line in enumerate(lines, start=1)
    ]
    return compute(DocumentInput(currency(code), entered)).subtotal


def _clean(line: Offered, at: int) -> Offered:
    field = f"lines.{at}.description"
    text = clean_text(line.description, field=field, maximum=1024, multiline=True)
    if not text:
        raise Invalid.of(field, "Say what is sold.")
    return replace(line, description=text)
