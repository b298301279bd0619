"""Paying one's own document: who is signed in, and may pay for the customer (SPEC 6.7)."""

import re

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, NotFound
from billing_app.portal.pay.shown import PayShown
from billing_app.security.acting import ask
from billing_app.security.policy import action
from billing_app.security.tabs import listen
from billing_app.services.paying.guests import guest_page
from billing_app.services.paying.pages import own_page, pay_own

ADDRESS = re.compile(r"/portal/pay/(\d{1,15})/?")


class PayState(PayShown, rx.State):
    """The page of somebody who is signed in."""

    document: str = ""
    guest_address: str = ""
    _invoice_id: int = 0

    @action(Permission.PORTAL_PAY)
    async def load(self) -> None:
        """Show what is to pay; the gateway is asked, whatever the address says."""
        listen(self.router.session.client_token)
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.reset()  # type: ignore[no-untyped-call]
        self._invoice_id = int(found[1]) if found else 0
        await self._look()

    @action(Permission.PORTAL_PAY, supersedes=True)
    async def remote_change(self) -> None:
        """Something changed: the money may have come."""
        if self.is_loaded and self.pay_state == "pending":
            await self._look()

    @action(Permission.PORTAL_PAY)
    async def pay(self, form: dict[str, str]) -> None:
        """Open the charge, or go on with the one that is open."""
        try:
            opened = await ask(pay_own, world().gateways(), self._invoice_id)
            await self._enter(opened, form)
        except BillingError as error:
            self._say(error)
            return
        await self._look()

    @action(Permission.PORTAL_PAY)
    async def look(self) -> None:
        """The gateway's form says that it is done: ask the gateway itself."""
        await self._look()

    @action(Permission.PORTAL_PAY)
    async def share(self) -> None:
        """Make a link with which somebody else can pay this document (ORO-32)."""
        self.guest_address = await ask(guest_page, self._invoice_id)

    async def _look(self) -> None:
        try:
            page = await ask(own_page, world().gateways(), self._invoice_id)
        except NotFound:
            self._missing()
            return
        self._show(page)
        self.document = f"/portal/invoices/{page.invoice_id}"
        self.pdf = f"/invoices/{page.invoice_id}.pdf" if page.has_pdf else ""
