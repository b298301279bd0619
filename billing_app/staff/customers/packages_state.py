"""A customer's packages: assigning, removing, running."""

import secrets
from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.kit.fields import FormError, Option
from billing_app.kit.wording import amount, count, day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.packages.assignments import (
    assign_package,
    list_assignments,
    remove_assignment,
)
from billing_app.services.packages.booking import Charged
from billing_app.services.packages.catalog import list_packages
from billing_app.services.packages.charging import run_package, run_packages
from billing_app.staff.customers.assignment_rows import (
    AssignmentRow,
    assignment_row,
    listed_errors,
    read_assignment,
)
from billing_app.staff.customers.assignment_state import AssignmentEditing
from billing_app.staff.customers.state import ADDRESS

ALL = -1


@dataclass(frozen=True)
class ChargeRow:
    """One charge that a run reports."""

    key: str
    text: str
    on: str
    amount: str


class PackagesState(AssignmentEditing, rx.State):
    """The Packages part of a customer."""

    rows: list[AssignmentRow] = []
    options: list[Option] = []
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = "0"
    today: str = ""
    removing: int = 0
    running: int = 0
    chosen_name: str = ""
    run_until: str = ""
    run_rows: list[ChargeRow] = []
    run_said: str = ""
    _customer_id: int = 0
    _key: str = ""

    @action(Permission.PACKAGE_VIEW)
    async def load(self) -> None:
        """Show the packages of the customer that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self._customer_id = int(found[1]) if found else 0
        self.errors, self.error_list = {}, []
        self.removing = self.running = self.changing = 0
        self.today = day(context().now().date())
        packages = await ask(list_packages, active_only=True)
        self.options = [Option(str(row.id), row.name) for row in packages]
        if self._customer_id:
            await self._show()

    @action(Permission.PACKAGE_EDIT)
    async def assign(self, form: dict[str, str]) -> None:
        """Give the customer a package."""
        try:
            facts = read_assignment(form, form.get("package", ""))
            await ask(assign_package, self._customer_id, facts, key=self._key)
        except Invalid as error:
            self.errors, self.attempt = error.fields, self.attempt + 1
            self.error_list = listed_errors(error.fields, "a")
            return
        self.errors, self.error_list = {}, []
        await notify(self, "The package is assigned.")
        await self._show()

    @local()
    async def ask_to_remove(self, assignment_id: int) -> None:
        """Open the review of removing an assignment."""
        self.removing, self.chosen_name = assignment_id, self._name_of(assignment_id)

    @action(Permission.PACKAGE_EDIT)
    async def remove(self) -> None:
        """Remove the assignment under review."""
        removing, self.removing = self.removing, 0
        await ask(remove_assignment, removing)
        await notify(self, f"{self.chosen_name} ends today.")
        await self._show()

    @local()
    async def open_run(self, assignment_id: int) -> None:
        """Open Run Package for an assignment."""
        self.running, self.chosen_name = assignment_id, self._name_of(assignment_id)
        self.run_until, self.run_rows, self.run_said = self.today, [], ""

    @local()
    async def open_run_all(self) -> None:
        """Open Run Package for all that the customer has."""
        self.running, self.chosen_name = ALL, "all packages"
        self.run_until, self.run_rows, self.run_said = self.today, [], ""

    @local()
    async def close(self) -> None:
        """Close what is open over the page."""
        self.removing = self.running = 0

    @local()
    async def put_until(self, text: str) -> None:
        """Keep the day up to which the package is run."""
        self.run_until = text[:40]

    @action(Permission.CHARGE_GENERATE)
    async def simulate(self) -> None:
        """Report what would be charged."""
        self._report(await self._run(simulate=True), "would be made. Nothing was written.")

    @action(Permission.CHARGE_GENERATE)
    async def charge(self) -> None:
        """Charge what is due."""
        charged = await self._run(simulate=False)
        self._report(charged, "made.")
        await notify(self, f"{count(len(charged), 'charge')} made.")

    async def _run(self, *, simulate: bool) -> list[Charged]:
        until = parse_date(self.run_until, field="until")
        if self.running == ALL:
            return await ask(run_packages, self._customer_id, until, simulate=simulate)
        return await ask(run_package, self.running, until, simulate=simulate)

    def _report(self, charged: list[Charged], done: str) -> None:
        self.run_rows = [
            ChargeRow(str(at), one.text, day(one.on), amount(one.amount_minor, one.currency))
            for at, one in enumerate(charged)
        ]
        self.run_said = f"{count(len(charged), 'charge')} {done}" if charged else "Nothing is due."

    def _name_of(self, assignment_id: int) -> str:
        return next((row.package for row in self.rows if row.id == assignment_id), "")

    async def _show(self) -> None:
        self._key, self.form_key = secrets.token_hex(16), secrets.token_hex(4)
        found = await ask(list_assignments, customer_id=self._customer_id)
        self.rows = [assignment_row(one) for one in found]
