"""What is sold and what documents there are: products, document types, number series."""

from decimal import Decimal

from sqlalchemy import BigInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import identity, one_of, prose, refers_to, scaled, words


class Product(SQLModel, table=True):
    """A thing sold, with the values a new line starts from."""

    __tablename__ = "product"
    id: int | None = identity()
    sku: str = words(64, unique=True)
    name: str = words(255)
    description: str = prose()
    unit: str = words(32)
    unit_price: Decimal = scaled(5)
    tax_rate: Decimal | None = scaled(2, None)
    is_active: bool = True
    version: int = 1


class DocumentType(SQLModel, table=True):
    """A kind of document with its direction and sign rule (DLY-47, ERP-52)."""

    __tablename__ = "document_type"
    __table_args__ = (
        one_of("direction", ["out", "in"]),
        one_of("kind", ["invoice", "credit", "receipt", "payment", "advance"]),
        one_of("sign_restriction", ["any", "positive", "negative"]),
    )
    id: int | None = identity()
    code: str = words(16, unique=True)
    name: str = words(128)
    direction: str = Field(default="out", max_length=8)
    kind: str = Field(default="invoice", max_length=16)
    sign_restriction: str = Field(default="any", max_length=16)
    is_default: bool = False


class NumberSeries(SQLModel, table=True):
    """A counter per company, document type and period; its row lock makes numbers gapless."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("company_id", "document_type_id", "period"),)
    id: int | None = identity()
    company_id: int = refers_to("company.id")
    document_type_id: int = refers_to("document_type.id")
    period: str = words(16)
    next_value: int = Field(default=1, sa_type=BigInteger)
    # where the series begins (DLY-46); with a default of the column, as counters rise in plain SQL
    first_value: int = Field(
        default=1, sa_type=BigInteger, sa_column_kwargs={"server_default": text("1")}
    )
