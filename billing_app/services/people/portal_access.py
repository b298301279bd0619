"""The people of a customer: who may see what in the portal, managed by staff (ERP-38 to 42)."""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from billing_app.domain.access import (
    AccessScope,
    ExternalRole,
    Permission,
    check_portal_change_by_staff,
)
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import Customer, ExternalAccess, LoginSession, User
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.people.links import add_link
from billing_app.services.people.second_factor import with_factor
from billing_app.services.people.sessions import email_key
from billing_app.services.people.staff import free_address

MOST_DAYS = 36_500
FIELDS = ("role", "days_back", "scope")


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What one person may see of one customer; `days_back` None is unlimited (ERP-39)."""

    role: int = 30
    days_back: int | None = 30
    scope: str = "corporate"


@dataclass(frozen=True, slots=True)
class AccessView:
    """One person of a customer."""

    id: int
    user_id: int
    name: str
    email: str
    role: ExternalRole
    days_back: int | None
    scope: str
    has_password: bool
    has_factor: bool


def list_access(ctx: Context, customer_id: int) -> list[AccessView]:
    """The people of a customer, the highest role first. Names only for who sees partners."""
    ctx.require(Permission.ACCESS_EDIT)
    with ctx.read() as session:
        found = access_rows(session, customer_id)
    if ctx.actor.sees_partner:
        return found
    return [replace(one, name="Hidden", email="Hidden") for one in found]


def access_rows(session: Session, customer_id: int) -> list[AccessView]:
    """Who has access to a customer, by role and name."""
    rows = session.exec(
        select(ExternalAccess, User)
        .join(User, col(User.id) == ExternalAccess.user_id)
        .where(ExternalAccess.customer_id == customer_id)
        .order_by(col(ExternalAccess.role).desc(), col(User.name))
    ).all()
    on = with_factor(session)
    return [
        AccessView(
            id=access.id or 0,
            user_id=access.user_id,
            name=user.name,
            email=user.email,
            role=ExternalRole(access.role),
            days_back=access.days_back,
            scope=access.scope,
            has_password=bool(user.password_hash),
            has_factor=user.id in on,
        )
        for access, user in rows
    ]


def grant_access(ctx: Context, customer_id: int, email: str, name: str, facts: AccessFacts) -> str:
    """Give a person access to a customer; answers a password link's token for a new account.

    A known portal account is added as it is (""), under its own name.
    Raises: Invalid at the field, GrantRefused, NotFound.
    """
    ctx.require(Permission.ACCESS_EDIT)
    cleaned = checked_facts(facts)
    check_portal_change_by_staff(ctx.actor.level, None, ExternalRole(facts.role))
    with ctx.write() as session:
        if session.get(Customer, customer_id) is None:
            raise NotFound("This customer does not exist.")
        known = session.exec(select(User).where(User.email_key == email_key(email))).first()
        if known is not None and known.kind != "external":
            raise Invalid.of("email", "This address belongs to one of the staff.")
        user = known or _new_person(session, ctx, email, name)
        if _row(session, customer_id, user.id or 0) is not None:
            raise Invalid.of("email", f"{user.name} has access already.")
        add(
            session,
            ExternalAccess,
            [{"customer_id": customer_id, "user_id": user.id or 0, **cleaned}],
        )
        after = {"user": user.email, **cleaned}
        _record(session, ctx, customer_id, "access_granted", after=after)
        return "" if known else add_link(session, ctx, user)


def change_access(ctx: Context, access_id: int, facts: AccessFacts) -> None:
    """Change role, days back and scope. Raises: Invalid, GrantRefused, NotFound."""
    ctx.require(Permission.ACCESS_EDIT)
    cleaned = checked_facts(facts)
    with ctx.write() as session:
        row, user = _existing(session, access_id)
        granted = ExternalRole(facts.role)
        check_portal_change_by_staff(ctx.actor.level, ExternalRole(row.role), granted)
        was = {field: getattr(row, field) for field in FIELDS}
        before, after = changes(was, cleaned)
        for field, value in after.items():
            setattr(row, field, value)
        session.add(row)
        if after:
            who = {"user": user.email}
            _record(
                session, ctx, row.customer_id, "access_changed",
                before=who | before, after=who | after,
            )  # fmt: skip


def remove_access(ctx: Context, access_id: int) -> None:
    """Take the access away; the account stays (ERP-42). Raises: GrantRefused, NotFound."""
    ctx.require(Permission.ACCESS_EDIT)
    with ctx.write() as session:
        row, user = _existing(session, access_id)
        check_portal_change_by_staff(ctx.actor.level, ExternalRole(row.role), None)
        forget_choice(session, row)
        session.delete(row)
        before = {"user": user.email, **{field: getattr(row, field) for field in FIELDS}}
        _record(session, ctx, row.customer_id, "access_removed", before=before)


def forget_choice(session: Session, row: ExternalAccess) -> None:
    """Let the person's sessions no longer work for this customer."""
    chosen = select(LoginSession).where(
        LoginSession.user_id == row.user_id, LoginSession.customer_id == row.customer_id
    )
    for one in session.exec(chosen).all():
        one.customer_id = None
        session.add(one)


def _new_person(session: Session, ctx: Context, email: str, name: str) -> User:
    person = clean_text(name, field="name", maximum=255)
    if not person:
        raise Invalid.of("name", "Nobody has this address yet: give the person's name too.")
    address = free_address(session, email)
    user = User(
        email=address,
        email_key=email_key(address),
        name=person,
        kind="external",
        created_at=ctx.now(),
    )
    session.add(user)
    session.flush()
    record(
        session,
        ctx,
        entity="user",
        entity_id=user.id or 0,
        action="created",
        after={"email": address},
    )
    return user


def checked_facts(facts: AccessFacts) -> dict[str, int | str | None]:
    """The facts as they are stored. Raises: Invalid at the field."""
    if facts.role not in set(ExternalRole):
        raise Invalid.of("role", "Choose one of the roles.")
    if facts.days_back is not None and not 0 <= facts.days_back <= MOST_DAYS:
        raise Invalid.of("days_back", f"Give a number of days up to {MOST_DAYS:,}, or nothing.")
    if facts.scope not in set(AccessScope):
        raise Invalid.of("scope", "Choose one of the scopes.")
    return {"role": int(facts.role), "days_back": facts.days_back, "scope": str(facts.scope)}


def _existing(session: Session, access_id: int) -> tuple[ExternalAccess, User]:
    row = session.get(ExternalAccess, access_id, with_for_update=True)
    if row is None:
        raise NotFound("This access does not exist.")
    return row, session.get_one(User, row.user_id)


def _row(session: Session, customer_id: int, user_id: int) -> ExternalAccess | None:
    return session.exec(
        select(ExternalAccess).where(
            ExternalAccess.customer_id == customer_id, ExternalAccess.user_id == user_id
        )
    ).first()


def _record(
    session: Session,
    ctx: Context,
    customer_id: int,
    action: str,
    *,
    before: dict[str, int | str | None] | None = None,
    after: dict[str, int | str | None] | None = None,
) -> None:
    record(
        session, ctx, entity="customer", entity_id=customer_id, action=action,
        before=before, after=after,
    )  # fmt: skip
