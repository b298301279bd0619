"""Assignments of packages as finished strings, and read back from their form."""

from dataclasses import dataclass
from typing import Any

from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date, parse_quantity
from billing_app.kit.fields import FormError
from billing_app.kit.wording import day, number
from billing_app.services.packages.assignments import Assigned, AssignmentFacts

LONGEST = 9
LABELS = {"start_on": "Start", "end_on": "End", "minutes": "Free minutes", "form": "Form"}
READERS: dict[str, Any] = {
    "quantity": parse_quantity,
    "start_on": parse_date,
    "end_on": parse_date,
}


@dataclass(frozen=True)
class AssignmentRow:
    """One package of the customer."""

    id: int
    package: str
    quantity: str
    start: str
    end: str
    frequency: str
    credit: str
    minutes: str


def assignment_row(one: Assigned) -> AssignmentRow:
    """An assignment as the list shows it."""
    row = one.assignment
    return AssignmentRow(
        id=row.id or 0,
        package=one.package.name,
        quantity=number(row.quantity),
        start=day(row.start_on),
        end=day(row.end_on) if row.end_on else "open",
        frequency=one.package.frequency.capitalize(),
        credit="Auto Decrement Credit" if row.auto_decrement else "Invoice",
        minutes=f"{row.minutes:,}" if row.minutes else "",
    )


def assignment_fields(one: Assigned) -> dict[str, str]:
    """An assignment as its form shows it."""
    row = one.assignment
    return {
        "quantity": number(row.quantity).replace(",", ""),
        "start_on": day(row.start_on),
        "end_on": day(row.end_on) if row.end_on else "",
        "minutes": "" if row.minutes is None else str(row.minutes),
        "auto_decrement": "on" if row.auto_decrement else "",
    }


def read_assignment(form: dict[str, str], package: str) -> AssignmentFacts:
    """What the form says of a package, named by its id. Raises: Invalid with every field."""
    problems: dict[str, str] = {}
    read: dict[str, Any] = {"end_on": None, "minutes": None}
    for name, reader in READERS.items():
        text = form.get(name, "").strip()
        if name == "end_on" and not text:
            continue
        try:
            read[name] = reader(text, field=name)
        except Invalid as error:
            problems |= error.fields
    minutes = form.get("minutes", "").strip()
    if not _is_whole(package):
        problems["package"] = "Choose the package."
    if minutes and not _is_whole(minutes):
        problems["minutes"] = "Give a whole number of minutes."
    if problems:
        raise Invalid.many(problems)
    read["minutes"] = int(minutes) if minutes else None
    return AssignmentFacts(
        package_id=int(package), auto_decrement=form.get("auto_decrement", "") == "on", **read
    )


def listed_errors(problems: dict[str, str], prefix: str) -> list[FormError]:
    """What is wrong, with links to the fields whose ids begin with `prefix`."""
    return [
        FormError(f"{prefix}-{key}", LABELS.get(key, key.capitalize()), text)
        for key, text in problems.items()
    ]


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < LONGEST
