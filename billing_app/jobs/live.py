"""Other browsers learn of a change: one cheap look per worker, then an event to each open page.

The framework keeps its tokens and sockets private; this module is the only one that touches them.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from importlib import import_module

from reflex.app import App
from reflex_base.event import Event
from reflex_base.utils.format import format_event_handler

from billing_app.bootstrap import world
from billing_app.jobs.accounting import Turns
from billing_app.jobs.announcing import tell_others
from billing_app.jobs.charging import ask_gateways
from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import new_worker, run_due
from billing_app.security.tabs import hearing_for, is_listening
from billing_app.services.bulk.running import run_slice
from billing_app.services.notifications.listing import unread_by_person
from billing_app.services.outbox import last_change

log = logging.getLogger("billing.live")
LOOK = timedelta(milliseconds=250)
BUSY = timedelta(milliseconds=50)
REST = timedelta(milliseconds=500)
CLOCK = timedelta(milliseconds=1000)
BULK = timedelta(milliseconds=300)


async def watch(app: App, handlers: Sequence[object], bells: Sequence[object]) -> None:
    """Call `handlers` in every tab that listens whenever the audit trail grew.

    `bells` are called only in the tabs of people whose unread notifications changed.
    """
    ctx = world().system()
    seen = await asyncio.to_thread(last_change, ctx)
    waiting = await asyncio.to_thread(unread_by_person, ctx)
    while True:
        await asyncio.sleep(LOOK.total_seconds())
        try:
            newest = await asyncio.to_thread(last_change, ctx)
            if newest != seen:
                seen = newest
                await _tell(app, handlers, is_listening)
                before, waiting = waiting, await asyncio.to_thread(unread_by_person, ctx)
                told = {who for who, _ in before.items() ^ waiting.items()}
                await _tell(app, bells, partial(_hears, told))
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the live watcher stumbled")


async def deliver_outbox() -> None:
    """Deliver the outbox beside the requests; several workers may, each handler is repeatable."""
    await _take_turns(partial(deliver, world().system()), "the outbox")


async def deliver_mails() -> None:
    """Deliver the mail queue beside the requests; whoever claims a mail first has it."""
    mailer = world().mailer()
    if mailer is not None:
        await _take_turns(partial(deliver_mail, world().system(), mailer), "the mail queue")


async def talk_to_accounting() -> None:
    """Push what is queued and hear back, where an accounting program is connected."""
    ctx = world().system()
    if ctx.accounting is not None:
        turns = Turns(ctx, world().settings.xero_poll_seconds)
        await _take_turns(turns.take, "accounting")


async def follow_charges() -> None:
    """Follow charges and refunds beside the requests; each counts once whoever asks."""
    gateways = world().gateways()
    if gateways:
        await _take_turns(partial(ask_gateways, world().system(), gateways), "following charges")


async def deliver_webhooks() -> None:
    """Tell others' systems beside the requests; whoever claims a message first has it."""
    await _take_turns(partial(tell_others, world().system(), world().poster()), "the webhooks")


async def run_jobs() -> None:
    """Run what is due beside the requests; whoever claims a run first has it."""
    await _take_turns(partial(run_due, world().system()), "the clock", rest=CLOCK)


async def run_bulk_actions() -> None:
    """Run bulk actions beside the requests, a second at a time; whoever claims one has it."""
    slices = partial(run_slice, world().system(), new_worker())
    await _take_turns(slices, "a bulk action", rest=BULK)


async def load_the_rest() -> None:
    """The paper's libraries take half a second to load: after the start, not before it."""
    await asyncio.to_thread(import_module, "billing_app.documents.pdf.invoice")


async def _take_turns(turn: Callable[[], object], what: str, *, rest: timedelta = REST) -> None:
    """Take a turn in a thread again and again; rest where it found nothing to do, or stumbled."""
    while True:
        try:
            done = await asyncio.to_thread(turn)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("%s stumbled", what)
            done = False
        await asyncio.sleep((BUSY if done else rest).total_seconds())


def _hears(people: Collection[int], token: str) -> bool:
    return hearing_for(token) in people


async def _tell(app: App, handlers: Sequence[object], wants: Callable[[str], bool]) -> None:
    namespace = app.event_namespace
    if namespace is None:
        return
    manager = namespace._token_manager  # noqa: SLF001  no public way to the open tabs
    for token, record in list(manager.token_to_socket.items()):
        if record.instance_id != manager.instance_id or not wants(token):
            continue
        for handler in handlers:
            with suppress(Exception):  # a tab that just left
                name = format_event_handler(handler)  # type: ignore[arg-type]
                await app.event_processor.enqueue(token, Event(name=name, payload={}))
