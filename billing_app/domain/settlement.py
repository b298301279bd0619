"""Payments, allocations and credits: what settles what, and how much at most (SPEC 6.5, 6a to 14).

All amounts are positive; directions and kinds say which way the money goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing_app.domain.currencies import Currency
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, Refused
from billing_app.domain.money import Money
from billing_app.domain.posting import Posting

RELEASED = frozenset({Posting.READY, Posting.POSTED})
"""The posting statuses in which money may be recorded (SPEC DLY-22)."""

PAYABLE_KINDS = frozenset({DocumentKind.INVOICE, DocumentKind.CREDIT})
"""With both directions: INO, INI, CRO, CRI (SPEC DLY-23)."""


class PaymentKind(StrEnum):
    """Which way a payment goes."""

    RECEIPT = "receipt"
    PAYMENT = "payment"
    REFUND = "refund"
    PURCHASE = "purchase"


class PaymentSource(StrEnum):
    """Where a payment came from."""

    MANUAL = "manual"
    PORTAL = "portal"
    GATEWAY = "gateway"
    IMPORT = "import"
    ACCOUNTING = "accounting"


SMALL_DIFFERENCE_MINOR = 500
"""What may be written off at most: 5.00 in a currency of two digits."""

DELETABLE = frozenset({PaymentSource.MANUAL, PaymentSource.IMPORT, PaymentSource.PORTAL})


@dataclass(frozen=True, slots=True)
class Party:
    """What two documents must share before one can settle the other."""

    customer_id: int
    currency: Currency
    direction: Direction


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document with something open, in minor units."""

    id: int
    open_minor: int
    document_date: date
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An amount for one document, in minor units."""

    id: int
    minor: int


def open_minor(total: int, paid: int, credited: int) -> int:
    """What is still open; negative where more was settled than asked."""
    return total - paid - credited


def payment_kind(direction: Direction, kind: DocumentKind) -> PaymentKind:
    """INO and CRI are settled by a receipt, INI and CRO by a payment (SPEC 6.5, rule 7)."""
    comes_in = (direction is Direction.OUT) == (kind is not DocumentKind.CREDIT)
    return PaymentKind.RECEIPT if comes_in else PaymentKind.PAYMENT


def check_record_payment(
    status: Posting, kind: DocumentKind, amount: Money, open_amount: Money
) -> None:
    """Check Record Payment in the drawer (rule 7).

    Raises: Refused by status or document type, Invalid at "amount" unless 0 < amount <= open.
    """
    if status not in RELEASED:
        raise Refused(
            "Payments can be recorded from Ready for Posting on; this document is {status}.",
            code="payment.not_released",
            status=status.label,
        )
    if kind not in PAYABLE_KINDS:
        raise Refused(
            "Payments are recorded on invoices and credit notes only.", code="payment.document_kind"
        )
    _check_positive(amount)
    _check_within_open(amount, open_amount)


def check_allocation(amount: Money, unallocated: Money, open_amount: Money) -> None:
    """Check an allocation: above 0, within the payment's rest and the document's open amount.

    Raises: Invalid at "amount", MixedCurrencies.
    """
    _check_positive(amount)
    if amount > unallocated:
        rest = max(unallocated, Money.zero(unallocated.currency))
        raise Invalid.of("amount", f"Only {rest} of the payment is left.")
    _check_within_open(amount, open_amount)


def check_same_party(first: Party, second: Party) -> None:
    """Check that two documents may settle each other (rules 6a and 9). Raises: Refused."""
    if first.customer_id != second.customer_id:
        raise Refused("These belong to two customers.", code="settlement.customer")
    if first.currency != second.currency:
        raise Refused(
            "These are in {left} and {right}; only one currency can be settled.",
            code="settlement.currency",
            left=first.currency.code,
            right=second.currency.code,
        )
    if first.direction is not second.direction:
        raise Refused(
            "One was issued by us, the other by the partner.", code="settlement.direction"
        )


def check_released(status: Posting) -> None:
    """Check that an invoice may take an allocation (rule 9). Raises: Refused."""
    if status not in RELEASED:
        raise Refused(
            "Amounts are allocated from Ready for Posting on; this document is {status}.",
            code="settlement.not_released",
            status=status.label,
        )


def check_credit_application(
    amount: Money, credit_open: Money, invoice_open: Money, *, both_posted: bool
) -> None:
    """Check that a credit note settles an invoice: the same amount on both sides (rule 6a).

    Raises: Refused unless both are posted, Invalid at "amount" beyond either open amount.
    """
    if not both_posted:
        raise Refused("Post the credit note and the invoice first.", code="credit.not_posted")
    _check_positive(amount)
    if amount > credit_open:
        raise Invalid.of("amount", f"Only {credit_open} of the credit note is left.")
    _check_within_open(amount, invoice_open)


def automatic_credit(credit_open: int, invoice_open: int) -> int:
    """What a credit note settles of its invoice when it is posted (T12), in minor units."""
    return max(0, min(credit_open, invoice_open))


def check_write_off(open_amount: Money, settled_minor: int, reason: str) -> None:
    """Check that what is left of a document may be written off: small, after a payment, explained.

    Raises: Refused where nothing is open or settled, Invalid at "amount" or "reason".
    """
    if open_amount.minor <= 0:
        raise Refused("Nothing is open any more.", code="write_off.nothing_open")
    if settled_minor <= 0:
        raise Refused(
            "Nothing is paid yet, so this is no difference. Void or credit the document instead.",
            code="write_off.unpaid",
        )
    limit = Money(SMALL_DIFFERENCE_MINOR, open_amount.currency)
    if open_amount > limit:
        raise Invalid.of("amount", f"{open_amount} is too much to write off; the most is {limit}.")
    if not reason.strip():
        raise Invalid.of("reason", "Give a reason for the write-off.")


def refund_parts(
    amount: int, unallocated: int, allocated: Sequence[Part]
) -> tuple[int, tuple[Part, ...]]:
    """What a refund takes from a payment's rest, and from each document it settles.

    The rest goes first, then the documents in the given order; amounts in minor units. The
    amount is within both together.
    """
    from_rest = min(amount, max(unallocated, 0))
    left = amount - from_rest
    parts = []
    for part in allocated:
        minor = min(left, part.minor)
        if minor > 0:
            parts.append(Part(part.id, minor))
            left -= minor
    return from_rest, tuple(parts)


def check_refund(amount: Money, charged: Money, refunded: Money, reason: str) -> None:
    """Check a refund: within the charge less earlier refunds, with a reason (rule 12)."""
    if not reason.strip():
        raise Invalid.of("reason", "Give a reason for the refund.")
    _check_positive(amount)
    if amount > charged - refunded:
        raise Invalid.of("amount", f"At most {charged - refunded} can be refunded.")


def check_delete_payment(source: PaymentSource) -> None:
    """Check that a payment may be deleted (rule 10). Raises: Refused."""
    if source not in DELETABLE:
        raise Refused(
            "This payment came from {source}, so it cannot be deleted. {instead}",
            code="payment.not_deletable",
            source="the payment gateway" if source is PaymentSource.GATEWAY else "accounting",
            instead="Refund it instead."
            if source is PaymentSource.GATEWAY
            else "Delete it there instead.",
        )


def oldest_first(items: Sequence[OpenItem]) -> tuple[OpenItem, ...]:
    """By due date, else document date; ties by document date, then id."""
    return tuple(sorted(items, key=_age_order))


def _age_order(item: OpenItem) -> tuple[date, date, int]:
    return item.due_on or item.document_date, item.document_date, item.id


def suggest_oldest_first(unallocated: int, items: Sequence[OpenItem]) -> tuple[Part, ...]:
    """Spread a payment's rest over open documents, oldest first; what is left stays credit."""
    parts = []
    for item in oldest_first(items):
        minor = min(unallocated, item.open_minor)
        if minor > 0:
            parts.append(Part(item.id, minor))
            unallocated -= minor
    return tuple(parts)


def still_fitting(allocated: Sequence[Part], open_by_id: dict[int, int]) -> tuple[Part, ...]:
    """What still fits of allocations when their payment completes (rules 9 and 11).

    In the given order; the excess is released. Amounts that no longer fit at all are left out.
    """
    left = dict(open_by_id)
    parts = []
    for part in allocated:
        minor = min(part.minor, left.get(part.id, 0))
        if minor > 0:
            parts.append(Part(part.id, minor))
            left[part.id] -= minor
    return tuple(parts)


def settles(kind: PaymentKind, direction: Direction, document: DocumentKind, of: Direction) -> bool:
    """Whether a payment of this kind settles such a document: its direction and its way."""
    return document in PAYABLE_KINDS and direction is of and kind is payment_kind(of, document)


def customer_credit(unallocated_receipts: Sequence[int], purchases: Sequence[int]) -> int:
    """The customer's credit in minor units (rule 14); purchases are given as positive amounts."""
    return sum(unallocated_receipts) - sum(purchases)


def _check_positive(amount: Money) -> None:
    if amount.minor <= 0:
        raise Invalid.of("amount", "Enter an amount above 0.")


def _check_within_open(amount: Money, open_amount: Money) -> None:
    if amount > open_amount:
        if open_amount.minor <= 0:
            raise Invalid.of("amount", "Nothing is open any more.")
        raise Invalid.of("amount", f"Only {open_amount} is open.")
