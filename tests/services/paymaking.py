"""A desk that takes payments online, by the demo's gateway."""

from dataclasses import replace
from datetime import timedelta

from billing_app.integrations.payments.demo import SUCCEEDS, DemoGateway
from billing_app.persistence.tables import GatewayTransaction, Invoice, Payment
from billing_app.services.books.verify import verify
from billing_app.services.paying.guests import GUEST
from billing_app.services.paying.inbox import do, due
from billing_app.services.paying.pages import pay_own
from billing_app.services.paying.ports import GatewayDelayed
from billing_app.services.settings import change_setting

TOTAL = 6476  # what `worldmaking.a_line` comes to


class Checkout:
    """A world in which paying online is on."""

    def __init__(self, world, folder, *, enabled=True):
        self.w = world
        self.gateway = DemoGateway(folder / "demo.sqlite", world.clock.now)
        self.gateways = {"demo": self.gateway}
        if enabled:
            self.set("enable_invoice_payments", "on")
            self.set("invoice_payment_method", "demo")

    def set(self, key, value):
        change_setting(self.w.ctx("owner"), key, value, scope="global", scope_id=0)

    def ctx(self, who="a40"):
        return replace(self.w.ctx(who), public_url="https://billing.example")

    def guest(self):
        return self.ctx(GUEST)

    def pay(self, invoice_id, card=SUCCEEDS, who="a40"):
        """Press Pay and enter a card, as the page does; the server looks at it later."""
        opened = pay_own(self.ctx(who), self.gateways, invoice_id)
        return self.gateway.confirm(opened.charge.client_secret, card)

    def look(self, times=1):
        """The clock goes on and the server asks the gateway about what is under way."""
        for _ in range(times):
            self.w.clock.instant += timedelta(seconds=30)
            for one in due(self.w.ctx(), 50):
                do(self.w.ctx(), self.gateways, one)

    def charges(self):
        return [row for row in self.w.all(GatewayTransaction) if row.action == "charge"]

    def refunds(self):
        return [row for row in self.w.all(GatewayTransaction) if row.action == "refund"]

    def payments(self):
        return sorted(self.w.all(Payment), key=lambda row: row.id)

    def invoice(self, invoice_id) -> Invoice:
        return self.w.invoice(invoice_id)

    def holds(self):
        wrong = [one.sentence for proved in verify(self.w.ctx()) for one in proved.violations]
        assert wrong == []


class Deaf:
    """A gateway whose answers get lost after it did what was asked."""

    def __init__(self, inner):
        self._inner, self.lost = inner, set()

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name not in self.lost:
            return found

        def lost(*arguments):
            found(*arguments)
            raise GatewayDelayed

        return lost
