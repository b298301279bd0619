"""A PostgreSQL server of the tests' own: started on a free port, thrown away at the end."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.support.machine import postgres_programs

USER = "billing"
PATIENCE_SECONDS = 30
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",  # nobody pulls the plug on a test; crash tests start a server of their own
    "max_connections=200",
    "shared_buffers=64MB",
)


class NoServer(RuntimeError):
    """The tests have no PostgreSQL server; they fail, they are not skipped."""


@dataclass(slots=True)
class Cluster:
    """A running server, and fresh databases on it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    _made: int = field(default=0)

    def url(self, name: str) -> str:
        """The address of one of its databases, as the product's settings take it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def create(self, *, template: str = "template1", name: str = "") -> str:
        """Make a database, empty or as a copy of `template`; answers its name."""
        self._made += 1
        name = name or f"test_{self._made}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.process.send_signal(signal.SIGINT)  # "fast": rolls back and disconnects
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def start() -> Cluster:
    """Start a server in a folder of its own. Raises: NoServer."""
    programs = postgres_programs()
    if programs is None:
        message = "PostgreSQL's server programs are missing; `make test` installs them as root."
        raise NoServer(message)
    folder = Path(tempfile.mkdtemp(prefix="billing-postgres-"))
    who = _unprivileged()
    if who:
        os.chown(folder, int(who["user"]), int(who["group"]))
    place, log = folder / "cluster", folder / "log"
    made = subprocess.run(
        [programs / "initdb", "-D", place, "-U", USER, "--auth=trust", "--no-sync",
         "--encoding=UTF8", "--locale=C.UTF-8"],
        cwd="/", capture_output=True, text=True, check=False, **who,
    )  # fmt: skip
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        message = f"initdb failed: {made.stderr}"
        raise NoServer(message)
    port = free_port()
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", place, "-p", str(port), "-k", folder, *options],
            cwd="/", stdout=output, stderr=subprocess.STDOUT, **who,
        )  # fmt: skip
    cluster = Cluster(folder, port, process)
    _wait(cluster, log)
    return cluster


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> dict[str, object]:
    """How to start the server as somebody else: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": ()}


def _wait(cluster: Cluster, log: Path) -> None:
    """Wait until the server answers. Raises: NoServer when it ended or takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and cluster.process.poll() is None:
        try:
            psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    cluster.stop()
    message = f"PostgreSQL did not start: {said}"
    raise NoServer(message)
