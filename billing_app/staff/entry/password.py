"""The page behind a password link."""

import asyncio
from typing import Any

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError, Invalid
from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.frame import bare_frame
from billing_app.kit.tables import empty_state
from billing_app.security.passwords import check_new_password, hash_password
from billing_app.security.policy import open_to_all
from billing_app.security.sessions import forget_everybody
from billing_app.services.people.links import person_of_link, set_password

MAX_TOKEN, MAX_PASSWORD = 100, 2048


class PasswordState(rx.State):
    """Setting a password by a link."""

    name: str = ""
    email: str = ""
    error: str = ""
    form_error: str = ""
    is_open: bool = False
    is_checked: bool = False
    _token: str = ""

    @open_to_all()
    async def load(self) -> None:
        """See whose link it is."""
        self._token = str(self.router.url.query_parameters.get("token", ""))[:MAX_TOKEN]
        found = await asyncio.to_thread(person_of_link, world().system(), self._token)
        self.is_open, self.is_checked = found is not None, True
        self.name, self.email = found or ("", "")
        self.error = self.form_error = ""

    @open_to_all()
    async def save(self, form: dict[str, str]) -> Any:
        """Keep the password; the link works no more."""
        password = form.get("password", "")[:MAX_PASSWORD]
        self.error = self.form_error = ""
        if password != form.get("again", ""):
            self.error = "The two are not the same. Type the password twice."
            return None
        try:
            await asyncio.to_thread(
                set_password,
                world().system(),
                self._token,
                password,
                hashed=hash_password,
                check=check_new_password,
            )
        except Invalid as error:
            self.error = error.sentence
            return None
        except BillingError as error:
            self.form_error = error.sentence
            return None
        forget_everybody()
        return rx.redirect("/login")


def password_page() -> rx.Component:
    """Type the new password twice."""
    closed = empty_state(
        "not_allowed",
        "This link is not valid",
        "It works once, for 72 hours. Ask whoever gave it to you for a new one.",
        action="Sign in",
        href="/login",
    )
    return bare_frame(
        rx.cond(
            PasswordState.is_checked,
            rx.cond(PasswordState.is_open, _form(), closed),
            rx.el.p("Looking at the link…", role="status"),
        ),
        title="Set a password",
        seller="Billing",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(
            PasswordState.form_error != "",
            rx.el.p(PasswordState.form_error, class_name="error", role="alert"),
        ),
        rx.el.p("For ", rx.el.b(PasswordState.name), ", ", PasswordState.email, "."),
        rx.el.input(
            type="hidden", name="username", value=PasswordState.email, auto_complete="username"
        ),
        field(
            "New password",
            text_input(type="password", name="password", auto_complete="new-password"),
            id="password",
            help="At least 15 characters. A sentence works well.",
            error=PasswordState.error,
        ),
        field(
            "New password again",
            text_input(type="password", name="again", auto_complete="new-password"),
            id="again",
        ),
        button("Set password", kind="primary", type="submit"),
        on_submit=PasswordState.save,
        class_name="stack",
    )
