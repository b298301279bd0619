"""The real server on a free port with people of every role, and clients that attack it."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio

from billing_app.domain.lifecycle import Action
from billing_app.persistence.database import Database
from billing_app.persistence.tables import Invoice, User
from billing_app.security.passwords import hash_password
from billing_app.services.context import Context, SystemClock
from billing_app.services.invoices.moves import move_invoice
from tests.services.worldmaking import SECRET, TinyWorld, a_database, a_line, free_port, template

ROOT = Path(__file__).resolve().parents[2]
BILLING = Path(sys.executable).parent / "billing"
PASSWORD = "a long sentence that tests know"
SECRET_COMMENT = "CANARYinternalcommentCANARY"
NOTE = "CANARYstaffnoteCANARY"
OF_B = "CANARYbelongstoBCANARY"
ROOT_STATE = "reflex___state____state"
HYDRATE = f"{ROOT_STATE}.hydrate_and_load"
PAGES = {"staff": "/invoices", "external": "/portal/invoices"}


@dataclass(slots=True)
class Served:
    """The running product, its database, and documents of two customers."""

    port: int
    world: TinyWorld
    log: Path
    of_a: int = 0
    of_b: int = 0
    draft: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    def email(self, who: str) -> str:
        return self.world.people[who].email

    def request(
        self,
        method: str,
        path: str,
        *,
        cookie: str = "",
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """One plain request; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = dict(headers or {})
        if cookie:
            sent["Cookie"] = cookie
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        headers: dict[str, str] = {}
        for name, value in answer.getheaders():  # a repeated one, like two cookies, as one
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        return answer.status, headers, content

    def sign_in(
        self, who: str, password: str = PASSWORD, **more: Any
    ) -> tuple[int, dict[str, str], bytes]:
        form = urllib.parse.urlencode({"email": self.email(who), "password": password})
        return self.request(
            "POST",
            "/auth/login",
            body=form,
            **{"headers": {"Content-Type": "application/x-www-form-urlencoded"}, **more},
        )

    def cookie(self, who: str) -> str:
        """The session cookie of somebody, signed in once; empty for a visitor."""
        if not who:
            return ""
        if who not in self.cookies:
            self.cookies[who] = self.fresh_cookie(who)
        return self.cookies[who]

    def fresh_cookie(self, who: str) -> str:
        status, headers, _ = self.sign_in(who)
        assert status == 303, (who, status)
        assert "set-cookie" in headers, headers
        return headers["set-cookie"].split(";")[0]

    def rows(self) -> dict[str, int]:
        return self.world.footprint()


class Frames(list):
    """What one socket received."""

    @property
    def text(self) -> str:
        return json.dumps(self, default=str)


class Client:
    """A raw socket client: any token, any cookie, any Origin, any event."""

    def __init__(
        self,
        served: Served,
        cookie: str = "",
        *,
        token: str = "",
        origin: str = "",
        page: str = "/invoices",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.served, self.page = served, page
        self.token = token or str(uuid.uuid4())
        self.headers = dict(headers or {})
        if cookie:
            self.headers["Cookie"] = cookie
        if origin:
            self.headers["Origin"] = origin
        self.frames = Frames()
        self._news = asyncio.Event()
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.sio.on("event", self._got, namespace="/_event")
        self.sio.on("new_token", self._renamed, namespace="/_event")

    async def _got(self, frame: Any) -> None:
        self.frames.append(frame)
        self._news.set()

    async def _renamed(self, token: str) -> None:
        self.frames.append({"new_token": token})
        self.token = token

    def router(self) -> dict[str, str]:
        return {"pathname": self.page, "asPath": self.page}

    async def open(self, *, boot: bool = True, auth: Any = None) -> "Client":
        event = (
            {"event": {"name": HYDRATE, "payload": {}, "router_data": self.router()}}
            if boot
            else None
        )
        await self.sio.connect(
            f"http://127.0.0.1:{self.served.port}?token={urllib.parse.quote(self.token)}",
            headers=self.headers,
            namespaces=["/_event"],
            socketio_path="_event",
            transports=["websocket"],
            auth=auth or event,
            wait_timeout=10,
        )
        return self

    async def send(self, name: Any, payload: Any = None, **more: Any) -> None:
        event = {
            "name": name,
            "payload": {} if payload is None else payload,
            "router_data": self.router(),
            **more,
        }
        await self.sio.emit("event", event, namespace="/_event")

    async def hear(self, quiet: float = 0.6, most: float = 8) -> Frames:
        """Everything until it has been quiet for a while."""
        end = time.monotonic() + most
        while time.monotonic() < end:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), quiet)
            except TimeoutError:
                break
        return self.frames

    async def ask(self, name: Any, payload: Any = None, **more: Any) -> Frames:
        """Send one event and hear only what it brought."""
        self.frames = Frames()
        await self.send(name, payload, **more)
        return await self.hear()

    async def close(self) -> None:
        await self.sio.disconnect()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def client(
    served: Served, cookie: str = "", *, boot: bool = True, auth: Any = None, **more: Any
):
    """An open client that is closed at the end; it has heard its first frames."""
    opened = await Client(served, cookie, **more).open(boot=boot, auth=auth)
    try:
        if boot or auth:
            await opened.hear()
        yield opened
    finally:
        await opened.close()


def run(story: Any) -> Any:
    """Run an asynchronous story in a loop of its own."""
    return asyncio.run(asyncio.wait_for(story, 60))


def serve(engine: str = "sqlite", environment: dict[str, str] | None = None) -> Any:
    return _serving(engine, environment or {})


@contextmanager
def _serving(engine: str, environment: dict[str, str]) -> Iterator[Served]:
    if not (ROOT / ".web" / "build").is_dir():
        subprocess.run([BILLING, "build"], cwd=ROOT, check=True)
    url = a_database(engine)
    _, people, customers = template(engine)
    world = TinyWorld(Database(url), dict(people), dict(customers))
    world.clock = SystemClock()  # type: ignore[assignment]
    folder = Path(tempfile.mkdtemp(prefix="billing-served-"))
    port = free_port()
    served = Served(port, world, folder / "log")
    _fill(served)
    environment = {
        **os.environ,
        "BILLING_DATA_DIR": str(folder),
        "BILLING_DATABASE_URL": url,
        "BILLING_SECRET_KEY": SECRET.decode(),
        **environment,
    }
    with served.log.open("wb") as log:
        process = subprocess.Popen(
            [BILLING, "serve", "--port", str(port), "--no-build"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(served, process)
        yield served
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        world.database.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(served: Served, process: subprocess.Popen) -> None:
    for _ in range(300):
        try:
            if served.request("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(served.log.read_text(errors="replace")[-3000:])


def _fill(served: Served) -> None:
    """One posted document each for A and B, with secrets in every field a customer never sees."""
    world = served.world
    hashed = hash_password(PASSWORD)
    with world.database.write() as session:
        for actor in world.people.values():
            if actor.kind != "system":
                session.get_one(User, actor.user_id).password_hash = hashed
    today = world.ctx().today()
    common = {"document_date": today, "due_on": today}
    served.of_a = world.draft(
        "billing",
        **common,
        internal_comment=SECRET_COMMENT,
        title="for A",
        lines=(a_line("Work for A"),),
    )
    served.of_b = world.draft(
        "billing",
        **common,
        customer_id=world.customers["b"],
        title=OF_B,
        internal_comment=SECRET_COMMENT,
        document_text=OF_B,
        po_number=OF_B,
        lines=(a_line(OF_B),),
    )
    served.draft = world.draft(
        "billing", **common, title="DRAFTCANARY", internal_comment=SECRET_COMMENT
    )
    ctx: Context = world.ctx("accounting")
    for invoice_id in (served.of_a, served.of_b):
        move_invoice(ctx, invoice_id, Action.POST)
    from billing_app.services.notes import add_note

    add_note(world.ctx("billing"), served.of_a, NOTE)
    assert world.invoice(served.of_b).posting_status == "POSTED"
    assert isinstance(world.invoice(served.of_a), Invoice)
