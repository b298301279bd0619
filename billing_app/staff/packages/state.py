"""The package form."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.domain.parsing import parse_unit_price
from billing_app.kit.fields import FormError
from billing_app.kit.wording import day, number
from billing_app.persistence.tables import Package
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.packages.assignments import list_assignments
from billing_app.services.packages.catalog import (
    NAMES,
    PRICES,
    PackageFacts,
    get_package,
    save_package,
)

ADDRESS = re.compile(r"/packages/(\d{1,15})/?")
LABELS = {"frequency_match": "Frequency Match", "destination_patterns": "Destination"}
SWITCHES = ("minimum_spend", "is_active")
LONGEST_DAYS = 5
EMPTY = dict.fromkeys(NAMES, "") | {
    **dict.fromkeys(PRICES, "0"),
    "frequency": "monthly",
    "type": "none",
    "minimum_days": "0",
    "is_active": "on",
}


@dataclass(frozen=True)
class HolderRow:
    """One customer that has the package."""

    id: int
    customer_id: int
    customer: str
    quantity: str
    start: str
    end: str


class PackageState(rx.State):
    """The form of one package."""

    package_id: int = 0
    heading: str = "New package"
    fields: dict[str, str] = {}
    frequency: str = "monthly"
    type: str = "none"
    holders: list[HolderRow] = []
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    _version: int = 0

    @action(Permission.PACKAGE_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the package that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.package_id = int(found[1]) if found else 0
        self.errors, self.error_list, self.holders = {}, [], []
        self.heading, self._version, self.fields = "New package", 0, dict(EMPTY)
        if self.package_id:
            row = await ask(get_package, self.package_id)
            self.heading, self._version, self.fields = row.name, row.version, _texts(row)
            await self._show_holders()
        self.frequency, self.type = self.fields["frequency"], self.fields["type"]
        self.form_key = f"{self.package_id}-{self._version}"
        self.is_loaded = True

    @local()
    async def choose_frequency(self, value: str) -> None:
        """Offer the days to match where there are any."""
        self.frequency = value

    @local()
    async def choose_type(self, value: str) -> None:
        """Offer destinations for free minutes."""
        self.type = value

    @action(Permission.PACKAGE_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        try:
            facts = _facts(form)
            await ask(save_package, facts, self.package_id, self._version)
        except Invalid as error:
            self._fail(error.fields)
            return None
        except Conflict as error:
            self._fail({"form": error.sentence})
            return None
        await notify(self, f"{facts.name} is saved.")
        return rx.redirect("/packages")

    async def _show_holders(self) -> None:
        sees = context().actor.sees_partner
        self.holders = [
            HolderRow(
                one.assignment.id or 0,
                one.assignment.customer_id,
                one.customer.name if sees else "Hidden",
                number(one.assignment.quantity),
                day(one.assignment.start_on),
                day(one.assignment.end_on) if one.assignment.end_on else "open",
            )
            for one in await ask(list_assignments, package_id=self.package_id)
        ]

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"k-{key}", LABELS.get(key, key.replace("_", " ").capitalize()), text)
            for key, text in problems.items()
        ]


def _texts(row: Package) -> dict[str, str]:
    return {name: _text(getattr(row, name)) for name in NAMES}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return number(value, 2).replace(",", "") if isinstance(value, Decimal) else str(value)


def _facts(form: dict[str, str]) -> PackageFacts:
    problems: dict[str, str] = {}
    prices: dict[str, Decimal] = {}
    for name in PRICES:
        try:
            prices[name] = parse_unit_price(form.get(name, "").strip() or "0", field=name)
        except Invalid as error:
            problems |= error.fields
    days = form.get("minimum_days", "").strip() or "0"
    if not (days.isascii() and days.isdigit() and len(days) < LONGEST_DAYS):
        problems["minimum_days"] = "Give a whole number of days."
    if problems:
        raise Invalid.many(problems)
    texts: dict[str, Any] = {
        name: form.get(name, "")
        for name in NAMES
        if name not in {*PRICES, *SWITCHES, "minimum_days"}
    }
    switches = {name: form.get(name, "") == "on" for name in SWITCHES}
    return PackageFacts(**{**texts, **prices, **switches, "minimum_days": int(days)})
