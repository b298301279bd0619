"""Editing one line at a time: opened where it stands, kept or discarded, moved, removed."""

import re
import secrets
from dataclasses import replace
from decimal import Decimal

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.parsing import clean_text
from billing_app.security.acting import ask, context
from billing_app.security.policy import action, local
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.packages.catalog import list_packages, package_line
from billing_app.services.products import list_products
from billing_app.staff.editor.reading import line_texts, read_line
from billing_app.staff.editor.rows import LineView

NEW_LINE = -1
NO_LINE = -2
LINE_FIELDS = frozenset({
    "description", "unit", "quantity", "unit_price", "discount", "discount_type", "tax_rate",
    "tax_description", "date_from", "date_to",
})  # fmt: skip


class LineEditing(rx.State, mixin=True):
    """The lines of the draft, and the one that is open."""

    product_options: list[str] = []
    package_options: list[str] = []
    lines: list[LineView] = []
    editing: int = NO_LINE  # which line is open: its index, -1 a new one, -2 none
    line_key: str = "0"
    line_fields: dict[str, str] = {}
    line_number: int = 0
    line_net: str = ""
    line_total: str = ""
    line_errors: dict[str, str] = {}
    unsaved_line: bool = False
    _line_typed: dict[str, str] = {}
    _products: dict[str, tuple[int, DraftLine]] = {}
    _packages: dict[str, tuple[int, DraftLine]] = {}
    _customer_rate: Decimal | None = None
    _draft: Draft | None = None
    _typed: dict[str, str] = {}

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

    @action(Permission.PACKAGE_VIEW)
    async def choose_package(self, text: str) -> None:
        """Fill the open line from a package (CXS-7); everything filled can be changed."""
        if text not in self._packages:
            return
        package_id, filled = self._packages[text]
        rate = self._customer_rate or self._usual_rate() or Decimal(0)
        texts = line_texts(replace(filled, tax_rate=rate))
        kept = {name: self._line_typed.get(name, "") for name in ("date_from", "date_to")}
        texts |= {key: value for key, value in kept.items() if value}
        self._open_line(self.editing, texts | {"package_id": str(package_id), "package": text})
        self.unsaved_line = True
        self._reckon()

    @local()
    async def save_line(self) -> None:
        """Keep the open line; the invoice is saved apart."""
        if self._draft is None:
            return
        line, problems = self._read_open_line()
        problems |= _text_problems(line)
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
        self._move(index, by)

    @local()
    async def drop_line(self, told: str) -> None:
        """Move a line to where it was dragged; `told` is "from to turn", the first line is 0."""
        found = re.fullmatch(r"(\d{1,5}) (\d{1,5}) \d{1,9}", told)
        if found:
            start, end = int(found[1]), int(found[2])
            self._move(start, end - start)

    def _move(self, index: int, by: int) -> None:
        if self._draft is None or not 0 <= index < len(self._draft.lines):
            return
        to = max(0, min(len(self._draft.lines) - 1, index + by))
        lines = list(self._draft.lines)
        lines.insert(to, lines.pop(index))
        self._close_line(tuple(lines))

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

    async def _list_packages(self) -> None:
        packages, today = await ask(list_packages, active_only=True), context().today()
        self._packages = {row.name: (row.id or 0, package_line(row, today)) for row in packages}
        self.package_options = list(self._packages)

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
        self.editing, self.line_errors, self.unsaved_line, self._line_typed = NO_LINE, {}, False, {}
        self._reckon()

    def _read_open_line(self) -> tuple[DraftLine, dict[str, str]]:
        draft = self._draft or Draft(0, context().today(), "EUR")
        before = DraftLine("") if self.editing == NEW_LINE else draft.lines[self.editing]
        product = self._line_typed.get("product_id", "")
        if product:
            before = replace(before, product_id=int(product))
        package = self._line_typed.get("package_id", "")
        if package:
            before = replace(before, package_id=int(package))
        return read_line(self._line_typed, before, _digits(self._typed.get("currency", "")), "line")

    def _reckon(self) -> None:
        """Compute everything again; the editor says how."""
        raise NotImplementedError


def _digits(code: str) -> int:
    try:
        return currency(code).digits
    except Invalid:
        return 2


def _text_problems(line: DraftLine) -> dict[str, str]:
    """What the line's texts may not hold, said while the line is still open."""
    problems: dict[str, str] = {}
    for name, maximum, multiline in (("description", 1024, True), ("unit", 32, False)):
        try:
            clean_text(
                getattr(line, name), field=f"line.{name}", maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            problems |= error.fields
    return problems
