"""What a payment is: its state, its method, its number and what the customer reads of it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.errors import Refused
from billing_app.domain.settlement import PaymentKind, PaymentSource


class PaymentState(StrEnum):
    """Pending and Cancelled payments do not count in balances (SPEC CXS-30, CXS-31)."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.capitalize()


class PaymentMethod(StrEnum):
    """How money moved (SPEC CRM-24); a write-off moves none, an import tells of it only."""

    BANK_TRANSFER = "bank_transfer"
    CREDIT_CARD = "credit_card"
    CASH = "cash"
    CHEQUE = "cheque"
    PAYPAL = "paypal"
    STRIPE = "stripe"
    OTHER = "other"
    WRITE_OFF = "write_off"
    IMPORTED = "imported"

    @property
    def label(self) -> str:
        """The method in words."""
        return _METHOD_LABELS[self]


_METHOD_LABELS: Mapping[PaymentMethod, str] = MappingProxyType(
    {
        PaymentMethod.BANK_TRANSFER: "Bank transfer",
        PaymentMethod.CREDIT_CARD: "Credit card",
        PaymentMethod.CASH: "Cash",
        PaymentMethod.CHEQUE: "Cheque",
        PaymentMethod.PAYPAL: "PayPal",
        PaymentMethod.STRIPE: "Stripe",
        PaymentMethod.OTHER: "Other",
        PaymentMethod.WRITE_OFF: "Write-off",
        PaymentMethod.IMPORTED: "Imported",
    }
)
_BY_ITSELF = frozenset({PaymentMethod.WRITE_OFF, PaymentMethod.IMPORTED})
RECORDED_METHODS = tuple(one for one in PaymentMethod if one not in _BY_ITSELF)
"""What Record Payment offers, in its order."""

_PREFIXES: Mapping[PaymentKind, str] = MappingProxyType(
    {
        PaymentKind.RECEIPT: "PMI",
        PaymentKind.PAYMENT: "PMO",
        PaymentKind.REFUND: "PMO",
        PaymentKind.PURCHASE: "PUR",
    }
)
PRIVATE_FROM = "#"


def method_label(method: str) -> str:
    """A stored method in words, also one that is not offered any more."""
    if method in set(PaymentMethod):
        return PaymentMethod(method).label
    return method.replace("_", " ").capitalize()


def payment_number(kind: str, payment_id: int) -> str:
    """The number of a payment document: money in is PMI, money out PMO (SPEC DLY-47)."""
    return f"{_PREFIXES[PaymentKind(kind)]}-{payment_id:06d}"


def public_description(description: str) -> str:
    """What the portal may show: the text before the first # (SPEC CXS-32)."""
    return description.partition(PRIVATE_FROM)[0].rstrip()


def check_complete(state: PaymentState, source: PaymentSource) -> None:
    """Check that staff may complete a payment (SPEC CXS-35, 6.5 rules 9 and 11).

    Raises: Refused when it is completed already, or when the gateway decides.
    """
    if state is PaymentState.COMPLETED:
        raise Refused("This payment is completed already.", code="payment.completed")
    if source is PaymentSource.GATEWAY:
        raise Refused(
            "The payment gateway completes this payment itself.", code="payment.gateway_decides"
        )


def check_cancel(
    state: PaymentState, kind: PaymentKind, source: PaymentSource, refunded_minor: int
) -> None:
    """Check that a payment may be cancelled (SPEC 6.5, rule 11).

    Raises: Refused for one that is cancelled, a refund, one partly refunded, the gateway's.
    """
    if state is PaymentState.CANCELLED:
        raise Refused("This payment is cancelled already.", code="payment.cancelled")
    if kind is PaymentKind.REFUND:
        raise Refused(
            "A refund is not cancelled. Delete it instead.", code="payment.refund_not_cancelled"
        )
    if source is PaymentSource.GATEWAY:
        raise Refused(
            "This payment came from the payment gateway. Refund it instead.",
            code="payment.gateway_decides",
        )
    check_unrefunded(refunded_minor)


def check_unrefunded(refunded_minor: int) -> None:
    """Check that nothing was given back of what is to be undone. Raises: Refused."""
    if refunded_minor > 0:
        raise Refused(
            "Part of this payment was refunded. Delete the refund first.", code="payment.refunded"
        )
