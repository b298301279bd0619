"""Plain rows into tables, thousands in one statement."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Table, insert, literal_column, null
from sqlalchemy.inspection import inspect
from sqlmodel import Session, SQLModel, func, select, text


def add(session: Session, kind: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; the others get their defaults."""
    found = list(rows)
    if found:
        session.connection().execute(_insert(kind, frozenset(found[0])), found)


def reserve(session: Session, kind: type[SQLModel], count: int) -> list[int]:
    """So many unused ids of a table, rising; nobody else gets them.

    SQLite: a write transaction has the database for itself. PostgreSQL: from the sequence.
    """
    table = _table(kind)
    if session.get_bind().dialect.name == "sqlite":
        last = session.exec(select(func.max(table.c.id))).one() or 0
        return list(range(last + 1, last + 1 + count))
    taken = session.execute(
        text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
        {"name": table.name, "count": count},
    )
    return sorted(row[0] for row in taken)


@lru_cache(maxsize=64)
def _insert(kind: type[SQLModel], given: frozenset[str]) -> Insert:
    """The statement, with defaults written out: a parameter less is time saved on every row."""
    defaults = {
        name: _literal(field.default)
        for name, field in kind.model_fields.items()
        if name not in given and name != "id" and not field.is_required()
    }
    return insert(_table(kind)).values(defaults)


def _literal(value: object) -> ColumnElement[Any]:
    match value:
        case None:
            return null()
        case bool():
            return literal_column("TRUE" if value else "FALSE")
        case int():
            return literal_column(str(value))
        case Decimal() if not value:
            return literal_column("0")
        case str() if value.isalnum() or not value:
            return literal_column(f"'{value}'")
    message = f"The default {value!r} has to be given with the row."
    raise TypeError(message)


def _table(kind: type[SQLModel]) -> Table:
    return cast("Table", inspect(kind).local_table)
