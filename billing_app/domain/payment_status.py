"""How far a document is paid: computed from what settles it (SPEC 6.4)."""

from dataclasses import dataclass
from enum import StrEnum


class PaymentStatus(StrEnum):
    """OroCommerce's eleven codes (SPEC ORO-40)."""

    FULL = "full"
    PARTIALLY = "partially"
    INVOICED = "invoiced"
    AUTHORIZED = "authorized"
    AUTHORIZED_PARTIALLY = "authorized_partially"
    DECLINED = "declined"
    PENDING = "pending"
    CANCELED = "canceled"
    CANCELED_PARTIALLY = "canceled_partially"
    REFUNDED = "refunded"
    REFUNDED_PARTIALLY = "refunded_partially"

    @property
    def label(self) -> str:
        """The code in words (SPEC ORO-42)."""
        return _PAYMENT_LABELS[self]

    @property
    def counts_as_paid(self) -> bool:
        """Nothing is left to pay online (SPEC ORO-43)."""
        return self in _NOTHING_TO_PAY


_PAYMENT_LABELS = {
    PaymentStatus.FULL: "Paid in full",
    PaymentStatus.PARTIALLY: "Paid partially",
    PaymentStatus.INVOICED: "Invoiced",
    PaymentStatus.AUTHORIZED: "Payment authorized",
    PaymentStatus.AUTHORIZED_PARTIALLY: "Payment authorized partially",
    PaymentStatus.DECLINED: "Payment declined",
    PaymentStatus.PENDING: "Pending payment",
    PaymentStatus.CANCELED: "Payment canceled",
    PaymentStatus.CANCELED_PARTIALLY: "Payment canceled partially",
    PaymentStatus.REFUNDED: "Refunded",
    PaymentStatus.REFUNDED_PARTIALLY: "Refunded partially",
}
REFUNDED = frozenset({PaymentStatus.REFUNDED, PaymentStatus.REFUNDED_PARTIALLY})
_NOTHING_TO_PAY = REFUNDED | {PaymentStatus.FULL, PaymentStatus.AUTHORIZED}


class GatewayOutcome(StrEnum):
    """How the last action of the payment gateway ended."""

    NONE = "none"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settles a document, in minor units of its currency; total and parts are as stored.

    `paid` is allocations of completed payments less allocated refunds; `credits` is applied
    credits of posted credit documents; on a credit document it is what was used of it.
    """

    total: int
    paid: int = 0
    credits: int = 0
    refunds: int = 0
    pending: int = 0
    """Allocations of payments that are not completed yet."""
    is_posted: bool = True
    """Posted, or set back from it to Ready for Posting."""
    has_open_authorization: bool = False
    last_gateway: GatewayOutcome = GatewayOutcome.NONE
    forced: PaymentStatus | None = None

    @property
    def settled(self) -> int:
        """The box Paid Amount."""
        return self.paid + self.credits

    @property
    def open(self) -> int:
        """The box Open Amount."""
        return self.total - self.settled


def payment_status(facts: Settlement) -> PaymentStatus:
    """The payment status, first match (SPEC 6.4)."""
    if facts.forced is not None:
        return facts.forced
    if facts.refunds > 0:
        is_whole = facts.refunds >= facts.total
        return PaymentStatus.REFUNDED if is_whole else PaymentStatus.REFUNDED_PARTIALLY
    if facts.settled >= facts.total and (facts.total > 0 or (not facts.total and facts.is_posted)):
        return PaymentStatus.FULL
    if facts.settled > 0:
        return PaymentStatus.PARTIALLY
    if facts.has_open_authorization:
        return PaymentStatus.AUTHORIZED
    return {
        GatewayOutcome.CANCELED: PaymentStatus.CANCELED,
        GatewayOutcome.DECLINED: PaymentStatus.DECLINED,
    }.get(facts.last_gateway, PaymentStatus.PENDING)


class PortalBadge(StrEnum):
    """ConnexCS's payment badge (SPEC 3.4h)."""

    PAID = "Paid"
    PENDING = "Pending"
    UNPAID = "Unpaid"


def portal_badge(facts: Settlement) -> PortalBadge:
    """Paid for full; Pending while only pending payments are allocated; else Unpaid."""
    if payment_status(facts) is PaymentStatus.FULL:
        return PortalBadge.PAID
    only_pending = facts.pending > 0 and facts.settled == 0
    return PortalBadge.PENDING if only_pending else PortalBadge.UNPAID
