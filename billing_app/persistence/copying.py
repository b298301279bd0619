"""A whole database as one file, and back: a consistent moment, taken while others write.

SQLite by its backup interface, which never copies a half-written page; PostgreSQL by its own
`pg_dump` and `pg_restore`, in the custom format.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from billing_app.domain.errors import Refused, Unavailable
from billing_app.persistence.database import Database

PAGES = 4_096  # copied at a time, so that writers get their turn
Progress = Callable[[int, int], object]


def copy_to(
    database: Database, target: Path, progress: Progress = lambda _done, _all: None
) -> None:
    """Write the database as it is at this moment to a file that does not exist yet."""
    if not database.is_sqlite:
        _run(database, "pg_dump", "--format=custom", f"--file={target}")
        return
    with (
        closing(sqlite3.connect(database.url.database or "")) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(
            copy, pages=PAGES, progress=lambda _, left, count: progress(count - left, count)
        )
        copy.execute("PRAGMA journal_mode=DELETE")


def fill_from(database: Database, source: Path) -> None:
    """Fill an empty database from such a file. Raises: Refused where something is there already."""
    if not is_empty(database):
        raise Refused(
            "There is a database already. Restore into an empty folder or an empty database."
        )
    database.close()
    if not database.is_sqlite:
        _run(
            database,
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            "--single-transaction",
            str(source),
        )
        return
    target = Path(database.url.database or "")
    for left in target.parent.glob(f"{target.name}-*"):
        left.unlink()
    shutil.copyfile(source, target)


def is_empty(database: Database) -> bool:
    """Whether nothing was ever set up in the database."""
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return True
    with database.reader.connect() as connection:
        return not inspect(connection).has_table("alembic_version")


def version_of(database: Database) -> str:
    """The number of the newest migration that the database has."""
    with database.reader.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def _run(database: Database, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, which nobody sees."""
    found = shutil.which(program) or _beside_the_server(program)
    if not found:
        raise Unavailable(
            "{program} is not installed. Install PostgreSQL's client programs, then try again.",
            program=program,
        )
    address = database.url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603  our own arguments
        [found, f"--dbname={address}", *arguments],
        env=os.environ | {"PGPASSWORD": str(database.url.password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable("{program} failed: {said}", program=program, said=done.stderr.strip())


def _beside_the_server(program: str) -> str:
    asked = shutil.which("pg_config")
    if not asked:
        return ""
    said = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603  a constant
    path = Path(said.stdout.strip()) / program
    return str(path) if path.exists() else ""
