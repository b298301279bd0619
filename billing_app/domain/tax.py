"""VAT categories, what each needs, and the bounds of a rate.

Source: UNCL 5305 as restricted by EN 16931; the rules BR-S-05 to BR-O-10 and the VATEX code list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.errors import Invalid

MAX_RATE = Decimal(100)
RATE_DIGITS = 2


class TaxCategory(StrEnum):
    """The VAT categories an invoice line can have."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE = "O"

    @property
    def label(self) -> str:
        """The category in words."""
        return NEEDS[self].label


@dataclass(frozen=True, slots=True)
class CategoryNeeds:
    """What a category asks of a document that uses it."""

    label: str
    carries_rate: bool = False
    """The rate is above zero; every other category has 0 %."""
    reason: str = ""
    """The exemption reason printed by default; empty where none may be given."""
    reason_code: str = ""
    """The VATEX code of that reason."""
    seller_vat_no: bool = True
    buyer_vat_no: bool = False
    delivery: bool = False
    """The delivery date or period and the country of delivery (BR-IC-11, BR-IC-12)."""


NEEDS: Mapping[TaxCategory, CategoryNeeds] = MappingProxyType(
    {
        TaxCategory.STANDARD: CategoryNeeds("Standard rate", carries_rate=True),
        TaxCategory.ZERO: CategoryNeeds("Zero rated"),
        TaxCategory.EXEMPT: CategoryNeeds("Exempt from VAT", reason="Exempt from VAT"),
        TaxCategory.REVERSE_CHARGE: CategoryNeeds(
            "Reverse charge",
            reason="Reverse charge",
            reason_code="VATEX-EU-AE",
            buyer_vat_no=True,
        ),
        TaxCategory.INTRA_COMMUNITY: CategoryNeeds(
            "Intra-community supply",
            reason="Intra-community supply",
            reason_code="VATEX-EU-IC",
            buyer_vat_no=True,
            delivery=True,
        ),
        TaxCategory.EXPORT: CategoryNeeds(
            "Export outside the EU", reason="Export outside the EU", reason_code="VATEX-EU-G"
        ),
        TaxCategory.OUTSIDE: CategoryNeeds(
            "Not subject to VAT",
            reason="Not subject to VAT",
            reason_code="VATEX-EU-O",
            seller_vat_no=False,
        ),
    }
)


def tax_category(code: str, *, field: str = "tax_category") -> TaxCategory:
    """Read a category code. Raises: Invalid at `field` for an unknown one."""
    try:
        return TaxCategory(code)
    except ValueError as error:
        known = ", ".join(TaxCategory)
        raise Invalid.of(field, f"There is no such tax category. Use one of {known}.") from error


def rate_problem(category: str, rate: Decimal | None) -> str:
    """Why this rate cannot stand with this category, as a sentence; empty when it can.

    An empty rate can always stand: it is filled from the document or counts as 0 %.
    """
    if category not in _CODES:
        return f"There is no such tax category. Use one of {', '.join(TaxCategory)}."
    if rate is None:
        return ""
    if not rate.is_finite() or not 0 <= rate <= MAX_RATE:
        return "A tax rate lies between 0 % and 100 %."
    if rate != round(rate, RATE_DIGITS):
        return f"Tax rates have at most {RATE_DIGITS} decimals."
    if rate and category != TaxCategory.STANDARD:
        return f"{NEEDS[TaxCategory(category)].label} carries no tax: the rate is 0 %."
    return ""


_CODES = frozenset(str(category) for category in TaxCategory)


def exemption_reason(category: str, own: str = "") -> str:
    """The reason printed for a group without tax: the document's own, else the usual one."""
    return own.strip() or NEEDS[TaxCategory(category)].reason
