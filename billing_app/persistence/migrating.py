"""Bringing a database up to date: Alembic, configured in code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from billing_app.persistence.database import Database

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x62_69_6C_6C  # any number, the same for every process


def configuration() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction that only one process runs at a time."""
    config = configuration()
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether the database has every migration."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
