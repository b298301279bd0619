"""Documents by what people call them, for commands."""

import re

from sqlmodel import col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.tables import Invoice
from billing_app.services.context import Context

DOCUMENT_ID = re.compile(r"D-(\d{1,15})", re.IGNORECASE)


def named(ctx: Context, name: str) -> int:
    """The id of the document with this number or document id.

    Raises: NotFound; Refused where documents of two types or companies bear the number.
    """
    ctx.require(Permission.INVOICE_VIEW)
    found = DOCUMENT_ID.fullmatch(name.strip())
    by_name = Invoice.id == int(found[1]) if found else Invoice.number == name.strip()
    with ctx.read() as session:
        chosen = select(Invoice.id).where(by_name, col(Invoice.deleted_at).is_(None))
        ids = session.exec(chosen.limit(2)).all()
    if not ids:
        raise NotFound("There is no document {name}.", name=name)
    if len(ids) > 1:
        raise Refused("Two documents bear the number {name}. Use the document id.", name=name)
    return ids[0] or 0


def ready_for_posting(ctx: Context) -> list[int]:
    """The ids of all that wait to be posted, in the order they were made."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        waiting = select(Invoice.id).where(
            Invoice.posting_status == Posting.READY.value, col(Invoice.deleted_at).is_(None)
        )
        return [key or 0 for key in session.exec(waiting.order_by(col(Invoice.id))).all()]
