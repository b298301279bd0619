"""People and their sessions as finished strings."""

from dataclasses import dataclass

from billing_app.kit.wording import moment
from billing_app.services.people.staff import StaffView


@dataclass(frozen=True)
class PersonRow:
    """One of the staff."""

    id: int
    name: str
    email: str
    level: str
    level_no: str
    sees: str
    seen: str
    status: str
    is_active: bool
    is_self: bool
    may_change: bool
    partner_view: bool
    vessel_view: bool
    may_reset: bool = False


def person_row(view: StaffView, zone: str) -> PersonRow:
    """A person; an account without a password waits for its link to be used."""
    sees = [
        word
        for word, is_seen in (("Partners", view.partner_view), ("Vessels", view.vessel_view))
        if is_seen
    ]
    status = "Active" if view.has_password else "Invited"
    return PersonRow(
        id=view.id,
        name=view.name,
        email=view.email,
        level=f"{view.level.code} {view.level.label}",
        level_no=str(int(view.level)),
        sees=", ".join(sees) or "—",
        seen=moment(view.seen_at, zone) if view.seen_at else "Never",
        status=status if view.is_active else "Inactive",
        is_active=view.is_active,
        is_self=view.is_self,
        may_change=view.may_change,
        partner_view=view.partner_view,
        vessel_view=view.vessel_view,
        may_reset=view.has_factor and not view.is_self,
    )
