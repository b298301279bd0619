"""Guest links in the drawer: what each opens and until when, who used it; made, taken back."""

from dataclasses import dataclass, field

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import day, moment
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.paying.guests import Link, guest_page, links_of, may_link, revoke_link
from billing_app.staff.invoices.drawer_rows import DrawerView

WHAT = {"opened": "Opened", "pdf": "PDF downloaded", "paid": "Paid"}
WHO = {"person": "", "staff": " by staff, not counted", "scanner": " by a program, not counted"}


@dataclass(frozen=True)
class LinkRow:
    """One link with its visits, as sentences."""

    id: int
    says: str
    made: str
    address: str
    is_living: bool
    visits: list[str] = field(default_factory=list)


class DrawerLinks(rx.State, mixin=True):
    """The links of the open record."""

    view: DrawerView = DrawerView()
    links: list[LinkRow] = []
    can_link: bool = False

    @action(Permission.INVOICE_SEND)
    async def make_link(self) -> None:
        """Make a guest link, or show the one that lives (ORO-39)."""
        await ask(guest_page, self.view.id)
        await self._show_links(self.view.id)

    @action(Permission.INVOICE_SEND)
    async def take_back_link(self, link_id: int) -> None:
        """Let a link open nothing from now on."""
        await ask(revoke_link, link_id)
        await self._show_links(self.view.id)
        await notify(self, "The link opens nothing any more.")

    async def _show_links(self, invoice_id: int) -> None:
        found = await ask(links_of, invoice_id)
        self.can_link = await ask(may_link, invoice_id)
        self.links = [_row(link, self.view.label) for link in found]


def _row(link: Link, label: str) -> LinkRow:
    ctx = context()
    is_over = link.expires_at <= ctx.now()
    until = day(link.expires_at.date())
    says = f"Opens {label} until {until}" if not is_over else f"Ended on {until}"
    if link.is_revoked:
        says = "Taken back; opens nothing"
    visits = [f"{moment(one.at, ctx.zone)}: {WHAT[one.what]}{WHO[one.kind]}" for one in link.visits]
    made = f"Made {moment(link.made_at, ctx.zone)}, {link.made_by}"
    return LinkRow(link.id, says, made, link.address, not (link.is_revoked or is_over), visits)
