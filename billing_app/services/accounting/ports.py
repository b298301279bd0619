"""What accounting is given and what it may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from billing_app.domain.errors import Refused, Unavailable


class AccountingRefused(Refused):
    """Accounting will not take this document; trying again does not help."""

    code = "accounting.refused"
    message = "Accounting refused it: {answer}"


class AccountingDelayed(Unavailable):
    """It did not work this time; the push is tried again, not before `after`."""

    code = "accounting.delayed"
    message = "Accounting did not answer as it should: {answer}"

    def __init__(self, answer: str, after: timedelta = timedelta(0)) -> None:
        """Keep when to try again at the earliest."""
        super().__init__(answer=answer)
        self.after = after


@dataclass(frozen=True, slots=True)
class PushedContact:
    """Who is billed; `external_id` where accounting knows the contact already."""

    number: str
    name: str
    external_id: str = ""
    email: str = ""
    tax_no: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class PushedLine:
    """A line without tax: quantity x unit_price - discount = net, each in the currency's units."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    account: str
    tax_type: str = ""


@dataclass(frozen=True, slots=True)
class PushedDocument:
    """A document with its totals; `key` stands for this very content, whoever sends it again."""

    key: str
    number: str
    reference: str
    is_out: bool
    is_credit: bool
    on: date
    due_on: date | None
    currency: str
    contact: PushedContact
    lines: Sequence[PushedLine]
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """What accounting calls the document and its contact."""

    document_id: str
    contact_id: str = ""


class Verdict(StrEnum):
    """What accounting says of a document it has."""

    OPEN = "open"
    PAID = "paid"
    VOIDED = "voided"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a document stands in accounting."""

    document_id: str
    verdict: Verdict
    paid_on: date | None = None


class Ledger(Protocol):
    """An accounting program."""

    def push(self, document: PushedDocument) -> Taken:
        """Hand a document over; the same key again has the effect of once.

        Raises: AccountingRefused for good, AccountingDelayed for now.
        """
        ...

    def standings(self, ids: Sequence[str], *, is_credit: bool) -> Sequence[Standing]:
        """How these documents stand. Raises: AccountingRefused, AccountingDelayed."""
        ...
