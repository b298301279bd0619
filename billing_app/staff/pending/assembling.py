"""The Assemble window and the Refresh warning (SPEC DLY-30, DLY-31, DLY-34)."""

import secrets
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.charges import OldPostingDate, PendingList, PendingView
from billing_app.domain.errors import Conflict, Invalid
from billing_app.domain.parsing import parse_date
from billing_app.kit.fields import FormError, Option
from billing_app.kit.wording import amount, count, day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.charges.assembling import Header, Prefilled, assemble_charges, prefill
from billing_app.services.charges.generating import edits_at_risk, refresh_charges
from billing_app.staff.pending.state import PendingState

LABELS = {
    "document_type": "Document type",
    "posted_on": "Posting date",
    "document_date": "Posting date",
    "due_on": "Due date",
    "external_document_no": "External Document No",
    "document_text": "Document Text",
}


@dataclass(frozen=True)
class AssembleFact:
    """A label with its value."""

    label: str
    value: str


class AssembleState(rx.State):
    """What the Assemble window shows."""

    is_open: bool = False
    facts: list[AssembleFact] = []
    type_options: list[Option] = []
    fields: dict[str, str] = {}
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    warning: str = ""
    form_key: str = ""
    refresh_open: bool = False
    refresh_warning: str = ""
    _key: str = ""
    _ids: list[int] = []
    _view: str = ""
    _confirmed: str = ""  # the old date that was warned of

    @action(Permission.INVOICE_ASSEMBLE)
    async def open_window(self) -> None:
        """Open the window for the ticked lines, prefilled, or say why not."""
        pending = await self.get_state(PendingState)
        self._ids, self._view = list(pending.ticked), pending.view
        shown = await ask(prefill, self._ids, PendingView(self._view))
        self._key = self.form_key = secrets.token_hex(16)
        self.errors, self.error_list, self.warning, self._confirmed = {}, [], "", ""
        self.facts = _facts(shown, len(self._ids), sees_partner=context().actor.sees_partner)
        self.type_options = [Option(str(key), name) for key, name in shown.types]
        self.fields = {
            "document_type": str(shown.header.document_type_id),
            "posted_on": day(shown.header.posted_on),
            "due_on": day(shown.header.due_on) if shown.header.due_on else "",
            "external_document_no": shown.header.external_document_no,
            "document_text": "",
        }
        self.is_open = True

    @local()
    async def close_window(self) -> None:
        """Assemble nothing after all."""
        self.is_open = False

    @action(Permission.INVOICE_ASSEMBLE)
    async def confirm(self, form: dict[str, str]) -> Any:
        """Make the document and open it; nothing typed is lost when something is wrong."""
        self.errors, self.error_list = {}, []
        try:
            header = _header(form)
            moved = await ask(
                assemble_charges,
                self._ids,
                header,
                view=PendingView(self._view),
                is_confirmed=self._confirmed == str(header.posted_on),
                key=self._key,
            )
        except OldPostingDate as error:
            self.warning, self._confirmed = error.sentence, str(header.posted_on)
            return None
        except Invalid as error:
            self._fail(error.fields)
            return None
        except Conflict as error:
            self.is_open = False
            await notify(self, error.sentence, "danger")
            return [PendingState.untick, PendingState.load]
        self.is_open = False
        await notify(self, moved.sentence)
        return [PendingState.untick, rx.redirect(f"/invoices?invoice={moved.id}")]

    @action(Permission.CHARGE_GENERATE)
    async def ask_refresh(self) -> None:
        """Warn before rebuilding the list."""
        pending = await self.get_state(PendingState)
        lost = await ask(edits_at_risk, PendingList(pending.listed))
        self.refresh_warning = (
            f"{count(lost, 'line')} edited by hand will lose the edits." if lost else ""
        )
        self.refresh_open = True

    @local()
    async def close_refresh(self) -> None:
        """Keep the list as it is."""
        self.refresh_open = False

    @action(Permission.CHARGE_GENERATE)
    async def refresh(self) -> Any:
        """Delete and rebuild what voyages and orders generate."""
        pending = await self.get_state(PendingState)
        self.refresh_open = False
        done = await ask(refresh_charges, PendingList(pending.listed))
        await notify(self, done.sentence)
        return [PendingState.untick, PendingState.load]

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"a-{_field(key)}", LABELS.get(key, "Lines"), text)
            for key, text in problems.items()
        ]


def _field(key: str) -> str:
    return "posted_on" if key == "document_date" else key


def _facts(shown: Prefilled, lines: int, *, sees_partner: bool) -> list[AssembleFact]:
    code = shown.totals.currency.code
    return [
        AssembleFact("Business partner", shown.customer_name if sees_partner else "Hidden"),
        AssembleFact("Issuing company", shown.company),
        AssembleFact("Account No.", shown.account_no or "—"),
        AssembleFact("Lines", f"{lines:,}"),
        AssembleFact("Net", f"{code} {amount(shown.totals.net, code)}"),
        AssembleFact("VAT", f"{code} {amount(shown.totals.tax_total, code)}"),
        AssembleFact("Total", f"{code} {amount(shown.totals.total, code)}"),
    ]


def _header(form: dict[str, str]) -> Header:
    problems: dict[str, str] = {}
    posted_on, due_on = None, None
    try:
        posted_on = parse_date(form.get("posted_on", ""), field="posted_on")
    except Invalid as error:
        problems |= error.fields
    try:
        due = form.get("due_on", "").strip()
        due_on = parse_date(due, field="due_on") if due else None
    except Invalid as error:
        problems |= error.fields
    chosen = form.get("document_type", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 16):  # noqa: PLR2004
        problems["document_type"] = "Choose the document type."
    if problems or posted_on is None:
        raise Invalid.many(problems)
    return Header(
        document_type_id=int(chosen),
        posted_on=posted_on,
        due_on=due_on,
        external_document_no=form.get("external_document_no", ""),
        document_text=form.get("document_text", ""),
    )
