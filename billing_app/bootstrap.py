"""Picks the concrete things (database, clock, key) once and hands out contexts."""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from billing_app.domain.errors import NotFound
from billing_app.integrations.accounting.xero import API, TOKENS, Connection, Xero
from billing_app.integrations.mail.folder import FolderMailer
from billing_app.integrations.mail.smtp import SmtpMailer, server_at
from billing_app.integrations.payments.demo import DemoGateway
from billing_app.integrations.webhooks.posting import HttpPoster
from billing_app.persistence.database import Database
from billing_app.persistence.queries.companies import main_time_zone
from billing_app.services.accounting.ports import Ledger
from billing_app.services.context import (
    Actor,
    Clock,
    Context,
    FixedClock,
    SystemClock,
    system_actor,
)
from billing_app.services.mail.ports import Mailer
from billing_app.services.paying.ports import Gateway, Gateways
from billing_app.settings import SECRET_FILE, Settings, settings

DEMO_SENDER = "billing@demo.example"
DEMO_CHARGES = "demo-gateway.sqlite"


@dataclass(slots=True)
class World:
    """The concrete things of this process."""

    settings: Settings
    database: Database
    clock: Clock
    secret: bytes
    _zone: str = ""
    _ledger: Ledger | None = None

    def forget_zone(self) -> None:
        """Ask the database anew for the company's zone."""
        self._zone = ""

    def context(self, actor: Actor) -> Context:
        """The context in which `actor` asks."""
        if not self._zone:
            with self.database.read() as session:
                self._zone = main_time_zone(session)
        return Context(
            database=self.database,
            clock=self.clock,
            actor=actor,
            secret=self.secret,
            zone=self._zone or "UTC",
            accounting=self.ledger(),
            public_url=self.settings.public_url,
        )

    def ledger(self) -> Ledger | None:
        """The accounting program that is connected, one for the process; None without one."""
        chosen = self.settings
        if self._ledger is None and chosen.xero_client_id:
            self._ledger = Xero(
                Connection(
                    chosen.xero_client_id,
                    chosen.xero_client_secret.get_secret_value(),
                    chosen.xero_tenant_id,
                    chosen.xero_api_base or API,
                    chosen.xero_token_url or TOKENS,
                )
            )
        return self._ledger

    def mailer(self) -> Mailer | None:
        """How mails leave: over SMTP, in the demo into a folder; None: they wait."""
        url = self.settings.smtp_url.get_secret_value()
        if url:
            return SmtpMailer(server_at(url), self.settings.mail_from)
        if self.settings.demo:
            sender = self.settings.mail_from or DEMO_SENDER
            return FolderMailer(self.settings.data_dir / "mails", sender)
        return None

    def gateways(self) -> Gateways:
        """The payment gateways that are set up; the demo's in demo mode only (SPEC 6.12)."""
        found: dict[str, Gateway] = {}
        if self.settings.demo:
            found["demo"] = self.demo_gateway()
        if self.settings.takes_stripe:
            from billing_app.integrations.payments.stripe_gateway import (  # noqa: PLC0415  half a second
                StripeGateway,
            )

            found["stripe"] = StripeGateway(
                self.settings.stripe_secret_key.get_secret_value(),
                self.settings.stripe_publishable_key,
                base=self.settings.stripe_api_base,
            )
        return found

    def demo_gateway(self) -> DemoGateway:
        """The demo's gateway. Raises: NotFound outside demo mode."""
        if not self.settings.demo:
            raise NotFound
        return DemoGateway(self.settings.data_dir / DEMO_CHARGES, self.clock.now)

    def poster(self) -> HttpPoster:
        """How others' systems are told; to this machine itself in the demo only."""
        return HttpPoster(allows_loopback=self.settings.demo)

    def system(self) -> Context:
        """The context of jobs and commands."""
        return self.context(system_actor())


def build_world(chosen: Settings) -> World:
    """Make the things that `chosen` asks for."""
    clock: Clock = SystemClock()
    if chosen.clock is not None:
        clock = FixedClock(chosen.clock.astimezone(UTC))
    return World(chosen, Database(chosen.url), clock, signing_key(chosen))


@lru_cache(maxsize=1)
def world() -> World:
    """The world of this process."""
    return build_world(settings())


def signing_key(chosen: Settings) -> bytes:
    """The secret key: the given one, or one made on first start and kept in the data folder."""
    given = chosen.secret_key.get_secret_value()
    if given:
        return given.encode()
    path = chosen.data_dir / SECRET_FILE
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip().encode()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process was faster; its key counts
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)


def zone_exists(name: str) -> bool:
    """Whether the computer knows this time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError):
        return False
    return True
