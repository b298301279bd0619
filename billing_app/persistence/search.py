"""Full-text search over invoices: FTS5 on SQLite, tsvector on PostgreSQL, one behaviour.

A query's words each match the beginning of a word. Partner and vessel names are kept in columns
of their own, so a person who may not see them cannot find by them either.
Source: SPEC DLY-38 plus amounts and line texts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

from sqlalchemy import text
from sqlmodel import Session

MAX_WORDS = 6
THOUSANDS = re.compile(r"(?<=\d)[, ](?=\d{3}(\D|$))")


@dataclass(frozen=True, slots=True)
class Searchable:
    """What an invoice can be found by."""

    invoice_id: int
    words: str
    partner: str
    vessel: str


@dataclass(frozen=True, slots=True)
class Sight:
    """Which names the asker may see, hence search."""

    partner: bool = True
    vessel: bool = True


def words_of(query: str) -> list[str]:
    """The words of a query, at most six; "1,240.50" counts as 1240 and 50."""
    return _folded(THOUSANDS.sub("", query)).split()[:MAX_WORDS]


def _folded(said: str) -> str:
    """Only words, their letters without marks: what FTS5's unicode61 makes of a text."""
    bare = "".join(sign for sign in normalize("NFD", said) if not combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))


def put(session: Session, rows: Iterable[Searchable]) -> None:
    """Make invoices findable by what they say now."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    plain = str if is_sqlite else _folded  # PostgreSQL would read "2026-11" as a negative number
    found = [
        {
            "i": row.invoice_id,
            "w": plain(row.words),
            "p": plain(row.partner),
            "v": plain(row.vessel),
        }
        for row in rows
    ]
    if not found:
        return
    if is_sqlite:
        statement = (
            "INSERT OR REPLACE INTO invoice_search(rowid, words, partner, vessel) "
            "VALUES (:i, :w, :p, :v)"
        )
    else:
        statement = (
            "INSERT INTO invoice_search(invoice_id, words, partner, vessel) VALUES (:i, "
            "to_tsvector('simple', :w), to_tsvector('simple', :p), to_tsvector('simple', :v)) "
            "ON CONFLICT (invoice_id) DO UPDATE SET words = excluded.words, "
            "partner = excluded.partner, vessel = excluded.vessel"
        )
    session.connection().execute(text(statement), found)


def rename_partner(session: Session, customer_id: int, name: str) -> None:
    """Make a customer's invoices findable by its new name, and not by the old one."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    key, value = ("rowid", ":p") if is_sqlite else ("invoice_id", "to_tsvector('simple', :p)")
    session.execute(
        text(
            f"UPDATE invoice_search SET partner = {value} WHERE {key} IN "  # noqa: S608  constants
            "(SELECT id FROM invoice WHERE customer_id = :c)"
        ),
        {"p": _folded(name), "c": customer_id},
    )


def drop(session: Session, invoice_id: int) -> None:
    """Make an invoice unfindable."""
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "invoice_id"
    session.execute(text(f"DELETE FROM invoice_search WHERE {key} = :i"), {"i": invoice_id})  # noqa: S608  a constant


def condition(dialect: str, query: str, sight: Sight) -> tuple[str, dict[str, str]]:
    """The SQL that yields matching ids, newest first, and its parameter; empty for no words."""
    words = words_of(query)
    if not words:
        return "", {}
    columns = [
        "words",
        *(["partner"] if sight.partner else []),
        *(["vessel"] if sight.vessel else []),
    ]
    if dialect == "sqlite":
        every = " ".join(f'"{word}"*' for word in words)
        scope = "" if len(columns) == 3 else f"{{{' '.join(columns)}}} : "  # noqa: PLR2004
        return (
            "SELECT rowid FROM invoice_search WHERE invoice_search MATCH :match",
            {"match": f"{scope}({every})" if scope else every},
        )
    every = " & ".join(f"'{word}':*" for word in words)
    vector = " || ".join(columns)
    return (
        f"SELECT invoice_id FROM invoice_search WHERE ({vector}) @@ to_tsquery('simple', :match)",  # noqa: S608
        {"match": every},
    )


def searchable_amounts(minors: Sequence[int], digits: int) -> str:
    """Amounts as words, without thousands separators."""
    if digits == 0:
        return " ".join(str(abs(minor)) for minor in minors)
    unit = 10**digits
    return " ".join(f"{abs(minor) // unit}.{abs(minor) % unit:0{digits}d}" for minor in minors)
