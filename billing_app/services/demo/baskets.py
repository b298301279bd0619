"""What the demo's invoices are about: lines of real trades, priced in the customer's currency."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from billing_app.domain.money import currency, round_half_up
from billing_app.services.demo.founding import Known
from billing_app.services.demo.parties import Party
from billing_app.services.demo.world import EU, RATES, Ware
from billing_app.services.invoices.draft import Draft, DraftLine

CANARY = "INTERNAL-CANARY"
CANARY_SERIAL = 25  # one that customer A has
PRICE_DIGITS = 5
PART = 3  # a partial credit note credits a third
TAX_WORDS = {"AE": "Reverse charge", "G": "Export outside the EU"}


def basket(known: Known, random: Random, customer_id: int, on: date, serial: int) -> Draft:
    """A draft of one to five lines; some with discounts, voyages, texts and inner comments."""
    party = dict(known.customers)[customer_id]
    wares = random.sample(known.products, random.randint(1, 5))
    lines = tuple(_line(known, random, party, chosen, on, serial) for chosen in wares)
    return Draft(
        customer_id=customer_id,
        contact_id=known.contacts[customer_id],
        document_date=on,
        due_on=on + timedelta(days=party.term_days),
        currency=party.currency,
        lines=lines,
        title=lines[0].description.split("\n")[0],
        po_number=f"PO-{4_000 + serial}" if serial % 3 else "",
        invoice_text="Thank you for sailing with us." if serial % 4 == 0 else "",
        terms=f"Payable within {party.term_days} days without deduction.",
        internal_comment=_comment(serial),
        discount_type="percent" if serial % 13 == 0 else "none",
        discount_value=Decimal(3 if serial % 13 == 0 else 0),
        opportunity_id=known.opportunities.get(customer_id) if serial % 6 == 0 else None,
        origin="opportunity"
        if serial % 6 == 0 and customer_id in known.opportunities
        else "manual",
    )


def a_third(draft: Draft) -> dict[int, Decimal]:
    """What a partial credit note takes: a third of the first line."""
    return {10: max(Decimal("0.001"), round_half_up(draft.lines[0].quantity / PART, 3))}


def priced(price: Decimal, code: str) -> Decimal:
    """A euro price in another currency, with the decimals that prices of that size have."""
    digits = currency(code).digits if price >= 1 else PRICE_DIGITS
    return round_half_up(price * RATES[code], digits)


def taxed(party: Party, rate: Decimal) -> tuple[str, Decimal]:
    """Category and rate of a sale by a German company to this customer."""
    if party.country == "DE":
        return ("S", rate) if rate else ("Z", Decimal(0))
    return ("AE" if party.country in EU else "G"), Decimal(0)


def _line(
    known: Known, random: Random, party: Party, chosen: tuple[int, Ware], on: date, serial: int
) -> DraftLine:
    product_id, ware = chosen
    category, rate = taxed(party, ware.rate)
    kind, value = random.choice([("none", "0")] * 4 + [("percent", "10"), ("percent", "2.5")])
    voyages = list(known.voyages.values())
    is_monthly = ware.unit == "month"
    return DraftLine(
        description=ware.name
        + ("\nIncluding installation and first-line support" if serial % 5 == 1 else ""),
        quantity=_quantity(random, ware),
        unit_price=priced(ware.price, party.currency),
        discount_type=kind,
        discount_value=Decimal(value),
        tax_rate=rate,
        tax_category=category,
        tax_description=TAX_WORDS.get(category, f"VAT {rate} %"),
        unit=ware.unit,
        product_id=product_id,
        voyage_id=voyages[serial % len(voyages)] if serial % 3 == 0 else None,
        date_from=on.replace(day=1) if is_monthly else None,
        date_to=on if is_monthly else None,
    )


def _quantity(random: Random, ware: Ware) -> Decimal:
    if ware.unit in {"min", "kg"}:
        return Decimal(random.randint(1_000, 900_000)).scaleb(-3)
    if ware.unit == "h":
        return Decimal(random.randint(2, 60)) / 4
    return Decimal(random.randint(1, 12))


def _comment(serial: int) -> str:
    if serial == CANARY_SERIAL:
        return f"{CANARY}: the customer negotiates hard, keep this margin to ourselves."
    return "Check the rebate before the next invoice." if serial % 10 == 0 else ""
