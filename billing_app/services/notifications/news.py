"""What is worth telling whom: each kind of news, beside what causes it."""

from sqlmodel import Session

from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.notifications import Kind
from billing_app.persistence.tables import Invoice
from billing_app.services.context import Context
from billing_app.services.notifications.telling import (
    News,
    is_staff,
    settle,
    tell_people,
    tell_person,
)

BACK = {
    Action.UNPOST: "Set back to Ready for Posting",
    Action.CANCEL: "Cancelled",
    Action.DISSOLVE: "Dissolved",
}


def tell_move(
    session: Session, ctx: Context, invoice: Invoice, action: Action, *, was: str, reason: str = ""
) -> None:
    """Tell who may post that an invoice is ready, and who wrote it that it came back.

    One that is not ready any more waits for nobody.
    """
    key = invoice.id or 0
    if was == Posting.READY and invoice.posting_status != Posting.READY:
        settle(session, [Kind.READY], key)
    if invoice.posting_status == Posting.READY:
        by = f"By {ctx.actor.name}" if ctx.actor.name else ""
        tell_people(session, ctx, News(Kind.READY, key, invoice.label, by))
    if action in BACK and invoice.created_by_id != ctx.actor.user_id:
        said = f"{BACK[action]} by {ctx.actor.name}" + (f": {reason}" if reason else "")
        left = 0 if action == Action.DISSOLVE else key
        news = News(Kind.SENT_BACK, left, invoice.label, said, cause=str(key))
        tell_person(session, ctx, news, invoice.created_by_id)


def tell_mail_failed(
    session: Session, ctx: Context, recipient_id: int, about: str, error: str, *, by: int
) -> None:
    """Tell who sent it that a mail failed for good; who runs the desk where nobody did."""
    news = News(Kind.MAIL_FAILED, recipient_id, about, error)
    if is_staff(session, by):
        tell_person(session, ctx, news, by)
    else:
        tell_people(session, ctx, news)


__all__ = ["News", "settle", "tell_mail_failed", "tell_move", "tell_people", "tell_person"]
