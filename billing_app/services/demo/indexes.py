"""Filling large tables without their indexes, which are sorted once at the end instead.

Only what speeds up reading is taken away; unique indexes, keys and triggers stay. A fill that is
killed leaves a database that is right but slow: begin again with an empty one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session, text

from billing_app.services.context import Context

FILLED = (
    "invoice", "invoice_line", "payment", "allocation", "delivery_event", "audit_entry",
    "journal_entry",
)  # fmt: skip
SQLITE = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name "
    "AND sql LIKE 'CREATE INDEX%'"
)
POSTGRES = text(
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
    "AND tablename = :name AND indexdef LIKE 'CREATE INDEX%'"
)


@contextmanager
def sorted_at_the_end(ctx: Context) -> Iterator[None]:
    """Take the reading indexes of the filled tables away, and build them again at the end."""
    with ctx.write() as session:
        found = _indexes(session)
        for name, _ in found:
            session.execute(text(f'DROP INDEX "{name}"'))
    try:
        yield
    finally:
        _build(ctx, [statement for _, statement in found])


def _indexes(session: Session) -> list[tuple[str, str]]:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return [
        (row[0], row[1])
        for table in FILLED
        for row in session.execute(SQLITE if is_sqlite else POSTGRES, {"name": table}).all()
    ]


def _build(ctx: Context, statements: Sequence[str]) -> None:
    """One transaction each: sorting a million rows takes seconds, and others may write between."""
    for statement in statements:
        with ctx.write() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SET LOCAL statement_timeout = 0"))
            session.connection().exec_driver_sql(statement)
