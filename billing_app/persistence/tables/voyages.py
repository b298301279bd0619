"""What Dataloy's invoices belong to: vessels and voyages."""

from sqlmodel import Field, SQLModel

from billing_app.domain.voyages import VoyageStatus
from billing_app.persistence.tables.columns import identity, one_of, refers_to, words

VOYAGE_STATUSES = [str(status) for status in VoyageStatus]


class Vessel(SQLModel, table=True):
    """A ship."""

    __tablename__ = "vessel"
    id: int | None = identity()
    name: str = words(128, unique=True)


class Voyage(SQLModel, table=True):
    """A journey whose status may lock its invoices (DLY-9, DLY-48)."""

    __tablename__ = "voyage"
    __table_args__ = (one_of("status", VOYAGE_STATUSES),)
    id: int | None = identity()
    reference: str = words(64, unique=True)
    vessel_id: int | None = refers_to("vessel.id", optional=True)
    business_unit: str = words(64)
    status: str = Field(default="Operational", max_length=32)
    version: int = 1
