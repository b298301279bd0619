"""What Alembic runs: the migrations on the connection it was handed."""

from alembic import context
from sqlmodel import SQLModel

from billing_app.persistence import tables

assert tables  # noqa: S101  imported so that the metadata is complete


def run() -> None:
    """Run inside the caller's transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    context.run_migrations()


run()
