"""Posting to an address somebody typed: never into a private network (RELIABILITY, SSRF).

The name is resolved once, every address it has must be public, and the connection goes to the very
address that was looked at. No redirect is followed and little of the answer is read.
"""

import http.client
import socket
import ssl
from ipaddress import ip_address
from urllib.parse import urlsplit

from billing_app.domain.errors import Refused, Unavailable

SECONDS, MOST_READ = 10, 4_096
PRIVATE = "This address leads into a private network, and nothing is sent there."


class HttpPoster:
    """Posts over HTTPS; in the demo and in tests also to this machine over plain HTTP."""

    def __init__(self, *, allows_loopback: bool = False, seconds: int = SECONDS) -> None:
        """`seconds` bounds each step."""
        self._allows_loopback, self._seconds = allows_loopback, seconds

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status that was answered. Raises: Refused for an address that must not be asked."""
        parts = urlsplit(url)
        host, is_tls = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        target = self._address(host, port, is_tls=is_tls)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Pinned(host, port, target, is_tls=is_tls, seconds=self._seconds)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(MOST_READ)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("It did not answer: {why}", why=str(error)[:200]) from error
        else:
            return answer.status
        finally:
            connection.close()

    def _address(self, host: str, port: int, *, is_tls: bool) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable("{host} is not known.", host=host) from error
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if all(one.is_loopback for one in addresses) and self._allows_loopback:
            return str(addresses[0])
        mapped = [getattr(one, "ipv4_mapped", None) or one for one in addresses]
        if not all(one.is_global and not one.is_multicast for one in mapped):
            raise Refused(PRIVATE)
        if not is_tls:
            raise Refused("Nothing is sent in the open. Use an address with https.")
        return str(addresses[0])


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, under the name it was asked by."""

    def __init__(self, host: str, port: int, target: str, *, is_tls: bool, seconds: int) -> None:
        super().__init__(host, port, timeout=seconds)
        self._target, self._is_tls = target, is_tls

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        self.sock = socket.create_connection((self._target, self.port), self.timeout)
        if self._is_tls:
            trust = ssl.create_default_context()
            self.sock = trust.wrap_socket(self.sock, server_hostname=self.host)
