"""The editor's state: what was typed stays on the server, totals follow every keystroke."""

import re
import secrets
from dataclasses import replace
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Conflict, Invalid
from billing_app.domain.parsing import parse_date
from billing_app.domain.periods import due_date
from billing_app.domain.totals import Totals
from billing_app.kit.wording import amount, day
from billing_app.persistence.tables import Customer
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.companies import base_currency
from billing_app.services.customers import find_customers, get_customer, shown_name
from billing_app.services.invoices.draft import Draft, reckon
from billing_app.services.invoices.drafts import (
    create_draft,
    save_draft,
)
from billing_app.services.invoices.drafts import (
    read_draft as stored_draft,
)
from billing_app.staff.editor.line_state import NEW_LINE, NO_LINE, LineEditing
from billing_app.staff.editor.reading import draft_texts, read_draft
from billing_app.staff.editor.rows import (
    ErrorLink,
    SourceView,
    SumView,
    line_views,
    sum_views,
)
from billing_app.staff.editor.source_state import FromSource

EDIT_ADDRESS = re.compile(r"/invoices/(\d{1,15})/edit/?")
TERM_HINT = "{days} days from the invoice date"
FOLLOWING = frozenset(
    {"customer", "document_date", "due_on", "currency"}
)  # the server may change them
HEADER_FIELDS = frozenset({
    "title", "number", "po_number", "external_document_no", "document_text", "invoice_text",
    "notes", "terms", "internal_comment", "document_date", "due_on", "currency", "contact",
    "discount", "discount_type",
})  # fmt: skip


class EditorState(LineEditing, FromSource, rx.State):
    """One invoice being written."""

    invoice_id: int = 0
    heading: str = "New invoice"
    form_key: str = "0"
    turns: dict[str, str] = dict.fromkeys(FOLLOWING, "0")
    fields: dict[str, str] = {}
    customer_text: str = ""
    customer_options: list[str] = []
    contact_options: list[tuple[str, str]] = []
    currency: str = ""
    term_hint: str = ""
    sums: list[SumView] = []
    sums_error: str = ""
    errors: dict[str, str] = {}
    error_list: list[ErrorLink] = []
    attempt: int = 0  # so that the summary takes the focus each time
    is_loaded: bool = False
    is_saving: bool = False
    paper: dict[str, str] = {}
    _draft: Draft | None = None
    _version: int = 0
    _typed: dict[str, str] = {}
    _customers: dict[str, int] = {}
    _term_days: int = 30
    _due_is_own: bool = False
    _key: str = ""

    @action(Permission.INVOICE_EDIT_OWN)
    async def load(self) -> None:
        """Open the form: empty, or with the draft that the address names."""
        found = EDIT_ADDRESS.fullmatch(str(self.router.url.path))
        self.invoice_id = int(found[1]) if found else 0
        self.editing, self.errors, self.error_list, self.is_saving = NO_LINE, {}, [], False
        self._key = secrets.token_hex(16)
        await self._list_products()
        await self._list_packages()
        self._customer_rate, self.source = None, SourceView()
        if self.invoice_id:
            draft, self._version = await ask(stored_draft, self.invoice_id)
            self._due_is_own = True
            await self._take_customer(draft.customer_id)
            self.heading = draft.number or f"D-{self.invoice_id:06d}"
        else:
            empty = await self._empty()
            draft = await self._from_source() or empty
            self.heading = "New invoice"
            if draft.customer_id:
                await self._take_customer(draft.customer_id)
        await self._show_source(draft)
        self._draft, self._typed = draft, draft_texts(draft)
        self._show_form()
        self._reckon()
        self.is_loaded = True

    @action(Permission.INVOICE_EDIT_OWN)
    async def put(self, name: str, value: str) -> None:
        """Keep what is typed into a field of the head."""
        if name not in HEADER_FIELDS:
            return
        self._typed = self._typed | {name: value}
        if name == "due_on":
            self._due_is_own = True
        if name in {"discount", "discount_type", "currency"}:
            self._reckon()

    @action(Permission.INVOICE_EDIT_OWN)
    async def leave_date(self, name: str, value: str) -> None:
        """Show back the date that was understood; the due date follows the terms."""
        before = self._typed | {name: value}
        self.errors = {key: text for key, text in self.errors.items() if key != name}
        if not value.strip() and name == "due_on":
            self._due_is_own = False
        try:
            if value.strip():
                self._typed = self._typed | {name: day(parse_date(value, field=name))}
            if name == "document_date" or not value.strip():
                self._follow_terms()
        except Invalid as error:
            self.errors = self.errors | error.fields
            return
        self._show_changed(before)

    @action(Permission.CUSTOMER_VIEW, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Offer customers while typing; a whole name is taken."""
        text = text.strip()
        if text in self._customers:
            await self._choose_customer(self._customers[text], text)
            return
        found = await ask(find_customers, text)
        self._customers = {_offered(row): row.id or 0 for row in found}
        self.customer_options = list(self._customers)

    @action(Permission.CUSTOMER_VIEW)
    async def leave_customer(self, text: str) -> None:
        """Take the customer whose name was typed, if only one fits."""
        text = text.strip()
        if not text or self._draft is None or text == self.customer_text:
            return
        found = await ask(find_customers, text.split(" · ")[0], 2)
        exact = [row for row in found if text in {_name(row), _offered(row)}]
        chosen = exact or (found if len(found) == 1 else [])
        if chosen:
            await self._choose_customer(chosen[0].id or 0, text)
        else:
            self._draft = replace(self._draft, customer_id=0)
            self.errors = self.errors | {"customer": f"No single customer is called {text}."}

    @action(Permission.INVOICE_EDIT_OWN)
    async def save(self) -> Any:
        """Keep the invoice as a draft."""
        saved = await self._save()
        return rx.redirect(f"/invoices?invoice={saved}") if saved else None

    @action(Permission.INVOICE_POST)
    async def save_and_post(self) -> Any:
        """Keep the invoice and open the review of posting it."""
        saved = await self._save()
        return rx.redirect(f"/invoices?invoice={saved}&review=post") if saved else None

    async def _save(self) -> int:
        if self.editing != NO_LINE:
            self._fail({"lines": "Save or discard the open line first."})
            return 0
        draft, problems = self._read()
        if problems:
            self._fail(problems)
            return 0
        try:
            if self.invoice_id:
                self._version = await ask(save_draft, self.invoice_id, draft, version=self._version)
                saved = self.invoice_id
            else:
                saved = await ask(create_draft, draft, key=self._key)
        except Invalid as error:
            self._fail(error.fields or {"lines": error.sentence})
            return 0
        except Conflict as error:
            self._fail({"form": error.sentence})
            return 0
        self.errors, self.error_list, self.is_loaded = {}, [], False
        await notify(self, "The draft is saved.")
        return saved

    def _read(self) -> tuple[Draft, dict[str, str]]:
        draft = self._draft or Draft(0, context().today(), "EUR")
        return read_draft(self._typed, list(draft.lines), draft)

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [ErrorLink(field, sentence) for field, sentence in problems.items()]

    async def _empty(self) -> Draft:
        today = context().today()
        self._term_days, self._due_is_own = 30, False
        self.customer_text, self.contact_options = "", []
        code = await ask(base_currency)
        due = due_date(today, self._term_days)
        return Draft(customer_id=0, document_date=today, due_on=due, currency=code)

    async def _choose_customer(self, customer_id: int, text: str) -> None:
        if self._draft is None:
            return
        before = self._typed | {"customer": text}
        customer = await self._take_customer(customer_id)
        self._draft = replace(self._draft, customer_id=customer_id)
        self._typed = self._typed | {
            "customer": _name(customer),
            "currency": customer.currency,
            "contact": self._typed.get("contact", ""),
        }
        self.errors = {key: text for key, text in self.errors.items() if key != "customer"}
        self._follow_terms()
        self._show_changed(before)
        self._reckon()

    async def _take_customer(self, customer_id: int) -> Any:
        customer, contacts = await ask(get_customer, customer_id)
        self.customer_text = _name(customer)
        self.contact_options = [(str(contact.id), contact.name) for contact in contacts]
        self._term_days = customer.payment_term_days
        self._customer_rate = customer.tax_rate
        self._customers = self._customers | {_name(customer): customer_id}
        return customer

    def _follow_terms(self) -> None:
        if self._due_is_own:
            return
        start = parse_date(self._typed.get("document_date", ""), field="document_date")
        self._typed = self._typed | {"due_on": day(due_date(start, self._term_days))}

    def _reckon(self) -> None:
        """Compute everything again, with the open line as it is being typed."""
        draft, _ = self._read()
        self.currency = draft.currency
        lines = list(draft.lines)
        at = self.editing
        if at != NO_LINE:
            line, problems = self._read_open_line()
            if not problems:
                lines = [*lines, line] if at == NEW_LINE else [*lines[:at], line, *lines[at + 1 :]]
        try:
            totals = reckon(replace(draft, lines=tuple(lines)))
        except BillingError as error:
            self.sums_error, self.line_net, self.line_total = error.sentence, "—", "—"
            return
        self.sums_error = ""
        self._show_totals(replace(draft, lines=tuple(lines)), totals, draft)

    def _show_totals(self, draft: Draft, totals: Totals, kept: Draft) -> None:
        self.sums = sum_views(draft, totals)
        self._compare(totals)
        if self.editing == NO_LINE:
            self.lines = line_views(kept, totals)
        else:
            at = len(kept.lines) if self.editing == NEW_LINE else self.editing
            figures = totals.lines[at] if at < len(totals.lines) else None
            self.line_net = amount(figures.net, draft.currency) if figures else "—"
            self.line_total = amount(figures.total, draft.currency) if figures else "—"
        self.paper = {"total": amount(totals.total, draft.currency)}

    def _show_changed(self, before: dict[str, str]) -> None:
        """Show anew only the fields the server changed: what is being typed elsewhere stays."""
        changed = {name for name, text in self._typed.items() if before.get(name) != text}
        self.fields = dict(self._typed)
        self.term_hint = "" if self._due_is_own else TERM_HINT.format(days=self._term_days)
        self.turns = self.turns | {name: secrets.token_hex(4) for name in changed & FOLLOWING}

    def _show_form(self) -> None:
        self.fields = dict(self._typed)
        self.turns = dict.fromkeys(FOLLOWING, "0")
        self.term_hint = "" if self._due_is_own else TERM_HINT.format(days=self._term_days)
        self.form_key = secrets.token_hex(4)


def _name(customer: Customer) -> str:
    return shown_name(context(), customer)


def _offered(customer: Customer) -> str:
    """How the picker names a customer; by its number alone where names are hidden."""
    return " · ".join(dict.fromkeys((_name(customer), customer.number)))
