"""The second step of signing in: the page that asks the code."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, text_input
from billing_app.kit.frame import bare_frame
from billing_app.kit.links import link
from billing_app.kit.native_form import native_form
from billing_app.security.policy import open_to_all

MESSAGES = {
    "wrong": "This code does not fit. Take the one your app shows now; each works once.",
    "wait": "Too many failed tries. Please wait {wait} and try again.",
}
LONGEST_WAIT, LONGEST_PATH = 40, 500


class CodeState(rx.State):
    """The page that asks the code; it knows nobody."""

    message: str = ""
    next_path: str = ""

    @open_to_all()
    async def load(self) -> None:
        """Say what went wrong."""
        query = self.router.url.query_parameters
        wait = str(query.get("wait", ""))[:LONGEST_WAIT]
        plain = wait if wait.replace(" ", "").isalnum() else "a while"
        self.message = MESSAGES.get(str(query.get("error", "")), "").replace("{wait}", plain)
        self.next_path = str(query.get("next", ""))[:LONGEST_PATH]


def code_page() -> rx.Component:
    """One field, posted over plain HTTP."""
    form = native_form(
        rx.cond(
            CodeState.message != "", rx.el.p(CodeState.message, class_name="error", role="alert")
        ),
        field(
            "Code",
            text_input(
                name="code",
                auto_complete="one-time-code",
                required=True,
                auto_capitalize="none",
                spell_check=False,
            ),
            id="code",
            help="The six digits your app shows now, or one of your recovery codes.",
        ),
        rx.el.input(type="hidden", name="next", value=CodeState.next_path),
        button("Continue", kind="primary", type="submit"),
        rx.el.p(link("Start again", href="/login")),
        action="/auth/code",
        class_name="stack",
    )
    return bare_frame(form, title="Enter your code", seller="Billing")
