"""The databases that are measured: filled once for each size, reused while they still fit."""

import hashlib
import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from billing_app.bootstrap import World, build_world
from billing_app.domain.access import StaffLevel
from billing_app.persistence.migrating import migrate
from billing_app.persistence.tables import User
from billing_app.security.passwords import hash_password
from billing_app.services.context import Actor, Context
from billing_app.services.demo import DEMO_PASSWORD, fill_demo, fill_many
from billing_app.services.people.setup import ship_basics
from billing_app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "var" / "bench"
MARK = "complete.json"
# A database made by other code than this is filled anew.
MADE_BY = ("billing_app/persistence/migrations/versions/*.py", "billing_app/services/demo/many.py")


@dataclass(frozen=True, slots=True)
class Filled:
    """How a database was filled."""

    invoices: int
    per_second: float
    seconds: float
    megabytes: float
    made_by: str


def folder(name: str | int) -> Path:
    """Where the database of that size, or of that name, lives."""
    return HOME / str(name)


def world_in(path: Path) -> World:
    """A world of its own on the database in `path`."""
    return build_world(Settings(data_dir=path, demo=True))


def fresh(name: str) -> World:
    """An empty, migrated database for one measurement; what was there is thrown away."""
    shutil.rmtree(folder(name), ignore_errors=True)
    world = world_in(folder(name))
    migrate(world.database)
    ship_basics(world.system())
    return world


def with_demo(name: str) -> World:
    """A fresh database with the demo company in it."""
    world = fresh(name)
    fill_demo(world.system(), password_hash=hash_password(DEMO_PASSWORD))
    return world


def filled(size: int) -> Filled:
    """How the database of `size` invoices was filled; it is filled now unless it is complete."""
    mark = folder(size) / MARK
    if mark.is_file():
        known = Filled(**json.loads(mark.read_text(encoding="utf-8")))
        if known.made_by == _made_by():
            return known
    print(f"  filling {size:,} invoices", flush=True)
    world = with_demo(str(size))
    began = time.perf_counter()
    per_second = fill_many(world.system(), size)
    seconds = time.perf_counter() - began
    world.database.close()
    megabytes = (folder(size) / "billing.db").stat().st_size / 1e6
    done = Filled(size, round(per_second, 1), round(seconds, 1), round(megabytes, 1), _made_by())
    mark.write_text(json.dumps(asdict(done)), encoding="utf-8")
    return done


def complete(size: int) -> World:
    """The world of the database of `size` invoices."""
    filled(size)
    return world_in(folder(size))


def as_staff(world: World, short: str = "accounting") -> Context:
    """The context of one of the demo's staff."""
    with world.database.read() as session:
        user = _user(session, short)
    return world.context(
        Actor(
            user_id=user.id or 0,
            kind="staff",
            name=user.name,
            email=user.email,
            level=StaffLevel(user.staff_level),
        )
    )


def _user(session: Session, short: str) -> User:
    return session.exec(select(User).where(col(User.email) == f"{short}@demo.example")).one()


def _made_by() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
