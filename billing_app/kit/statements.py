"""A statement of account as rows: one shape for staff and customers, each in their own words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from billing_app.domain.statement import Account, Entry, Running

DRAWN = 1_000
"""Lines of one currency on a page; older ones are in the files only."""


@dataclass(frozen=True)
class StatementRow:
    """One document or payment."""

    key: str
    on: str
    kind: str
    number: str
    href: str
    text: str
    amount: str
    amount_minor: str
    balance: str


@dataclass(frozen=True)
class AccountView:
    """One currency's part."""

    currency: str
    opening: str
    closing: str
    closing_minor: str
    left_out: str
    """The sentence about the oldest lines, where not all are drawn."""
    rows: list[StatementRow]


@dataclass(frozen=True)
class StatementWords:
    """How the reader of a statement writes and where its documents open."""

    amount: Callable[[int, str], str]
    day: Callable[[date], str]
    kind: Callable[[Entry], str]
    href: Callable[[Entry], str]
    left_out: Callable[[int], str]


def account_view(account: Account, words: StatementWords) -> AccountView:
    """One currency's part with its latest lines."""
    code, shown = account.currency, account.rows[-DRAWN:]
    left_out = len(account.rows) - len(shown)
    return AccountView(
        currency=code,
        opening=words.amount(account.opening_minor, code),
        closing=words.amount(account.closing_minor, code),
        closing_minor=str(account.closing_minor),
        left_out=words.left_out(left_out) if left_out else "",
        rows=[_row(row, code, words) for row in shown],
    )


def _row(row: Running, code: str, words: StatementWords) -> StatementRow:
    entry = row.entry
    return StatementRow(
        key=f"{entry.kind}-{entry.id}",
        on=words.day(entry.on),
        kind=words.kind(entry),
        number=entry.number,
        href=words.href(entry),
        text=entry.text,
        amount=words.amount(entry.amount_minor, code),
        amount_minor=str(entry.amount_minor),
        balance=words.amount(row.balance_minor, code),
    )
