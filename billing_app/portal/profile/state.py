"""What the seller keeps of the customer, and the customer's files (ERP-48)."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.portal.shell.file_rows import FileRow, file_rows
from billing_app.portal.shell.state import tongue_of
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.files import portal_files
from billing_app.services.portal import own_profile

PROBLEMS = {
    "none": "Choose a file first.",
    "large": "Files may have up to 20 MB.",
    "kind": "This file is not taken: send a PDF, a picture, a text, or an Office document.",
}


@dataclass(frozen=True)
class Fact:
    """A label with its value."""

    label: str
    value: str


class ProfileState(rx.State):
    """The profile."""

    facts: list[Fact] = []
    files: list[FileRow] = []
    problem: str = ""
    is_loaded: bool = False

    @action(Permission.PORTAL_PROFILE)
    async def load(self) -> None:
        """Show the customer one works for."""
        tongue = await tongue_of(self)
        found = await ask(own_profile)
        self.facts = [Fact(tongue.say(label), value or "—") for label, value in found]
        may_see = context().actor.may(Permission.PORTAL_FILES)
        self.files = file_rows(await ask(portal_files), tongue) if may_see else []
        asked = str(self.router.url.query_parameters.get("file", ""))
        self.problem = tongue.say(PROBLEMS[asked]) if asked in PROBLEMS else ""
        self.is_loaded = True
