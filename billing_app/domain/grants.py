"""Who may give and take access (SPEC 6.7): nobody climbs by his own hand, and owners stay."""

from billing_app.domain.errors import Forbidden
from billing_app.domain.levels import ExternalRole, StaffLevel


class GrantRefused(Forbidden):
    """The level or role may not be given, changed or taken by this person."""

    code = "access.grant_refused"


def check_staff_change(
    actor: StaffLevel, current: StaffLevel, granted: StaffLevel, *, is_self: bool = False
) -> None:
    """Check that a staff user may set another's level from `current` to `granted`.

    `NONE` stands for no account yet, or for taking access away. Raises: GrantRefused.
    """
    if current is StaffLevel.OWNER and granted is not StaffLevel.OWNER:
        raise GrantRefused("An owner's level is never taken away.")
    if actor < StaffLevel.ADMIN:
        raise GrantRefused("Users are managed from level {level}.", level=StaffLevel.ADMIN.label)
    if actor is StaffLevel.OWNER:
        return
    if is_self or current >= actor:
        raise GrantRefused("You may change only users below your own level.")
    if granted >= actor:
        raise GrantRefused("You may grant only levels below your own.")


def check_manages(actor: StaffLevel, current: StaffLevel, *, is_self: bool = False) -> None:
    """Check that a staff user may act on another's account at all (CRM-34).

    For what changes no level: password links, ending sessions. Raises: GrantRefused.
    """
    check_staff_change(
        actor, current, current if current is StaffLevel.OWNER else StaffLevel.NONE, is_self=is_self
    )


def check_sight(*, has: bool, had: bool, granted: bool) -> None:
    """Check a view permission (partner, vessel): nobody gives what he has not himself.

    `has` is the actor's own, `had` and `granted` the other's before and after.
    Raises: GrantRefused.
    """
    if granted and not had and not has:
        raise GrantRefused("You cannot grant a view that you do not have yourself.")


def check_portal_change_by_customer(
    actor: ExternalRole,
    current: ExternalRole | None,
    granted: ExternalRole | None,
    *,
    is_self: bool = False,
) -> None:
    """Check that a customer's user may set a colleague's role in the portal.

    `current` None is a person without access, `granted` None takes it away. Raises: GrantRefused.
    """
    if actor < ExternalRole.ADMIN:
        raise GrantRefused("Users are managed from role {role}.", role=ExternalRole.ADMIN.label)
    if is_self:
        raise GrantRefused("Your own access is changed by a colleague.")
    if current is ExternalRole.OWNER and granted is not ExternalRole.OWNER:
        raise GrantRefused("An owner's access is never taken away.")
    if granted is ExternalRole.OWNER and actor is not ExternalRole.OWNER:
        raise GrantRefused("Only an owner may make somebody an owner.")


def check_portal_change_by_staff(
    actor: StaffLevel, current: ExternalRole | None, granted: ExternalRole | None
) -> None:
    """Check that a staff user may set a customer user's role. Raises: GrantRefused."""
    if actor < StaffLevel.ADMIN:
        raise GrantRefused(
            "Access to the portal is managed from level {level}.", level=StaffLevel.ADMIN.label
        )
    takes_owner = current is ExternalRole.OWNER and granted is not ExternalRole.OWNER
    if takes_owner and actor is not StaffLevel.OWNER:
        raise GrantRefused("Only a staff user of level Owner may take an owner's access away.")
