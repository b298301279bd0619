"""The people who see one's customer, and one of them open to be changed (ERP-42)."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import ExternalRole, Permission
from billing_app.domain.errors import BillingError, Invalid
from billing_app.kit.fields import Option
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.colleagues import (
    add_colleague,
    change_colleague,
    list_colleagues,
    remove_colleague,
)
from billing_app.services.people.factor_reset import reset_colleague_factor
from billing_app.services.people.portal_access import AccessView

DAYS = "Give a number of days, or nothing."
MOST_DIGITS = 5
DONE = {
    "add": "The person is added.",
    "change": "The access is changed.",
    "remove": "The access is taken away.",
    "reset": "Two-factor sign-in is off; all sessions of the person have ended.",
}


@dataclass(frozen=True)
class PersonRow:
    """One person."""

    id: int
    name: str
    email: str
    role: str
    role_no: str
    days: str
    days_no: str
    why: str
    """Why the person cannot be changed here; empty where one may."""
    is_owner: bool
    has_factor: bool


class PeopleState(rx.State):
    """User management."""

    rows: list[PersonRow] = []
    roles: list[Option] = []
    opened: int = 0
    count_text: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    turn: int = 0
    is_loaded: bool = False

    @action(Permission.PORTAL_USERS)
    async def load(self) -> None:
        """List the people."""
        self.reset()  # type: ignore[no-untyped-call]
        await self._show()
        self.is_loaded = True

    @action(Permission.PORTAL_USERS)
    async def open_person(self, access_id: int) -> None:
        """Open one to be changed; none with 0."""
        self.opened, self.errors, self.problem = access_id, {}, ""

    @action(Permission.PORTAL_USERS)
    async def save(self, form: dict[str, str]) -> None:
        """Keep role and days of the open person."""
        await self._try("change", form)

    @action(Permission.PORTAL_USERS)
    async def remove(self) -> None:
        """Take the open person's access away; the account stays."""
        await self._try("remove", {})

    @action(Permission.PORTAL_RESET_FACTOR)
    async def reset_factor(self) -> None:
        """Switch the open person's two-factor sign-in off, for a lost phone."""
        await self._try("reset", {})

    @action(Permission.PORTAL_USERS)
    async def add(self, form: dict[str, str]) -> None:
        """Add a known account; nothing typed is lost where it fails."""
        await self._try("add", form)

    async def _try(self, verb: str, form: dict[str, str]) -> None:
        tongue = await tongue_of(self)
        self.errors, self.problem = {}, ""
        try:
            if verb == "remove":
                await ask(remove_colleague, self.opened)
            elif verb == "reset":
                await ask(reset_colleague_factor, self.opened)
            elif verb == "change":
                await ask(change_colleague, self.opened, _role(form), _days(form))
            else:
                await ask(add_colleague, form.get("email", "")[:255], _role(form), _days(form))
        except Invalid as error:
            prefix = "add-" if verb == "add" else ""
            self.errors = {prefix + key: tongue.say(text) for key, text in error.fields.items()}
            return
        except BillingError as error:
            self.problem = tongue.say(error.message, **error.facts)
            return
        forget_everybody()  # a changed role counts from the next click on
        self.opened, self.turn = 0, self.turn + 1
        await self._show()
        await notify(self, tongue.say(DONE[verb]))

    async def _show(self) -> None:
        found, tongue, actor = await ask(list_colleagues), await tongue_of(self), context().actor
        self.rows = [_row(one, actor.user_id, tongue) for one in found]
        self.count_text = tongue.count(
            len(found), "{count} person has access", "{count} people have access"
        )
        self.roles = [
            Option(str(int(role)), tongue.say(role.label))
            for role in ExternalRole
            if role is not ExternalRole.OWNER or actor.role is ExternalRole.OWNER
        ]


def _role(form: dict[str, str]) -> int:
    role = form.get("role", "")
    return int(role) if role in {str(int(one)) for one in ExternalRole} else 0


def _days(form: dict[str, str]) -> int | None:
    text = form.get("days_back", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Invalid.of("days_back", DAYS)
    return int(text)


def _row(one: AccessView, own_id: int, tongue: Tongue) -> PersonRow:
    why, is_owner = "", one.role is ExternalRole.OWNER
    if one.user_id == own_id:
        why = tongue.say("This is you")
    days = tongue.say("All documents")
    if one.days_back is not None:
        days = tongue.say("Last {count} days", count=one.days_back)
    return PersonRow(
        id=one.id,
        name=one.name,
        email=one.email,
        role=tongue.say(one.role.label),
        role_no=str(int(one.role)),
        days=days,
        days_no="" if one.days_back is None else str(one.days_back),
        why=tongue.say("Cannot be removed") if is_owner and not why else why,
        is_owner=is_owner,
        has_factor=one.has_factor,
    )
