"""Bringing a database up to date: Alembic, configured in code.

Alembic itself is loaded only when there is something to apply, so a start that finds the database
up to date does not wait for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from billing_app.persistence.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x62_69_6C_6C  # any number, the same for every process


def configuration() -> "Config":
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config  # noqa: PLC0415  see the module's text

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The number of the newest migration, as its file's name begins."""
    return max(path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py")).split("_")[0]


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction that only one process runs at a time."""
    if is_current(database):
        return
    from alembic import command  # noqa: PLC0415  see the module's text

    config = configuration()
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether the database has every migration."""
    with database.reader.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        versions = connection.execute(text("SELECT version_num FROM alembic_version"))
        return list(versions.scalars()) == [head()]
