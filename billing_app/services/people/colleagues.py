"""The people of one's own customer, managed in the portal by its Admins and Owners (ERP-42).

Whoever manages sees and changes only the customer one works for now; an access of any other
customer does not exist here. Accounts are made elsewhere: here a known one is added.
"""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from billing_app.domain.access import (
    ExternalRole,
    GrantRefused,
    Permission,
    check_portal_change_by_customer,
)
from billing_app.domain.errors import Invalid, NotFound
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import ExternalAccess, User
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.people.portal_access import (
    AccessFacts,
    AccessView,
    access_rows,
    checked_facts,
    forget_choice,
)
from billing_app.services.people.sessions import email_key

UNKNOWN = "No account has this e-mail. Check the spelling, or ask the person to register."
MISSING = "This access does not exist."
CHANGED = ("role", "days_back")


def list_colleagues(ctx: Context) -> list[AccessView]:
    """Who has access to the customer one works for, the highest role first."""
    ctx.require(Permission.PORTAL_USERS)
    with ctx.read() as session:
        return access_rows(session, ctx.actor.customer_id or 0)


def add_colleague(ctx: Context, email: str, role: int, days_back: int | None) -> None:
    """Give a known account access, by its exact e-mail.

    Raises: Invalid at the field, also for an e-mail no portal account has, GrantRefused.
    """
    ctx.require(Permission.PORTAL_USERS)
    facts = checked_facts(AccessFacts(role, days_back))
    check_portal_change_by_customer(_role(ctx), None, ExternalRole(role))
    customer_id = ctx.actor.customer_id or 0
    with ctx.write() as session:
        user = session.exec(select(User).where(User.email_key == email_key(email))).first()
        if user is None or user.kind != "external":
            raise Invalid.of("email", UNKNOWN)
        had = select(ExternalAccess.id).where(
            ExternalAccess.customer_id == customer_id, ExternalAccess.user_id == user.id
        )
        if session.exec(had).first() is not None:
            raise Invalid.of("email", "This person has access already.")
        add(
            session,
            ExternalAccess,
            [{"customer_id": customer_id, "user_id": user.id or 0, **facts}],
        )
        _record(session, ctx, "access_granted", after={"user": user.email, **facts})


def change_colleague(ctx: Context, access_id: int, role: int, days_back: int | None) -> None:
    """Change a colleague's role and days back. Raises: Invalid, GrantRefused, NotFound."""
    ctx.require(Permission.PORTAL_USERS)
    facts = checked_facts(AccessFacts(role, days_back))
    with ctx.write() as session:
        row, user = existing_access(session, ctx, access_id)
        check_portal_change_by_customer(
            _role(ctx),
            ExternalRole(row.role),
            ExternalRole(role),
            is_self=row.user_id == ctx.actor.user_id,
        )
        was = {name: getattr(row, name) for name in CHANGED}
        before, after = changes(was, {name: facts[name] for name in CHANGED})
        for name, value in after.items():
            setattr(row, name, value)
        session.add(row)
        if after:
            who = {"user": user.email}
            _record(session, ctx, "access_changed", before=who | before, after=who | after)


def remove_colleague(ctx: Context, access_id: int) -> None:
    """Take the access away; the account stays. Raises: GrantRefused, NotFound."""
    ctx.require(Permission.PORTAL_USERS)
    with ctx.write() as session:
        row, user = existing_access(session, ctx, access_id)
        check_portal_change_by_customer(
            _role(ctx), ExternalRole(row.role), None, is_self=row.user_id == ctx.actor.user_id
        )
        forget_choice(session, row)
        session.delete(row)
        before = {"user": user.email, "role": row.role, "days_back": row.days_back}
        _record(session, ctx, "access_removed", before=before)


def existing_access(session: Session, ctx: Context, access_id: int) -> tuple[ExternalAccess, User]:
    """An access to the customer one works for, locked, and whose it is. Raises: NotFound."""
    row = session.exec(
        select(ExternalAccess)
        .where(
            ExternalAccess.id == access_id,
            col(ExternalAccess.customer_id) == ctx.actor.customer_id,
        )
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(MISSING)
    return row, session.get_one(User, row.user_id)


def _role(ctx: Context) -> ExternalRole:
    if ctx.actor.role is None:
        raise GrantRefused("You have no access to this customer.")
    return ctx.actor.role


def _record(
    session: Session,
    ctx: Context,
    action: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    record(
        session, ctx, entity="customer", entity_id=ctx.actor.customer_id or 0, action=action,
        before=before, after=after,
    )  # fmt: skip
