"""The Access part of a customer: its people in the portal."""

from dataclasses import dataclass

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import ExternalRole, Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import FormError
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.factor_reset import reset_factor
from billing_app.services.people.links import new_password_link
from billing_app.services.people.portal_access import (
    AccessFacts,
    AccessView,
    change_access,
    grant_access,
    list_access,
    remove_access,
)
from billing_app.staff.customers.state import ADDRESS

ROLES = tuple((str(int(role)), role.label) for role in ExternalRole)
SCOPES = (
    ("corporate", "The customer and those below it"),
    ("department", "The customer"),
    ("own", "Only documents addressed to the person"),
)
LABELS = {"email": "E-mail", "name": "Name", "days_back": "Days back"}
LONGEST = 6


@dataclass(frozen=True)
class AccessRow:
    """One person of the customer."""

    id: int
    user_id: int
    name: str
    email: str
    role: str
    role_no: str
    days: str
    days_no: str
    scope: str
    scope_key: str
    is_invited: bool
    has_factor: bool = False


NOBODY = AccessRow(0, 0, "", "", "", "30", "", "30", "", "corporate", is_invited=False)


class AccessState(rx.State):
    """The people of a customer."""

    rows: list[AccessRow] = []
    opened: int = 0
    removing: int = 0
    person: AccessRow = NOBODY
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = "0"
    link: str = ""
    link_for: str = ""
    _customer_id: int = 0

    @action(Permission.ACCESS_EDIT)
    async def load(self) -> None:
        """Show the people of the customer that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self._customer_id = int(found[1]) if found else 0
        self.opened, self.removing, self.link = 0, 0, ""
        self.errors, self.error_list = {}, []
        await self._show()

    @action(Permission.ACCESS_EDIT)
    async def grant(self, form: dict[str, str]) -> None:
        """Give somebody access."""
        try:
            facts = _facts(form)
            token = await ask(
                grant_access, self._customer_id, form.get("email", ""), form.get("name", ""), facts
            )
        except Invalid as error:
            self._fail(error.fields)
            return
        if token:
            self._show_link(token, form.get("name", ""))
        await self._done("The person has access.")

    @action(Permission.ACCESS_EDIT)
    async def open_person(self, access_id: int) -> None:
        """Open the form of one person's access."""
        self.person = next((row for row in self.rows if row.id == access_id), NOBODY)
        self.opened, self.errors, self.error_list = self.person.id, {}, []

    @action(Permission.ACCESS_EDIT)
    async def ask_to_remove(self, access_id: int) -> None:
        """Open the review of removing."""
        self.person = next((row for row in self.rows if row.id == access_id), NOBODY)
        self.removing = self.person.id

    @local()
    async def close(self) -> None:
        """Change nothing more."""
        self.opened, self.removing, self.link = 0, 0, ""
        self.errors, self.error_list = {}, []

    @action(Permission.ACCESS_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Keep role, days back and scope."""
        try:
            await ask(change_access, self.opened, _facts(form))
        except Invalid as error:
            self._fail(error.fields)
            return
        await self._done(f"The access of {self.person.name} is saved.")

    @action(Permission.ACCESS_EDIT)
    async def remove(self) -> None:
        """Take the access away; the account stays."""
        await ask(remove_access, self.removing)
        await self._done(f"{self.person.name} has no access any more.")

    @action(Permission.USER_EDIT)
    async def make_link(self, user_id: int) -> None:
        """A new password link for one of the people."""
        name = next((row.name for row in self.rows if row.user_id == user_id), "")
        if name:
            self._show_link(await ask(new_password_link, user_id), name)

    @action(Permission.USER_RESET_FACTOR)
    async def reset_factor(self, user_id: int) -> None:
        """Switch the two-factor sign-in of one of the people off, for a lost phone."""
        name = next((row.name for row in self.rows if row.user_id == user_id), "")
        if name:
            await ask(reset_factor, user_id)
            await self._done(f"Two-factor sign-in of {name} is off; all sessions have ended.")

    def _show_link(self, token: str, name: str) -> None:
        self.link = f"{world().settings.public_url}/password?token={token}"
        self.link_for = name.strip()

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"x-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in problems.items()
        ]

    async def _done(self, sentence: str) -> None:
        forget_everybody()
        self.opened, self.removing, self.errors, self.error_list = 0, 0, {}, []
        self.form_key = str(int(self.form_key) + 1)
        await self._show()
        await notify(self, sentence)

    async def _show(self) -> None:
        self.rows = [_row(view) for view in await ask(list_access, self._customer_id)]


def _row(view: AccessView) -> AccessRow:
    days = view.days_back
    return AccessRow(
        id=view.id,
        user_id=view.user_id,
        name=view.name,
        email=view.email,
        role=f"{view.role.code} {view.role.label}",
        role_no=str(int(view.role)),
        days="Unlimited" if days is None else f"{days:,}",
        days_no="" if days is None else str(days),
        scope=dict(SCOPES)[view.scope],
        scope_key=view.scope,
        is_invited=not view.has_password,
        has_factor=view.has_factor,
    )


def _facts(form: dict[str, str]) -> AccessFacts:
    days, role = form.get("days_back", "").strip(), form.get("role", "")
    if days and not (days.isascii() and days.isdigit() and len(days) < LONGEST):
        raise Invalid.of("days_back", "Give a number of days, or nothing for no limit.")
    return AccessFacts(
        role=int(role) if role in dict(ROLES) else 0,
        days_back=int(days) if days else None,
        scope=form.get("scope", ""),
    )
