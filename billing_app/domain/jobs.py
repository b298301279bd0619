"""The clock's jobs: what each is called, when it is due, and which days it missed.

A job is due once a local day. Each missed day is a run of its own, oldest first, so that the list
of runs reads as if the computer had never been off; beyond a week back one run does it all, since
every job takes whatever is due up to its day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_MISSED_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class JobFacts:
    """A job: `at` is the local time of day from which it is due, None where it never rests."""

    name: str
    label: str
    sentence: str
    at: time | None = None
    switch: str = ""
    """The setting without which (off, or no days) it runs only when somebody asks for it."""


JOBS: Mapping[str, JobFacts] = {
    facts.name: facts
    for facts in (
        JobFacts(
            "charge-packages",
            "Package charge",
            "Books what packages with Auto Decrement Credit owe, as purchases.",
            time(2, 0),
        ),
        JobFacts(
            "auto-invoice",
            "Auto invoice",
            "Makes the draft of every finished period that has none, where there is a schedule.",
            time(3, 0),
            "auto_run_invoice_schedule",
        ),
        JobFacts(
            "recurrence",
            "Recurring invoices",
            "Makes the drafts of recurring invoices that are due, one for each due day.",
            time(4, 0),
        ),
        JobFacts(
            "verify",
            "Check of the books",
            "Computes everything anew and compares; a run that fails names what is wrong. "
            "Then removes old notifications.",
            time(5, 0),
        ),
        JobFacts(
            "package-notices",
            "Package charge notices",
            "Mails customers what packages will charge within the days that a setting says.",
            time(5, 0),
            "package_charge_notification_days",
        ),
        JobFacts(
            "outbox",
            "Outbox",
            "Delivers what postings left to be done: PDFs and what follows them.",
        ),
    )
}


def due_days(at: time, last: date | None, now: datetime, zone: str) -> list[date]:
    """The local days a job is due for and has no run, oldest first; `last` has its newest one."""
    local = now.astimezone(ZoneInfo(zone))
    newest = local.date() if now >= due_at(local.date(), at, zone) else local.date() - _DAY
    if last is None:
        return [newest] if newest == local.date() else []
    missed = min((newest - last).days, MOST_MISSED_DAYS)
    return [newest - timedelta(days=back) for back in reversed(range(missed))]


def next_due(at: time, last: date | None, now: datetime, zone: str) -> datetime:
    """When the job is due next; in the past where a run is waiting already."""
    days = due_days(at, last, now, zone)
    if days:
        return due_at(days[0], at, zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    instant = due_at(today, at, zone)
    return instant if instant > now else due_at(today + _DAY, at, zone)


def due_at(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time; one that the clock skips or repeats happens once."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
