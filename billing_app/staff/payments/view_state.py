"""One payment as a document: completed, cancelled, refunded, deleted (SPEC DLY-24, CXS-30)."""

import re
import secrets
from typing import Any

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.parsing import parse_amount
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.security.tabs import listen
from billing_app.services.paying.refunding import refund
from billing_app.services.payments.allocating import release
from billing_app.services.payments.listing import get_payment
from billing_app.services.payments.states import (
    cancel_payment,
    complete_payment,
    delete_payment,
)
from billing_app.staff.payments.rows import PaymentView, payment_view

ADDRESS = re.compile(r"/payments/(\d{1,15})/?")
DIALOGS = {"delete", "cancel", "refund"}


class PaymentPageState(rx.State):
    """The payment that the address names."""

    view: PaymentView = PaymentView()
    dialog: str = ""
    errors: dict[str, str] = {}
    is_loaded: bool = False
    is_missing: bool = False
    _key: str = ""
    _payment_id: int = 0

    @action(Permission.PAYMENT_VIEW)
    async def load(self) -> None:
        """Open the payment."""
        listen(self.router.session.client_token)
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self._payment_id, self.dialog = int(found[1]) if found else 0, ""
        await self._show()
        self.is_loaded = True

    @action(Permission.PAYMENT_VIEW, supersedes=True)
    async def remote_change(self) -> None:
        """Somebody changed something: show the payment as it is now, unless a dialog is open."""
        if self.is_loaded and self._payment_id and not self.dialog:
            await self._show()

    @local()
    async def open_dialog(self, name: str) -> None:
        """Ask before deleting, cancelling or refunding."""
        if name in DIALOGS:
            self.dialog, self.errors = name, {}
            self._key = secrets.token_hex(16)

    @local()
    async def close_dialog(self) -> None:
        """Change nothing."""
        self.dialog, self.errors = "", {}

    @action(Permission.PAYMENT_RECORD)
    async def complete(self) -> Any:
        """Let the payment count."""
        became = await ask(complete_payment, self._payment_id, version=self.view.version)
        await self._changed(became.sentence)

    @action(Permission.PAYMENT_RECORD)
    async def cancel(self) -> None:
        """Let the payment count no longer."""
        version = self.view.version
        became = await ask(cancel_payment, self._payment_id, version=version, key=self._key)
        await self._changed(became.sentence)

    @action(Permission.PAYMENT_DELETE)
    async def delete(self) -> Any:
        """Delete the payment and go back to the list."""
        version = self.view.version
        became = await ask(delete_payment, self._payment_id, version=version, key=self._key)
        self.dialog = ""
        await notify(self, became.sentence)
        return rx.redirect("/payments")

    @action(Permission.PAYMENT_REFUND)
    async def refund(self, form: dict[str, str]) -> None:
        """Give part or all of it back."""
        code = self.view.currency
        try:
            given = parse_amount(
                form.get("amount", ""), field="amount", digits=currency(code).digits, code=code
            )
            done = await ask(
                refund,
                world().gateways(),
                self._payment_id,
                given,
                form.get("reason", ""),
                version=self.view.version,
                key=self._key,
            )
        except Invalid as error:
            self.errors = error.fields
            return
        await self._changed(done.sentence)

    @action(Permission.PAYMENT_ALLOCATE)
    async def take_back(self, invoice_id: int) -> None:
        """Take an allocation back."""
        await ask(release, self._payment_id, invoice_id, version=self.view.version)
        await self._changed("The allocation is taken back; the amount is credit again.")

    async def _changed(self, sentence: str) -> None:
        self.dialog, self.errors = "", {}
        await self._show()
        await notify(self, sentence)

    async def _show(self) -> None:
        try:
            record = await ask(get_payment, self._payment_id)
        except NotFound:
            self.is_missing, self.view = True, PaymentView()
            return
        ctx = context()
        self.is_missing, self.view = False, payment_view(record, ctx.actor, ctx.zone)
