"""Handing mails to an SMTP server: encrypted, one recipient at a time, bounded in time.

Off this machine nothing is said in the open: without STARTTLS, or with a certificate that does not
hold, the mail waits (RELIABILITY 4.6, G3). A mail counts as sent when the server said 250 after its
last line, and not before.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Timer
from urllib.parse import unquote, urlsplit

from billing_app.integrations.mail.writing import written
from billing_app.services.mail.ports import Letter, MailDelayed, MailRefused

STEP_SECONDS = 20  # for each answer of the server
WHOLE_SECONDS = 120  # for the whole hand-over; the lease of a mail is longer
MOST_ANSWER = 200
PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    is_wrapped: bool = False
    """TLS from the first byte (smtps)."""

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, where nobody is on the way."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def own_name(self) -> str | None:
        """What we call ourselves; None for this machine's full name."""
        return "localhost" if self.is_loopback else None


def server_at(url: str) -> Server:
    """The server of an address like smtp://user:password@host:587. Raises: ValueError."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or port == -1:
        message = "It must be like smtp://user:password@host:587, or smtps://… for TLS at once."
        raise ValueError(message)
    is_wrapped = parts.scheme == "smtps"
    usual = 465 if is_wrapped else 587
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port or usual, user, password, is_wrapped)


class SmtpMailer:
    """Hands letters to one server."""

    def __init__(
        self,
        server: Server,
        sender: str,
        *,
        trust: ssl.SSLContext | None = None,
        needs_tls: bool | None = None,
        step_seconds: int = STEP_SECONDS,
        whole_seconds: int = WHOLE_SECONDS,
    ) -> None:
        """`trust` says which certificates hold; TLS is needed except on this machine itself."""
        self._server, self._sender = server, sender
        self._trust = trust or ssl.create_default_context()
        self._needs_tls = not server.is_loopback if needs_tls is None else needs_tls
        self._step, self._whole = step_seconds, whole_seconds

    def send(self, letter: Letter, address: str) -> None:
        """Hand a letter over for one recipient. Raises: MailRefused, MailDelayed."""
        content = written(letter, self._sender)
        with _told(), self._connection() as smtp:
            self._enter(smtp)
            _expect(smtp.mail(self._sender, [f"size={len(content)}"] if _has_size(smtp) else []))
            _expect(smtp.rcpt(address))
            try:
                _expect(smtp.data(content))
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                raise MailDelayed(
                    answer="the connection was lost while the mail was handed over. It is tried "
                    "again; should it arrive twice, both carry the same Message-ID."
                ) from error

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """An open connection that is cut off when the whole hand-over takes too long."""
        with watched(self._whole) as watch:
            smtp = self._opened(watch)
            try:
                yield smtp
                with suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
            finally:
                smtp.close()

    def _opened(self, watch: "Watch") -> smtplib.SMTP:
        if self._server.is_wrapped:
            return _WrappedClient(watch, self._server, self._step, self._trust)
        return _Client(watch, self._server, self._step)

    def _enter(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._needs_tls and not self._server.is_wrapped:
            if not smtp.has_extn("starttls"):
                raise MailDelayed(answer="it offers no STARTTLS, and nothing is sent in the open.")
            _expect(smtp.starttls(context=self._trust))
            smtp.ehlo()
        if self._server.user:
            smtp.login(self._server.user, self._server.password)


class Watch:
    """Cuts a connection off when its time is over: each answer may be quick, all of them not."""

    def __init__(self, seconds: int) -> None:
        """Start the time."""
        self._smtp: smtplib.SMTP | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def over(self, smtp: smtplib.SMTP) -> None:
        """Watch over this connection."""
        self._smtp = smtp

    def end(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self._smtp.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


@contextmanager
def watched(seconds: int) -> Iterator[Watch]:
    """A watch for the time of a block."""
    watch = Watch(seconds)
    try:
        yield watch
    finally:
        watch.end()


class _Client(smtplib.SMTP):
    """A connection that is watched from before its first byte."""

    def __init__(self, watch: Watch, server: Server, seconds: int) -> None:
        watch.over(self)
        super().__init__(server.host, server.port, server.own_name, timeout=seconds)


class _WrappedClient(smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""

    def __init__(self, watch: Watch, server: Server, seconds: int, trust: ssl.SSLContext) -> None:
        watch.over(self)
        super().__init__(server.host, server.port, server.own_name, timeout=seconds, context=trust)


def _has_size(smtp: smtplib.SMTP) -> bool:
    return bool(smtp.has_extn("size"))


def _expect(answer: tuple[int, bytes]) -> None:
    """Go on after a yes. Raises: MailRefused for 5xx, MailDelayed for anything else."""
    code, words = answer
    if not 200 <= code < 300:  # noqa: PLR2004  RFC 5321 4.2.1
        raise _failure(code, words)


def _failure(code: int, words: bytes | str) -> MailRefused | MailDelayed:
    said = _plain(code, words)
    return MailRefused(answer=said) if code >= PERMANENT else MailDelayed(answer=said)


@contextmanager
def _told() -> Iterator[None]:
    """Every way in which a server can fail, as one of two sentences."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        said = _plain(error.smtp_code, error.smtp_error)
        raise MailDelayed(answer=f"it does not accept the sign-in ({said})") from error
    except ssl.SSLCertVerificationError as error:
        raise MailDelayed(
            answer=f"its certificate does not hold ({error.verify_message})"
        ) from error
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise MailDelayed(answer=_plain(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPServerDisconnected as error:
        raise MailDelayed(answer="it closed the connection.") from error
    except TimeoutError as error:
        raise MailDelayed(answer="it did not answer in time.") from error
    except (smtplib.SMTPException, OSError, EOFError) as error:
        raise MailDelayed(answer=_plain(0, str(error))) from error


def _plain(code: int, words: bytes | str) -> str:
    """What the server said, on one line, without signs that do something."""
    text = _bytes(words).decode("utf-8", "replace")
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"{code} {clean}".removeprefix("0 ")[:MOST_ANSWER]


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")
