"""What a period's invoice says: lines from charges that are due, usage and free minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from billing_app.domain.money import from_minor, half_up, to_minor
from billing_app.domain.packages import ChargeKind, top_up
from billing_app.domain.periods import Period
from billing_app.domain.rating import CHARGE_DIGITS
from billing_app.domain.usage_lines import Grouping, Used, usage_lines
from billing_app.persistence.tables import ChargeLine, Customer
from billing_app.services.bulk_posting import Line
from billing_app.services.generation.allowances import Credit
from billing_app.services.generation.waiting import Owed

KINDS = {
    ChargeKind.RECURRING: "{name}",
    ChargeKind.SETUP: "{name}: setup",
    ChargeKind.TOP_UP: "{name}: minimum spend",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """How one customer's lines are written: digits of the currency, tax, grouping."""

    digits: int
    tax_rate: Decimal
    grouping: Grouping

    @classmethod
    def of(cls, customer: Customer, digits: int, grouping: str) -> "Writer":
        """As the customer's config and the setting say; the customer's own grouping wins."""
        return cls(digits, customer.tax_rate, Grouping(customer.line_grouping or grouping))

    def line(self, text: str, quantity: Decimal, price: Decimal, period: Period) -> Line:
        """A line with the customer's tax (CXS-28)."""
        return Line(
            text[:1024],
            quantity,
            price,
            self.tax_rate,
            "S" if self.tax_rate else "Z",
            date_from=period.first,
            date_to=period.last,
        )

    def usage(self, used: Sequence[Used], period: Period) -> list[Line]:
        """One line a day or a destination: quantity 1 at the summed charge (SPEC 6.5 rule 6)."""
        return [
            self.line(
                one.text, Decimal(1), from_minor(one.amount_minor, self.digits), one.period
            )._replace(calls=one.calls, billed_s=one.billed_s)
            for one in usage_lines(used, self.grouping, period, self.digits)
        ]

    def charge(self, owed: Owed, spent: int) -> tuple[Line, int]:
        """A package's charge and its amount; `spent` is the usage of its window, in millionths."""
        due, text = owed.due, KINDS[owed.due.kind].format(name=owed.package.name)
        quantity, price = due.quantity, due.unit_price
        if due.kind is ChargeKind.TOP_UP:
            minimum = int((quantity * price).scaleb(CHARGE_DIGITS))
            missing = half_up(top_up(minimum, spent), 10 ** (CHARGE_DIGITS - self.digits))
            quantity, price = Decimal(1), from_minor(missing, self.digits)
        days = due.window or Period(due.on, due.on)
        line = self.line(text, quantity, price, days)._replace(package_id=owed.package.id)
        return line, to_minor(quantity * price, self.digits)

    def credit(self, credit: Credit, period: Period) -> Line:
        """Free minutes as a line that takes their charge back."""
        amount = half_up(credit.amount, 10 ** (CHARGE_DIGITS - self.digits))
        line = self.line(
            f"{credit.package.name}: free minutes",
            Decimal(-1),
            from_minor(amount, self.digits),
            period,
        )
        return line._replace(package_id=credit.package.id, billed_s=sum(credit.seconds.values()))


@dataclass(slots=True)
class Content:
    """What one period's invoice takes: its lines, and the facts that are used up by it."""

    period: Period
    lines: list[Line] = field(default_factory=list)
    owed: list[tuple[Owed, int]] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    charges: list[ChargeLine] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing to charge: an empty period makes no invoice (SPEC 6.9)."""
        return not self.lines
