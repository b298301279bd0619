"""A tab without a browser: the events of a page over the raw socket, and what comes back."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import reflex as rx

from bench.figures import MILLISECONDS
from billing_app.staff.invoices.state import InvoicesState

GRID = InvoicesState.get_full_name()
HYDRATE = f"{rx.State.get_full_name()}.hydrate_and_load"
ROUTER = {"pathname": "/invoices", "asPath": "/invoices"}
HAS_ROWS = '"rows_rx_state_"'
HAS_SUMS = '"is_counting_rx_state_":false'  # at first it is true
ANSWER_SECONDS = 20.0
NAMESPACE = "/_event"

Fits = Callable[[str], bool]


class Tab:
    """One open invoices page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Speak through `socket`; use `open_tab`."""
        self._socket = socket
        self.received = 0

    async def send(self, handler: str, payload: Mapping[str, Any] | None = None) -> None:
        """Send one event of the grid."""
        event = {"name": f"{GRID}.{handler}", "payload": payload or {}, "router_data": ROUTER}
        await self._socket.send_str(f"42{NAMESPACE},{json.dumps(['event', event])}")

    async def wait(self, *wanted: str) -> str:
        """The first message that has one of the texts."""
        while True:
            message = await self._socket.receive(timeout=ANSWER_SECONDS)
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise RuntimeError(f"The server closed the tab: {message.type.name}.")
            text = str(message.data)
            if text == "2":
                await self._socket.send_str("3")
                continue
            self.received += len(text)
            if any(part in text for part in wanted):
                return text

    async def act(
        self, handler: str, payload: Mapping[str, Any] | None = None, until: str = HAS_ROWS
    ) -> float:
        """Milliseconds from sending an event to having its answer."""
        began = time.perf_counter()
        await self.send(handler, payload)
        await self.wait(until)
        return (time.perf_counter() - began) * MILLISECONDS

    async def close(self) -> None:
        """Close the page."""
        await self._socket.close()


async def open_tab(session: aiohttp.ClientSession, address: str, cookie: str) -> Tab:
    """Open the invoices page and wait until its rows and its sums are there."""
    socket = await session.ws_connect(
        f"{address}{NAMESPACE}/?token={uuid.uuid4()}&EIO=4&transport=websocket",
        headers={"Cookie": cookie},
        max_msg_size=0,
    )
    tab = Tab(socket)
    await tab.wait("0{")
    boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": ROUTER}}
    await socket.send_str(f"40{NAMESPACE},{json.dumps(boot)}")
    await tab.wait(HAS_SUMS)
    return tab


def visitor() -> aiohttp.ClientSession:
    """A client without a limit of connections, whose cookies are only those it is given."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    )
