"""Column types that lose nothing: scaled integers for decimals, UTC for instants."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows by itself only in a column declared INTEGER.
Identity = BigInteger().with_variant(Integer(), "sqlite")


class ScaledDecimal(TypeDecorator[Decimal]):
    """A Decimal with a fixed number of decimals, at rest as an integer.

    `Numeric` on SQLite goes through float and loses money (RELIABILITY, finding 4).
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, digits: int) -> None:
        """Keep `digits` decimals."""
        super().__init__()
        self.digits = digits

    def __repr__(self) -> str:
        """As migrations write it."""
        return f"ScaledDecimal({self.digits})"

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Scale up; raises ValueError where decimals would be lost."""
        del dialect
        if value is None:
            return None
        scaled = value.scaleb(self.digits)
        whole = int(scaled)
        if whole != scaled:
            message = f"{value} has more than {self.digits} decimals."
            raise ValueError(message)
        return whole

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Scale down."""
        del dialect
        return None if value is None else Decimal(value).scaleb(-self.digits)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, at rest as naive UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To naive UTC; raises ValueError for an instant without a zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone."
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to aware UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)
