"""Staff accounts: who there is, making, changing and closing them (SPEC 6.7, CRM-34)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission, StaffLevel, check_sight, check_staff_change
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import LoginSession, User
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.customers import EMAIL
from billing_app.services.people.links import add_link, end_sessions
from billing_app.services.people.second_factor import with_factor
from billing_app.services.people.sessions import email_key

KEPT = ("name", "staff_level", "partner_view", "vessel_view", "is_active")


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What the form of a person says."""

    name: str
    level: int
    partner_view: bool = True
    vessel_view: bool = True
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class StaffView:
    """One of the staff, with what the asker may do with the account."""

    id: int
    name: str
    email: str
    level: StaffLevel
    partner_view: bool
    vessel_view: bool
    is_active: bool
    has_password: bool
    seen_at: datetime | None
    is_self: bool
    may_change: bool
    has_factor: bool


def list_staff(ctx: Context) -> list[StaffView]:
    """All staff, the highest level first."""
    ctx.require(Permission.USER_VIEW)
    with ctx.read() as session:
        last = (
            select(func.max(LoginSession.seen_at))
            .where(LoginSession.user_id == User.id)
            .correlate(User)
            .scalar_subquery()
        )
        rows = session.exec(
            select(User, last)
            .where(User.kind == "staff")
            .order_by(col(User.is_active).desc(), col(User.staff_level).desc(), col(User.name))
        ).all()
        on = with_factor(session)
    return [_view(ctx, user, seen, has_factor=user.id in on) for user, seen in rows]


def create_staff(ctx: Context, email: str, name: str, *, level: int, password_hash: str) -> int:
    """Make a staff account with a level of the ladder; answers its id.

    Raises: Invalid at "email", "name" or "level", GrantRefused for a level not one's to give.
    """
    ctx.require(Permission.USER_EDIT)
    with ctx.write() as session:
        user = _new(session, ctx, email, StaffFacts(name, level))
        user.password_hash = password_hash
        session.add(user)
        return user.id or 0


def invite_staff(ctx: Context, email: str, facts: StaffFacts) -> tuple[int, str]:
    """Make a staff account without a password; answers its id and a password link's token.

    Raises: Invalid at the field, GrantRefused.
    """
    ctx.require(Permission.USER_EDIT)
    with ctx.write() as session:
        user = _new(session, ctx, email, facts)
        return user.id or 0, add_link(session, ctx, user)


def change_staff(ctx: Context, user_id: int, facts: StaffFacts) -> None:
    """Change name, level, views, or whether the account is active; closing it ends its sessions.

    Raises: GrantRefused (CRM-34), Invalid at the field, NotFound.
    """
    ctx.require(Permission.USER_EDIT)
    level, name = _level(facts.level), _name(facts.name)
    with ctx.write() as session:
        user = _existing(session, user_id)
        current = StaffLevel(user.staff_level)
        is_self = user_id == ctx.actor.user_id
        wanted = level if facts.is_active else StaffLevel.NONE
        check_staff_change(ctx.actor.level, current, wanted, is_self=is_self)
        _check_sights(ctx, user, facts)
        was = {field: getattr(user, field) for field in KEPT}
        now = {
            "name": name,
            "staff_level": int(level),
            "partner_view": facts.partner_view,
            "vessel_view": facts.vessel_view,
            "is_active": facts.is_active,
        }
        before, after = changes(was, now)
        if not after:
            return
        for field, value in after.items():
            setattr(user, field, value)
        session.add(user)
        if not facts.is_active:
            end_sessions(session, user_id, ctx.now())
        record(
            session, ctx, entity="user", entity_id=user_id, action="changed",
            before=before, after=after,
        )  # fmt: skip


def _new(session: Session, ctx: Context, email: str, facts: StaffFacts) -> User:
    granted = _level(facts.level)
    check_staff_change(ctx.actor.level, StaffLevel.NONE, granted)
    address, person = free_address(session, email), _name(facts.name)
    user = User(
        email=address,
        email_key=email_key(address),
        name=person,
        kind="staff",
        staff_level=int(granted),
        created_at=ctx.now(),
    )
    _check_sights(ctx, user, facts, had=False)
    user.partner_view, user.vessel_view = facts.partner_view, facts.vessel_view
    session.add(user)
    session.flush()
    after = {"email": address, "name": person, "staff_level": int(granted)}
    record(session, ctx, entity="user", entity_id=user.id or 0, action="created", after=after)
    return user


def free_address(session: Session, email: str) -> str:
    """A cleaned e-mail address that no account has. Raises: Invalid at "email"."""
    address = clean_text(email, field="email", maximum=255)
    if not EMAIL.fullmatch(address):
        raise Invalid.of("email", "This is not one e-mail address.")
    taken = select(User.id).where(User.email_key == email_key(address))
    if session.exec(taken).first() is not None:
        raise Invalid.of("email", f"There is already an account with the address {address}.")
    return address


def _check_sights(ctx: Context, user: User, facts: StaffFacts, *, had: bool = True) -> None:
    actor = ctx.actor
    check_sight(has=actor.sees_partner, had=had and user.partner_view, granted=facts.partner_view)
    check_sight(has=actor.sees_vessel, had=had and user.vessel_view, granted=facts.vessel_view)


def _existing(session: Session, user_id: int) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None or user.kind != "staff":
        raise NotFound("This person does not exist.")
    return user


def _view(ctx: Context, user: User, seen: datetime | None, *, has_factor: bool) -> StaffView:
    level, is_self = StaffLevel(user.staff_level), user.id == ctx.actor.user_id
    is_owner = ctx.actor.level is StaffLevel.OWNER
    return StaffView(
        id=user.id or 0,
        name=user.name,
        email=user.email,
        level=level,
        partner_view=user.partner_view,
        vessel_view=user.vessel_view,
        is_active=user.is_active,
        has_password=bool(user.password_hash),
        seen_at=seen,
        is_self=is_self,
        may_change=ctx.actor.may(Permission.USER_EDIT)
        and (is_owner or (level < ctx.actor.level and not is_self)),
        has_factor=has_factor,
    )


def _name(name: str) -> str:
    person = clean_text(name, field="name", maximum=255)
    if not person:
        raise Invalid.of("name", "Give the person's name.")
    return person


def _level(level: int) -> StaffLevel:
    try:
        return StaffLevel(level)
    except ValueError as error:
        known = ", ".join(str(int(known)) for known in StaffLevel if known)
        raise Invalid.of("level", f"There is no level {level}. Use one of {known}.") from error
