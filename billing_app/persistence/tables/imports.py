"""Files of other systems: what was uploaded, what each of its invoices came to, how it is read."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    identity,
    instant,
    minor,
    one_of,
    prose,
    refers_to,
    words,
)
from billing_app.persistence.types import Identity


class ImportBatch(SQLModel, table=True):
    """One file and how far it is: uploaded, checked, being brought in, done, undone.

    `mapping`, `header` and `notes` are JSON; the counts are those of its items.
    """

    __tablename__ = "import_batch"
    __table_args__ = (one_of("state", ["new", "checked", "running", "done", "undone"]),)
    id: int | None = identity()
    name: str = words(255)
    source: str = words(64)
    sha256: str = words(64)
    size: int = 0
    state: str = Field(default="new", max_length=8)
    mapping: str = prose()
    header: str = prose()
    report: str = prose()  # of kinds that are brought in as a whole: what came of it
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    done: int = 0
    made_at: datetime = instant()
    made_by_id: int = refers_to("app_user.id")
    done_at: datetime | None = instant(optional=True)
    undone_at: datetime | None = instant(optional=True)


class ImportFile(SQLModel, table=True):
    """The bytes of a batch's file, as they were uploaded."""

    __tablename__ = "import_file"
    batch_id: int = Field(primary_key=True, foreign_key="import_batch.id", sa_type=Identity)
    content: bytes = Field(sa_type=LargeBinary, nullable=False)


class ImportItem(SQLModel, table=True):
    """One invoice of a file: what it says, what it came to, and what it changed.

    `content` is the foreign invoice, `cells` its rows as they stood, `before` what an undo gives
    back: all JSON. `version` is the invoice's after it was brought in.
    """

    __tablename__ = "import_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        one_of("action", ["new", "changed", "same", "refused"]),
        one_of("state", ["waiting", "done", "undone"]),
        Index("ix_import_item_action", "batch_id", "action", "position"),
    )
    id: int | None = identity()
    batch_id: int = refers_to("import_batch.id")
    position: int
    external_id: str = words(128)
    number: str = words(64)
    customer: str = words(255)
    rows: str = words(32)
    currency: str = words(3)
    total_minor: int = minor()
    action: str = Field(default="new", max_length=8)
    state: str = Field(default="waiting", max_length=8)
    reason: str = prose()
    content: str = prose()
    content_sha256: str = words(64)
    cells: str = prose()
    before: str = prose()
    invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    payment_id: int | None = refers_to("payment.id", optional=True)  # of what it says was paid
    version: int = 0


class ImportSource(SQLModel, table=True):
    """How the files of a source were read last, so that the next one is read alike."""

    __tablename__ = "import_source"
    name: str = Field(primary_key=True, max_length=64)
    mapping: str = prose()
    used_at: datetime = instant()
