"""What a correction comes to, as labels with amounts."""

from dataclasses import dataclass

from billing_app.domain.totals import Totals
from billing_app.kit.wording import amount, number


@dataclass(frozen=True)
class Figure:
    """A label with its amount."""

    label: str
    value: str
    minor: str
    css: str = ""


def figures_of(totals: Totals, code: str) -> list[Figure]:
    """Net, each tax, and the total."""
    taxed = [
        Figure(
            f"Tax {number(group.rate)} %" if group.rate is not None else "Tax",
            amount(group.tax, code),
            str(group.tax),
        )
        for group in totals.groups
    ]
    net = totals.total - totals.tax_total
    return [
        Figure("Net", amount(net, code), str(net)),
        *taxed,
        Figure("Total", amount(totals.total, code), str(totals.total), "sum"),
    ]
