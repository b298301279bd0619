"""The dashboard's figures."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import amount, count
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.security.acting import context, reckon
from billing_app.security.policy import action
from billing_app.services.invoices.listing import tally_invoices


@dataclass(frozen=True)
class Tile:
    """One tile: a figure with its name."""

    label: str
    figure: str
    note: str


class DashboardState(rx.State):
    """Tiles per CRM-29: count, value, due, overdue."""

    tiles: list[Tile] = []
    is_loaded: bool = False

    @action(Permission.CUSTOMER_VIEW)
    async def load(self) -> None:
        """Sum everything, by currency; nothing where there are no invoices (ORO-1)."""
        self.tiles, self.is_loaded = [], True
        if not context().actor.may(Permission.INVOICE_VIEW):
            return
        self.is_loaded = False
        tallies = await reckon(tally_invoices, InvoiceFilter())
        self.tiles = [
            Tile(
                "Total invoices", count(sum(tally.count for tally in tallies), "invoice"), "in all"
            ),
            *(
                Tile(
                    label, f"{tally.currency} {amount(getattr(tally, field), tally.currency)}", note
                )
                for label, field, note in (
                    ("Amount due", "owed", "posted and still open"),
                    ("Overdue", "overdue", "of that, past its due date"),
                    ("Not posted", "not_posted", "drafts are no debt"),
                )
                for tally in tallies[:3]
            ),
        ]
        self.is_loaded = True
