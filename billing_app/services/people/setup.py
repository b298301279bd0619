"""The empty product: what it ships with, and the first run that makes owner and company."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from billing_app.domain.access import StaffLevel
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.money import currency
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import (
    Company,
    Customer,
    DocumentType,
    Office,
    PortalSite,
    Setting,
    User,
)
from billing_app.services.audit import record
from billing_app.services.context import SYSTEM_USER_ID, Context
from billing_app.services.customers import EMAIL
from billing_app.services.people.sessions import email_key

TOKEN_KEY = "setup_token"  # noqa: S105  the setting's name
TOKEN_LIVES = timedelta(minutes=15)
DOCUMENT_TYPES = (
    ("INO", "Invoice", "out", "invoice", True),
    ("CRO", "Credit Note", "out", "credit", False),
    ("INI", "Invoice In", "in", "invoice", False),
    ("CRI", "Credit In", "in", "credit", False),
    ("PMI", "Receipt", "out", "receipt", False),
    ("PMO", "Payment", "in", "payment", False),
    ("APR", "Advance Payment Request", "out", "advance", False),
)


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first-run page asks."""

    owner_name: str
    owner_email: str
    password: str
    company_name: str
    company_country: str
    company_currency: str
    time_zone: str
    customer_name: str = ""
    customer_email: str = ""


def ship_basics(ctx: Context) -> None:
    """Make sure the system user and the shipped document types are there; repeatable."""
    with ctx.write() as session:
        if session.get(User, SYSTEM_USER_ID) is None:
            session.add(
                User(
                    id=SYSTEM_USER_ID,
                    email="",
                    email_key="system",
                    name="System",
                    kind="system",
                    staff_level=int(StaffLevel.OWNER),
                    created_at=ctx.now(),
                )
            )
            session.flush()
            _continue_ids(session)
        known = set(session.exec(select(DocumentType.code)).all())
        for code, name, direction, kind, is_default in DOCUMENT_TYPES:
            if code not in known:
                session.add(
                    DocumentType(
                        code=code, name=name, direction=direction, kind=kind, is_default=is_default
                    )
                )


def is_empty(ctx: Context) -> bool:
    """Whether nobody can sign in yet, so the first run is due."""
    with ctx.read() as session:
        people = select(func.count()).select_from(User).where(User.kind != "system")
        return session.exec(people).one() == 0


def new_setup_token(ctx: Context) -> str:
    """A one-time token for the first-run page; only its hash and time are kept."""
    token = secrets.token_urlsafe(24)
    with ctx.write() as session:
        row = _token_row(session) or Setting(key=TOKEN_KEY, scope="global")
        row.value = f"{_digest(token)} {ctx.now().isoformat()}"
        session.add(row)
    return token


def is_setup_token(ctx: Context, token: str) -> bool:
    """Whether the token opens the first-run page now."""
    with ctx.read() as session:
        return _fits(session, token, ctx.now())


def first_run(
    ctx: Context,
    token: str,
    facts: FirstRun,
    *,
    hashed: Callable[[str], str],
    check: Callable[..., None],
) -> None:
    """Make the owner, the company with its portal site, and the first customer.

    Raises: Forbidden for a wrong, used or late token; Invalid with every field's sentence.
    """
    _check(facts, check)
    with ctx.write() as session:
        is_due = (
            session.exec(select(func.count()).select_from(User).where(User.kind != "system")).one()
            == 0
        )
        if not is_due or not _fits(session, token, ctx.now()):
            raise Forbidden(
                "This set-up link is used or too old. Start the server again for a new one."
            )
        owner = _owner(ctx, facts, hashed(facts.password))
        company = _company(facts)
        session.add_all([owner, company])
        session.flush()
        session.add(Office(company_id=company.id or 0, name="Head office"))
        session.add(PortalSite(company_id=company.id or 0, name="Portal", settings_json="{}"))
        if facts.customer_name.strip():
            session.add(_first_customer(ctx, facts, company))
        row = _token_row(session)
        if row is not None:
            session.delete(row)
        record(session, ctx, entity="company", entity_id=company.id or 0, action="set_up")


def _owner(ctx: Context, facts: FirstRun, password_hash: str) -> User:
    return User(
        email=facts.owner_email.strip(),
        email_key=email_key(facts.owner_email),
        name=facts.owner_name.strip(),
        password_hash=password_hash,
        kind="staff",
        staff_level=int(StaffLevel.OWNER),
        created_at=ctx.now(),
    )


def _company(facts: FirstRun) -> Company:
    return Company(
        name=facts.company_name.strip(),
        country=facts.company_country.strip().upper(),
        base_currency=facts.company_currency.strip().upper(),
        time_zone=facts.time_zone.strip() or "UTC",
    )


def _first_customer(ctx: Context, facts: FirstRun, company: Company) -> Customer:
    return Customer(
        number="10001",
        name=facts.customer_name.strip(),
        email=facts.customer_email.strip(),
        company_id=company.id or 0,
        country=company.country,
        currency=company.base_currency,
        created_at=ctx.now(),
    )


def _check(facts: FirstRun, check: Callable[..., None]) -> None:
    problems: dict[str, str] = {}
    for field, sentence in (
        ("owner_name", "Give your name."),
        ("company_name", "Give the company's name."),
    ):
        try:
            if not clean_text(getattr(facts, field), field=field, maximum=255):
                problems[field] = sentence
        except Invalid as error:
            problems |= error.fields
    for field in ("owner_email", "customer_email"):
        text = getattr(facts, field).strip()
        if (text or field == "owner_email") and not EMAIL.fullmatch(text):
            problems[field] = "This is not one e-mail address."
    try:
        currency(facts.company_currency.strip().upper())
    except Invalid as error:
        problems["company_currency"] = error.sentence
    country = facts.company_country.strip()
    if not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004
        problems["company_country"] = "Give the country as its two-letter code, like DE."
    try:
        check(facts.password, facts.owner_name, facts.owner_email, facts.company_name)
    except Invalid as error:
        problems |= error.fields
    if problems:
        raise Invalid.many(problems)


def _token_row(session: Session) -> Setting | None:
    return session.exec(select(Setting).where(col(Setting.key) == TOKEN_KEY)).first()


def _fits(session: Session, token: str, now: datetime) -> bool:
    row = _token_row(session)
    if row is None:
        return False
    digest, _, made = row.value.partition(" ")
    is_late = now - datetime.fromisoformat(made) > TOKEN_LIVES
    return hmac.compare_digest(digest, _digest(token)) and not is_late


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _continue_ids(session: Session) -> None:
    """PostgreSQL's counter does not know of the system user's fixed id."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('app_user', 'id'), 1)"))
