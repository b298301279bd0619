"""Disputes of one document: what can be marked, what was said, and taking one back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.disputes import DisputeState
from billing_app.domain.errors import BillingError, Invalid, NotFound
from billing_app.domain.parsing import parse_quantity
from billing_app.portal.document.state import ADDRESS
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.disputes.opening import (
    DisputableLine,
    DisputeDesk,
    dispute_desk,
    open_dispute,
    withdraw_dispute,
)
from billing_app.services.disputes.views import DisputeView

SAID = (
    "Say what is wrong.",
    "Choose at least one line to dispute.",
    "Nothing of {label} is left to dispute.",
    "{label} is no invoice. Only invoices can be disputed.",
    "{label} is void: nothing of it is asked for.",
    "{label} is being changed. Try again later.",
    "This dispute is {state}. It stays as it is.",
    "This dispute changed meanwhile. Look at it again.",
    "This dispute does not exist.",
    "This document does not exist.",
    "Disputes are switched off here.",
    "This portal shows no lines. Dispute the whole document.",
)
"""What a use case answers a customer, so that a test asks for the translations."""


@dataclass(frozen=True)
class MarkRow:
    """A line that can be disputed, and the quantity beside it; empty while it is not marked."""

    line_no: int
    description: str
    left: str
    most: str
    amount: str
    is_marked: bool = False
    typed: str = ""
    error: str = ""
    box: str = ""
    """Changes with the mark where typing changed it: the box is drawn anew."""
    entry: str = ""
    """Changes with the quantity where the box changed it: the entry is drawn anew."""


@dataclass(frozen=True)
class SaidRow:
    """One dispute in the customer's words."""

    id: int
    version: int
    state: str
    state_word: str
    amount: str
    opened: str
    about: list[str]
    reason: str
    answer: str
    answered: str
    outcome: str
    credit: str
    credit_href: str
    can_withdraw: bool


class DocumentDisputes(rx.State):
    """The section below the document."""

    rows: list[SaidRow] = []
    marks: list[MarkRow] = []
    can_open: bool = False
    is_open: bool = False
    hides_lines: bool = False
    label: str = ""
    problem: str = ""
    reason_error: str = ""
    _id: int = 0
    _key: str = ""

    @action(Permission.PORTAL_INVOICES)
    async def load(self) -> None:
        """Show what was disputed; nothing where the site takes no disputes."""
        self.reset()  # type: ignore[no-untyped-call]
        found = ADDRESS.fullmatch(str(self.router.url.path))
        if found is not None and context().actor.may(Permission.PORTAL_DISPUTE):
            await self._show(int(found[1]))

    @action(Permission.PORTAL_DISPUTE)
    async def start(self) -> None:
        """Open the form."""
        await self._show(self._id)
        self.is_open, self._key = self.can_open, secrets.token_hex(16)

    @action(Permission.PORTAL_DISPUTE)
    async def stop(self) -> None:
        """Dispute nothing."""
        self.is_open = False

    @action(Permission.PORTAL_DISPUTE)
    async def mark(self, line_no: int, is_marked: bool) -> None:  # noqa: FBT001  the box's own
        """Mark all that is left of a line, or nothing."""
        self.marks = [
            _marked(row, is_marked=is_marked) if row.line_no == line_no else row
            for row in self.marks
        ]

    @action(Permission.PORTAL_DISPUTE)
    async def type_quantity(self, line_no: int, text: str) -> None:
        """A quantity marks its line; none unmarks it."""
        self.marks = [_typed(row, text) if row.line_no == line_no else row for row in self.marks]

    @action(Permission.PORTAL_DISPUTE)
    async def send(self, form: dict[str, str]) -> None:
        """Dispute what is marked; nothing typed is lost where it fails."""
        tongue = await tongue_of(self)
        self._clear()
        try:
            wanted = None if self.hides_lines else self._wanted()
            await ask(open_dispute, self._id, wanted, form.get("reason", ""), key=self._key)
        except Invalid as error:
            self._point(error.fields, tongue)
            return
        except BillingError as error:
            self.problem = tongue.say(error.message, **error.facts)
            return
        self.is_open = False
        await self._show(self._id)
        await notify(self, tongue.say("Your dispute is sent. You see the answer here."))

    @action(Permission.PORTAL_DISPUTE)
    async def withdraw(self, dispute_id: int) -> None:
        """Take a dispute back."""
        tongue = await tongue_of(self)
        self._clear()
        versions = {row.id: row.version for row in self.rows}
        try:
            await ask(withdraw_dispute, dispute_id, version=versions.get(dispute_id))
        except BillingError as error:
            state = str(error.facts.get("state", ""))
            facts = error.facts | {"state": tongue.say(state)}
            await self._show(self._id)
            self.problem = tongue.say(error.message, **facts)
            return
        await self._show(self._id)
        await notify(self, tongue.say("Your dispute is withdrawn."))

    def _wanted(self) -> dict[int, Decimal]:
        """The marked quantities. Raises: Invalid where one cannot be read."""
        wanted: dict[int, Decimal] = {}
        problems: dict[str, str] = {}
        for row in self.marks:
            if not row.is_marked:
                continue
            field = f"lines.{row.line_no}.quantity"
            try:
                wanted[row.line_no] = parse_quantity(row.typed, field=field)
            except Invalid as error:
                problems |= error.fields
        if problems:
            raise Invalid.many(problems)
        return wanted

    def _clear(self) -> None:
        self.problem = self.reason_error = ""
        self.marks = [replace(row, error="") for row in self.marks]

    def _point(self, problems: Mapping[str, str], tongue: Tongue) -> None:
        """Each sentence at its field; of a quantity the one that always helps."""
        reason, lines = problems.get("reason", ""), problems.get("lines", "")
        self.reason_error, self.problem = tongue.say(reason), tongue.say(lines)
        self.marks = [
            replace(
                row,
                error=tongue.say("Enter a quantity up to {most}; no more is left.", most=row.most)
                if f"lines.{row.line_no}.quantity" in problems
                else "",
            )
            for row in self.marks
        ]

    async def _show(self, invoice_id: int) -> None:
        try:
            desk = await ask(dispute_desk, invoice_id)
        except NotFound:
            self.reset()  # type: ignore[no-untyped-call]
            return
        tongue, zone = await tongue_of(self), context().zone
        self._id, self.label = desk.invoice_id, desk.label
        self.can_open, self.hides_lines = desk.can_open, desk.hides_lines
        self.marks = [_mark(line, desk.currency, tongue) for line in desk.lines]
        self.rows = [_said(view, desk, tongue, zone) for view in desk.disputes]
        self.problem = self.reason_error = ""


def _mark(line: DisputableLine, code: str, tongue: Tongue) -> MarkRow:
    return MarkRow(
        line_no=line.line_no,
        description=line.description,
        left=f"{tongue.number(line.left)} {line.unit}".strip(),
        most=tongue.number(line.left),
        amount=tongue.amount(line.left_minor, code),
    )


def _marked(row: MarkRow, *, is_marked: bool) -> MarkRow:
    typed = row.most if is_marked else ""
    return replace(row, is_marked=is_marked, typed=typed, error="", entry=secrets.token_hex(4))


def _typed(row: MarkRow, text: str) -> MarkRow:
    is_marked = bool(text.strip())
    box = row.box if is_marked == row.is_marked else secrets.token_hex(4)
    return replace(row, typed=text, is_marked=is_marked, box=box)


def _said(view: DisputeView, desk: DisputeDesk, tongue: Tongue, zone: str) -> SaidRow:
    about = [tongue.say("The whole document")]
    if not (view.is_whole or desk.hides_lines):
        about = [
            f"{line.description}: {tongue.number(line.quantity)} {line.unit}".strip()
            for line in view.lines
        ]
    opened = tongue.say(
        "{name} on {day}", name=view.opened_by, day=tongue.moment(view.opened_at, zone)
    )
    posted = view.credit_label if view.is_credit_posted else ""
    return SaidRow(
        id=view.id,
        version=view.version,
        state=view.state.label,
        state_word=tongue.say(view.state.label),
        amount="" if desk.hides_lines else tongue.money(view.total_minor, view.currency),
        opened=opened,
        about=about,
        reason=view.reason,
        answer=view.answer,
        answered=tongue.moment(view.answered_at, zone),
        outcome=_outcome(view, tongue),
        credit=posted,
        credit_href=f"/portal/invoices/{view.credit_id}" if posted else "",
        can_withdraw=view.is_undecided,
    )


def _outcome(view: DisputeView, tongue: Tongue) -> str:
    match view.state:
        case DisputeState.REJECTED:
            return tongue.say("Rejected: {reason}", reason=view.end_reason)
        case DisputeState.ACCEPTED if view.is_credit_posted:
            return tongue.say("Accepted. You have a credit note for it:")
        case DisputeState.ACCEPTED:
            return tongue.say("Accepted. A credit note for it follows.")
    return ""
