"""The last two months of the demo company, played with the real use cases.

Each story is one invoice on its way to one fate. All steps of all stories are played in the order
of their time, so numbers, seals and the audit trail read as if the year had happened.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Invoice
from billing_app.services.demo.baskets import a_third, basket
from billing_app.services.demo.founding import Known
from billing_app.services.demo.orders import link_order
from billing_app.services.demo.settling import deliver, pay, refund
from billing_app.services.demo.stage import Stage
from billing_app.services.demo.world import ZONE
from billing_app.services.invoices.crediting import credit_invoice
from billing_app.services.invoices.draft import Draft
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.notes import add_note

NOON = time(9, 40)
STEP = timedelta(minutes=47)
SENT_BY = 4  # steps: created, assembled, ready, posted, sent
# fate -> how many of them; how old in days the youngest and the oldest is
FATES: dict[str, tuple[int, int, int]] = {
    "draft": (7, 0, 9),
    "assembled": (4, 0, 7),
    "ready": (3, 0, 6),
    "unsent": (6, 0, 5),
    "sent": (14, 1, 13),
    "viewed": (6, 2, 12),
    "partially paid": (8, 6, 13),
    "paid": (14, 20, 50),
    "overdue": (10, 38, 55),
    "overdue, partially paid": (5, 36, 55),
    "void": (3, 10, 40),
    "cancelled": (3, 3, 30),
    "refunded": (3, 25, 45),
    "refunded partially": (2, 25, 45),
    "credited": (4, 18, 40),
    "payable": (5, 5, 50),
    "payable, paid": (4, 22, 50),
}


@dataclass(slots=True)
class Story:
    """One invoice: when it begins, what becomes of it, and its id once it exists."""

    fate: str
    began_at: datetime
    draft: Draft
    serial: int
    invoice_id: int = 0
    payment_id: int = 0


Step = tuple[datetime, int, Callable[[], None]]


def play(stage: Stage, known: Known, random: Random) -> list[Story]:
    """Play all stories up to now; answers them."""
    now = stage.ctx.now()
    stories = list(_stories(stage, known, random))
    steps = [step for story in stories for step in _steps(stage, story)]
    for at, _, happen in sorted(steps, key=lambda step: step[:2]):
        stage.clock.instant = min(at, now)
        happen()
    stage.clock.instant = now
    return stories


def _stories(stage: Stage, known: Known, random: Random) -> Iterator[Story]:
    today, now = stage.ctx.today(), stage.ctx.now()
    serial = 0
    for fate, (count, youngest, oldest) in FATES.items():
        for index in range(count):
            serial += 1
            age = youngest + (oldest - youngest) * index // max(1, count - 1)
            on = today - timedelta(days=age)
            began_at = min(_at(on, serial), now - timedelta(minutes=30) + timedelta(seconds=serial))
            draft = basket(known, random, _customer(known, fate, serial), on, serial)
            yield Story(fate, began_at, _fitted(draft, known, fate), serial)


def _customer(known: Known, fate: str, serial: int) -> int:
    """Suppliers send payables; every fifth invoice is for customer A, every ninth for B."""
    suppliers = [key for key, party in known.customers if party.is_supplier]
    others = [key for key, party in known.customers if not party.is_supplier]
    if fate.startswith("payable"):
        return suppliers[serial % len(suppliers)]
    if serial % 5 == 0:
        return others[0]
    return others[1] if serial % 9 == 0 else others[serial % len(others)]


def _fitted(draft: Draft, known: Known, fate: str) -> Draft:
    if fate.startswith("payable"):
        return replace(
            draft, document_type_id=known.types["INI"], external_document_no=f"ER-{draft.po_number}"
        )
    if fate.startswith("overdue"):
        return replace(draft, due_on=draft.document_date + timedelta(days=14))
    return draft


def _at(on: date, serial: int) -> datetime:
    start = datetime.combine(on, NOON, tzinfo=ZoneInfo(ZONE))
    return start + timedelta(minutes=serial % 60, seconds=serial)


def _steps(stage: Stage, story: Story) -> Iterator[Step]:
    """What happens to the invoice, each step some time after the one before."""
    at = story.began_at
    for order, happen in enumerate(_happenings(stage, story)):
        yield at, story.serial * 100 + order, happen
        at += STEP if order < SENT_BY else timedelta(days=4, hours=order)


def _happenings(stage: Stage, story: Story) -> Sequence[Callable[[], None]]:
    act = partial(_act, stage, story)
    create = partial(_create, stage, story)
    assemble = partial(act, Action.ASSEMBLE, "billing")
    ready = partial(act, Action.READY, "accounting")
    post = partial(act, Action.POST, "accounting2" if story.serial % 2 else "accounting")
    send = partial(_deliver, stage, story, "email")
    view = partial(_deliver, stage, story, "portal_view")
    some, all_ = partial(_pay, stage, story, 2), partial(_pay, stage, story, 1)
    released = [create, assemble, ready, post]
    return {
        "draft": [create],
        "assembled": [create, assemble],
        "ready": [create, assemble, ready],
        "unsent": released,
        "sent": [*released, send],
        "viewed": [*released, send, view],
        "partially paid": [*released, send, some],
        "paid": [*released, send, all_],
        "overdue": [*released, send],
        "overdue, partially paid": [*released, send, some],
        "void": [*released, partial(act, Action.VOID, "accounting")],
        "cancelled": [create, assemble, partial(act, Action.CANCEL, "billing2")],
        "refunded": [*released, send, all_, partial(_refund, stage, story, 1)],
        "refunded partially": [*released, send, all_, partial(_refund, stage, story, 2)],
        "credited": [*released, send, partial(_credit, stage, story)],
        "payable": released,
        "payable, paid": [*released, all_],
    }[story.fate]


def _create(stage: Stage, story: Story) -> None:
    who = "sales" if story.draft.opportunity_id else "billing"
    ctx = stage.at(stage.clock.instant, who)
    story.invoice_id = create_draft(ctx, story.draft)
    if story.serial % 7 == 0:
        link_order(stage, story.invoice_id, story.draft, story.serial)
    if story.serial % 11 == 0:
        add_note(ctx, story.invoice_id, "Customer asked to send it to the ship's agent as well.")


def _act(stage: Stage, story: Story, action: Action, who: str) -> None:
    ctx = stage.at(stage.clock.instant, who)
    reason = "Entered twice" if action in {Action.CANCEL, Action.VOID} else ""
    move_invoice(ctx, story.invoice_id, action, reason=reason, confirmed=True)


def _deliver(stage: Stage, story: Story, channel: str) -> None:
    ctx = stage.at(stage.clock.instant, "billing")
    deliver(stage.session, ctx, story.invoice_id, channel)


def _pay(stage: Stage, story: Story, parts: int) -> None:
    ctx = stage.at(stage.clock.instant, "accounting")
    invoice = stage.session.get_one(Invoice, story.invoice_id)
    is_online = story.fate.startswith("refunded") or story.serial % 4 == 0
    method = "stripe" if is_online and not story.fate.startswith("payable") else "bank_transfer"
    story.payment_id = pay(stage.session, ctx, invoice, invoice.open_minor // parts, method)


def _refund(stage: Stage, story: Story, parts: int) -> None:
    ctx = stage.at(stage.clock.instant, "accounting2")
    settled = stage.session.get_one(Invoice, story.invoice_id).settled_minor
    refund(stage.session, ctx, story.payment_id, settled // parts)


def _credit(stage: Stage, story: Story) -> None:
    """Make a credit note over part of the invoice or all of it, and post it."""
    ctx = stage.at(stage.clock.instant, "accounting")
    wanted = None if story.serial % 2 == 0 else a_third(story.draft)
    credit_id = credit_invoice(ctx, story.invoice_id, wanted).id
    move_invoice(ctx, credit_id, Action.POST)
    deliver(stage.session, ctx, credit_id, "email")
