"""The journal: balanced lines for each document, payment, refund, write-off and void.

Double entry: the lines of an entry sum to zero, in the one currency it has. A debit is positive, a
credit negative; amounts in minor units. Pure rules, as DESIGN's choice 5 wants: the journal is
written once with what happened, and what is undone is written as its mirror.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from billing_app.domain.accounts import Accounts, Role
from billing_app.domain.document_types import Direction, DocumentKind, sign
from billing_app.domain.errors import Refused
from billing_app.domain.payments import PaymentMethod
from billing_app.domain.settlement import PAYABLE_KINDS, PaymentKind


class EntryKind(StrEnum):
    """What an entry books."""

    DOCUMENT = "document"
    VOID = "void"
    PAYMENT = "payment"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.capitalize()


class JournalLine(NamedTuple):
    """One line: an account, its role, the amount; of a tax line, what was taxed how."""

    role: Role
    account: str
    minor: int
    tax_category: str = ""
    tax_rate: Decimal | None = None


class BookedLine(NamedTuple):
    """A document's line as the journal sees it: without tax and after every discount."""

    taxable: int
    tax: int
    category: str = "S"
    rate: Decimal | None = None
    sku: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A posted document: total = sum of taxable + tax_total."""

    direction: Direction
    kind: DocumentKind
    total: int
    tax_total: int
    lines: Sequence[BookedLine]


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment that counts: `settled` is what its allocations come to, purchases are negative."""

    kind: PaymentKind
    direction: Direction
    method: str
    total: int
    settled: int
    refunded_kind: PaymentKind | None = None
    """Of a refund, the kind of the payment that it gives back."""


def document_lines(facts: DocumentFacts, accounts: Accounts) -> tuple[JournalLine, ...]:
    """The entry of a posted document.

    Out: receivables to revenue and output tax. In: expenses and input tax to payables. A credit
    is the mirror. A request for an advance earns nothing yet and owes no tax: it stands on two
    accounts of its own. Raises: ValueError where the figures do not add up.
    """
    if facts.kind not in PAYABLE_KINDS:
        by_role = accounts.by_role
        asked, owed = Role.ADVANCES_ASKED, Role.ADVANCES_OWED
        return _balanced(
            [
                JournalLine(asked, by_role[asked], facts.total),
                JournalLine(owed, by_role[owed], -facts.total),
            ]
        )
    is_out = facts.direction is Direction.OUT
    way = sign(facts.kind) * (1 if is_out else -1)
    control = Role.RECEIVABLES if is_out else Role.PAYABLES
    lines = [JournalLine(control, accounts.by_role[control], way * facts.total)]
    lines += _counter_lines(facts, accounts, -way)
    lines += _tax_lines(facts, accounts, -way)
    return _balanced(lines)


def payment_lines(facts: PaymentFacts, accounts: Accounts) -> tuple[JournalLine, ...]:
    """Where a payment stands that counts: money, what it settles, and the rest as credit.

    A write-off moves no money but a cost; a purchase turns credit into revenue.
    """
    is_out = facts.direction is Direction.OUT
    control = Role.RECEIVABLES if is_out else Role.PAYABLES
    credit = Role.CUSTOMER_CREDIT if is_out else Role.SUPPLIER_CREDIT
    by_role = accounts.by_role
    if facts.kind is PaymentKind.PURCHASE:
        counter = Role.REVENUE if is_out else Role.EXPENSES
        minor = -facts.total if is_out else facts.total
        return _balanced(
            [
                JournalLine(credit, by_role[credit], minor),
                JournalLine(counter, by_role[counter], -minor),
            ]
        )
    way = _inward(facts.refunded_kind or facts.kind)
    if facts.kind is PaymentKind.REFUND:
        way = -way
    money = (Role.BANK, accounts.bank(facts.method))
    if facts.method == PaymentMethod.WRITE_OFF:
        money = (Role.WRITE_OFF, by_role[Role.WRITE_OFF])
    rest = facts.total - facts.settled
    return _balanced(
        [
            JournalLine(*money, way * facts.total),
            JournalLine(control, by_role[control], -way * facts.settled),
            JournalLine(credit, by_role[credit], -way * rest),
        ]
    )


def mirror(lines: Iterable[JournalLine]) -> tuple[JournalLine, ...]:
    """What undoes an entry: the same accounts, the opposite amounts."""
    return tuple(line._replace(minor=-line.minor) for line in lines)


def difference(
    target: Iterable[JournalLine], booked: Mapping[Role, JournalLine]
) -> tuple[JournalLine, ...]:
    """What brings a payment from where it is booked to where it stands; empty for nothing.

    It keeps the accounts that it was booked on first, so undoing it clears them to the cent.
    """
    wanted = {line.role: line for line in target}
    lines = []
    for role in sorted(wanted.keys() | booked.keys(), key=list(Role).index):
        known = booked.get(role) or wanted[role]
        was = booked[role].minor if role in booked else 0
        now = wanted[role].minor if role in wanted else 0
        lines.append(known._replace(minor=now - was))
    return _balanced(lines)


def check_open(closed_until: str, on: date, label: str) -> None:
    """Check that the books are open on a day; `closed_until` as the setting says, "" for open.

    Raises: Refused with the day from which on there may be bookings.
    """
    if closed_until and on <= date.fromisoformat(closed_until):
        raise Refused(
            "The books are closed until {until}, so {label} cannot be booked on {on}. Use a later "
            "date, or ask an administrator to open the period.",
            code="journal.closed",
            until=_spoken(date.fromisoformat(closed_until)),
            on=_spoken(on),
            label=label,
        )


def _spoken(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _inward(kind: PaymentKind) -> int:
    return -1 if kind is PaymentKind.PAYMENT else 1


def _counter_lines(facts: DocumentFacts, accounts: Accounts, way: int) -> list[JournalLine]:
    is_out = facts.direction is Direction.OUT
    role = Role.REVENUE if is_out else Role.EXPENSES
    sums: dict[str, int] = {}
    for line in facts.lines:
        account = accounts.revenue(line.sku, line.rate) if is_out else accounts.by_role[role]
        sums[account] = sums.get(account, 0) + line.taxable
    return [JournalLine(role, account, way * minor) for account, minor in sums.items()]


def _tax_lines(facts: DocumentFacts, accounts: Accounts, way: int) -> list[JournalLine]:
    is_out = facts.direction is Direction.OUT
    role = Role.OUTPUT_TAX if is_out else Role.INPUT_TAX
    sums: dict[tuple[str, Decimal | None], int] = {}
    for line in facts.lines:
        key = (line.category, line.rate)
        sums[key] = sums.get(key, 0) + line.tax
    fixed = facts.tax_total - sum(sums.values())
    if fixed:  # one amount for the whole document, of no rate
        sums["S", None] = sums.get(("S", None), 0) + fixed
    return [
        JournalLine(
            role,
            accounts.output_tax(rate) if is_out else accounts.by_role[role],
            way * minor,
            category,
            rate,
        )
        for (category, rate), minor in sums.items()
    ]


def _balanced(lines: Iterable[JournalLine]) -> tuple[JournalLine, ...]:
    kept = tuple(line for line in lines if line.minor)
    if sum(line.minor for line in kept):
        message = "The lines of a journal entry do not balance."
        raise ValueError(message)
    return kept
