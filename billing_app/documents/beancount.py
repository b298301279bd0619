"""The journal as beancount text: what plain-text bookkeeping reads.

Syntax: https://beancount.github.io/docs/beancount_language_syntax.html, sections "Open" and
"Transactions". Debits are positive there too.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from billing_app.domain.accounts import Role
from billing_app.domain.money import currency, from_minor


class Booked(NamedTuple):
    """A line of the journal with what its entry says; amounts in minor units, debits positive."""

    entry_id: int
    booked_on: date
    company: str
    kind: str
    number: str
    partner: str
    currency: str
    role: Role
    account: str
    minor: int


def beancount_rows(
    opened: Iterable[tuple[Role, str, date]], rows: Iterable[Booked]
) -> Iterator[bytes]:
    """Every account that is used, opened on its first day; then the entries in their order."""
    seen = set()
    for role, account, on in sorted(opened, key=lambda one: (one[2], one[0].type, one[1])):
        name = account_name(role, account)
        if name not in seen:
            seen.add(name)
            yield f"{on} open {name}\n".encode()
    entry = 0
    for row in rows:
        if row.entry_id != entry:
            entry = row.entry_id
            yield _head(row)
        amount = from_minor(row.minor, currency(row.currency).digits)
        name = account_name(row.role, row.account)
        yield f"  {name}  {amount:f} {row.currency}\n".encode()


def account_name(role: Role, account: str) -> str:
    """An account under its type, like Assets:1200."""
    return f"{role.type}:{account}"


def _head(row: Booked) -> bytes:
    said = f"{row.kind} {row.number}"
    return (
        f"\n{row.booked_on} * {_quoted(row.partner)} {_quoted(said)}\n"
        f"  entry: {_quoted(str(row.entry_id))}\n"
        f"  company: {_quoted(row.company)}\n"
    ).encode()


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
