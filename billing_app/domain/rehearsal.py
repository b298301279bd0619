"""What is odd about a coming run: compared with the period before, and what is missing in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from billing_app.domain.money import currency, format_amount, half_up
from billing_app.domain.periods import Period


class Kind(StrEnum):
    """What kind of oddity it is, the most pressing first."""

    FAILED = "failed"
    MISSING = "missing"
    UNPRICED = "unpriced"
    JUMP = "jump"

    @property
    def label(self) -> str:
        """Its name on the page."""
        return LABELS[self]


LABELS: Mapping[Kind, str] = {
    Kind.FAILED: "Cannot be invoiced",
    Kind.MISSING: "Missing",
    Kind.UNPRICED: "Usage without a price",
    Kind.JUMP: "Jump",
}
ORDER = {kind: at for at, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something to look at before the run, with the customer it is about."""

    kind: Kind
    customer_id: int
    sentence: str
    weight: int = 0
    """How much it matters among its kind: minor units or calls."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The most pressing first."""
        return ORDER[self.kind], -self.weight, self.customer_id


def change_percent(now: int, before: int) -> int | None:
    """By how many percent an amount changed, rounded half up; None where nothing was before."""
    return half_up(100 * (now - before), abs(before)) if before else None


def jump(customer_id: int, code: str, now: int, before: int, share: int) -> Oddity | None:
    """The oddity of a net that changed by more than `share` percent; amounts in minor units."""
    if not before or abs(now - before) * 100 <= share * abs(before):
        return None
    change = change_percent(now, before) or 0
    digits = currency(code).digits
    sentence = (
        f"{code} {format_amount(now, digits)} after {format_amount(before, digits)}: "
        f"{'up' if change > 0 else 'down'} {abs(change):,} %."
    )
    return Oddity(Kind.JUMP, customer_id, sentence, abs(now - before))


def missing(
    customer_id: int, before: tuple[str, int], period: Period, *, schedule: str, is_active: bool
) -> Oddity:
    """The oddity of a customer who had an invoice for the period before and gets none now.

    `before` is that invoice's currency and net in minor units.
    """
    code, net = before
    why = f"nothing is there to charge for {period.first} to {period.last}"
    if not is_active:
        why = "the customer is not active any more"
    elif schedule == "none":
        why = "the customer has no invoice schedule any more"
    sentence = f"{code} {format_amount(net, currency(code).digits)} last period; now {why}."
    return Oddity(Kind.MISSING, customer_id, sentence, net)


def unpriced(customer_id: int, calls: int) -> Oddity:
    """The oddity of calls that have no rate, so that nobody is charged for them."""
    noun = "call has" if calls == 1 else "calls have"
    return Oddity(
        Kind.UNPRICED, customer_id, f"{calls:,} {noun} no rate and will not be charged.", calls
    )
