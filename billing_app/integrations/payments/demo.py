"""A gateway that moves no money: charges and refunds in a file of its own, for the demo only.

It behaves like a real one where it matters: it opens one charge a key, keeps its state across
restarts and processes, and says no by the number of the card.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid
from billing_app.domain.money import Money
from billing_app.domain.paying import ChargeState
from billing_app.services.paying.ports import (
    Charge,
    ChargeOrder,
    GatewayDelayed,
    GatewayRefused,
    Refund,
    RefundOrder,
)

SUCCEEDS, DECLINES, WAITS = "4242424242424242", "4000000000000002", "4000000000000077"
CARDS = {
    SUCCEEDS: (ChargeState.SUCCEEDED, ""),
    DECLINES: (ChargeState.DECLINED, "The card was declined. Try another card."),
    WAITS: (ChargeState.PENDING, ""),
}
BANK_TAKES = timedelta(seconds=20)
TABLES = """
CREATE TABLE IF NOT EXISTS charge (ref TEXT PRIMARY KEY, key TEXT UNIQUE, secret TEXT, state TEXT,
  minor INTEGER, currency TEXT, error TEXT, ripe_at TEXT);
CREATE TABLE IF NOT EXISTS refund (ref TEXT PRIMARY KEY, key TEXT UNIQUE, charge_ref TEXT,
  minor INTEGER);
"""


class DemoGateway:
    """Charges that are decided by the number of a test card."""

    name = "demo"
    public_key = ""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        """Keep the charges in `file`, which is made when the first one comes."""
        self._file, self._now = file, now

    def open(self, order: ChargeOrder) -> Charge:
        """The charge of this key."""
        row = (f"demo_ch_{secrets.token_hex(12)}", order.key, secrets.token_urlsafe(24))
        with self._books() as books:
            books.execute(
                "INSERT INTO charge VALUES (?, ?, ?, 'open', ?, ?, '', '') "
                "ON CONFLICT (key) DO NOTHING",
                (*row, order.amount.minor, order.amount.currency.code),
            )
            found = books.execute("SELECT ref FROM charge WHERE key = ?", (order.key,)).fetchone()
            charge = self._charge(books, found[0])
        if charge.amount != order.amount:
            raise GatewayRefused(answer="this key was used for another amount.")
        return charge

    def fetch(self, ref: str) -> Charge:
        """A charge as it is now; what waited for the bank comes in after a while."""
        with self._books() as books:
            return self._charge(books, ref)

    def cancel(self, ref: str) -> Charge:
        """Cancel a charge that is not over."""
        with self._books() as books:
            books.execute(
                "UPDATE charge SET state = 'canceled' "
                "WHERE ref = ? AND state IN ('open', 'declined')",
                (ref,),
            )
            return self._charge(books, ref)

    def confirm(self, secret: str, card: str) -> Charge:
        """What the payer's browser does: finish the charge with a card. Raises: Invalid."""
        state, error = _decided(card)
        ripe_at = (self._now() + BANK_TAKES).isoformat() if state is ChargeState.PENDING else ""
        with self._books() as books:
            books.execute(
                "UPDATE charge SET state = ?, error = ?, ripe_at = ? "
                "WHERE secret = ? AND state IN ('open', 'declined')",
                (state.value, error, ripe_at, secret),
            )
            found = books.execute("SELECT ref FROM charge WHERE secret = ?", (secret,)).fetchone()
            if found is None:
                raise GatewayRefused(answer="there is no such charge.")
            return self._charge(books, found[0])

    def refund(self, order: RefundOrder) -> Refund:
        """The refund of this key, up to what was charged."""
        with self._books() as books:
            charge = self._charge(books, order.charge_ref)
            spent = books.execute(
                "SELECT COALESCE(SUM(minor), 0) FROM refund WHERE charge_ref = ? AND key <> ?",
                (order.charge_ref, order.key),
            ).fetchone()[0]
            if spent + order.amount.minor > charge.received.minor:
                raise GatewayRefused(answer="this is more than was charged.")
            books.execute(
                "INSERT INTO refund VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (f"demo_re_{secrets.token_hex(12)}", order.key, charge.ref, order.amount.minor),
            )
            return next(one for one in _refunds(books, charge) if one.key == order.key)

    def fetch_refund(self, ref: str) -> Refund:
        """A refund; here it is done at once."""
        with self._books() as books:
            found = books.execute("SELECT charge_ref FROM refund WHERE ref = ?", (ref,)).fetchone()
            if found is None:
                raise GatewayDelayed
            charge = self._charge(books, found[0])
            return next(one for one in _refunds(books, charge) if one.ref == ref)

    def refunds_of(self, charge_ref: str) -> tuple[Refund, ...]:
        """Every refund of a charge."""
        with self._books() as books:
            return tuple(_refunds(books, self._charge(books, charge_ref)))

    def _charge(self, books: sqlite3.Connection, ref: str) -> Charge:
        books.execute(
            "UPDATE charge SET state = 'succeeded' "
            "WHERE ref = ? AND state = 'pending' AND ripe_at <= ?",
            (ref, self._now().isoformat()),
        )
        row = books.execute(
            "SELECT key, secret, state, minor, currency, error FROM charge WHERE ref = ?", (ref,)
        ).fetchone()
        if row is None:
            raise GatewayDelayed
        key, secret, state, minor, code, error = row
        amount = Money(minor, currency(code))
        came = amount if state == ChargeState.SUCCEEDED else Money.zero(amount.currency)
        return Charge(ref, key, ChargeState(state), amount, came, error, secret)

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """The file, changed whole or not at all. Raises: GatewayDelayed."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as books:
                books.executescript(TABLES)
                books.execute("BEGIN IMMEDIATE")
                yield books
                books.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise GatewayDelayed from error


def _refunds(books: sqlite3.Connection, charge: Charge) -> list[Refund]:
    rows = books.execute(
        "SELECT ref, minor, key FROM refund WHERE charge_ref = ? ORDER BY rowid", (charge.ref,)
    ).fetchall()
    unit, done = charge.amount.currency, ChargeState.SUCCEEDED
    return [Refund(ref, charge.ref, done, Money(minor, unit), key) for ref, minor, key in rows]


def _decided(card: str) -> tuple[ChargeState, str]:
    digits = "".join(sign for sign in card if sign.isdigit())
    if digits not in CARDS:
        raise Invalid.of("card", "The demo takes the three test cards only. Choose one of them.")
    return CARDS[digits]
