"""The dashboard as finished strings, with the addresses its figures lead to."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from billing_app.domain.aging import Age, first_due, last_due
from billing_app.domain.lifecycle import Action
from billing_app.kit.wording import MONTHS, amount, count, day, moment
from billing_app.services.reports.dashboard import WEEK_DAYS, Overview, Sums

AGES = tuple(Age)
MOST_CHANGE = 500
DONE = {str(action): action.done for action in Action}


@dataclass(frozen=True)
class Tile:
    """A figure with its name, where it leads, and what it says besides."""

    label: str
    figure: str
    note: str
    href: str
    css: str
    minor: str


@dataclass(frozen=True)
class CurrencyTab:
    """A currency to look at."""

    code: str
    current: str  # "true" or "false"


@dataclass(frozen=True)
class AgeRow:
    """One age of what is owed."""

    label: str
    documents: str
    amount: str
    minor: str
    share: str
    href: str
    css: str


@dataclass(frozen=True)
class MonthRow:
    """One month's revenue."""

    label: str
    amount: str
    minor: str


@dataclass(frozen=True)
class DebtorRow:
    """A customer who is late."""

    name: str
    documents: str
    since: str
    days: str
    amount: str
    minor: str
    href: str


@dataclass(frozen=True)
class Waiting:
    """Something that waits, and how much of it."""

    label: str
    icon: str
    href: str
    number: str


@dataclass(frozen=True)
class HappenedRow:
    """What somebody did to an invoice."""

    label: str
    text: str
    when: str
    href: str


def tiles_of(found: Overview) -> list[Tile]:
    """The four tiles of CRM-29; each leads to the grid with the same total."""
    sums, code, today = found.sums, found.currency, found.today
    year = {"chip": "Issued", "date_from": today.replace(month=1, day=1), "date_to": today}
    owed, late = sum(sums.ages), sum(sums.ages[1:])
    late_documents = sum(sums.age_documents[1:])
    since = f"since {day(today.replace(month=1, day=1))}"
    late_note = f"{count(late_documents, 'document')} of {count(sums.late_customers, 'customer')}"
    past = {"chip": "Owed", "due_to": today - timedelta(days=1)}
    return [
        Tile("Total invoices", f"{sums.documents:,}", since, grid(code, **year), "", ""),
        Tile(
            "Value",
            amount(sums.value, code),
            compared(sums, today),
            grid(code, **year),
            "",
            str(sums.value),
        ),
        Tile(
            "Amount due",
            amount(owed, code),
            count(sum(sums.age_documents), "document"),
            grid(code, chip="Owed"),
            "",
            str(owed),
        ),
        Tile("Overdue", amount(late, code), late_note, grid(code, **past), "late", str(late)),
    ]


def compared(sums: Sums, today: date) -> str:
    """The year against the one before, in percent."""
    month = f"{MONTHS[today.month - 1]} {today.year - 1}"
    if sums.value_before <= 0:
        return "with tax"
    change = round(Decimal(100 * (sums.value - sums.value_before)) / sums.value_before)
    if abs(change) > MOST_CHANGE:  # the year before hardly began
        return "with tax"
    return f"{abs(change)} % {'more' if change >= 0 else 'less'} than to {month}"


def age_rows(found: Overview) -> list[AgeRow]:
    """The ages as the legend of their bar."""
    sums, code = found.sums, found.currency
    whole = sum(sums.ages)
    return [
        AgeRow(
            label=age.label,
            documents=f"{sums.age_documents[at]:,}",
            amount=amount(sums.ages[at], code),
            minor=str(sums.ages[at]),
            share=f"{Decimal(100 * sums.ages[at]) / whole:.1f} %".replace("-", "\u2212")
            if whole
            else "",
            href=grid(
                code,
                chip="Owed",
                due_from=first_due(age, found.today) or "",
                due_to=last_due(age, found.today) or "",
            ),
            css=f"sw p{at}",
        )
        for at, age in enumerate(AGES)
    ]


def aging_finding(sums: Sums) -> str:
    """What the ages say."""
    whole = sum(sums.ages)
    if whole <= 0:
        return "Nothing is owed"
    share = round(Decimal(100 * sum(sums.ages[1:])) / whole)
    return f"{share} % of what is owed is overdue".replace("-", "\u2212")


def revenue_finding(found: Overview) -> str:
    """What the months say."""
    revenue = found.sums.revenue
    if not any(minor > 0 for minor in revenue):
        return "No revenue in twelve months"
    best = max(range(len(revenue)), key=lambda at: revenue[at])
    month = f"{found.sums.months[best]:%B}"
    return (
        f"{month} was the strongest month: {amount(revenue[best], found.currency)} {found.currency}"
    )


def month_rows(found: Overview) -> list[MonthRow]:
    """The months as a table."""
    return [
        MonthRow(
            f"{MONTHS[month.month - 1]} {month.year}"
            + (", so far" if month == found.today.replace(day=1) else ""),
            amount(minor, found.currency),
            str(minor),
        )
        for month, minor in zip(found.sums.months, found.sums.revenue, strict=True)
    ]


def month_words(found: Overview) -> list[tuple[str, str]]:
    """The words below the bars."""
    return [
        (
            MONTHS[month.month - 1],
            "so far"
            if month == found.today.replace(day=1)
            else str(month.year)
            if at == 0 or (month.month == 1 and at > 1)
            else "",
        )
        for at, month in enumerate(found.sums.months)
    ]


def debtor_rows(found: Overview) -> list[DebtorRow]:
    """Who owes most past the due date."""
    return [
        DebtorRow(
            name=one.name,
            documents=count(one.documents, "document"),
            since=day(one.since),
            days=f"{(found.today - one.since).days:,}",
            amount=amount(one.overdue, found.currency),
            minor=str(one.overdue),
            href=grid(
                found.currency,
                chip="Owed",
                customer=one.customer_id,
                due_to=found.today - timedelta(days=1),
            ),
        )
        for one in found.sums.debtors
    ]


def waiting_rows(found: Overview) -> list[Waiting]:
    """What waits; what failed only where something did."""
    week = {"due_from": found.today, "due_to": found.today + timedelta(days=WEEK_DAYS)}
    places = (
        ("ready", "Ready for posting", "hourglass", "/invoices?view=ready"),
        ("assembled", "Assembled, texts to check", "layers", "/invoices?view=assembled"),
        ("due", f"Due this week, {found.currency}", "calendar",
         grid(found.currency, chip="Owed", **week)),
        ("charges", "Pending charges to assemble", "dotted", "/pending"),
        ("payments", "Payments not allocated", "pay", "/payments"),
        ("deliveries", "Mails that failed", "warn", "/jobs"),
        ("jobs", "What jobs could not do", "warn", "/jobs"),
    )  # fmt: skip
    return [
        Waiting(label, icon, href, f"{found.waiting[key]:,}")
        for key, label, icon, href in places
        if key in found.waiting and (found.waiting[key] or icon != "warn")
    ]


def happened_rows(found: Overview, zone: str) -> list[HappenedRow]:
    """What happened last, with its time; the day only where it is another."""
    rows = []
    for one in found.happened:
        there = one.at.astimezone(ZoneInfo(zone))
        when = f"{there:%H:%M}" if there.date() == found.today else moment(one.at, zone)
        rows.append(
            HappenedRow(
                one.label,
                f"{DONE.get(one.action, one.action)} by {one.who}",
                when,
                f"/invoices?invoice={one.invoice_id}",
            )
        )
    return rows


def grid(code: str, **asked: object) -> str:
    """The invoices grid with our own documents of a currency."""
    chosen = {"direction": "out", "currency": code, **asked}
    return f"/invoices?{urlencode({key: value for key, value in chosen.items() if value})}"
