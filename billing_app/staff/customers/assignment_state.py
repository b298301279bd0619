"""Changing an assignment in place: what has it, from when to when, how much of it (CXS-41)."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, Refused
from billing_app.kit.fields import FormError
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.packages.assignments import change_assignment, get_assignment
from billing_app.staff.customers.assignment_rows import (
    assignment_fields,
    listed_errors,
    read_assignment,
)


class AssignmentEditing(rx.State, mixin=True):
    """The form of one assignment, above the customer's packages."""

    changing: int = 0
    changing_name: str = ""
    kept: dict[str, str] = {}
    change_errors: dict[str, str] = {}
    change_list: list[FormError] = []
    change_attempt: int = 0
    _changing_package: str = ""
    _changing_version: int = 0

    @action(Permission.PACKAGE_EDIT)
    async def open_change(self, assignment_id: int) -> None:
        """Open the form with the assignment as it is now."""
        found = await ask(get_assignment, assignment_id)
        self.change_errors, self.change_list = {}, []
        self.kept, self.changing_name = assignment_fields(found), found.package.name
        self._changing_package = str(found.package.id)
        self._changing_version = found.assignment.version
        self.changing = assignment_id

    @action(Permission.PACKAGE_EDIT)
    async def save_change(self, form: dict[str, str]) -> None:
        """Keep what the form says; nothing typed is lost when something is wrong."""
        try:
            facts = read_assignment(form, self._changing_package)
            await ask(change_assignment, self.changing, facts, version=self._changing_version)
        except Invalid as error:
            self._fail_change(error.fields)
            return
        except (Conflict, Refused) as error:
            self._fail_change({"form": error.sentence})
            return
        self.changing = 0
        await notify(self, f"{self.changing_name} is changed. What was charged stays.")
        await self._show()

    @local()
    async def close_change(self) -> None:
        """Change nothing."""
        self.changing = 0

    async def _show(self) -> None:
        """Show the customer's packages as they are now."""
        raise NotImplementedError

    def _fail_change(self, problems: dict[str, str]) -> None:
        self.change_errors, self.change_list = problems, listed_errors(problems, "b")
        self.change_attempt += 1
