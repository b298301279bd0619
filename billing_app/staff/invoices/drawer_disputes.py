"""Disputes in the drawer: who disputes what and why; answered, accepted, rejected."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.disputes import DisputeAction, DisputeState
from billing_app.domain.errors import Invalid
from billing_app.kit.wording import amount, moment, number
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.disputes.deciding import (
    accept_dispute,
    answer_dispute,
    reckon_acceptance,
    reject_dispute,
)
from billing_app.services.disputes.views import DisputeView, disputes_of
from billing_app.staff.invoices.drawer_rows import DrawerView
from billing_app.staff.invoices.figures import Figure, figures_of
from billing_app.staff.invoices.state import InvoicesState

DECIDES = (DisputeAction.ANSWER, DisputeAction.ACCEPT, DisputeAction.REJECT)


@dataclass(frozen=True)
class DisputeRow:
    """One dispute, as sentences."""

    id: int = 0
    version: int = 0
    state: str = ""
    amount: str = ""
    amount_minor: str = ""
    opened: str = ""
    reason: str = ""
    answer: str = ""
    answered: str = ""
    outcome: str = ""
    credit: str = ""
    credit_href: str = ""
    is_undecided: bool = False
    about: list[str] = field(default_factory=list)


class DrawerDisputes(rx.State, mixin=True):
    """The disputes of the open record; `deciding` names the open dialog."""

    view: DrawerView = DrawerView()
    disputes: list[DisputeRow] = []
    is_disputed: bool = False
    deciding: str = ""
    decided: DisputeRow = DisputeRow()
    dispute_figures: list[Figure] = []
    dispute_error: str = ""
    _dispute_key: str = ""

    async def _show(self, invoice_id: int) -> None:
        """Show a record; the drawer says how."""
        raise NotImplementedError

    @action(Permission.INVOICE_REVERSE)
    async def ask_decision(self, dispute_id: int, wanted: str) -> None:
        """Show what answering, accepting or rejecting does before it happens."""
        found = [row for row in self.disputes if row.id == dispute_id and row.is_undecided]
        if not found or wanted not in DECIDES:
            return
        self.dispute_figures, self.dispute_error = [], ""
        if wanted == DisputeAction.ACCEPT:
            totals = await ask(reckon_acceptance, dispute_id)
            self.dispute_figures = figures_of(totals, self.view.currency)
        self.decided, self.deciding = found[0], wanted
        self._dispute_key = secrets.token_hex(16)

    @local()
    async def close_decision(self) -> None:
        """Decide nothing."""
        self.deciding = ""

    @action(Permission.INVOICE_REVERSE)
    async def confirm_decision(self, form: dict[str, str]) -> Any:
        """Do what the dialog says; what was typed stays where it cannot be."""
        said = form.get("said", "")
        facts: dict[str, Any] = {"version": self.decided.version, "key": self._dispute_key}
        try:
            if self.deciding == DisputeAction.ACCEPT:
                done = await ask(accept_dispute, self.decided.id, printed=said, **facts)
                self.deciding = ""
                await notify(self, f"{done.label} credits what is disputed and is {done.status}.")
                return [
                    rx.redirect(f"/invoices?invoice={done.credit_id}"),
                    InvoicesState.refresh,
                ]
            if self.deciding == DisputeAction.ANSWER:
                await ask(answer_dispute, self.decided.id, said, **facts)
            else:
                await ask(reject_dispute, self.decided.id, said, **facts)
        except Invalid as error:
            self.dispute_error = " ".join(error.fields.values())
            return None
        self.deciding = ""
        await self._show(self.view.id)
        await notify(self, "The customer reads it beside the document.")
        return InvoicesState.refresh

    async def _show_disputes(self, invoice_id: int) -> None:
        found, zone = await ask(disputes_of, invoice_id), context().zone
        self.disputes = [dispute_row(view, zone) for view in found]
        self.is_disputed = any(view.is_undecided for view in found)


def dispute_row(view: DisputeView, zone: str) -> DisputeRow:
    """A dispute in people's words."""
    about = [
        f"Line {line.line_no}, {line.description}: {number(line.quantity)} {line.unit}".rstrip()
        for line in view.lines
    ]
    answered = f"Answered {moment(view.answered_at, zone)}, {view.answered_by}"
    return DisputeRow(
        id=view.id,
        version=view.version,
        state=view.state.label,
        amount=f"{view.currency} {amount(view.total_minor, view.currency)}",
        amount_minor=str(view.total_minor),
        opened=f"{view.opened_by}, {moment(view.opened_at, zone)}",
        reason=view.reason,
        answer=view.answer,
        answered=answered if view.answered_at else "",
        outcome=_outcome(view, zone),
        credit=view.credit_label,
        credit_href=f"/invoices?invoice={view.credit_id}" if view.credit_label else "",
        is_undecided=view.is_undecided,
        about=["All that was left of the document", *about] if view.is_whole else about,
    )


def _outcome(view: DisputeView, zone: str) -> str:
    if view.ended_at is None:
        return ""
    decided = f"{view.state.label} {moment(view.ended_at, zone)}, {view.ended_by}"
    if view.state is DisputeState.REJECTED:
        return f"{decided}: {view.end_reason}"
    return decided
