"""Plain rows into tables, one or thousands, past the mapper: for what is only ever added."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Dialect, Table, insert, literal_column, null
from sqlalchemy.inspection import inspect
from sqlmodel import Session, SQLModel, func, select, text

# the same instants, days and figures stand in many rows of one batch
REMEMBERED = 32_768
_FITS: dict[tuple[str, str], Callable[[Any], Any] | None] = {}


class Prepared(NamedTuple):
    """An INSERT in the words of the driver, and what makes each value fit for it."""

    sql: str
    is_positional: bool
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]


def add(session: Session, kind: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; the others get their defaults.

    The values go to the driver directly: binding by name takes longer than SQLite's own work.
    """
    found = list(rows)
    if not found:
        return
    connection = session.connection()
    prepared = _prepared(kind, tuple(found[0]), connection.dialect)
    values: list[Any] = [
        tuple([fit(row[name]) if fit else row[name] for name, fit in prepared.columns])
        for row in found
    ]
    if not prepared.is_positional:
        names = [name for name, _ in prepared.columns]
        values = [dict(zip(names, row, strict=True)) for row in values]
    connection.exec_driver_sql(prepared.sql, values)


def add_one(session: Session, kind: type[SQLModel], row: Mapping[str, Any]) -> int:
    """Insert one row the same way; answers the id that the database gave it."""
    connection = session.connection()
    prepared = _prepared(kind, tuple(row), connection.dialect)
    fit = [(name, fits(row[name]) if fits else row[name]) for name, fits in prepared.columns]
    values: Any = tuple(value for _, value in fit) if prepared.is_positional else dict(fit)
    return int(connection.exec_driver_sql(f"{prepared.sql} RETURNING id", values).scalar_one())


def reserve(session: Session, kind: type[SQLModel], count: int) -> list[int]:
    """So many unused ids of a table, rising; nobody else gets them.

    SQLite: a write transaction has the database for itself. PostgreSQL: from the sequence.
    """
    table = table_of(kind)
    if session.get_bind().dialect.name == "sqlite":
        last = session.exec(select(func.max(table.c.id))).one() or 0
        return list(range(last + 1, last + 1 + count))
    taken = session.execute(
        text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"),
        {"name": table.name, "count": count},
    )
    return sorted(row[0] for row in taken)


@lru_cache(maxsize=64)
def _prepared(kind: type[SQLModel], given: tuple[str, ...], dialect: Dialect) -> Prepared:
    """The statement, with defaults written out: a value less is time saved on every row."""
    defaults = {
        name: _literal(field.default)
        for name, field in kind.model_fields.items()
        if name not in given and name != "id" and not field.is_required()
    }
    table = table_of(kind)
    statement = insert(table).values(defaults).inline()
    compiled = statement.compile(dialect=dialect, column_keys=list(given))
    names = compiled.positiontup or list(given)  # of drivers that count the places, their order
    fits = tuple((name, _fit(table, name, dialect)) for name in names)
    return Prepared(str(compiled), bool(compiled.positional), fits)


def _fit(table: Table, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    kind = table.c[name].type
    key = (repr(kind), dialect.name)
    if key not in _FITS:
        processor = kind.dialect_impl(dialect).bind_processor(dialect)
        _FITS[key] = lru_cache(maxsize=REMEMBERED)(processor) if processor else None
    return _FITS[key]


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
        case str() if value.replace("_", "").isalnum() or not value:
            return literal_column(f"'{value}'")
    message = f"The default {value!r} has to be given with the row."
    raise TypeError(message)


def table_of(kind: type[SQLModel]) -> Table:
    """The table of an entity, for statements about columns."""
    return cast("Table", inspect(kind).local_table)
