"""A user's columns of a page's table: saved, and reset."""

import json
from collections.abc import Sequence

from sqlmodel import Session, select

from billing_app.persistence.tables import SavedLayout
from billing_app.services.context import Context


def saved_columns(
    ctx: Context, page: str, known: Sequence[str], default: Sequence[str]
) -> list[str]:
    """The user's columns of `page` in their order, or the default ones."""
    with ctx.read() as session:
        row = _row(session, ctx, page)
    if row is None:
        return list(default)
    columns = [name for name in json.loads(row.layout) if name in known]
    return columns or list(default)


def save_columns(ctx: Context, page: str, columns: Sequence[str], known: Sequence[str]) -> None:
    """Remember the user's columns; unknown and repeated names are left out."""
    kept = [name for name in dict.fromkeys(columns) if name in known]
    with ctx.write() as session:
        row = _row(session, ctx, page) or SavedLayout(user_id=ctx.actor.user_id, page=page)
        row.layout = json.dumps(kept)
        session.add(row)


def reset_columns(ctx: Context, page: str) -> None:
    """Back to the default columns."""
    with ctx.write() as session:
        row = _row(session, ctx, page)
        if row is not None:
            session.delete(row)


def _row(session: Session, ctx: Context, page: str) -> SavedLayout | None:
    return session.exec(
        select(SavedLayout).where(
            SavedLayout.user_id == ctx.actor.user_id, SavedLayout.page == page
        )
    ).first()
