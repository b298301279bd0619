"""The drawer's state: one record, its reviews, its texts; the address says which record."""

import secrets
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid, NotFound, PostingNotAllowed
from billing_app.domain.lifecycle import Action
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.accounting.queueing import push_to_accounting
from billing_app.services.charges.pending import charges_behind, takings_behind
from billing_app.services.invoices.fields import edit_field, edit_line_text
from billing_app.services.invoices.listing import get_invoice, open_invoice
from billing_app.services.invoices.moves import move_invoice, offers
from billing_app.services.notes import add_note
from billing_app.services.papers import create_pdf
from billing_app.staff.invoices.drawer_disputes import DrawerDisputes
from billing_app.staff.invoices.drawer_links import DrawerLinks
from billing_app.staff.invoices.drawer_payments import DrawerPayments
from billing_app.staff.invoices.drawer_rows import DrawerView, drawer_view
from billing_app.staff.invoices.drawer_words import LineRow
from billing_app.staff.invoices.reviews import Review, review_of
from billing_app.staff.invoices.rows import Sight
from billing_app.staff.invoices.state import PAGE, InvoicesState
from billing_app.staff.invoices.table_state import TableState


class DrawerState(DrawerDisputes, DrawerLinks, DrawerPayments, rx.State):
    """The record beside the grid."""

    is_open: bool = False
    is_missing: bool = False
    position: str = ""
    previous_id: int = 0
    next_id: int = 0
    review: Review = Review()
    review_error: str = ""
    line: LineRow = LineRow(0, "", "", "", "", "", "")
    line_open: bool = False
    line_error: str = ""
    note_open: bool = False
    note_error: str = ""
    field_error: str = ""
    _key: str = ""
    _copy_key: str = ""  # a second press on Duplicate makes no second draft
    _push_key: str = ""
    _ahead: list[int] = []  # shown before the address named them

    @action(Permission.INVOICE_VIEW)
    async def sync(self) -> None:
        """Show the record that the address names, or none."""
        text = self.router.url.query_parameters.get("invoice", "")
        self.line_open = self.note_open = False
        self.review, self.field_error = Review(), ""
        self.paying = self.deciding = ""
        if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004
            self.is_open = False
            return
        if not self._is_behind(int(text)):
            await self._show(int(text))
        wanted = self.router.url.query_parameters.get("review", "")
        if wanted in set(Action) and not self.is_missing:
            await self._ask(wanted)

    @action(Permission.INVOICE_VIEW, supersedes=True)
    async def remote_change(self) -> None:
        """Somebody changed invoices: show the record as it is now, unless something is open."""
        dialogs = (self.review.action, self.line_open, self.note_open, self.paying, self.deciding)
        if self.is_open and not any(dialogs):
            await self._show(self.view.id)

    @action(Permission.INVOICE_VIEW)
    async def ask_move(self, wanted: str) -> None:
        """Show the review of an action before it happens."""
        if wanted not in set(Action):
            return
        possible = {offer.action: offer for offer in await ask(offers, self.view.id)}
        offer = possible[Action(wanted)]
        if offer.is_four_eyes:
            raise PostingNotAllowed(offer.why)
        await self._ask(wanted)

    @local()
    async def close(self) -> Any:
        """Close the record; the address follows."""
        self.is_open = False
        return rx.redirect("/invoices")

    @action(Permission.INVOICE_VIEW)
    async def step(self, by: int) -> Any:
        """Show the next or the previous record of the page; the address follows."""
        target = self.next_id if by > 0 else self.previous_id
        if not target:
            return None
        self.line_open = self.note_open = False
        self.review, self.field_error = Review(), ""
        await self._show(target)
        self._ahead = [*self._ahead, target]
        return rx.redirect(f"/invoices?invoice={target}")

    @local()
    async def close_review(self) -> None:
        """Do nothing after all."""
        self.review = Review()

    @action(Permission.INVOICE_VIEW)
    async def confirm_move(self, form: dict[str, str]) -> Any:
        """Do what the review said. The use case checks the level for this very action."""
        wanted = Action(self.review.action)
        reason = form.get("reason", "")
        if self.review.needs_reason and not reason.strip():
            self.review_error = "Give a reason; it is kept with the invoice."
            return None
        self.review = Review()
        moved = await ask(
            move_invoice,
            self.view.id,
            wanted,
            version=self.view.version,
            key=self._key,
            reason=reason,
            confirmed=True,
            frees_charges=form.get("frees_charges", "") == "on",
        )
        await notify(self, moved.sentence)
        if wanted in {Action.DELETE, Action.DISSOLVE}:
            self.is_open = False
            return [rx.redirect("/invoices"), InvoicesState.refresh]
        await self._show(self.view.id)
        return InvoicesState.refresh

    @action(Permission.INVOICE_TEXT)
    async def save_field(self, name: str, value: str) -> Any:
        """Save one of the fields that stay open."""
        try:
            version = await ask(edit_field, self.view.id, name, value, version=self.view.version)
        except Invalid as error:
            self.field_error = " ".join(error.fields.values())
            return None
        self.field_error = ""
        if version != self.view.version:
            await self._show(self.view.id)
            await notify(self, "Saved.")
        return None

    @local()
    async def open_line(self, line_no: int) -> None:
        """Show one line with all it says."""
        found = [line for line in self.view.lines if line.line_no == line_no]
        if found:
            self.line, self.line_open, self.line_error = found[0], True, ""

    @local()
    async def close_line(self) -> None:
        """Close the line."""
        self.line_open = False

    @action(Permission.INVOICE_TEXT)
    async def save_line(self, form: dict[str, str]) -> None:
        """Save the line's text while Assembled."""
        try:
            await ask(
                edit_line_text,
                self.view.id,
                self.line.line_no,
                form.get("description", ""),
                version=self.view.version,
            )
        except BillingError as error:
            self.line_error = error.sentence
            return
        self.line_open = False
        await self._show(self.view.id)

    @local()
    async def open_note(self) -> None:
        """Show the form for a note."""
        self.note_open, self.note_error = True, ""

    @local()
    async def close_note(self) -> None:
        """Write no note."""
        self.note_open = False

    @action(Permission.INVOICE_NOTE)
    async def save_note(self, form: dict[str, str]) -> None:
        """Add the note."""
        try:
            await ask(add_note, self.view.id, form.get("note", ""))
        except Invalid as error:
            self.note_error = " ".join(error.fields.values())
            return
        self.note_open = False
        await self._show(self.view.id)

    @action(Permission.INVOICE_POST)
    async def make_pdf(self) -> None:
        """Create the PDF that posting did not make."""
        await ask(create_pdf, self.view.id)
        await self._show(self.view.id)
        await notify(self, f"The PDF of {self.view.label} is there.")

    @action(Permission.ACCOUNTING_PUSH)
    async def push(self) -> None:
        """Hand the document over to accounting; the chip follows as it arrives."""
        said = await ask(
            push_to_accounting, self.view.id, version=self.view.version, key=self._push_key
        )
        await self._show(self.view.id)
        await notify(self, said)

    async def _ask(self, wanted: str) -> None:
        record = await ask(get_invoice, self.view.id)
        charges = await ask(charges_behind, self.view.id)
        takings = await ask(takings_behind, self.view.id)
        self.review, self.review_error = (
            review_of(
                Action(wanted),
                record,
                sees_partner=context().actor.sees_partner,
                charges=charges,
                takings=takings,
            ),
            "",
        )
        self._key = secrets.token_hex(16)

    async def _show(self, invoice_id: int) -> None:
        self.is_open, self.is_missing = True, False
        try:
            opened = await ask(open_invoice, invoice_id)
        except NotFound:
            self.is_missing, self.view = True, DrawerView()
            return
        ctx = context()
        sight = Sight(ctx.today(), ctx.zone, ctx.actor.sees_partner)
        self.view = drawer_view(opened, sight, ctx.actor)
        await self._show_links(invoice_id)
        await self._show_disputes(invoice_id)
        self._copy_key, self._push_key = secrets.token_hex(16), secrets.token_hex(16)
        await self._find_neighbours(invoice_id)

    def _is_behind(self, invoice_id: int) -> bool:
        """Whether the address only now names what `step` has shown, perhaps gone on from."""
        ahead = list(self._ahead)
        is_behind = invoice_id in ahead
        self._ahead = ahead[ahead.index(invoice_id) + 1 :] if is_behind else []
        return is_behind

    async def _find_neighbours(self, invoice_id: int) -> None:
        grid = await self.get_state(InvoicesState)
        table = await self.get_state(TableState)
        ids = [row.id for row in table.rows]
        self.position, self.previous_id, self.next_id = "", 0, 0
        if invoice_id in ids:
            at = ids.index(invoice_id)
            self.previous_id = ids[at - 1] if at else 0
            self.next_id = ids[at + 1] if at + 1 < len(ids) else 0
            here = PAGE * (grid.page_no - 1) + at + 1
            self.position = f"{here:,} of {grid.count_text.split(' ')[0] or len(ids)}"
