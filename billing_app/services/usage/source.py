"""What a reader of usage files hands over: cards, prices, calls, and rows it cannot use."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from billing_app.domain.rating import CardRules, Price


class SourceCard(NamedTuple):
    """A rate card of the source and how it rounds."""

    code: str
    rules: CardRules


class SourceCall(NamedTuple):
    """One call as the file states it."""

    row_no: int
    call_id: str
    started_at: datetime  # aware, UTC
    customer: str
    card: str
    source: str
    destination: str
    duration_ms: int
    content: str  # the row as it stood


class BadRow(NamedTuple):
    """A row that cannot be used, as it stood, and why."""

    row_no: int
    reason: str
    content: str


class UsageSource(NamedTuple):
    """A folder of usage: its cards with one list of prices, and the calls in their order."""

    name: str
    currency: str
    cards: tuple[SourceCard, ...]
    prices: Iterable[Price | BadRow]
    calls: Iterable[SourceCall | BadRow]
