"""The customers of a usage file: found by their number, or made under it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.errors import Refused
from billing_app.persistence.inserting import add, reserve
from billing_app.persistence.tables import AuditEntry, Company, Customer
from billing_app.services.audit import as_json
from billing_app.services.context import Context
from billing_app.services.usage.cards import Card
from billing_app.services.usage.report import UsageReport
from billing_app.services.usage.source import SourceCall

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class Customers:
    """Finds or makes the customers of calls, a batch at a time."""

    def __init__(self, ctx: Context, report: UsageReport, *, makes: bool) -> None:
        """Begin a run; without `makes` calls of unknown customers are refused."""
        self._ctx = ctx
        self._report = report
        self._makes = makes
        self._known: dict[str, tuple[int, str]] = {}  # number -> id, currency

    def id_of(self, number: str) -> int:
        """The id of a customer met before; 0 in a dry run for one that would be made."""
        return self._known[number][0]

    def meet(
        self, session: Session, calls: Iterable[SourceCall], cards: Mapping[str, Card]
    ) -> list[tuple[SourceCall, str]]:
        """Make sure that the customers are there; answers the calls that are refused, and why."""
        calls = list(calls)
        unmet = {call.customer for call in calls} - set(self._known)
        rows = session.exec(
            select(Customer.number, Customer.id, Customer.currency).where(
                col(Customer.number).in_(unmet)
            )
        ).all()
        self._known |= {number: (key or 0, code) for number, key, code in rows}
        new = {
            call.customer: cards[call.card].currency
            for call in reversed(calls)
            if call.customer not in self._known and NUMBER.fullmatch(call.customer)
        }
        if self._makes and new:
            self._report.customers_made += len(new)
            self._known |= {number: (0, code) for number, code in new.items()}
            if not self._report.is_dry_run:
                self._make(session, new)
        return [(call, why) for call in calls if (why := self._problem(call, cards[call.card]))]

    def _problem(self, call: SourceCall, card: Card) -> str:
        known = self._known.get(call.customer)
        if known is None:
            return "its customer is not known"
        if known[1] != card.currency:
            return f"its rates are in {card.currency}, its customer pays in {known[1]}"
        return ""

    def _make(self, session: Session, new: Mapping[str, str]) -> None:
        company = session.exec(select(Company.id).order_by(col(Company.id)).limit(1)).first()
        if company is None:
            raise Refused("Set up the company first: somebody has to issue the invoices.")
        ids = reserve(session, Customer, len(new))
        rows = [
            {
                "id": key,
                "number": number,
                "name": f"Customer {number}",
                "account_no": number,
                "company_id": company,
                "currency": code,
                "created_at": self._ctx.now(),
            }
            for key, (number, code) in zip(ids, new.items(), strict=True)
        ]
        add(session, Customer, rows)
        add(session, AuditEntry, map(self._audit_row, rows))
        self._known |= {
            number: (key, code) for key, (number, code) in zip(ids, new.items(), strict=True)
        }

    def _audit_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "at": row["created_at"],
            "actor_id": self._ctx.actor.user_id,
            "entity": "customer",
            "entity_id": row["id"],
            "action": "created",
            "after": as_json({"name": row["name"], "origin": "imported usage"}),
        }
