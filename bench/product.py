"""The running product: one server process on a free loopback port, stopped by its id."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.databases import ROOT
from billing_app.cli.serving import STAMP
from billing_app.services.demo import DEMO_PASSWORD

LOOPBACK = "127.0.0.1"
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Product:
    """A served product."""

    port: int
    pid: int
    started_in_seconds: float

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    def cookie(self, short: str) -> str:
        """A fresh session of one of the demo's staff, or of an address, as a Cookie header."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        address = short if "@" in short else f"{short}@demo.example"
        form = urlencode({"email": address, "password": DEMO_PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/auth/login", form, kind)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        if not cookie:
            message = f"{short} could not sign in: {answer.status}."
            raise RuntimeError(message)
        return cookie


@contextmanager
def serving(data_dir: Path) -> Iterator[Product]:
    """Serve the database in `data_dir` for the length of the block."""
    if not STAMP.is_file():
        raise RuntimeError("Build the front end first: billing build.")
    port = _free_port()
    environment = os.environ | {
        "BILLING_DATA_DIR": str(data_dir),
        "BILLING_DEMO": "1",
        "BILLING_EVENTS_PER_SECOND": "10000",
    }
    command = [str(Path(sys.executable).parent / "billing"), "serve", "--no-build"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(process, port)
        yield Product(port, process.pid, time.perf_counter() - began)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.perf_counter() + READY_SECONDS
    while time.perf_counter() < end and process.poll() is None:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/login")
            if connection.getresponse().status == http.client.OK:
                connection.close()
                return
        connection.close()
        time.sleep(LOOK_SECONDS)
    message = "The server did not start; try `billing serve` by hand to see why."
    raise RuntimeError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and the workers it forked, each by its own id."""
    workers = _children(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(part) for part in text.split()]
    return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
