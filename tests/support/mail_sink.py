"""An SMTP server of the tests' own: it takes mails, or fails in the way a test asks for."""

import socket
import socketserver
import ssl
import subprocess
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Lock, Thread
from typing import Self


@dataclass(frozen=True)
class Taken:
    """One accepted mail: its envelope, its bytes, whether it came encrypted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    is_encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def files(self) -> dict[str, bytes]:
        return {
            part.get_filename() or "": part.get_content() for part in self.mail.iter_attachments()
        }


@dataclass
class Sink:
    """The server. `rcpt` answers by address; other fields say how else it fails."""

    rcpt: dict[str, bytes] = field(default_factory=dict)
    after_data: bytes = b"250 2.0.0 taken"
    drops_after_data: bool = False
    greeting_delay: float = 0
    dribbles: bool = False
    offers_tls: bool = False
    wants_sign_in: bytes = b""  # the answer to AUTH
    taken: list[Taken] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    certificate: tuple[Path, Path] | None = None
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                talk = _Talk(sink, self.request)
                try:
                    talk.go()
                except (OSError, StopTalking):
                    pass
                finally:
                    talk.end()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def take(self, mail: Taken) -> None:
        with self._lock:
            self.taken.append(mail)

    def wait_for(self, count: int, seconds: float = 20) -> list[Taken]:
        end = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.taken) >= count, f"{len(self.taken)} of {count} mails came"
        return list(self.taken)


class StopTalking(Exception):
    """The other side is gone, or the test asked for it."""


class _Talk:
    """One connection."""

    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self._sink, self._connection = sink, connection
        self._file = connection.makefile("rb")
        self._is_encrypted = False

    def go(self) -> None:
        time.sleep(self._sink.greeting_delay)
        if self._sink.dribbles:
            for _ in range(600):
                self._connection.sendall(b"2")
                time.sleep(0.1)
        self._say(b"220 sink")
        sender, recipients = "", []
        while True:
            line = self._line()
            verb = line[:4].upper()
            self._sink.commands.append(line.strip())
            if verb in {b"EHLO", b"HELO"}:
                more = [b"PIPELINING", b"SIZE 50000000"]
                more += [b"STARTTLS"] if self._sink.offers_tls and not self._is_encrypted else []
                more += [b"AUTH PLAIN LOGIN"] if self._sink.wants_sign_in else []
                lines = [b"sink", *more]
                for at, word in enumerate(lines):
                    self._say(b"250" + (b" " if at == len(lines) - 1 else b"-") + word)
            elif verb == b"STAR":
                self._say(b"220 go on")
                self._encrypt()
            elif verb == b"AUTH":
                self._say(self._sink.wants_sign_in)
            elif verb == b"MAIL":
                sender, recipients = _address(line), []
                self._say(b"250 ok")
            elif verb == b"RCPT":
                answer = self._sink.rcpt.get(_address(line), b"250 ok")
                recipients += [_address(line)] if answer.startswith(b"2") else []
                self._say(answer)
            elif verb == b"DATA":
                self._data(sender, tuple(recipients))
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 ok")

    def end(self) -> None:
        self._file.close()
        self._connection.close()

    def _data(self, sender: str, recipients: tuple[str, ...]) -> None:
        self._say(b"354 go on")
        lines = []
        while (line := self._line()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = Taken(sender, recipients, b"".join(lines), self._is_encrypted)
        if self._sink.after_data.startswith(b"2"):
            self._sink.take(mail)
        if self._sink.drops_after_data:
            raise StopTalking
        self._say(self._sink.after_data)

    def _encrypt(self) -> None:
        assert self._sink.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, self._sink.certificate))
        self._file.close()
        self._connection = context.wrap_socket(self._connection, server_side=True)
        self._file = self._connection.makefile("rb")
        self._is_encrypted = True

    def _line(self) -> bytes:
        line = self._file.readline(100_000)
        if not line:
            raise StopTalking
        return line

    def _say(self, words: bytes) -> None:
        self._connection.sendall(words + b"\r\n")


def _address(line: bytes) -> str:
    return line.partition(b"<")[2].partition(b">")[0].decode()


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody signed, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
