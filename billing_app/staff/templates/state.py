"""The templates page: one template at one scope, tried with a real invoice while it is written."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid
from billing_app.kit.fields import FormError, Option
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.customers import find_customers
from billing_app.services.mail.stock import INVOICE, STOCK
from billing_app.services.mail.templates import (
    get_template,
    newest_label,
    preview_template,
    reset_template,
    save_template,
    template_scopes,
)

SOURCES = {
    "stock": "The stock template counts here.",
    "global": "The template for everybody counts here.",
    "company": "The company's own template counts here.",
    "customer": "The customer's own template counts here.",
}
EVERYBODY = Option("global:0", "Everybody")
LABELS = {"subject": "Subject", "text": "Text"}


@dataclass(frozen=True)
class Chosen:
    """Which template, at which scope."""

    name: str = INVOICE
    scope: str = "global"
    scope_id: int = 0


class TemplatesState(rx.State):
    """The page."""

    name: str = INVOICE
    sentence: str = ""
    place: str = "global:0"
    places: list[Option] = []
    source: str = ""
    is_own: bool = False
    subject: str = ""
    text: str = ""
    form_key: str = ""
    invoice: str = ""
    shown_subject: str = ""
    shown_text: str = ""
    customer_error: str = ""
    invoice_error: str = ""
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    _subject: str = ""
    _text: str = ""
    _version: int = 0

    @action(Permission.TEMPLATE_EDIT)
    async def load(self) -> None:
        """Open the invoice template for everybody, beside the newest posted invoice."""
        self.name, self.place, self.customer_error = INVOICE, "global:0", ""
        companies = await ask(template_scopes)
        self.places = [EVERYBODY, *(Option(f"company:{key}", name) for key, name in companies)]
        self.invoice = await ask(newest_label)
        await self._open()
        self.is_loaded = True

    @action(Permission.TEMPLATE_EDIT)
    async def choose(self, name: str) -> None:
        """Open another template."""
        if name in STOCK:
            self.name = name
            await self._open()

    @action(Permission.TEMPLATE_EDIT)
    async def choose_place(self, place: str) -> None:
        """Open it for everybody, a company or a customer."""
        if any(option.value == place for option in self.places):
            self.place = place
            await self._open()

    @action(Permission.TEMPLATE_EDIT)
    async def add_customer(self, form: dict[str, str]) -> None:
        """Open it for one customer, by name or number."""
        wanted = form.get("customer", "").strip()
        found = await ask(find_customers, wanted, 2) if wanted else []
        exact = [row for row in found if wanted in {row.number, row.name}] or found
        if len(exact) != 1:
            self.customer_error = "Give the number or the whole name of one customer."
            return
        option = Option(f"customer:{exact[0].id}", f"{exact[0].number} {exact[0].name}")
        self.customer_error = ""
        if all(one.value != option.value for one in self.places):
            self.places = [*self.places, option]
        self.place = option.value
        await self._open()

    @action(Permission.TEMPLATE_EDIT, supersedes=True)
    async def type_subject(self, text: str) -> None:
        """Show what the subject under work says."""
        self._subject = text
        await self._try()

    @action(Permission.TEMPLATE_EDIT, supersedes=True)
    async def type_text(self, text: str) -> None:
        """Show what the text under work says."""
        self._text = text
        await self._try()

    @action(Permission.TEMPLATE_EDIT)
    async def try_with(self, text: str) -> None:
        """Try it with another invoice."""
        self.invoice = text
        await self._try()

    @action(Permission.TEMPLATE_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Save what was written; it counts for the next mail."""
        chosen = self._chosen()
        try:
            self._version = await ask(
                save_template,
                chosen.name,
                form.get("subject", ""),
                form.get("text", ""),
                scope=chosen.scope,
                scope_id=chosen.scope_id,
                version=self._version,
            )
        except Invalid as error:
            self._fail(error.fields)
            return
        except Conflict as error:
            self._fail({"text": error.sentence})
            return
        await self._open()
        await notify(self, "The template is saved.")

    @action(Permission.TEMPLATE_EDIT)
    async def reset_to_stock(self) -> None:
        """Forget what was changed here."""
        chosen = self._chosen()
        await ask(reset_template, chosen.name, chosen.scope, chosen.scope_id)
        await self._open()
        await notify(self, f"The change is forgotten. {self.source}")

    def _chosen(self) -> Chosen:
        scope, _, key = self.place.partition(":")
        return Chosen(self.name, scope, int(key))

    async def _open(self) -> None:
        chosen = self._chosen()
        view = await ask(get_template, chosen.name, chosen.scope, chosen.scope_id)
        self.sentence = STOCK[chosen.name].sentence
        self.subject, self.text, self._version = view.subject, view.text, view.version
        self._subject, self._text = view.subject, view.text
        self.source, self.is_own = SOURCES[view.source], view.version > 0
        self.form_key = f"{chosen.name} {self.place} {view.version}"
        await self._try()

    async def _try(self) -> None:
        try:
            shown = await ask(preview_template, self._subject, self._text, self.invoice)
        except Invalid as error:
            self.errors = {key: said for key, said in error.fields.items() if key in LABELS}
            self.invoice_error, self.error_list = error.fields.get("invoice", ""), []
            return
        self.errors, self.error_list, self.invoice_error = {}, [], ""
        self.shown_subject, self.shown_text = shown.subject, shown.text

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"t-{key}", LABELS.get(key, key), text) for key, text in problems.items()
        ]
