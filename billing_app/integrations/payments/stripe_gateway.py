"""Stripe by its official SDK: payment intents captured at once, refunds, signed messages.

Stripe is asked with our own idempotency keys, written down before (RELIABILITY 4.5); what its
messages say is not read beyond what they are about.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import stripe

from billing_app.domain.currencies import Currency, currency
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.money import Money
from billing_app.domain.paying import ChargeState
from billing_app.services.paying.ports import (
    Charge,
    ChargeOrder,
    GatewayDelayed,
    GatewayRefused,
    Message,
    Refund,
    RefundOrder,
)

SECONDS, RETRIES = 20, 2
TOLERANCE = 300  # how old, or how far in the future, a message may be
KEY = "billing_key"  # in the metadata of what we make
STATES: Mapping[str, ChargeState] = MappingProxyType(
    {
        "requires_payment_method": ChargeState.OPEN,
        "requires_confirmation": ChargeState.OPEN,
        "requires_action": ChargeState.OPEN,
        "processing": ChargeState.PENDING,
        "requires_capture": ChargeState.AUTHORIZED,
        "succeeded": ChargeState.SUCCEEDED,
        "canceled": ChargeState.CANCELED,
    }
)
REFUND_STATES: Mapping[str, ChargeState] = MappingProxyType(
    {
        "pending": ChargeState.PENDING,
        "requires_action": ChargeState.PENDING,
        "succeeded": ChargeState.SUCCEEDED,
        "failed": ChargeState.CANCELED,
        "canceled": ChargeState.CANCELED,
    }
)
# Stripe counts these with two digits although they have none, and those with three to the tenth.
IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
WORDS = "The card or account was not charged. Try another one."


class StripeGateway:
    """Charges and refunds at Stripe."""

    name = "stripe"

    def __init__(self, secret_key: str, public_key: str, *, base: str = "") -> None:
        """Ask Stripe with `secret_key`; `base` is another address of its API."""
        self.public_key = public_key
        self._is_live = secret_key.startswith(("sk_live_", "rk_live_"))
        self._client = stripe.StripeClient(
            secret_key,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=SECONDS),
            **({"base_addresses": {"api": base}} if base else {}),  # type: ignore[arg-type]
        )

    def open(self, order: ChargeOrder) -> Charge:
        """The payment intent of this key, for the whole amount, captured at once (ORO-37)."""
        with _told():
            made = self._client.v1.payment_intents.create(
                {
                    "amount": _to_stripe(order.amount),
                    "currency": order.amount.currency.code.lower(),
                    "capture_method": "automatic",
                    "automatic_payment_methods": {"enabled": True},
                    "description": order.label,
                    "metadata": {KEY: order.key, "invoice": order.label},
                },
                {"idempotency_key": order.key},
            )
            return self._charge(made)

    def fetch(self, ref: str) -> Charge:
        """A payment intent as it is now."""
        with _told():
            return self._charge(self._client.v1.payment_intents.retrieve(ref))

    def cancel(self, ref: str) -> Charge:
        """Cancel a payment intent; one that is over stays as it is."""
        try:
            with _told():
                return self._charge(self._client.v1.payment_intents.cancel(ref))
        except GatewayRefused:
            return self.fetch(ref)

    def refund(self, order: RefundOrder) -> Refund:
        """The refund of this key."""
        with _told():
            made = self._client.v1.refunds.create(
                {
                    "payment_intent": order.charge_ref,
                    "amount": _to_stripe(order.amount),
                    "metadata": {KEY: order.key},
                },
                {"idempotency_key": order.key},
            )
            return _refund(made)

    def fetch_refund(self, ref: str) -> Refund:
        """A refund as it is now."""
        with _told():
            return _refund(self._client.v1.refunds.retrieve(ref))

    def refunds_of(self, charge_ref: str) -> tuple[Refund, ...]:
        """Every refund of a payment intent, also those made in Stripe's own pages."""
        with _told():
            found = self._client.v1.refunds.list({"payment_intent": charge_ref, "limit": 100})
            return tuple(_refund(one) for one in found.auto_paging_iter())

    def _charge(self, intent: stripe.PaymentIntent) -> Charge:
        if bool(intent.livemode) is not self._is_live:
            raise GatewayRefused(answer="it is of the other mode, test or live.")
        unit = currency(intent.currency.upper())
        failure = getattr(intent, "last_payment_error", None)
        state = STATES.get(intent.status, ChargeState.OPEN)
        if state is ChargeState.OPEN and intent.status == "requires_payment_method" and failure:
            state = ChargeState.DECLINED
        error = (getattr(failure, "message", "") or WORDS) if failure else ""
        return Charge(
            ref=intent.id,
            key=_key(intent),
            state=state,
            amount=_from_stripe(intent.amount, unit),
            received=_from_stripe(intent.amount_received or 0, unit),
            error=error if state is ChargeState.DECLINED else "",
            client_secret=intent.client_secret or "",
        )


def read_message(
    body: bytes, signature: str, secrets: Sequence[str], *, now: int | None = None
) -> Message:
    """What a signed message is about. Raises: Forbidden where no secret signed it just now.

    Several secrets hold while one is rolled. The SDK refuses what is old; what comes from the
    future it would take, and we do not.
    """
    present = int(time.time()) if now is None else now
    if not _is_signed(body, signature, secrets, present):
        raise Forbidden("This message is not signed as agreed.")
    try:
        event = json.loads(body)
        about = event["data"]["object"]
        kind, event_id = event["type"], event["id"]
        is_part = about.get("object") in {"charge", "refund"}  # of a payment intent
        ref = about.get("payment_intent") if is_part else about.get("id")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid.of("body", "This message cannot be read.") from error
    if not all(isinstance(one, str) for one in (kind, event_id)):
        raise Invalid.of("body", "This message cannot be read.")
    return Message(event_id[:128], kind, ref if isinstance(ref, str) else "")


def _is_signed(body: bytes, signature: str, secrets: Sequence[str], now: int) -> bool:
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
        return False
    if len(stamps[0]) > 12 or abs(now - int(stamps[0])) > TOLERANCE:  # noqa: PLR2004
        return False
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance=None)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        return True
    return False


def _refund(made: stripe.Refund) -> Refund:
    unit = currency(made.currency.upper())
    return Refund(
        ref=made.id,
        charge_ref=str(made.payment_intent or ""),
        state=REFUND_STATES.get(made.status or "", ChargeState.PENDING),
        amount=_from_stripe(made.amount, unit),
        key=_key(made),
        error=str(getattr(made, "failure_reason", "") or "").replace("_", " "),
    )


def _key(made: stripe.PaymentIntent | stripe.Refund) -> str:
    metadata = made.metadata
    return str(metadata[KEY]) if metadata is not None and KEY in metadata else ""


def _to_stripe(amount: Money) -> int:
    """The amount as Stripe counts it. Raises: GatewayRefused where it cannot be charged."""
    code, digits = amount.currency.code, amount.currency.digits
    if code in IN_HUNDREDTHS:
        return amount.minor * 100
    if digits == 3 and amount.minor % 10:  # noqa: PLR2004
        raise GatewayRefused(answer=f"{code} is charged to the hundredth only.")
    return amount.minor


def _from_stripe(count: int, unit: Currency) -> Money:
    return Money(count // 100 if unit.code in IN_HUNDREDTHS else count, unit)


@contextmanager
def _told() -> Iterator[None]:
    """Every way in which Stripe can fail, as one of two sentences; never with what we sent."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as error:
        raise GatewayDelayed from error
    except stripe.IdempotencyError as error:
        raise GatewayRefused(answer="this key was used for something else.") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayDelayed(
            "The payment provider does not accept our key. An operator has to look at it."
        ) from error
    except stripe.StripeError as error:
        raise GatewayRefused(answer=error.user_message or "this cannot be done.") from error
