"""Staff accounts."""

from sqlmodel import select

from billing_app.domain.access import Permission, StaffLevel, check_staff_change
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import User
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.customers import EMAIL
from billing_app.services.people.sessions import email_key


def create_staff(ctx: Context, email: str, name: str, *, level: int, password_hash: str) -> int:
    """Make a staff account with a level of the ladder; answers its id.

    Raises: Invalid at "email", "name" or "level", GrantRefused for a level not one's to give.
    """
    ctx.require(Permission.USER_EDIT)
    granted = _level(level)
    check_staff_change(ctx.actor.level, StaffLevel.NONE, granted)
    address = clean_text(email, field="email", maximum=255)
    person = clean_text(name, field="name", maximum=255)
    if not EMAIL.fullmatch(address):
        raise Invalid.of("email", "This is not one e-mail address.")
    if not person:
        raise Invalid.of("name", "Give the person's name.")
    with ctx.write() as session:
        key = email_key(address)
        if session.exec(select(User.id).where(User.email_key == key)).first() is not None:
            raise Invalid.of("email", f"There is already an account with the address {address}.")
        user = User(
            email=address,
            email_key=key,
            name=person,
            password_hash=password_hash,
            kind="staff",
            staff_level=int(granted),
            created_at=ctx.now(),
        )
        session.add(user)
        session.flush()
        after = {"email": address, "staff_level": int(granted)}
        record(session, ctx, entity="user", entity_id=user.id or 0, action="created", after=after)
        return user.id or 0


def _level(level: int) -> StaffLevel:
    try:
        return StaffLevel(level)
    except ValueError as error:
        known = ", ".join(str(int(known)) for known in StaffLevel if known)
        raise Invalid.of("level", f"There is no level {level}. Use one of {known}.") from error
