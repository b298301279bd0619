"""How our columns are declared, so that each table reads as a list of its nouns' facts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlmodel import Field

from billing_app.persistence.types import Identity, ScaledDecimal, UtcDateTime

MONEY_BOUND = 99_999_999_999_999  # 999,999,999,999.99; the same integer bounds 0 and 3 digits


def identity() -> Any:
    """The row's own number, given by the database."""
    return Field(default=None, primary_key=True, sa_type=Identity)


def refers_to(target: str, *, optional: bool = False, index: bool = False) -> Any:
    """A foreign key to `table.column`; required unless `optional`."""
    key: dict[str, Any] = {
        "sa_type": Identity,
        "sa_column_args": [ForeignKey(target)],
        "nullable": optional,
        "index": index,
    }
    return Field(default=None, **key) if optional else Field(**key)


def minor() -> Any:
    """An amount in minor units of the row's currency."""
    return Field(default=0, sa_type=BigInteger, nullable=False)


def scaled(digits: int, default: Decimal | None = Decimal(0)) -> Any:
    """A decimal with `digits` decimals, kept as an integer; nullable where default is None."""
    return Field(default=default, sa_type=ScaledDecimal(digits), nullable=default is None)


def instant(*, optional: bool = False, index: bool = False) -> Any:
    """An aware UTC instant."""
    if optional:
        return Field(default=None, sa_type=UtcDateTime, nullable=True, index=index)
    return Field(sa_type=UtcDateTime, nullable=False, index=index)


def words(length: int, *, index: bool = False, unique: bool = False) -> Any:
    """A text of at most `length` characters, empty by default."""
    return Field(default="", sa_type=String(length), nullable=False, index=index, unique=unique)


def prose() -> Any:
    """A text of any length, empty by default."""
    return Field(default="", sa_type=Text, nullable=False)


def bounded(*columns: str) -> tuple[CheckConstraint, ...]:
    """Amounts stay within the money bound, so text or NaN smuggled in is refused."""
    return tuple(
        CheckConstraint(f"{name} BETWEEN -{MONEY_BOUND} AND {MONEY_BOUND}", name=f"ck_{name}")
        for name in columns
    )


def one_of(column: str, values: list[str]) -> CheckConstraint:
    """A column that holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{column}")


__all__ = [
    "bounded",
    "datetime",
    "identity",
    "instant",
    "minor",
    "one_of",
    "prose",
    "refers_to",
    "scaled",
    "words",
]
