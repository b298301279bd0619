"""Number series with their next numbers, and the document types."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.series import list_series, list_types, save_type, set_start

SIGNS = {"any": "Any sign", "positive": "Only positive", "negative": "Only negative"}
WAYS = {"out": "Outgoing", "in": "Incoming"}
MOST_DIGITS = 12


@dataclass(frozen=True)
class SeriesRow:
    """One series."""

    key: str
    company_id: int
    company: str
    type_id: int
    type_name: str
    period: str
    next_number: str
    has_begun: bool


@dataclass(frozen=True)
class TypeRow:
    """One document type."""

    id: int
    code: str
    name: str
    way: str
    kind: str
    sign: str
    sign_restriction: str


class NumbersState(rx.State):
    """The page."""

    series: list[SeriesRow] = []
    types: list[TypeRow] = []
    asked_key: str = ""
    asked_title: str = ""
    asked_next: str = ""
    start_error: str = ""
    edited_id: int = 0
    edited_title: str = ""
    edited_name: str = ""
    edited_sign: str = ""
    errors: dict[str, str] = {}
    is_loaded: bool = False

    @action(Permission.SETTINGS_VIEW)
    async def load(self) -> None:
        """Fill the page."""
        self.asked_key, self.edited_id = "", 0
        await self._show()
        self.is_loaded = True

    @action(Permission.SEQUENCE_EDIT)
    async def ask_start(self, key: str) -> None:
        """Open the question where a series begins."""
        row = next((row for row in self.series if row.key == key), None)
        if row is not None:
            self.asked_key, self.start_error = key, ""
            self.asked_title = f"Start of {row.type_name} {row.period}".strip()
            self.asked_next = row.next_number

    @action(Permission.SEQUENCE_EDIT)
    async def begin(self, form: dict[str, str]) -> None:
        """Let the series begin there."""
        row = next((row for row in self.series if row.key == self.asked_key), None)
        typed = form.get("start", "").strip()
        if row is None:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) < MOST_DIGITS):
            self.start_error = "Give a whole number."
            return
        try:
            first = await ask(set_start, row.company_id, row.type_id, int(typed))
        except Invalid as error:
            self.start_error = error.sentence
            return
        self.asked_key = ""
        await self._show()
        await notify(self, f"The next number of {row.type_name} is {first}.")

    @action(Permission.DOCUMENT_TYPE_EDIT)
    async def edit(self, type_id: int) -> None:
        """Open a document type."""
        row = next((row for row in self.types if row.id == type_id), None)
        if row is not None:
            self.edited_id, self.edited_title, self.errors = type_id, row.code, {}
            self.edited_name, self.edited_sign = row.name, row.sign_restriction

    @action(Permission.DOCUMENT_TYPE_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Keep what may be changed of it."""
        name, sign = form.get("name", ""), form.get("sign_restriction", "")
        try:
            await ask(save_type, self.edited_id, name, sign)
        except Invalid as error:
            self.errors, self.edited_name, self.edited_sign = error.fields, name, sign
            return
        self.edited_id = 0
        await self._show()
        await notify(self, f"{name.strip()} is saved.")

    @local()
    async def close(self) -> None:
        """Change nothing."""
        self.asked_key, self.edited_id = "", 0

    async def _show(self) -> None:
        self.series = [
            SeriesRow(
                key=f"{row.company_id}-{row.type_id}",
                company_id=row.company_id,
                company=row.company,
                type_id=row.type_id,
                type_name=row.type_name,
                period=row.period,
                next_number=row.next_number,
                has_begun=row.has_begun,
            )
            for row in await ask(list_series)
        ]
        self.types = [
            TypeRow(
                id=row.id or 0,
                code=row.code,
                name=row.name,
                way=WAYS[row.direction],
                kind=row.kind.capitalize(),
                sign=SIGNS[row.sign_restriction],
                sign_restriction=row.sign_restriction,
            )
            for row in await ask(list_types)
        ]
