"""Backups: one file that holds the database, the key that seals, and what it should prove.

A backup is verified right after it is taken, and again after it is restored (RELIABILITY P16).
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session, col, func, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, Refused
from billing_app.persistence.copying import copy_to, fill_from, is_empty, version_of
from billing_app.persistence.database import Database
from billing_app.persistence.migrating import head, migrate
from billing_app.persistence.tables import Invoice, Seal
from billing_app.services.context import Context

MANIFEST, KEY, SQLITE, POSTGRES = "manifest.json", "secret-key", "billing.db", "billing.dump"
FORMAT = 1
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `heads` is each company's newest seal."""

    format: int
    made_at: str
    engine: str
    version: str
    invoices: int
    heads: dict[str, str]


def back_up(ctx: Context, target: Path, progress: Progress = lambda _done, _all: None) -> Manifest:
    """Write a backup of the present moment to a new file. Raises: Invalid, Unavailable."""
    ctx.require(Permission.INTEGRITY_VIEW)
    if target.exists():
        raise Invalid.of("file", f"{target} exists already. Choose another name.")
    database = ctx.database
    name = SQLITE if database.is_sqlite else POSTGRES
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="backup-") as folder:
        copy = Path(folder) / name
        copy_to(database, copy, progress)
        manifest = _manifest(ctx, Database(f"sqlite:///{copy}") if database.is_sqlite else database)
        packed = Path(folder) / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2))
            archive.writestr(KEY, ctx.secret)
            archive.write(copy, name)
        packed.chmod(0o600)
        packed.rename(target)
    return manifest


def restore(database: Database, key_file: Path, source: Path) -> Manifest:
    """Fill an empty database and key file from a backup, and bring it up to date.

    Raises: Refused where there is something already, or the backup is newer than this product or
    of the other engine; Invalid for a file that is no backup.
    """
    if not is_empty(database) or key_file.exists():
        raise Refused("There is a database already. Restore into an empty folder and database.")
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as error:
        raise Invalid.of("file", f"{source} is no backup: it cannot be opened.") from error
    with archive:
        manifest = _read(archive, source)
        _refuse_strange(manifest, database)
        name = SQLITE if database.is_sqlite else POSTGRES
        with tempfile.TemporaryDirectory(prefix="restore-") as folder:
            copy = Path(folder) / name
            with archive.open(name) as packed, copy.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
            fill_from(database, copy)
        key_file.parent.mkdir(parents=True, exist_ok=True)
        key_file.touch(mode=0o600)
        key_file.write_bytes(archive.read(KEY))
    migrate(database)
    return manifest


def heads(session: Session) -> dict[str, str]:
    """Each company's newest seal: the anchor that shows whether the end of a chain was cut off."""
    newest = select(func.max(Seal.id)).group_by(col(Seal.company_id))
    rows = session.exec(select(Seal.company_id, Seal.seal).where(col(Seal.id).in_(newest))).all()
    return {str(company): seal for company, seal in rows}


def _manifest(ctx: Context, copied: Database) -> Manifest:
    with copied.read() as session:
        count = session.exec(select(func.count()).select_from(Invoice)).one()
        anchors = heads(session)
    made = Manifest(
        FORMAT,
        ctx.now().isoformat(),
        "sqlite" if ctx.database.is_sqlite else "postgresql",
        version_of(copied),
        count,
        anchors,
    )
    if copied is not ctx.database:
        copied.close()
    return made


def _read(archive: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        return Manifest(**found)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid.of("file", f"{source} is no backup of this product.") from error


def _refuse_strange(manifest: Manifest, database: Database) -> None:
    engine = "sqlite" if database.is_sqlite else "postgresql"
    if manifest.engine != engine:
        raise Refused(
            "This backup is of {its}, and the database is {ours}. Set BILLING_DATABASE_URL.",
            its=manifest.engine,
            ours=engine,
        )
    if manifest.format > FORMAT or manifest.version > head():
        raise Refused("A newer version made this backup. Update the product, then restore it.")
