"""Other browsers learn of a change: one cheap look per worker, then an event to each open page.

The framework keeps its tokens and sockets private; this module is the only one that touches them.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
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
from billing_app.security.tabs import is_listening
from billing_app.services.bulk.running import run_slice
from billing_app.services.outbox import last_change

log = logging.getLogger("billing.live")
LOOK_SECONDS = 0.25
REST_SECONDS = 0.5
CLOCK_SECONDS = 1.0
BULK_SECONDS = 0.3


async def watch(app: App, handlers: Sequence[object]) -> None:
    """Call `handlers` in every tab that listens whenever the audit trail grew."""
    ctx = world().system()
    seen = await asyncio.to_thread(last_change, ctx)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            newest = await asyncio.to_thread(last_change, ctx)
            if newest != seen:
                seen = newest
                await _tell_listeners(app, handlers)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the live watcher stumbled")


async def deliver_outbox() -> None:
    """Deliver the outbox beside the requests; several workers may, each handler is repeatable."""
    ctx = world().system()
    while True:
        try:
            done = await asyncio.to_thread(deliver, ctx)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the outbox stumbled")
            done = 0
        await asyncio.sleep(0.05 if done else REST_SECONDS)


async def deliver_mails() -> None:
    """Deliver the mail queue beside the requests; whoever claims a mail first has it."""
    ctx, mailer = world().system(), world().mailer()
    while mailer is not None:
        try:
            done = await asyncio.to_thread(deliver_mail, ctx, mailer)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the mail queue stumbled")
            done = False
        await asyncio.sleep(0.05 if done else REST_SECONDS)


async def talk_to_accounting() -> None:
    """Push what is queued and hear back, where an accounting program is connected."""
    ctx = world().system()
    turns = Turns(ctx, world().settings.xero_poll_seconds)
    while ctx.accounting is not None:
        try:
            done = await asyncio.to_thread(turns.take)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("accounting stumbled")
            done = 0
        await asyncio.sleep(0.05 if done else REST_SECONDS)


async def follow_charges() -> None:
    """Follow charges and refunds beside the requests; each counts once whoever asks."""
    ctx, gateways = world().system(), world().gateways()
    while gateways:
        try:
            done = await asyncio.to_thread(ask_gateways, ctx, gateways)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("following charges stumbled")
            done = 0
        await asyncio.sleep(0.05 if done else REST_SECONDS)


async def deliver_webhooks() -> None:
    """Tell others' systems beside the requests; whoever claims a message first has it."""
    ctx, poster = world().system(), world().poster()
    while True:
        try:
            done = await asyncio.to_thread(tell_others, ctx, poster)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the webhooks stumbled")
            done = 0
        await asyncio.sleep(0.05 if done else REST_SECONDS)


async def run_jobs() -> None:
    """Run what is due beside the requests; whoever claims a run first has it."""
    ctx = world().system()
    while True:
        try:
            ran = await asyncio.to_thread(run_due, ctx)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("the clock stumbled")
            ran = False
        await asyncio.sleep(0.05 if ran else CLOCK_SECONDS)


async def run_bulk_actions() -> None:
    """Run bulk actions beside the requests, a second at a time; whoever claims one has it."""
    ctx, worker = world().system(), new_worker()
    while True:
        try:
            ran = await asyncio.to_thread(run_slice, ctx, worker)
        except Exception:  # the outermost edge of a task that must not end
            log.exception("a bulk action stumbled")
            ran = False
        await asyncio.sleep(0.02 if ran else BULK_SECONDS)


async def load_the_rest() -> None:
    """The paper's libraries take half a second to load: after the start, not before it."""
    await asyncio.to_thread(import_module, "billing_app.documents.pdf.invoice")


async def _tell_listeners(app: App, handlers: Sequence[object]) -> None:
    namespace = app.event_namespace
    if namespace is None:
        return
    manager = namespace._token_manager  # noqa: SLF001  no public way to the open tabs
    for token, record in list(manager.token_to_socket.items()):
        if record.instance_id != manager.instance_id or not is_listening(token):
            continue
        for handler in handlers:
            with suppress(Exception):  # a tab that just left
                name = format_event_handler(handler)  # type: ignore[arg-type]
                await app.event_processor.enqueue(token, Event(name=name, payload={}))
