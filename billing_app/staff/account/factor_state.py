"""Your own two-factor sign-in."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.kit.wording import count, moment
from billing_app.security.acting import ask, context
from billing_app.security.authenticator import (
    app_address,
    key_in_letters,
    matching_step,
    qr_picture,
)
from billing_app.security.notices import notify
from billing_app.security.passwords import verify_password
from billing_app.security.policy import action, local
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.second_factor import (
    begin_factor,
    confirm_factor,
    end_factor,
    own_factor,
)

ISSUER = "Billing"
MOST_TYPED = 2_048


class FactorState(rx.State):
    """Two-factor sign-in; the key and the recovery codes are here only while they are shown."""

    is_on: bool = False
    summary: str = ""
    picture: str = ""
    letters: str = ""
    codes: list[str] = []
    errors: dict[str, str] = {}
    turn: int = 0

    @action(Permission.ACCOUNT_EDIT)
    async def load(self) -> None:
        """Show whether it is on."""
        self.reset()  # type: ignore[no-untyped-call]
        await self._show()

    @action(Permission.ACCOUNT_EDIT)
    async def begin(self) -> None:
        """Make a key for the app."""
        key = await ask(begin_factor)
        self.picture = qr_picture(app_address(key, context().actor.email, ISSUER))
        self.letters, self.errors = key_in_letters(key), {}

    @action(Permission.ACCOUNT_EDIT)
    async def confirm(self, form: dict[str, str]) -> None:
        """Switch it on with the first code; show the recovery codes once."""
        try:
            codes = await ask(confirm_factor, form.get("code", "")[:MOST_TYPED], step=matching_step)
        except Invalid as error:
            self.errors = error.fields
            return
        forget_everybody()
        self.picture = self.letters = ""
        self.codes, self.errors = list(codes), {}
        await self._show()
        await notify(self, "Two-factor sign-in is on. Other sessions have ended.")

    @local()
    async def put_away(self) -> None:
        """Show neither key nor codes any more."""
        self.picture = self.letters = ""
        self.codes, self.errors = [], {}

    @action(Permission.ACCOUNT_EDIT)
    async def end(self, form: dict[str, str]) -> None:
        """Switch it off."""
        try:
            await ask(
                end_factor,
                form.get("password", "")[:MOST_TYPED],
                form.get("code", "")[:MOST_TYPED],
                verify=verify_password,
                step=matching_step,
            )
        except Invalid as error:
            self.errors = error.fields
            return
        self.errors, self.codes, self.turn = {}, [], self.turn + 1
        await self._show()
        await notify(self, "Two-factor sign-in is off.")

    async def _show(self) -> None:
        found = await ask(own_factor)
        self.is_on = found.is_on
        left = count(found.codes_left, "recovery code", "recovery codes")
        since = moment(found.since, context().zone) if found.since else ""
        self.summary = f"On since {since}. {left} left." if found.is_on else ""
