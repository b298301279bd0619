"""The voyage form."""

import re
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.charges import PendingList
from billing_app.domain.errors import BillingError, Invalid
from billing_app.domain.voyages import VoyageStatus
from billing_app.kit.fields import FormError
from billing_app.kit.wording import amount, number
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.voyages import (
    Ordered,
    VoyageFacts,
    get_voyage,
    save_voyage,
    vessel_names,
)

ADDRESS = re.compile(r"/voyages/(\d{1,15})/?")
LABELS = {"reference": "Reference", "vessel": "Vessel", "status": "Status"}
EMPTY = {"reference": "", "vessel": "", "business_unit": "", "status": str(VoyageStatus.ESTIMATE)}


@dataclass(frozen=True)
class OrderLine:
    """One service order of a voyage."""

    reference: str
    text: str
    listed: str
    figures: str
    net: str
    net_minor: str
    currency: str


class VoyageState(rx.State):
    """The form of one voyage."""

    voyage_id: int = 0
    heading: str = "New voyage"
    fields: dict[str, str] = EMPTY
    statuses: list[str] = []
    vessels: list[str] = []
    orders: list[OrderLine] = []
    hides_vessel: bool = False
    is_closed: bool = False
    form_key: str = "0"
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    is_loaded: bool = False
    _version: int = 0

    @action(Permission.VOYAGE_VIEW)
    async def load(self) -> None:
        """Open the form: empty, or with the voyage that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.voyage_id = int(found[1]) if found else 0
        self.errors, self.error_list, self.orders = {}, [], []
        self.heading, self.fields, self._version = "New voyage", dict(EMPTY), 0
        self.statuses, self.is_closed = [str(one) for one in VoyageStatus], False
        self.hides_vessel = not context().actor.sees_vessel
        self.vessels = await ask(vessel_names)
        if self.voyage_id:
            row, orders = await ask(get_voyage, self.voyage_id)
            self.heading, self._version = row.reference, row.version
            self.fields = {name: str(getattr(row, name)) for name in EMPTY}
            self.orders = [_order(order) for order in orders]
            self._offer_statuses(row.status)
        self.form_key = f"{self.voyage_id}-{self._version}"
        self.is_loaded = True

    @action(Permission.VOYAGE_EDIT)
    async def save(self, form: dict[str, str]) -> Any:
        """Save what the form says; nothing typed is lost when something is wrong."""
        self.errors, self.error_list = {}, []
        facts = VoyageFacts(**{name: form.get(name, self.fields[name]) for name in EMPTY})
        try:
            await ask(save_voyage, facts, self.voyage_id, self._version)
        except Invalid as error:
            self._fail(error.fields)
            return None
        except BillingError as error:
            self._fail({"status": error.sentence})
            return None
        await notify(self, f"Voyage {facts.reference} is saved.")
        return rx.redirect("/voyages")

    def _offer_statuses(self, status: VoyageStatus) -> None:
        """A Closed voyage leads back to Invoiced only, for who may reopen it (DLY-48)."""
        if not status.is_locked:
            return
        self.is_closed = True
        may_reopen = context().actor.may(Permission.VOYAGE_REOPEN)
        self.statuses = [str(status), *([str(VoyageStatus.INVOICED)] if may_reopen else [])]

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"v-{key}", LABELS.get(key, key.capitalize()), text)
            for key, text in problems.items()
        ]


def _order(order: Ordered) -> OrderLine:
    return OrderLine(
        reference=order.reference,
        text=order.text,
        listed=PendingList(order.pending_list).label,
        figures=f"{number(order.quantity)} {order.unit}".strip()
        + f" × {number(order.unit_price, 2)}",
        net=amount(order.net_minor, order.currency),
        net_minor=str(order.net_minor),
        currency=order.currency,
    )
