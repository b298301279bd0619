"""Your own account."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.fields import FormError
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.passwords import check_new_password, hash_password, verify_password
from billing_app.security.policy import action
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.own import change_own_password, end_own_session, own_sessions
from billing_app.staff.shell.open_sessions import SessionRow, session_rows

LABELS = {"current": "Present password", "password": "New password", "again": "New password again"}


class AccountState(rx.State):
    """Password and sessions."""

    sessions: list[SessionRow] = []
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = "0"
    is_loaded: bool = False

    @action(Permission.ACCOUNT_EDIT)
    async def load(self) -> None:
        """Show where you are signed in."""
        self.errors, self.error_list = {}, []
        await self._show()
        self.is_loaded = True

    @action(Permission.ACCOUNT_EDIT)
    async def change_password(self, form: dict[str, str]) -> None:
        """Change the password; other sessions end."""
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Invalid.of("again", "This is not the same as the new password.")
            await ask(
                change_own_password,
                form.get("current", "")[:2048],
                form.get("password", "")[:2048],
                verify=verify_password,
                hashed=hash_password,
                check=check_new_password,
            )
        except Invalid as error:
            self._fail(error.fields)
            return
        forget_everybody()
        self.errors, self.error_list, self.form_key = {}, [], str(int(self.form_key) + 1)
        await self._show()
        await notify(self, "The password is changed. Other sessions have ended.")

    @action(Permission.ACCOUNT_EDIT)
    async def end_session(self, key: str) -> None:
        """End another of your sessions."""
        await ask(end_own_session, key[:64])
        forget_everybody()
        await self._show()

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"a-{key}", LABELS.get(key, key), text) for key, text in problems.items()
        ]

    async def _show(self) -> None:
        self.sessions = session_rows(await ask(own_sessions), context().zone)
