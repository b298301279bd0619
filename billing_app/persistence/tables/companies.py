"""Who issues documents: companies, their offices and portal sites."""

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, prose, refers_to, words


class Company(SQLModel, table=True):
    """A company that issues invoices (ERP enterprise company, DLY issuing company)."""

    __tablename__ = "company"
    id: int | None = identity()
    name: str = words(255)
    street: str = words(255)
    postcode: str = words(32)
    city: str = words(128)
    country: str = words(2)
    phone: str = words(64)
    email: str = words(255)
    website: str = words(255)
    tax_id: str = words(64)
    registration_no: str = words(128)
    base_currency: str = words(3)
    time_zone: str = Field(default="UTC", max_length=64)
    bank_name: str = words(128)
    iban: str = words(34)
    bic: str = words(11)
    payment_details: str = prose()
    logo: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    version: int = 1


class Office(SQLModel, table=True):
    """A company's office (DLY issuing office)."""

    __tablename__ = "office"
    id: int | None = identity()
    company_id: int = refers_to("company.id", index=True)
    name: str = words(128)


class PortalSite(SQLModel, table=True):
    """A portal of one company, with its settings as one JSON object (ERP-13)."""

    __tablename__ = "portal_site"
    id: int | None = identity()
    company_id: int = refers_to("company.id", index=True)
    name: str = words(128)
    relative_url: str = words(128)
    settings_json: str = prose()
