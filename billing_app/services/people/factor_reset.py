"""Switching off somebody's two-factor sign-in for them: a phone is lost, and the codes too."""

from sqlmodel import col, select

from billing_app.domain.access import GrantRefused, Permission
from billing_app.domain.errors import NotFound
from billing_app.persistence.tables import ExternalAccess, User
from billing_app.services.context import Context
from billing_app.services.people.colleagues import existing_access
from billing_app.services.people.second_factor import reset

OWN = "Switch your own off under Your account, with your password and a code."
ELSEWHERE = "This person works for other customers too. Ask the seller to do it."


def reset_factor(ctx: Context, user_id: int) -> None:
    """Staff of level Owner, for anybody else; every session of the person ends.

    Raises: GrantRefused for oneself, NotFound where it is off.
    """
    ctx.require(Permission.USER_RESET_FACTOR)
    if user_id == ctx.actor.user_id:
        raise GrantRefused(OWN)
    with ctx.write() as session:
        user = session.get(User, user_id)
        if user is None or user.kind == "system":
            raise NotFound("This person does not exist.")
        reset(session, ctx, user_id)


def reset_colleague_factor(ctx: Context, access_id: int) -> None:
    """A customer's Owner, for a colleague who works for this customer alone.

    Raises: GrantRefused for oneself or who works for others too, NotFound.
    """
    ctx.require(Permission.PORTAL_RESET_FACTOR)
    with ctx.write() as session:
        row, user = existing_access(session, ctx, access_id)
        if row.user_id == ctx.actor.user_id:
            raise GrantRefused(OWN)
        others = select(ExternalAccess.id).where(
            ExternalAccess.user_id == user.id,
            col(ExternalAccess.customer_id) != ctx.actor.customer_id,
        )
        if session.exec(others).first() is not None:
            raise GrantRefused(ELSEWHERE)
        reset(session, ctx, row.user_id)
