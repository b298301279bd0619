"""What the portal's home says first: what is owed."""

from dataclasses import dataclass
from datetime import date

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.status import DUE_SOON_DAYS
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.portal import DueInvoice, PortalHome, home


@dataclass(frozen=True)
class DueRow:
    """One open invoice."""

    id: int
    number: str
    type_name: str
    due: str
    chip: str
    word: str
    more: str
    remaining: str
    minor: str
    currency: str


class HomeState(rx.State):
    """Home."""

    sentence: str = ""
    lede: str = ""
    first_id: int = 0
    due: list[DueRow] = []
    orders_this_month: str = ""
    invoices_this_month: str = ""
    due_count: str = ""
    is_loaded: bool = False

    @action(Permission.PORTAL_HOME)
    async def load(self) -> None:
        """Sum what is open."""
        found, today = await ask(home), context().today()
        tongue = await tongue_of(self)
        self.sentence, self.lede = _sentence(found, tongue), ""
        first = found.due[0] if found.due and found.overdue_count else None
        self.first_id = first.id if first else 0
        if first and first.due_on:
            self.lede = tongue.say(
                "{number} over {amount} was due on {day}, {days} ago.",
                number=first.number,
                amount=tongue.money(first.remaining_minor, first.currency),
                day=tongue.day(first.due_on),
                days=_days((today - first.due_on).days, tongue),
            )
        self.due = [_due_row(row, today, tongue) for row in found.due]
        self.due_count = tongue.figure(found.due_count)
        self.invoices_this_month = _count(found.invoices_this_month, tongue)
        self.orders_this_month = _count(found.orders_this_month, tongue)
        self.is_loaded = True


def _count(how_many: int | None, tongue: Tongue) -> str:
    return "" if how_many is None else tongue.figure(how_many)


def _sentence(found: PortalHome, tongue: Tongue) -> str:
    if not found.owed:
        return tongue.say("Nothing is owed.")
    both = f" {tongue.say('and')} "
    owed = both.join(tongue.money(minor, code) for code, minor in found.owed)
    sentence = tongue.say("You owe {amount}.", amount=owed)
    if found.overdue_count:
        late = tongue.count(
            found.overdue_count, "One invoice is overdue.", "{count} invoices are overdue."
        )
        sentence = f"{sentence} {late}"
    return sentence


def _days(days: int, tongue: Tongue) -> str:
    return tongue.count(days, "{count} day", "{count} days")


def _due_row(row: DueInvoice, today: date, tongue: Tongue) -> DueRow:
    days = (today - row.due_on).days if row.due_on else None
    chip, more = "Open", ""
    if days is not None and days > 0:
        chip, more = "Overdue", _days(days, tongue)
    elif days is not None and days >= -DUE_SOON_DAYS:
        chip, more = "Due soon", _days(-days, tongue) if days else tongue.say("today")
    return DueRow(
        id=row.id,
        number=row.number,
        type_name=tongue.say(row.type_name),
        due=tongue.day(row.due_on),
        chip=chip,
        word=tongue.say(chip),
        more=more,
        remaining=tongue.money(row.remaining_minor, row.currency),
        minor=str(row.remaining_minor),
        currency=row.currency,
    )
