"""Everything the operator may set: one frozen object, read once, each value described.

Source: docs/operations.md; the names are fixed by DESIGN ("Settings").
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from billing_app.domain.errors import BillingError
from billing_app.domain.mail import parse_address
from billing_app.integrations.mail.smtp import server_at

PLACEHOLDERS = {"changeme", "secret", "password", "default", "test", "todo"}
LEAST_SECRET = 32
PREFIX = "BILLING_"
READ_ELSEWHERE = {"WORKERS", "ORIGINS", "BUILD_PORT"}  # by the server's own start
SECRET_FILE = "secret-key"  # noqa: S105  the name of the file, not a secret


class SettingsError(ValueError):
    """Settings the product does not start with, as one sentence each."""


class Settings(BaseSettings):
    """The operator's settings, from the environment with the prefix `BILLING_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(Path("./var"), description="Folder for the database, files and keys.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty means a SQLite file in the data folder."
    )
    redis_url: str = Field("", description="Redis for more than one worker process; empty: one.")
    public_url: str = Field(
        "http://127.0.0.1:3000", description="The address people type, with http or https."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs hashes and links; empty: made once in the data folder."
    )
    smtp_url: SecretStr = Field(SecretStr(""), description="smtp://user:password@host:port")
    mail_from: str = Field("", description="Sender address of mails.")
    stripe_secret_key: SecretStr = Field(SecretStr(""), description="Stripe's secret key.")
    stripe_publishable_key: str = Field("", description="Stripe's publishable key.")
    stripe_webhook_secrets: SecretStr = Field(
        SecretStr(""), description="Stripe's webhook secrets, comma separated."
    )
    stripe_api_base: str = Field("", description="Another address of the Stripe API, for tests.")
    xero_client_id: str = Field("", description="Xero's client id; empty: no accounting program.")
    xero_client_secret: SecretStr = Field(SecretStr(""), description="Xero's client secret.")
    xero_tenant_id: str = Field("", description="Xero's tenant id, where the client has several.")
    xero_api_base: str = Field("", description="Another address of the Xero API, for tests.")
    xero_token_url: str = Field("", description="Another address of Xero's sign-in, for tests.")
    xero_poll_seconds: int = Field(
        300, ge=1, le=86_400, description="How often Xero is asked what was paid or voided there."
    )
    clock: datetime | None = Field(None, description="A fixed time; only with DEMO.")
    demo: bool = Field(default=False, description="Demo data, demo sign-ins on the login page.")
    events_per_second: int = Field(
        60, ge=1, le=100_000, description="Events one browser tab may send per second, sustained."
    )

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = f"BILLING_PUBLIC_URL must be like https://billing.example, not {value!r}."
            raise ValueError(message)
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            message = (
                "BILLING_PUBLIC_URL must begin with https unless it is this machine's own address: "
                "over plain http anybody on the way can take over a session."
            )
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _is_no_placeholder(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and (text.lower() in PLACEHOLDERS or len(text) < LEAST_SECRET):
            message = (
                f"BILLING_SECRET_KEY must be at least {LEAST_SECRET} characters and no placeholder."
            )
            raise ValueError(message)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            try:
                server_at(value.get_secret_value())
            except ValueError as error:
                message = f"BILLING_SMTP_URL cannot be read. {error}"
                raise ValueError(message) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_one_address(cls, value: str) -> str:
        try:
            return parse_address(value, "mail_from") if value else ""
        except BillingError as error:
            message = f"BILLING_MAIL_FROM: {error.sentence}"
            raise ValueError(message) from None

    @field_validator("clock")
    @classmethod
    def _is_aware(cls, value: datetime | None) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)

    @model_validator(mode="after")
    def _clock_only_in_demo(self) -> "Settings":
        if self.clock is not None and not self.demo:
            message = "BILLING_CLOCK fixes the time, which only BILLING_DEMO=1 allows."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _mails_have_a_sender(self) -> "Settings":
        if self.smtp_url.get_secret_value() and not self.mail_from:
            message = "BILLING_SMTP_URL needs BILLING_MAIL_FROM, the address mails come from."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _xero_has_both(self) -> "Settings":
        if bool(self.xero_client_id) != bool(self.xero_client_secret.get_secret_value()):
            message = "BILLING_XERO_CLIENT_ID and BILLING_XERO_CLIENT_SECRET need each other."
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> "Settings":
        secret, public = self.stripe_secret_key.get_secret_value(), self.stripe_publishable_key
        if bool(secret) is not bool(public):
            message = (
                "BILLING_STRIPE_SECRET_KEY and BILLING_STRIPE_PUBLISHABLE_KEY belong together; "
                "one of them is missing."
            )
            raise ValueError(message)
        if ("_live_" in secret) is not ("_live_" in public):
            message = (
                "BILLING_STRIPE_PUBLISHABLE_KEY is of another mode, live or test, than "
                "BILLING_STRIPE_SECRET_KEY."
            )
            raise ValueError(message)
        if self.stripe_api_base and "_live_" in secret:
            message = "BILLING_STRIPE_API_BASE is for tests, and a live key goes to Stripe alone."
            raise ValueError(message)
        return self

    @property
    def takes_stripe(self) -> bool:
        """Whether Stripe is set up."""
        return bool(self.stripe_secret_key.get_secret_value())

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets Stripe signs its messages with; several while one is rolled."""
        told = self.stripe_webhook_secrets.get_secret_value().split(",")
        return tuple(one.strip() for one in told if one.strip())

    @property
    def url(self) -> str:
        """The database's address: the given one, or the SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'billing.db').absolute()}"

    @property
    def is_https(self) -> bool:
        """Whether people reach the product over TLS, so cookies carry `Secure` and `__Host-`."""
        return urlsplit(self.public_url).scheme == "https"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, where plain http is safe."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises: SettingsError."""
    refuse_unknown(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        wrong = (_sentence(found["loc"], found["msg"]) for found in error.errors())
        raise SettingsError("\n".join(wrong)) from None


def refuse_unknown(names: Iterable[str]) -> None:
    """Raise SettingsError for a variable nobody reads: a misspelt one would be silently lost."""
    known = {name.upper() for name in Settings.model_fields} | READ_ELSEWHERE
    unknown = sorted(
        name for name in names if name.startswith(PREFIX) and name[len(PREFIX) :] not in known
    )
    if unknown:
        message = f"There is no setting {unknown[0]}. docs/operations.md lists those there are."
        raise SettingsError(message)


def _sentence(place: tuple[int | str, ...], said: str) -> str:
    said = said.removeprefix("Value error, ")
    name = "".join(f"{PREFIX}{part}".upper() for part in place)
    return said if said.startswith(PREFIX) or not name else f"{name}: {said}."
