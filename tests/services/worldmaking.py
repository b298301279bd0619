"""Small worlds for tests: a company, its staff, two customers, on SQLite and on PostgreSQL.

A world is copied from a template that is migrated and filled once a session.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, SQLModel, select

from billing_app.domain.access import ExternalRole, StaffLevel
from billing_app.domain.lifecycle import Action
from billing_app.persistence.database import Database
from billing_app.persistence.migrating import migrate
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Customer,
    DocumentType,
    DoneRequest,
    ExternalAccess,
    Invoice,
    InvoiceLine,
    NumberSeries,
    Office,
    OutboxEvent,
    PortalSite,
    Product,
    Seal,
    Snapshot,
    User,
    Vessel,
    Voyage,
)
from billing_app.services.context import Actor, Context, FixedClock, system_actor
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import Moved, move_invoice
from billing_app.services.people.setup import ship_basics

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
SECRET = b"a key that only these tests know, long enough"
STAFF = {
    "viewer": ("Vera Viewer", StaffLevel.VIEWER),
    "sales": ("Sven Sales", StaffLevel.SALES),
    "sales2": ("Sara Sales", StaffLevel.SALES),
    "billing": ("Birte Billing", StaffLevel.BILLING),
    "billing2": ("Bilal Billing", StaffLevel.BILLING),
    "accounting": ("Anke Accounting", StaffLevel.ACCOUNTING),
    "accounting2": ("Andrei Accounting", StaffLevel.ACCOUNTING),
    "admin": ("Amina Admin", StaffLevel.ADMIN),
    "owner": ("Ole Owner", StaffLevel.OWNER),
}
ROLES = (10, 20, 30, 40, 80, 90)
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
_names = count(1)


@dataclass(slots=True)
class TinyWorld:
    """One database with people in it; `clock` moves when a test moves it."""

    __test__ = False
    database: Database
    people: dict[str, Actor]
    customers: dict[str, int]
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    @property
    def is_sqlite(self) -> bool:
        return self.database.is_sqlite

    def ctx(self, who: str | Actor = "system") -> Context:
        """The context in which somebody asks: a name, or an actor of the test's own."""
        actor = who if isinstance(who, Actor) else self.people[who]
        return Context(self.database, self.clock, actor, SECRET, "Europe/Berlin")

    def type_id(self, code: str = "INO") -> int:
        with self.database.read() as session:
            found = session.exec(select(DocumentType.id).where(DocumentType.code == code)).one()
            return found or 0

    def invoice(self, invoice_id: int) -> Invoice:
        with self.database.read() as session:
            return session.get_one(Invoice, invoice_id)

    def lines(self, invoice_id: int) -> list[InvoiceLine]:
        with self.database.read() as session:
            chosen = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
            return list(session.exec(chosen.order_by(InvoiceLine.line_no)).all())

    def all(self, kind: type[SQLModel]) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(kind)).all())

    def add(self, row: SQLModel) -> int:
        with self.database.write() as session:
            session.add(row)
            session.flush()
            return getattr(row, "id", None) or 0

    def change(self, kind: type[SQLModel], key: int, **values: object) -> None:
        with self.database.write() as session:
            row = session.get_one(kind, key)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def voyage(self, reference: str, status: str = "Operational", vessel: str = "MS Test") -> int:
        with self.database.write() as session:
            ship = session.exec(select(Vessel).where(Vessel.name == vessel)).first() or Vessel(
                name=vessel
            )
            session.add(ship)
            session.flush()
            row = Voyage(reference=reference, vessel_id=ship.id, status=status)
            session.add(row)
            session.flush()
            return row.id or 0

    def draft(self, by: str = "billing", /, **changes: Any) -> int:
        return create_draft(self.ctx(by), a_draft(self, **changes))

    def posted(self, by: str = "accounting", /, **changes: Any) -> int:
        invoice_id = self.draft("billing", **changes)
        move_invoice(self.ctx(by), invoice_id, Action.POST)
        return invoice_id

    def move(self, by: str, invoice_id: int, action: Action, **more: Any) -> Moved:
        return move_invoice(self.ctx(by), invoice_id, action, **more)

    def footprint(self) -> dict[str, int]:
        """How many rows every table that posting touches holds."""
        kinds = (Invoice, InvoiceLine, Snapshot, Seal, AuditEntry, OutboxEvent, DoneRequest)
        counts = {kind.__tablename__: len(self.all(kind)) for kind in kinds}
        counts["numbers taken"] = sum(row.next_value - 1 for row in self.all(NumberSeries))
        return counts


def a_line(description: str = "Work", **changes: Any) -> DraftLine:
    """A correct line: 3 x 19.99, 10 % off, 20 % tax (SPEC V2: net 53.97, tax 10.79)."""
    line = DraftLine(
        description=description,
        quantity=Decimal(3),
        unit_price=Decimal("19.99"),
        discount_type="percent",
        discount_value=Decimal(10),
        tax_rate=Decimal(20),
    )
    return replace(line, **changes)


def a_draft(world: TinyWorld, /, **changes: Any) -> Draft:
    """A correct draft for customer A."""
    draft = Draft(
        customer_id=world.customers["a"],
        document_date=TODAY,
        due_on=date(2026, 12, 21),
        currency="EUR",
        lines=(a_line(),),
    )
    return replace(draft, **changes)


class Cluster:
    """A PostgreSQL of our own, as an unprivileged user, in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="billing-pg-"))
        self.port = free_port()
        self._as = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            if os.geteuid() == 0
            else []
        )
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self._run(
            "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", data, "-l", self.folder / "log", "-w", "-o", options, "start")
        atexit.register(self.stop)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def make(self, name: str, template: str = "template1") -> str:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return self.url(name)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [*self._as, str(POSTGRES_BIN / program), *map(str, arguments)],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@lru_cache(maxsize=1)
def cluster() -> Cluster:
    return Cluster()


@lru_cache(maxsize=1)
def scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="billing-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=2)
def template(engine: str) -> tuple[str, dict[str, Actor], dict[str, int]]:
    """The address of a filled database of this engine, and who is in it."""
    url = (
        cluster().make("template_billing")
        if engine == "postgres"
        else f"sqlite:///{scratch() / 'template.db'}"
    )
    database = Database(url)
    migrate(database)
    clock = FixedClock(NOW)
    ctx = Context(database, clock, system_actor(), SECRET)
    ship_basics(ctx)
    with database.write() as session:
        people, customers = _fill(session)
    if database.is_sqlite:
        with database.writer.connect() as connection:
            connection.execute(text("SELECT 1"))
        with database.writer.connect().execution_options() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return url, people, customers


def a_database(engine: str) -> str:
    """The address of a fresh copy of the filled database."""
    url, _, _ = template(engine)
    name = f"world{next(_names)}_{os.getpid()}"
    if engine == "postgres":
        return cluster().make(name, "template_billing")
    copy = scratch() / f"{name}.db"
    shutil.copyfile(url.removeprefix("sqlite:///"), copy)
    return f"sqlite:///{copy}"


@contextmanager
def a_world(engine: str) -> Iterator[TinyWorld]:
    """A fresh world, closed at the end."""
    url = a_database(engine)
    _, people, customers = template(engine)
    world = TinyWorld(Database(url), dict(people), dict(customers))
    try:
        yield world
    finally:
        world.database.close()


def _fill(session: Session) -> tuple[dict[str, Actor], dict[str, int]]:
    company = Company(
        name="Aldermoor GmbH",
        street="Speicherweg 12",
        postcode="20457",
        city="Hamburg",
        country="DE",
        base_currency="EUR",
        time_zone="Europe/Berlin",
        tax_id="DE123456789",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
    )
    session.add(company)
    session.flush()
    session.add_all(
        [
            Office(company_id=company.id, name="Head office"),
            PortalSite(company_id=company.id, name="Portal", settings_json="{}"),
            Product(
                sku="W-1", name="Work", unit="h", unit_price=Decimal("19.99"), tax_rate=Decimal(20)
            ),
        ]
    )
    customers = {
        key: _customer(session, key, name, company.id or 0)
        for key, name in (
            ("a", "Halvorsen Dairy"),
            ("b", "Brixham Breweries"),
            ("c", "Cormorant Cargo"),
        )
    }
    session.get_one(Customer, customers["c"]).parent_id = customers["a"]  # c belongs to a
    people = {"system": system_actor()}
    for short, (name, level) in STAFF.items():
        user = _user(session, f"{short}@aldermoor.example", name, "staff", level)
        people[short] = Actor(
            user_id=user, kind="staff", name=name, email=f"{short}@aldermoor.example", level=level
        )
    for key in ("a", "b"):
        for role in ROLES:
            people[f"{key}{role}"] = _external(session, key, role, customers[key])
    return people, customers


def _customer(session: Session, key: str, name: str, company_id: int) -> int:
    row = Customer(
        number=f"1000{ord(key) - 96}",
        name=name,
        company_id=company_id,
        currency="EUR",
        country="DE",
        city="Husum",
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _user(session: Session, email: str, name: str, kind: str, level: int = 0) -> int:
    row = User(
        email=email, email_key=email, name=name, kind=kind, staff_level=int(level), created_at=NOW
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _external(session: Session, key: str, role: int, customer_id: int) -> Actor:
    email, name = f"l{role}@{key}.example", f"Person {key.upper()}{role}"
    user = _user(session, email, name, "external")
    session.add(ExternalAccess(customer_id=customer_id, user_id=user, role=role, days_back=None))
    return Actor(
        user_id=user,
        kind="external",
        name=name,
        email=email,
        customer_id=customer_id,
        role=ExternalRole(role),
        days_back=None,
        scope="corporate",
    )


Fixture = Callable[..., Any]


@pytest.fixture(params=["sqlite", "postgres"])
def w(request: pytest.FixtureRequest) -> Iterator[TinyWorld]:
    """A world on SQLite, and the same on PostgreSQL."""
    with a_world(request.param) as world:
        yield world


@pytest.fixture
def lite() -> Iterator[TinyWorld]:
    """A world on SQLite, where the engine makes no difference."""
    with a_world("sqlite") as world:
        yield world
