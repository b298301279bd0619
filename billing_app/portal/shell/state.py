"""Who is signed in to the portal, for which customer, and what the role covers."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.portal.shell.tongue import Tongue, language_of
from billing_app.security.acting import ask, context
from billing_app.security.policy import local
from billing_app.security.sessions import forget
from billing_app.services.people.sessions import choose_customer
from billing_app.services.portal import seat


@dataclass(frozen=True)
class CustomerChoice:
    """A customer the person may work for."""

    id: int
    name: str
    role: str
    is_current: bool


class SeatState(rx.State):
    """The person's seat."""

    name: str = ""
    initials: str = ""
    customer: str = ""
    language: str = "en"
    seller: str = ""
    seller_email: str = ""
    rights: list[str] = []
    customers: list[CustomerChoice] = []
    days_note: str = ""
    has_access: bool = True
    is_ready: bool = False

    @local()
    async def enter(self) -> None:
        """Learn who is here; runs on every page."""
        actor = context().actor
        found = await ask(seat)
        self.name = actor.name
        self.initials = "".join(part[0] for part in actor.name.split()[:2]).upper() or "?"
        self.customer, self.seller, self.seller_email = (
            found.customer,
            found.seller,
            found.seller_email,
        )
        self.language = language_of(found.language)
        tongue = Tongue(self.language)
        self.customers = [
            CustomerChoice(key, name, tongue.say(role), key == actor.customer_id)
            for key, name, role in found.customers
        ]
        self.rights = [str(permission) for permission in Permission if actor.may(permission)]
        self.days_note = (
            tongue.say("You see documents of the last {count} days.", count=actor.days_back)
            if actor.days_back is not None
            else ""
        )
        self.has_access, self.is_ready = actor.role is not None, True

    @local()
    async def choose(self, customer_id: int) -> Any:
        """Work for another customer from now on."""
        await ask(choose_customer, customer_id)
        forget(context().actor.session)
        return rx.redirect(f"/portal?customer={customer_id}")


def covers(permission: Permission) -> rx.Var[bool]:
    """Whether the role covers a page; the address is refused anyway where it does not."""
    return SeatState.rights.contains(str(permission))  # type: ignore[attr-defined]


async def tongue_of(state: rx.State) -> Tongue:
    """The language of the person whose event this is."""
    seat_state = await state.get_state(SeatState)
    return Tongue(seat_state.language)
