"""One's own account in the portal: password and open sessions."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.portal.shell.state import tongue_of
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.passwords import check_new_password, hash_password, verify_password
from billing_app.security.policy import action
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.own import change_own_password, end_own_session, own_sessions

MOST_TYPED = 2_048
KNOWN = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


@dataclass(frozen=True)
class SessionRow:
    """One signed-in browser."""

    key: str
    browser: str
    since: str
    seen: str
    is_this: bool


class OwnAccountState(rx.State):
    """Password and sessions."""

    sessions: list[SessionRow] = []
    errors: dict[str, str] = {}
    turn: int = 0
    is_loaded: bool = False

    @action(Permission.PORTAL_ACCOUNT)
    async def load(self) -> None:
        """Show where one is signed in."""
        self.errors = {}
        await self._show()
        self.is_loaded = True

    @action(Permission.PORTAL_ACCOUNT)
    async def change_password(self, form: dict[str, str]) -> None:
        """Change the password; other sessions end."""
        tongue = await tongue_of(self)
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Invalid.of("again", "This is not the same as the new password.")
            await ask(
                change_own_password,
                form.get("current", "")[:MOST_TYPED],
                form.get("password", "")[:MOST_TYPED],
                verify=verify_password,
                hashed=hash_password,
                check=check_new_password,
            )
        except Invalid as error:
            self.errors = {key: tongue.say(text) for key, text in error.fields.items()}
            return
        forget_everybody()
        self.errors, self.turn = {}, self.turn + 1
        await self._show()
        await notify(self, tongue.say("The password is changed. Other sessions have ended."))

    @action(Permission.PORTAL_ACCOUNT)
    async def end_session(self, key: str) -> None:
        """End another of one's sessions."""
        await ask(end_own_session, key[:64])
        forget_everybody()
        await self._show()

    async def _show(self) -> None:
        tongue, zone = await tongue_of(self), context().zone
        self.sessions = [
            SessionRow(
                key=one.key,
                browser=next(
                    (name for part, name in KNOWN if part in one.agent), tongue.say("A browser")
                ),
                since=tongue.moment(one.since, zone),
                seen=tongue.moment(one.seen_at, zone),
                is_this=one.is_this,
            )
            for one in await ask(own_sessions)
        ]
