"""Builders: a billing desk with a company, its people, two customers, and their invoices.

desk = a_world(database)
invoice_id = an_invoice(desk, lines=(a_line(unit_price=Decimal(100)),))
post_again = move_invoice(desk.as_("accounting"), invoice_id, Action.POST)
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from billing_app.bootstrap import World
from billing_app.domain.access import ExternalRole, StaffLevel
from billing_app.domain.lifecycle import Action, Posting
from billing_app.persistence.database import Database
from billing_app.persistence.migrating import migrate
from billing_app.persistence.tables import (
    Company,
    Contact,
    Customer,
    DocumentType,
    ExternalAccess,
    LoginSession,
    Office,
    PortalSite,
    User,
)
from billing_app.security.cookies import new_token, token_hash
from billing_app.services.context import Actor, Context, FixedClock, system_actor
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.people.sessions import email_key
from billing_app.services.people.setup import ship_basics
from billing_app.settings import Settings

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SECRET = b"a secret of thirty-two characters"
PASSWORD = "correct horse battery staple"
# Hashing takes a tenth of a second on purpose, so the tests do it once, here:
PASSWORD_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$nvPe+x8jZKz1nlNK6b3XOg$x/3f2b1ZNURDojV4TKedlO/3fSG4pvWBgbMnv0LnDFs"
)
STAFF: Mapping[str, StaffLevel] = {
    "viewer": StaffLevel.VIEWER,
    "sales": StaffLevel.SALES,
    "billing": StaffLevel.BILLING,
    "billing2": StaffLevel.BILLING,
    "accounting": StaffLevel.ACCOUNTING,
    "accounting2": StaffLevel.ACCOUNTING,
    "admin": StaffLevel.ADMIN,
    "owner": StaffLevel.OWNER,
}
CUSTOMERS = {"a": "Halvorsen Dairy GmbH", "b": "Brightwater Marine Ltd"}


@dataclass(slots=True)
class Desk:
    """A billing desk: its database, its clock, its people by short name.

    Staff are named like their level (`billing`, `accounting2`), the customers' people by role
    and customer (`l40@a`).
    """

    database: Database
    clock: FixedClock
    company_id: int
    zone: str
    people: dict[str, Actor] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)

    def as_(self, name: str, **changes: Any) -> Context:
        """The context in which this person asks; `changes` replaces facts of the person."""
        return self.acting(replace(self.people[name], **changes))

    def acting(self, actor: Actor) -> Context:
        """The context in which any actor asks."""
        return Context(self.database, self.clock, actor, SECRET, self.zone)

    def system(self) -> Context:
        """The context of jobs and commands."""
        return self.acting(system_actor())

    def today(self) -> date:
        """The company's day."""
        return self.system().today()

    def pass_time(self, by: timedelta) -> None:
        """Let time pass."""
        self.clock.instant += by

    def process_world(self, folder: Path) -> World:
        """The desk as the product's process sees it; its files go to `folder`."""
        chosen = Settings(
            data_dir=folder,
            database_url=self.database.url.render_as_string(hide_password=False),
        )
        return World(chosen, self.database, self.clock, SECRET)


def migrated(url: str) -> Database:
    """A database with every migration and what the product ships with."""
    database = Database(url)
    migrate(database)
    ship_basics(Context(database, FixedClock(NOW), system_actor(), SECRET))
    return database


def copied(template: Path, target: Path) -> Database:
    """A copy of a closed SQLite database, quicker than migrating anew."""
    shutil.copyfile(template, target)
    return Database(f"sqlite:///{target}")


def a_world(database: Database, *, now: datetime = NOW, zone: str = "Europe/Berlin") -> Desk:
    """A desk in a migrated, otherwise empty database."""
    with database.write() as session:
        company = _a_company(session, zone)
        desk = Desk(database, FixedClock(now), company, zone)
        kinds = session.exec(select(DocumentType.code, DocumentType.id)).all()
        desk.types = {code: key or 0 for code, key in kinds}
        for name, level in STAFF.items():
            desk.people[name] = _a_clerk(session, name, level, now)
        for short, name in CUSTOMERS.items():
            _a_customer(session, desk, short, name)
            for role in ExternalRole:
                person = _a_portal_user(session, desk, short, role)
                desk.people[f"{role.code.lower()}@{short}"] = person
    return desk


def a_line(description: str = "Calibration of pH electrode", **changes: Any) -> DraftLine:
    """One line: two at 100.00, nineteen percent."""
    line = DraftLine(
        description=description,
        quantity=Decimal(2),
        unit_price=Decimal(100),
        tax_rate=Decimal(19),
        unit="pcs",
    )
    return replace(line, **changes)


def draft_content(desk: Desk, customer: str = "a", **changes: Any) -> Draft:
    """What a form holds: one line, 238.00 in EUR, due in thirty days."""
    today = desk.today()
    draft = Draft(
        customer_id=desk.customers[customer],
        document_date=today,
        due_on=today + timedelta(days=30),
        currency="EUR",
        lines=(a_line(),),
        title="March calibration",
    )
    return replace(draft, **changes)


def a_draft(desk: Desk, customer: str = "a", *, by: str = "billing", **changes: Any) -> int:
    """A saved draft; answers its id."""
    return create_draft(desk.as_(by), draft_content(desk, customer, **changes))


WAYS: Mapping[Posting, tuple[Action, ...]] = {
    Posting.DRAFT: (),
    Posting.ASSEMBLED: (Action.ASSEMBLE,),
    Posting.READY: (Action.ASSEMBLE, Action.READY),
    Posting.POSTED: (Action.POST,),
    Posting.CANCELLED: (Action.CANCEL,),
    Posting.VOID: (Action.POST, Action.VOID),
}


def an_invoice(
    desk: Desk,
    status: Posting = Posting.POSTED,
    *,
    customer: str = "a",
    by: str = "accounting",
    **changes: Any,
) -> int:
    """An invoice that came to `status` by its usual way; answers its id."""
    invoice_id = a_draft(desk, customer, by=by, **changes)
    for action in WAYS[status]:
        move_invoice(desk.as_(by), invoice_id, action, reason="Ordered twice.", confirmed=True)
    return invoice_id


def a_session(desk: Desk, name: str) -> str:
    """Sign a person in without the form; answers the cookie's value."""
    token, person = new_token(), desk.people[name]
    with desk.database.write() as session:
        session.add(
            LoginSession(
                token_hash=token_hash(token),
                user_id=person.user_id,
                customer_id=person.customer_id,
                created_at=desk.clock.now(),
                seen_at=desk.clock.now(),
            )
        )
    return token


def _a_company(session: Session, zone: str) -> int:
    company = Company(
        name="Aldermoor Instruments GmbH",
        street="Speicherweg 12",
        postcode="20457",
        city="Hamburg",
        country="DE",
        tax_id="DE123456789",
        base_currency="EUR",
        time_zone=zone,
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
    )
    session.add(company)
    session.flush()
    company_id = company.id or 0
    session.add(Office(company_id=company_id, name="Head office"))
    session.add(PortalSite(company_id=company_id, name="Portal", settings_json="{}"))
    return company_id


def _a_user(session: Session, email: str, kind: str, level: int, now: datetime) -> int:
    user = User(
        email=email,
        email_key=email_key(email),
        name=email.partition("@")[0].capitalize(),
        password_hash=PASSWORD_HASH,
        kind=kind,
        staff_level=level,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user.id or 0


def _a_clerk(session: Session, name: str, level: StaffLevel, now: datetime) -> Actor:
    email = f"{name}@desk.example"
    user_id = _a_user(session, email, "staff", int(level), now)
    return Actor(user_id=user_id, kind="staff", name=name.capitalize(), email=email, level=level)


def _a_customer(session: Session, desk: Desk, short: str, name: str) -> None:
    customer = Customer(
        number=str(10_001 + len(desk.customers)),
        name=name,
        street="Hafenallee 40",
        postcode="25813",
        city="Husum",
        country="DE",
        email=f"accounts@customer-{short}.example",
        company_id=desk.company_id,
        currency="EUR",
        created_at=desk.clock.now(),
    )
    session.add(customer)
    session.flush()
    desk.customers[short] = customer.id or 0
    contact = Contact(
        customer_id=customer.id or 0,
        name="Ida Halvorsen",
        email=f"finance@customer-{short}.example",
        is_billing=True,
    )
    session.add(contact)
    session.flush()
    desk.contacts[short] = contact.id or 0


def _a_portal_user(session: Session, desk: Desk, short: str, role: ExternalRole) -> Actor:
    email = f"{role.code.lower()}@customer-{short}.example"
    user_id = _a_user(session, email, "external", 0, desk.clock.now())
    customer_id = desk.customers[short]
    session.add(
        ExternalAccess(customer_id=customer_id, user_id=user_id, role=int(role), days_back=None)
    )
    return Actor(
        user_id=user_id,
        kind="external",
        name=role.code,
        email=email,
        customer_id=customer_id,
        role=role,
        scope="corporate",
    )


__all__ = [
    "CUSTOMERS",
    "NOW",
    "PASSWORD",
    "PASSWORD_HASH",
    "SECRET",
    "STAFF",
    "Desk",
    "a_draft",
    "a_line",
    "a_session",
    "a_world",
    "an_invoice",
    "copied",
    "draft_content",
    "migrated",
]
