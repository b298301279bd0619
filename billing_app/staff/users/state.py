"""The page of staff: the list, and one person in a dialog."""

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission, StaffLevel
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import FormError, Option
from billing_app.kit.wording import count
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.factor_reset import reset_factor
from billing_app.services.people.links import new_password_link
from billing_app.services.people.own import end_sessions_of, sessions_of
from billing_app.services.people.staff import StaffFacts, change_staff, invite_staff, list_staff
from billing_app.staff.shell.open_sessions import SessionRow, session_rows
from billing_app.staff.users.rows import PersonRow, person_row

NOBODY = PersonRow(
    0, "", "", "", "10", "", "", "", is_active=True, is_self=False, may_change=True,
    partner_view=True, vessel_view=True,
)  # fmt: skip
LABELS = {"email": "E-mail", "name": "Name", "level": "Level"}
NEW = -1


class UsersState(rx.State):
    """Staff."""

    rows: list[PersonRow] = []
    count_text: str = ""
    levels: list[Option] = []
    opened: int = 0
    person: PersonRow = NOBODY
    sessions: list[SessionRow] = []
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    link: str = ""
    link_for: str = ""
    is_loaded: bool = False

    @action(Permission.USER_VIEW)
    async def load(self) -> None:
        """Fill the list."""
        self.opened, self.link = 0, ""
        await self._show()
        self.is_loaded = True

    @action(Permission.USER_EDIT)
    async def begin(self) -> None:
        """Open the form of a new person."""
        self._open(NEW, NOBODY)

    @action(Permission.USER_VIEW)
    async def open_person(self, user_id: int) -> None:
        """Open a person with the sessions."""
        row = next((row for row in self.rows if row.id == user_id), None)
        if row is not None:
            self._open(user_id, row)
            self.sessions = session_rows(await ask(sessions_of, user_id), context().zone)

    @local()
    async def close(self) -> None:
        """Change nothing more."""
        self.opened, self.link, self.errors, self.error_list = 0, "", {}, []

    @action(Permission.USER_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Invite the new person, or keep what changed; nothing typed is lost."""
        level = form.get("level", "")
        facts = StaffFacts(
            name=form.get("name", ""),
            level=int(level) if level in {str(int(one)) for one in StaffLevel} else -1,
            partner_view=form.get("partner_view") == "on",
            vessel_view=form.get("vessel_view") == "on",
            is_active=self.opened == NEW or form.get("is_active") == "on",
        )
        try:
            if self.opened == NEW:
                _, token = await ask(invite_staff, form.get("email", ""), facts)
                self._show_link(token, facts.name)
            else:
                await ask(change_staff, self.opened, facts)
                await notify(self, f"{facts.name.strip()} is saved.")
        except Invalid as error:
            self._fail(error.fields)
            return
        forget_everybody()  # a changed level counts from the next click on
        self.opened = 0
        await self._show()

    @action(Permission.USER_EDIT)
    async def make_link(self) -> None:
        """A new link to set a password, for the open person."""
        name = self.person.name
        self._show_link(await ask(new_password_link, self.opened), name)
        self.opened = 0

    @action(Permission.USER_RESET_FACTOR)
    async def reset_factor(self) -> None:
        """Switch the open person's two-factor sign-in off, for a lost phone."""
        await ask(reset_factor, self.opened)
        forget_everybody()
        self.opened = 0
        await self._show()
        await notify(
            self, f"Two-factor sign-in of {self.person.name} is off; all sessions have ended."
        )

    @action(Permission.USER_EDIT)
    async def end_session(self, key: str) -> None:
        """End one session of the open person."""
        await ask(end_sessions_of, self.opened, key[:64])
        forget_everybody()
        self.sessions = session_rows(await ask(sessions_of, self.opened), context().zone)

    def _open(self, which: int, person: PersonRow) -> None:
        self.opened, self.person, self.sessions = which, person, []
        self.errors, self.error_list, self.link = {}, [], ""
        own = context().actor.level
        self.levels = [
            Option(str(int(level)), f"{level.code} {level.label}")
            for level in StaffLevel
            if level
            and (level < own or own is StaffLevel.OWNER or str(int(level)) == person.level_no)
        ]

    def _show_link(self, token: str, name: str) -> None:
        self.link = f"{world().settings.public_url}/password?token={token}"
        self.link_for = name.strip()

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"u-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in problems.items()
        ]

    async def _show(self) -> None:
        zone = context().zone
        self.rows = [person_row(view, zone) for view in await ask(list_staff)]
        self.count_text = count(len(self.rows), "person", "people")
