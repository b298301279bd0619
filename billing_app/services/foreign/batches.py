"""Uploaded files: kept, listed, opened, and how each source is read, remembered."""

import hashlib
import re
from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.foreign.columns import Mapping
from billing_app.persistence.tables import (
    Company,
    ImportBatch,
    ImportFile,
    ImportItem,
    ImportSource,
    User,
)
from billing_app.services.audit import record
from billing_app.services.context import Context

MAX_BYTES = 20 * 1024 * 1024
SHOWN = 50
PAGE = 50
SOURCE = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,62}")
ACTIONS = ("new", "changed", "same", "refused")


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with who uploaded it."""

    batch: ImportBatch
    made_by: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page of a batch's items."""

    items: tuple[ImportItem, ...]
    page: int
    has_more: bool


def keep_file(ctx: Context, name: str, content: bytes) -> int:
    """Keep an uploaded or pasted file; answers its batch. Raises: Invalid, Forbidden.

    The same bytes that nobody has brought in yet are the same batch, so a form that is sent
    twice keeps one.
    """
    ctx.require(Permission.IMPORT_RUN)
    if not content.strip():
        raise Invalid.of("file", "The file is empty. Choose another one, or paste its rows.")
    if len(content) > MAX_BYTES:
        raise Invalid.of("file", "The file is larger than 20 MB. Split it.")
    digest = hashlib.sha256(content).hexdigest()
    with ctx.write() as session:
        known = _waiting(session, ctx, digest)
        if known is not None:
            return known
        batch = ImportBatch(
            name=_shown(name),
            sha256=digest,
            size=len(content),
            made_at=ctx.now(),
            made_by_id=ctx.actor.user_id,
        )
        session.add(batch)
        session.flush()
        session.add(ImportFile(batch_id=batch.id or 0, content=content))
        after = {"name": batch.name, "sha256": digest, "size": batch.size}
        _record(session, ctx, batch, "uploaded", after)
        return batch.id or 0


def _waiting(session: Session, ctx: Context, sha256: str) -> int | None:
    waiting = select(ImportBatch.id).where(
        ImportBatch.sha256 == sha256,
        col(ImportBatch.state).in_(["new", "checked"]),
        ImportBatch.made_by_id == ctx.actor.user_id,
    )
    return session.exec(waiting.order_by(col(ImportBatch.id).desc())).first()


def _shown(name: str) -> str:
    """A file's name without its folders."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:255] or "Pasted rows"


def keep_report(ctx: Context, name: str, source: str, size: int, report: str) -> int:
    """Keep what came of a file that was brought in as a whole; answers its batch."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.write() as session:
        batch = ImportBatch(
            name=_shown(name),
            source=source,
            size=size,
            state="done",
            report=report,
            made_at=ctx.now(),
            done_at=ctx.now(),
            made_by_id=ctx.actor.user_id,
        )
        session.add(batch)
        session.flush()
        _record(session, ctx, batch, "brought in", {"name": batch.name, "source": source})
        return batch.id or 0


def list_batches(ctx: Context) -> list[BatchView]:
    """The latest batches, the newest first."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        rows = session.exec(
            select(ImportBatch, User.name)
            .join(User, col(User.id) == ImportBatch.made_by_id)
            .order_by(col(ImportBatch.id).desc())
            .limit(SHOWN)
        ).all()
        return [BatchView(batch, name) for batch, name in rows]


def open_batch(ctx: Context, batch_id: int) -> ImportBatch:
    """A batch. Raises: NotFound."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        return existing_batch(session, batch_id)


def file_of(ctx: Context, batch_id: int) -> bytes:
    """The bytes of a batch's file. Raises: NotFound."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        file = session.get(ImportFile, batch_id)
        if file is None:
            raise NotFound("This import does not exist.")
        return file.content


def list_items(ctx: Context, batch_id: int, action: str = "", page: int = 1) -> ItemPage:
    """A page of a batch's items in the order of the file; names as far as the asker may see."""
    ctx.require(Permission.IMPORT_RUN)
    wanted = select(ImportItem).where(ImportItem.batch_id == batch_id)
    if action in ACTIONS:
        wanted = wanted.where(ImportItem.action == action)
    with ctx.read() as session:
        existing_batch(session, batch_id)
        ordered = wanted.order_by(col(ImportItem.position)).offset(PAGE * (max(1, page) - 1))
        rows = session.exec(ordered.limit(PAGE + 1)).all()
    if not ctx.actor.sees_partner:
        for row in rows:
            row.customer = "Hidden"
    return ItemPage(tuple(rows[:PAGE]), max(1, page), len(rows) > PAGE)


def remembered(ctx: Context, source: str) -> Mapping | None:
    """How the files of a source were read last; None for a new source."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        row = session.get(ImportSource, source)
        return Mapping.from_json(row.mapping) if row is not None else None


def sources(ctx: Context) -> list[str]:
    """The sources whose files were read before."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        return list(session.exec(select(ImportSource.name).order_by(ImportSource.name)).all())


def main_currency(ctx: Context) -> str:
    """The currency of the first company: offered for files that name none."""
    ctx.require(Permission.IMPORT_RUN)
    with ctx.read() as session:
        chosen = select(Company.base_currency).order_by(col(Company.id)).limit(1)
        return session.exec(chosen).first() or ""


def source_name(text: str) -> str:
    """A source's name as it is kept. Raises: Invalid."""
    plain = " ".join(text.lower().split())
    if not SOURCE.fullmatch(plain):
        raise Invalid.of("source", "Name the source by letters, digits, blanks, dots or dashes.")
    return plain


def existing_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The batch, locked where it will change. Raises: NotFound."""
    batch = session.get(ImportBatch, batch_id, with_for_update=lock or None)
    if batch is None:
        raise NotFound("This import does not exist.")
    return batch


def recount(session: Session, batch: ImportBatch) -> None:
    """Bring the counts up to the items."""
    session.flush()
    rows = session.exec(
        select(ImportItem.action, ImportItem.state).where(ImportItem.batch_id == batch.id)
    ).all()
    for action in ACTIONS:
        setattr(batch, action, sum(one == action for one, _ in rows))
    batch.done = sum(state == "done" for action, state in rows if action in {"new", "changed"})
    session.add(batch)


def _record(
    session: Session, ctx: Context, batch: ImportBatch, action: str, after: dict[str, object]
) -> None:
    record(session, ctx, entity="import_batch", entity_id=batch.id or 0, action=action, after=after)
