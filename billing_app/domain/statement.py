"""The statement of account: what a partner was asked for and paid, with a running balance.

One currency at a time. Amounts are minor units; plus is what the partner owes us, minus what we
owe the partner (SPEC DLY-43, 6.5 rule 14).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby


class EntryKind(StrEnum):
    """What stands on a statement; documents come before payments of the same day."""

    INVOICE = "invoice"
    CREDIT = "credit"
    RECEIPT = "receipt"
    PAYMENT = "payment"
    REFUND = "refund"
    PURCHASE = "purchase"
    WRITE_OFF = "write_off"


_ORDER = {kind: at for at, kind in enumerate(EntryKind)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One document or payment; the amount with the sign it has for the balance."""

    on: date
    kind: EntryKind
    id: int
    number: str
    text: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Running:
    """An entry with the balance after it."""

    entry: Entry
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Account:
    """One currency's part of a statement."""

    currency: str
    opening_minor: int
    rows: tuple[Running, ...]
    closing_minor: int


def accounts(
    entries: Iterable[Entry], from_on: date | None = None, to_on: date | None = None
) -> tuple[Account, ...]:
    """The statement of each currency, from one day to another, both included.

    What lies before the first day is the opening balance; what lies after the last is left out.
    """
    ordered = sorted(entries, key=lambda entry: (entry.currency, *_place(entry)))
    parts = groupby(ordered, key=lambda entry: entry.currency)
    return tuple(_account(code, list(rows), from_on, to_on) for code, rows in parts)


def _place(entry: Entry) -> tuple[date, int, int]:
    return entry.on, _ORDER[entry.kind], entry.id


def _account(
    code: str, entries: Sequence[Entry], from_on: date | None, to_on: date | None
) -> Account:
    before = [entry for entry in entries if from_on is not None and entry.on < from_on]
    balance = opening = sum(entry.amount_minor for entry in before)
    rows = []
    for entry in entries[len(before) :]:
        if to_on is not None and entry.on > to_on:
            break
        balance += entry.amount_minor
        rows.append(Running(entry, balance))
    return Account(code, opening, tuple(rows), balance)
