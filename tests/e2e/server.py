"""The running product: its own process, port and data folder; stopped by its process id."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 10


@dataclass
class Server:
    """One running product."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        """What it printed so far."""
        return log_of(self.data_dir).read_text(encoding="utf-8")

    def stop(self) -> None:
        """End the process and the workers it started."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def log_of(data_dir: Path) -> Path:
    """Where the server's output goes."""
    return data_dir / "server.log"


def start(data_dir: Path, *options: str, **settings: str) -> Server:
    """Start `billing serve` on a free port; it may still be coming up. `settings`: smtp_url=…"""
    port = free_port()
    url = f"http://{HOST}:{port}"
    environment = {key: value for key, value in os.environ.items() if "BILLING_" not in key}
    environment |= {"BILLING_DATA_DIR": str(data_dir), "BILLING_PUBLIC_URL": url}
    environment |= {f"BILLING_{name.upper()}": value for name, value in settings.items()}
    command = [Path(sys.executable).parent / "billing", "serve", "--port", str(port), "--no-build"]
    with log_of(data_dir).open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(url, data_dir, process)


def wait_for(server: Server) -> None:
    """Wait until the server answers. Raises: RuntimeError with its output when it ends."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise RuntimeError(f"The server ended:\n{server.output[-4000:]}")
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer:\n{server.output[-4000:]}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
