"""What is asked of a report, as it stands in an address; everything in it is read as hostile."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from billing_app.domain.aging import Age
from billing_app.domain.currencies import CURRENCIES
from billing_app.domain.document_types import Direction
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import parse_date
from billing_app.domain.periods import add_months
from billing_app.persistence.queries.reports.aging import AsOf
from billing_app.persistence.queries.reports.scope import ReportScope
from billing_app.services.context import Context

ALL = "all"
MONTHS = 12
MOST_MONTHS = 120
MAX_DIGITS = 15
Word = TypeVar("Word", bound=StrEnum)


class ReportKind(StrEnum):
    """The reports; the documents are what stands behind a sum of ages."""

    AGING = "aging"
    REVENUE = "revenue"
    CASH = "cash"
    TAX = "tax"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class ReportAsk:
    """One report: on a day (ages) or over days (the others), of one currency, or of all (empty)."""

    kind: ReportKind
    as_of: date
    first: date
    last: date
    currency: str = ""
    company_id: int = 0
    customer_id: int = 0
    direction: str = Direction.OUT.value
    age: str = ""

    @property
    def scope(self) -> ReportScope:
        """Which documents are asked for."""
        return ReportScope(self.direction, self.company_id, self.customer_id, self.currency)


def standard_ask(ctx: Context, kind: ReportKind = ReportKind.AGING) -> ReportAsk:
    """The report of today, or of the last twelve months with this one."""
    today = ctx.today()
    return ReportAsk(kind, today, add_months(today.replace(day=1), 1 - MONTHS), today)


def read_ask(ctx: Context, given: Mapping[str, str], base_currency: str) -> ReportAsk:
    """The report an address asks for; the company's currency where it names none.

    Raises: Invalid at the field.
    """
    usual = standard_ask(ctx, _one_of(ReportKind, given, "report", ReportKind.AGING))
    code = given.get("currency", "") or base_currency
    if code not in {*CURRENCIES, ALL}:
        raise Invalid.of("currency", "Choose a currency.")
    ask = replace(
        usual,
        as_of=_day(given, "as_of", usual.as_of),
        first=_day(given, "from", usual.first),
        last=_day(given, "to", usual.last),
        currency="" if code == ALL else code,
        company_id=_id(given, "company"),
        customer_id=_id(given, "customer") if ctx.actor.sees_partner else 0,
        direction=_one_of(Direction, given, "direction", Direction.OUT).value,
        age=_age(given),
    )
    if ask.last < ask.first:
        raise Invalid.of("to", "The last day lies before the first.")
    if ask.last > add_months(ask.first, MOST_MONTHS):
        raise Invalid.of("to", f"A report covers at most {MOST_MONTHS // 12} years.")
    return ask


def address_of(ask: ReportAsk) -> str:
    """The query of a report's address."""
    is_of_day = ask.kind in {ReportKind.AGING, ReportKind.DOCUMENTS}
    days = (
        {"as_of": ask.as_of.isoformat()}
        if is_of_day
        else {"from": ask.first.isoformat(), "to": ask.last.isoformat()}
    )
    rest = {
        "currency": ask.currency or ALL,
        "company": ask.company_id,
        "customer": ask.customer_id,
        "direction": "" if ask.direction == Direction.OUT else ask.direction,
        "age": ask.age if ask.kind is ReportKind.DOCUMENTS else "",
    }
    return urlencode(
        {"report": ask.kind.value} | days | {key: value for key, value in rest.items() if value}
    )


def is_present(ctx: Context, ask: ReportAsk) -> bool:
    """Whether the day is today or later: then the report says what the grid says."""
    return ask.as_of >= ctx.today()


def as_of(ctx: Context, ask: ReportAsk) -> AsOf:
    """The day and the instant at which it ends in the company's zone."""
    if is_present(ctx, ask):
        return AsOf(ask.as_of)
    midnight = datetime.combine(ask.as_of + timedelta(days=1), time(), ZoneInfo(ctx.zone))
    return AsOf(ask.as_of, midnight.astimezone(UTC))


def _one_of(kind: type[Word], given: Mapping[str, str], field: str, otherwise: Word) -> Word:
    text = given.get(field, "")
    if not text:
        return otherwise
    if text not in set(map(str, kind)):
        raise Invalid.of(field, "There is no such report.")
    return kind(text)


def _age(given: Mapping[str, str]) -> str:
    return _one_of(Age, given, "age", Age.NOT_DUE).value if given.get("age") else ""


def _day(given: Mapping[str, str], field: str, otherwise: date) -> date:
    text = given.get(field, "")[:32]
    return parse_date(text, field=field) if text.strip() else otherwise


def _id(given: Mapping[str, str], field: str) -> int:
    text = given.get(field, "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise Invalid.of(field, "This was not understood.")
    return int(text)
