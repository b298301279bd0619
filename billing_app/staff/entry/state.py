"""What the sign-in page and the first run show."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError, Invalid
from billing_app.security.passwords import check_new_password, hash_password
from billing_app.security.policy import open_to_all
from billing_app.services.people.setup import FirstRun, first_run, is_empty, is_setup_token

MESSAGES = {
    "wrong": "Wrong e-mail or password.",
    "late": "Signing in took too long. Please start again.",
    "wait": "Too many failed tries. Please wait {wait} and try again.",
}
NOBODY = "Nobody can sign in yet. Open the set-up link that the server printed at its start."
FIELDS = (
    "owner_name", "owner_email", "password", "company_name", "company_country",
    "company_currency", "time_zone", "customer_name", "customer_email",
)  # fmt: skip


@dataclass(frozen=True)
class DemoSignIn:
    """One of the demo's people."""

    email: str
    what: str


class SignInState(rx.State):
    """The sign-in page."""

    message: str = ""
    next_path: str = ""
    is_demo: bool = False
    password: str = ""
    people: list[DemoSignIn] = []

    @open_to_all()
    async def load(self) -> None:
        """Say what went wrong, and in the demo who may sign in."""
        query = self.router.url.query_parameters
        wait = str(query.get("wait", ""))[:40]
        text = MESSAGES.get(str(query.get("error", "")), "")
        self.message = text.replace(
            "{wait}", wait if wait.replace(" ", "").isalnum() else "a while"
        )
        self.next_path = str(query.get("next", ""))[:500]
        self.is_demo = world().settings.demo
        if not self.message and await asyncio.to_thread(is_empty, world().system()):
            self.message = NOBODY
        if self.is_demo:
            from billing_app.services.demo import DEMO_PASSWORD, DEMO_PEOPLE  # noqa: PLC0415

            self.password = DEMO_PASSWORD
            self.people = [DemoSignIn(email, what) for email, what in DEMO_PEOPLE]


class FirstRunState(rx.State):
    """The first-run page."""

    is_open: bool = False
    is_checked: bool = False
    is_done: bool = False
    errors: dict[str, str] = {}
    form_error: str = ""
    _token: str = ""

    @open_to_all()
    async def load(self) -> None:
        """See whether the link opens the set-up."""
        self._token = str(self.router.url.query_parameters.get("token", ""))[:100]
        ctx = world().system()
        self.is_open = bool(self._token) and await asyncio.to_thread(
            is_setup_token, ctx, self._token
        )
        self.is_checked = True

    @open_to_all()
    async def save(self, form: dict[str, str]) -> Any:
        """Make owner, company and first customer."""
        facts = FirstRun(**{name: form.get(name, "") for name in FIELDS})
        token, ctx = self._token, world().system()
        try:
            await asyncio.to_thread(
                first_run, ctx, token, facts, hashed=hash_password, check=check_new_password
            )
        except Invalid as error:
            self.errors, self.form_error = error.fields, ""
            return None
        except BillingError as error:
            self.form_error = error.sentence
            return None
        self.is_done, self.errors, self.form_error = True, {}, ""
        world().forget_zone()
        return rx.redirect("/login")
