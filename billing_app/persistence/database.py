"""Engines, pragmas and the two transactions: one that reads, one that writes.

SQLite takes its write lock at BEGIN (a deferred read-then-write fails at once with "database
is locked"); PostgreSQL runs READ COMMITTED with explicit row locks. Source: RELIABILITY 4.1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose an acknowledged commit at power loss
    "busy_timeout=30000",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # else INSERT OR REPLACE walks past the immutability triggers
    "trusted_schema=OFF",
    "cache_size=-65536",
    "mmap_size=1073741824",
    "temp_store=MEMORY",
)
POSTGRES_OPTIONS = (
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
)


class Database:
    """One database with its engines; made in `bootstrap`, never at import."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url` (SQLite file or PostgreSQL)."""
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._one_thread = Lock()
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self.writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE")
            self.reader = _sqlite_engine(self.url, "BEGIN")
        else:
            self.writer = self.reader = _postgres_engine(self.url)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end and rolls back on any error."""
        with (
            self._turn(),
            Session(self.writer, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only looks; it sees one consistent moment."""
        with Session(self.reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Writers of a SQLite file wait here: SQLite's own waiting sleeps, up to 100 ms a time.

        The operating system wakes the next one at once, and lets go when a process dies.
        """
        if not self.is_sqlite:
            yield
            return
        with self._one_thread, Path(f"{self.url.database}-turn").open("ab") as file:
            flock(file, LOCK_EX)
            yield

    def forget_connections(self) -> None:
        """Drop pooled connections without closing them: they belong to the parent of a fork."""
        self.writer.dispose(close=False)
        self.reader.dispose(close=False)

    def close(self) -> None:
        """Close every pooled connection."""
        self.writer.dispose()
        self.reader.dispose()


def _sqlite_engine(url: URL, begin: str) -> Engine:
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": 30}, pool_size=8, max_overflow=16
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"options": POSTGRES_OPTIONS},
    )
