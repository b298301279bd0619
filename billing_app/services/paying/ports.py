"""What the product asks of a payment gateway, whoever it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from billing_app.domain.errors import Refused, Unavailable
from billing_app.domain.money import Money
from billing_app.domain.paying import ChargeState


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """A charge to be opened: all of `amount`, captured at once (ORO-37).

    `key` is the same however often the same charge is asked for; the gateway opens one.
    """

    key: str
    amount: Money
    label: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the gateway says it is, fetched from it."""

    ref: str
    key: str
    """The key it was opened with, as the gateway kept it."""
    state: ChargeState
    amount: Money
    received: Money
    error: str = ""
    client_secret: str = field(default="", repr=False)
    """What lets the payer's browser, and only it, finish this one charge."""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A part of a charge to be given back; `key` as in `ChargeOrder`."""

    key: str
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the gateway says it is."""

    ref: str
    charge_ref: str
    state: ChargeState
    amount: Money
    key: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a gateway's message is about; what it says of it is not believed, only fetched."""

    event_id: str
    kind: str
    object_ref: str


class Gateway(Protocol):
    """A payment gateway. Its methods raise GatewayDelayed, and GatewayRefused where said."""

    name: str
    public_key: str
    """What the payer's browser shows the gateway; no secret."""

    def open(self, order: ChargeOrder) -> Charge:
        """The charge of this key, opened by the first call. Raises: GatewayRefused."""
        ...

    def fetch(self, ref: str) -> Charge:
        """A charge as it is now."""
        ...

    def cancel(self, ref: str) -> Charge:
        """Cancel a charge that is not over; answers what became of it, also if it was over."""
        ...

    def refund(self, order: RefundOrder) -> Refund:
        """The refund of this key, made by the first call. Raises: GatewayRefused."""
        ...

    def fetch_refund(self, ref: str) -> Refund:
        """A refund as it is now."""
        ...

    def refunds_of(self, charge_ref: str) -> tuple[Refund, ...]:
        """Every refund of a charge, also those made at the gateway itself."""
        ...


Gateways = Mapping[str, Gateway]
"""The gateways that are set up, by the method's name."""


class GatewayRefused(Refused):
    """The gateway will not do this, also not later."""

    code = "gateway.refused"
    message = "The payment provider refused: {answer}"


class GatewayDelayed(Unavailable):
    """The gateway did not answer, or not clearly: the same may be asked again."""

    code = "gateway.delayed"
    message = "The payment provider does not answer at the moment. Please try again in a minute."
