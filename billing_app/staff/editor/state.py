"""The editor's state: what was typed stays on the server, totals follow every keystroke."""

import re
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Conflict, Invalid
from billing_app.domain.money import currency
from billing_app.domain.parsing import parse_date
from billing_app.domain.periods import due_date
from billing_app.domain.totals import Totals
from billing_app.kit.wording import amount, day
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.companies import base_currency
from billing_app.services.customers import find_customers, get_customer
from billing_app.services.invoices.draft import Draft, DraftLine, reckon
from billing_app.services.invoices.drafts import (
    create_draft,
    save_draft,
)
from billing_app.services.invoices.drafts import (
    read_draft as stored_draft,
)
from billing_app.services.products import list_products
from billing_app.staff.editor.reading import draft_texts, line_texts, read_draft, read_line
from billing_app.staff.editor.rows import ErrorLink, LineView, SumView, line_views, sum_views

EDIT_ADDRESS = re.compile(r"/invoices/(\d{1,15})/edit/?")
NEW_LINE = -1
TERM_HINT = "{days} days from the invoice date"
HEADER_FIELDS = frozenset({
    "title", "number", "po_number", "external_document_no", "document_text", "invoice_text",
    "notes", "terms", "internal_comment", "document_date", "due_on", "currency", "contact",
    "discount", "discount_type",
})  # fmt: skip
LINE_FIELDS = frozenset({
    "description", "unit", "quantity", "unit_price", "discount", "discount_type", "tax_rate",
    "tax_description", "date_from", "date_to",
})  # fmt: skip


class EditorState(rx.State):
    """One invoice being written."""

    invoice_id: int = 0
    heading: str = "New invoice"
    form_key: str = "0"
    fields: dict[str, str] = {}
    customer_text: str = ""
    customer_options: list[str] = []
    contact_options: list[tuple[str, str]] = []
    product_options: list[str] = []
    currency: str = ""
    term_hint: str = ""
    lines: list[LineView] = []
    editing: int = -2  # which line is open: its index, -1 a new one, -2 none
    line_key: str = "0"
    line_fields: dict[str, str] = {}
    line_number: int = 0
    line_net: str = ""
    line_total: str = ""
    line_errors: dict[str, str] = {}
    sums: list[SumView] = []
    sums_error: str = ""
    errors: dict[str, str] = {}
    error_list: list[ErrorLink] = []
    unsaved_line: bool = False
    is_loaded: bool = False
    is_saving: bool = False
    paper: dict[str, str] = {}
    _draft: Draft | None = None
    _version: int = 0
    _typed: dict[str, str] = {}
    _line_typed: dict[str, str] = {}
    _customers: dict[str, int] = {}
    _products: dict[str, tuple[int, DraftLine]] = {}
    _term_days: int = 30
    _due_is_own: bool = False
    _key: str = ""

    @action(Permission.INVOICE_EDIT_OWN)
    async def load(self) -> None:
        """Open the form: empty, or with the draft that the address names."""
        found = EDIT_ADDRESS.fullmatch(str(self.router.url.path))
        self.invoice_id = int(found[1]) if found else 0
        self.editing, self.errors, self.error_list, self.is_saving = -2, {}, [], False
        self._key = secrets.token_hex(16)
        await self._list_products()
        if self.invoice_id:
            draft, self._version = await ask(stored_draft, self.invoice_id)
            self._due_is_own = True
            await self._take_customer(draft.customer_id)
            self.heading = draft.number or f"D-{self.invoice_id:06d}"
        else:
            draft = await self._empty()
            self.heading = "New invoice"
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
        self._show_form()

    @action(Permission.CUSTOMER_VIEW, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Offer customers while typing; a whole name is taken."""
        text = text.strip()
        if text in self._customers:
            await self._choose_customer(self._customers[text])
            return
        found = await ask(find_customers, text)
        self._customers = {f"{row.name} · {row.number}": row.id or 0 for row in found}
        self.customer_options = list(self._customers)

    @action(Permission.CUSTOMER_VIEW)
    async def leave_customer(self, text: str) -> None:
        """Take the customer whose name was typed, if only one fits."""
        text = text.strip()
        if not text or self._draft is None or text == self.customer_text:
            return
        found = await ask(find_customers, text.split(" · ")[0], 2)
        exact = [row for row in found if text in {row.name, f"{row.name} · {row.number}"}]
        chosen = exact or (found if len(found) == 1 else [])
        if chosen:
            await self._choose_customer(chosen[0].id or 0)
        else:
            self._draft = replace(self._draft, customer_id=0)
            self.errors = self.errors | {"customer": f"No single customer is called {text}."}

    @local()
    async def add_line(self) -> None:
        """Open a new line."""
        empty = DraftLine("", tax_rate=self._usual_rate())
        self._open_line(NEW_LINE, line_texts(empty) | {"quantity": "1", "unit_price": ""})

    @local()
    async def edit_line(self, index: int) -> None:
        """Open a line where it stands."""
        if self._draft and 0 <= index < len(self._draft.lines):
            self._open_line(index, line_texts(self._draft.lines[index]))

    @action(Permission.INVOICE_EDIT_OWN)
    async def put_line(self, name: str, value: str) -> None:
        """Keep what is typed into the open line; its net and the totals follow."""
        if name not in LINE_FIELDS:
            return
        self._line_typed = self._line_typed | {name: value}
        self.unsaved_line = True
        self._reckon()

    @action(Permission.PRODUCT_VIEW)
    async def choose_product(self, text: str) -> None:
        """Fill the open line from a product; everything filled can be changed."""
        if text not in self._products:
            return
        product_id, filled = self._products[text]
        kept = {
            name: self._line_typed.get(name, "") for name in ("quantity", "date_from", "date_to")
        }
        texts = line_texts(filled) | {key: value for key, value in kept.items() if value}
        self._open_line(self.editing, texts | {"product_id": str(product_id), "product": text})
        self.unsaved_line = True
        self._reckon()

    @local()
    async def save_line(self) -> None:
        """Keep the open line; the invoice is saved apart."""
        if self._draft is None:
            return
        line, problems = self._read_open_line()
        if not problems and not line.description.strip():
            problems = {"line.description": "Say what is charged."}
        if problems:
            self.line_errors = {key.removeprefix("line."): text for key, text in problems.items()}
            return
        lines = list(self._draft.lines)
        if self.editing == NEW_LINE:
            lines.append(line)
        else:
            lines[self.editing] = line
        self._close_line(tuple(lines))

    @local()
    async def discard_line(self) -> None:
        """Forget what was typed into the open line."""
        if self._draft:
            self._close_line(self._draft.lines)

    @local()
    async def remove_line(self, index: int) -> None:
        """Take a line away."""
        if self._draft and 0 <= index < len(self._draft.lines):
            lines = self._draft.lines
            self._close_line((*lines[:index], *lines[index + 1 :]))

    @local()
    async def move_line(self, index: int, by: int) -> None:
        """Move a line up or down."""
        if self._draft is None or not 0 <= index < len(self._draft.lines):
            return
        to = max(0, min(len(self._draft.lines) - 1, index + by))
        lines = list(self._draft.lines)
        lines.insert(to, lines.pop(index))
        self._close_line(tuple(lines))

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
        if self.editing != -2:  # noqa: PLR2004  an open line
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
        self.error_list = [ErrorLink(field, sentence) for field, sentence in problems.items()]

    async def _empty(self) -> Draft:
        today = context().today()
        self._term_days, self._due_is_own = 30, False
        self.customer_text, self.contact_options = "", []
        code = await ask(base_currency)
        due = due_date(today, self._term_days)
        return Draft(customer_id=0, document_date=today, due_on=due, currency=code)

    async def _choose_customer(self, customer_id: int) -> None:
        if self._draft is None:
            return
        customer = await self._take_customer(customer_id)
        self._draft = replace(self._draft, customer_id=customer_id)
        self._typed = self._typed | {
            "currency": customer.currency,
            "contact": self._typed.get("contact", ""),
        }
        self.errors = {key: text for key, text in self.errors.items() if key != "customer"}
        self._follow_terms()
        self._show_form()
        self._reckon()

    async def _take_customer(self, customer_id: int) -> Any:
        customer, contacts = await ask(get_customer, customer_id)
        self.customer_text = customer.name
        self.contact_options = [(str(contact.id), contact.name) for contact in contacts]
        self._term_days = customer.payment_term_days
        self._customers = self._customers | {customer.name: customer_id}
        return customer

    def _follow_terms(self) -> None:
        if self._due_is_own:
            return
        start = parse_date(self._typed.get("document_date", ""), field="document_date")
        self._typed = self._typed | {"due_on": day(due_date(start, self._term_days))}

    async def _list_products(self) -> None:
        rows = await ask(list_products, active_only=True)
        self._products = {
            f"{row.name} · {row.sku}": (
                row.id or 0,
                DraftLine(
                    row.name, unit=row.unit, unit_price=row.unit_price, tax_rate=row.tax_rate
                ),
            )
            for row in rows
        }
        self.product_options = list(self._products)

    def _usual_rate(self) -> Decimal | None:
        lines = self._draft.lines if self._draft else ()
        return lines[-1].tax_rate if lines else None

    def _open_line(self, index: int, texts: dict[str, str]) -> None:
        self.editing, self.line_errors = index, {}
        count = len(self._draft.lines) if self._draft else 0
        self.line_number = 10 * (count + 1 if index == NEW_LINE else index + 1)
        self._line_typed = dict(texts)
        self.line_fields = texts
        self.line_key = secrets.token_hex(4)
        self._reckon()

    def _close_line(self, lines: tuple[DraftLine, ...]) -> None:
        if self._draft is not None:
            self._draft = replace(self._draft, lines=lines)
        self.editing, self.line_errors, self.unsaved_line, self._line_typed = -2, {}, False, {}
        self._reckon()

    def _read_open_line(self) -> tuple[DraftLine, dict[str, str]]:
        draft = self._draft or Draft(0, context().today(), "EUR")
        before = DraftLine("") if self.editing == NEW_LINE else draft.lines[self.editing]
        product = self._line_typed.get("product_id", "")
        if product:
            before = replace(before, product_id=int(product))
        return read_line(self._line_typed, before, _digits(self._typed.get("currency", "")), "line")

    def _reckon(self) -> None:
        """Compute everything again, with the open line as it is being typed."""
        draft, _ = self._read()
        self.currency = draft.currency
        lines = list(draft.lines)
        at = self.editing
        if at != -2:  # noqa: PLR2004  an open line
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
        if self.editing == -2:  # noqa: PLR2004
            self.lines = line_views(kept, totals)
        else:
            at = len(kept.lines) if self.editing == NEW_LINE else self.editing
            figures = totals.lines[at] if at < len(totals.lines) else None
            self.line_net = amount(figures.net, draft.currency) if figures else "—"
            self.line_total = amount(figures.total, draft.currency) if figures else "—"
        self.paper = {"total": amount(totals.total, draft.currency)}

    def _show_form(self) -> None:
        self.fields = dict(self._typed)
        self.term_hint = "" if self._due_is_own else TERM_HINT.format(days=self._term_days)
        self.form_key = secrets.token_hex(4)


def _digits(code: str) -> int:
    try:
        return currency(code).digits
    except Invalid:
        return 2
