"""What the invoice is made from: an order, or an opportunity with its agreed value."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.totals import Totals
from billing_app.kit.wording import amount
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.sales.opportunities import get_opportunity
from billing_app.services.sales.orders import order_draft
from billing_app.services.sales.prefilled import adjustment, opportunity_draft
from billing_app.staff.editor.rows import SourceView

LONGEST_ID = 15


class FromSource(rx.State, mixin=True):
    """Where the draft comes from, and how far its lines are from what was agreed."""

    source: SourceView = SourceView()
    difference: str = ""
    difference_minor: int = 0
    _value_minor: int = 0
    _value_currency: str = ""
    _draft: Draft | None = None

    @action(Permission.INVOICE_EDIT_OWN)
    async def add_adjustment(self) -> None:
        """Bring the lines to the opportunity's value with one line more."""
        if self._draft is None or not self.difference_minor:
            return
        lines = self._draft.lines
        rate = lines[-1].tax_rate if lines else None
        line = adjustment(self.difference_minor, self._value_currency, rate)
        self._close_line((*lines, line))

    async def _from_source(self) -> Draft | None:
        """The draft of the order or opportunity that the address names; None for neither."""
        asked = self.router.url.query_parameters
        opportunity, order = (_id(asked.get(name, "")) for name in ("opportunity", "order"))
        if opportunity:
            draft, _ = await ask(opportunity_draft, opportunity)
            return draft
        if order:
            draft, found = await ask(order_draft, order)
            billed, whole = found.billed_minor, found.order.amount_minor
            code = draft.currency
            said = f"{code} {amount(billed, code)} of {amount(whole, code)} is invoiced already."
            self.source = SourceView("Order", found.order.number, f"/orders/{order}", said)
            return draft
        return None

    async def _show_source(self, draft: Draft) -> None:
        """Say which opportunity a draft is made from, and remember its value."""
        self._value_currency = ""
        if draft.opportunity_id is None:
            return
        found = (await ask(get_opportunity, draft.opportunity_id)).opportunity
        value = f"Its value is {found.currency} {amount(found.value_minor, found.currency)}."
        self.source = SourceView("Opportunity", found.title, f"/opportunities/{found.id}", value)
        self._value_minor, self._value_currency = found.value_minor, found.currency

    def _compare(self, totals: Totals) -> None:
        """How far the lines are from the opportunity's value (CRM 5.4f)."""
        self.difference, self.difference_minor = "", 0
        if totals.currency.code != self._value_currency:
            return
        off = self._value_minor - (totals.net - totals.invoice_discount)
        if off:
            way = "below" if off > 0 else "above"
            figure = f"{self._value_currency} {amount(abs(off), self._value_currency)}"
            self.difference = f"The lines are {figure} {way} the value of the opportunity."
            self.difference_minor = off

    def _close_line(self, lines: tuple[DraftLine, ...]) -> None:
        """Keep the lines and compute everything again; the line editing says how."""
        raise NotImplementedError


def _id(text: str) -> int:
    is_id = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return int(text) if is_id else 0
