"""One customer's periods on their way to drafts: gathered, written, and marked as taken."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from billing_app.domain.money import currency
from billing_app.domain.periods import Period, Schedule, due_date
from billing_app.persistence.tables import (
    Customer,
    DocumentType,
    Invoice,
    InvoicedPeriod,
    PackageCharge,
    UsageRecord,
)
from billing_app.services.bulk_posting import Document, Poster, add, reckoned
from billing_app.services.context import Context
from billing_app.services.generation.allowances import free_minutes
from billing_app.services.generation.charges import (
    charge_line,
    joining,
    mark_billed,
    waiting_charges,
)
from billing_app.services.generation.content import Content, Writer
from billing_app.services.generation.release import dead_invoices
from billing_app.services.generation.waiting import (
    Covered,
    assignments_of,
    claims_of,
    owed_charges,
    spent_by_day,
    unbilled_usage,
)
from billing_app.services.invoices.drafts import default_type_id
from billing_app.services.invoices.numbers import next_number
from billing_app.services.settings import Place, require_invoices, settings_at


class Batch:
    """What waits for a customer, taken period by period; the customer's row is locked.

    One that only looks locks nothing, and takes what dead invoices hold as given back.
    """

    def __init__(
        self,
        session: Session,
        ctx: Context,
        customer: Customer,
        schedule: Schedule,
        last_on: date,
        *,
        looks_only: bool = False,
    ) -> None:
        """Read what waits up to a day."""
        require_invoices(session, customer.company_id)
        self._session, self._ctx = session, ctx
        self._customer, self._schedule = customer, schedule
        key = customer.id or 0
        self.claims = claims_of(session, key)
        self._covered = Covered(self.claims)
        self._dead = dead_invoices(session, key) if looks_only else []
        self._used = unbilled_usage(session, key, last_on, self._dead)
        self._assignments = assignments_of(session, key)
        self._owed = owed_charges(
            session, self._assignments, last_on, auto_decrement=False, dead=self._dead
        )
        has_minimum = any(one.due.window for one in self._owed)
        self._spent = spent_by_day(session, key) if has_minimum else {}
        self._waiting = waiting_charges(session, customer, last_on, lock=not looks_only)
        self._settings = settings_at(session, Place(company_id=customer.company_id))
        self._freed: dict[tuple[int, date], int] = {}
        self._digits = currency(customer.currency).digits
        self._writer = Writer.of(customer, self._digits, self._settings["invoice_line_grouping"])

    def has(self, period: Period) -> bool:
        """Whether the period has its invoice."""
        return self._covered.has(self._schedule, period)

    def content(self, period: Period) -> Content:
        """Take what belongs to the period, and what came late for a period invoiced before."""
        content = Content(period)
        used = [one for one in self._used if self._belongs(one.on, period)]
        owed = [one for one in self._owed if self._belongs(one.due.on, period)]
        for one in owed:
            line, amount = self._writer.charge(one, self._spent_in(one.due.window))
            content.owed.append((one, amount))
            if amount:
                content.lines.append(line)
        content.lines += self._writer.usage(used, period)
        days = sorted({one.on for one in used})
        key = self._customer.id or 0
        content.credits = free_minutes(
            self._session, self._assignments, key, days, self._freed, self._dead
        )
        content.lines += [self._writer.credit(one, period) for one in content.credits]
        content.used = used
        content.charges = joining(
            self._waiting, period.last, self._customer.currency, content.lines
        )
        content.lines += map(charge_line, content.charges)
        if not content.is_empty:
            self._take(content)
        return content

    def write(self, poster: Poster, contents: Sequence[Content]) -> list[int]:
        """Write the drafts and mark what they took; answers their ids, oldest period first."""
        session = self._session
        ids = poster.write(session, [self._numbered(self.document(one)) for one in contents])
        made = list(zip(ids, contents, strict=True))
        add(session, InvoicedPeriod, (self._claim(invoice, content) for invoice, content in made))
        rows = [row for invoice, content in made for row in self._charge_rows(invoice, content)]
        add(session, PackageCharge, rows)
        for invoice, content in made:
            self._mark_usage(invoice, content)
            first = 1 + len(content.lines) - len(content.charges)
            mark_billed(session, invoice, content.charges, first)
        session.flush()
        return ids

    def _belongs(self, day: date, period: Period) -> bool:
        return day in period or (day < period.first and day in self._covered)

    def _take(self, content: Content) -> None:
        used, owed = set(content.used), {id(one) for one, _ in content.owed}
        self._used = [one for one in self._used if one not in used]
        self._owed = [one for one in self._owed if id(one) not in owed]
        joined = {charge.id for charge in content.charges}
        self._waiting = [one for one in self._waiting if one.id not in joined]
        self._covered.add(self._schedule, content.period)

    def _spent_in(self, window: Period | None) -> int:
        if window is None:
            return 0
        return sum(charge for on, charge in self._spent.items() if on in window)

    def document(self, content: Content) -> Document:
        """The draft of a period, without a number."""
        customer, period = self._customer, content.period
        on = period.invoice_date
        return Document(
            customer_id=customer.id or 0,
            document_type_id=default_type_id(self._session),
            currency=customer.currency,
            document_date=on,
            due_on=due_date(on, customer.payment_term_days),
            at=self._ctx.now(),
            lines=content.lines,
            totals=reckoned(customer.currency, content.lines),
            is_posted=False,
            origin="generated",
            period_from=period.first,
            period_to=period.last,
        )

    def _numbered(self, document: Document) -> Document:
        """With a number at once where the setting asks for it (SPEC 6.16 point 3)."""
        if self._settings["number_assigned_at"] != "creation":
            return document
        code = self._session.exec(
            select(DocumentType.code).where(DocumentType.id == document.document_type_id)
        ).one()
        on = document.document_date
        series = Invoice(
            company_id=self._customer.company_id,
            document_type_id=document.document_type_id,
            document_date=on,
        )
        number = next_number(self._session, series, code, on, self._settings)
        return document._replace(number=number)

    def _claim(self, invoice_id: int, content: Content) -> dict[str, Any]:
        return {
            "customer_id": self._customer.id,
            "schedule": str(self._schedule),
            "first_on": content.period.first,
            "last_on": content.period.last,
            "invoice_id": invoice_id,
        }

    def _charge_rows(self, invoice_id: int, content: Content) -> list[dict[str, Any]]:
        common = {
            "customer_id": self._customer.id,
            "invoice_id": invoice_id,
            "made_at": self._ctx.now(),
        }
        charged = [
            {
                **common,
                "assignment_id": one.assignment.id,
                "kind": str(one.due.kind),
                "charged_on": one.due.on,
                "amount_minor": amount,
                "seconds": 0,
            }
            for one, amount in content.owed
        ]
        return charged + [
            {
                **common,
                "assignment_id": credit.assignment.id,
                "kind": "free",
                "charged_on": window.first,
                "amount_minor": 0,
                "seconds": seconds,
            }
            for credit in content.credits
            for window, seconds in credit.seconds.items()
        ]

    def _mark_usage(self, invoice_id: int, content: Content) -> None:
        """Say on each call which invoice took it."""
        period = content.period
        late = {one.on for one in content.used if one.on < period.first}
        days = col(UsageRecord.used_on).between(period.first, period.last)
        for chosen in (days, col(UsageRecord.used_on).in_(late)) if late else (days,):
            self._session.execute(
                update(UsageRecord)
                .where(
                    col(UsageRecord.customer_id) == self._customer.id,
                    col(UsageRecord.invoice_id).is_(None),
                    col(UsageRecord.is_rated),
                    chosen,
                )
                .values(invoice_id=invoice_id)
                .execution_options(synchronize_session=False)
            )
