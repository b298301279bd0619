"""One page of a query's rows, and how many there are in all."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session

PAGE = 50
Query = Select[*tuple[Any, ...]]
Order = ColumnElement[Any] | Mapped[Any]


def page_of(
    session: Session, query: Query, *order: Order, page: int, size: int = PAGE
) -> tuple[list[Any], int]:
    """The rows of a page in an order that leaves nothing open, counted before the cut."""
    ones: ColumnElement[int] = literal_column("1")
    bare: Query = query.order_by(None).with_only_columns(ones, maintain_column_froms=True)
    count = session.execute(select(func.count()).select_from(bare.subquery()))
    rows = session.execute(query.order_by(*order).limit(size).offset(size * (max(1, page) - 1)))
    return list(rows.all()), count.scalar_one()
