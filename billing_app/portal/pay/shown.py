"""What a page to pay on shows, as finished words; the two pages differ in who may see it."""

import asyncio
from typing import Any

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError, Refused
from billing_app.integrations.payments.demo import SUCCEEDS
from billing_app.kit.wording import amount, day
from billing_app.services.paying.charging import Opened
from billing_app.services.paying.pages import PayPage


class PayShown(rx.State, mixin=True):
    """The amount, the number, how far it is; and the charge while it is being entered."""

    heading: str = ""
    label: str = ""
    seller: str = ""
    amount: str = ""
    amount_minor: str = ""
    paid: str = ""
    currency: str = ""
    due: str = ""
    until: str = ""
    method: str = ""
    pay_state: str = ""
    error: str = ""
    external: str = ""
    pdf: str = ""
    secret: str = ""
    public_key: str = ""
    is_loaded: bool = False
    is_missing: bool = False
    is_busy: bool = False

    def _missing(self) -> None:
        self.is_missing, self.is_loaded = True, True

    def _show(self, page: PayPage) -> None:
        code = page.currency
        self.label, self.seller, self.currency = page.label, page.seller, code
        self.heading = f"Pay {page.label}"
        self.amount = f"{code} {amount(page.open_minor, code)}"
        self.amount_minor = str(page.open_minor)
        self.paid = f"{code} {amount(page.paid_minor, code)}" if page.paid_minor else ""
        self.due = day(page.due_on) if page.due_on else ""
        self.until = day(page.expires_at.date()) if page.expires_at else ""
        self.method, self.pay_state = page.method, page.state
        self.error, self.external = page.error, page.external_page
        if page.state != "payable":
            self.secret = self.public_key = ""
        self.is_missing, self.is_loaded = False, True

    async def _enter(self, opened: Opened, form: dict[str, str]) -> None:
        """Go on with an open charge: the demo's card decides, or the gateway's own form opens."""
        if opened.gateway.name == "demo":
            demo, card = world().demo_gateway(), form.get("card", SUCCEEDS)
            await asyncio.to_thread(demo.confirm, opened.charge.client_secret, card)
        else:
            self.secret, self.public_key = opened.charge.client_secret, opened.gateway.public_key

    def _say(self, error: BillingError) -> Any:
        """What went wrong, on the page itself; a refusal stays until the page is opened anew."""
        self.error = error.sentence
        if isinstance(error, Refused) and error.code == "pay.pending":
            self.pay_state = "pending"
