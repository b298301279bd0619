"""What the portal's home says first: what is owed."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import amount, count, day
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.portal import home


@dataclass(frozen=True)
class DueRow:
    """One open invoice."""

    id: int
    number: str
    due: str
    chip: str
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
    invoices_this_month: str = ""
    due_count: str = ""
    is_loaded: bool = False

    @action(Permission.PORTAL_HOME)
    async def load(self) -> None:
        """Sum what is open."""
        found = await ask(home)
        today = context().today()
        late = [row for row in found.due if row.due_on and row.due_on < today]
        owed = " and ".join(f"{code} {amount(minor, code)}" for code, minor in found.owed)
        said = f"{count(len(late), 'invoice')} {'is' if len(late) == 1 else 'are'} overdue."
        self.sentence = f"You owe {owed}." if owed else "Nothing is owed."
        if late:
            self.sentence += " " + said.replace("1 invoice", "One invoice", 1)
        oldest = late[0] if late else None
        self.first_id = oldest.id if oldest else 0
        self.lede = ""
        if oldest and oldest.due_on:
            days = (today - oldest.due_on).days
            remaining = amount(oldest.open_minor, oldest.currency)
            self.lede = (
                f"{oldest.number} over {oldest.currency} {remaining} "
                f"was due on {day(oldest.due_on)}, {count(days, 'day')} ago."
            )
        self.due = [_due_row(row, today) for row in found.due[:10]]
        self.due_count = str(len(found.due))
        self.invoices_this_month = str(found.invoices_this_month)
        self.is_loaded = True


def _due_row(row, today) -> DueRow:  # type: ignore[no-untyped-def]  # noqa: ANN001
    days = (today - row.due_on).days if row.due_on else None
    chip, more = "Open", ""
    if days is not None and days > 0:
        chip, more = "Overdue", count(days, "day")
    elif days is not None and days >= -7:  # noqa: PLR2004
        chip, more = "Due soon", count(-days, "day") if days else "today"
    return DueRow(
        id=row.id,
        number=row.number,
        due=day(row.due_on),
        chip=chip,
        more=more,
        remaining=f"{row.currency} {amount(row.open_minor, row.currency)}",
        minor=str(row.open_minor),
        currency=row.currency,
    )
