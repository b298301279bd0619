"""Files of invoices and customers: attached, listed, opened, and shown to customers or not.

Who may not know of a file gets NotFound everywhere: on lists, by its number, over HTTP.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission, StaffLevel
from billing_app.domain.errors import Forbidden, NotFound
from billing_app.domain.files import FileAccess, FileOwner, check_content, file_name, staff_see
from billing_app.persistence.inserting import add
from billing_app.persistence.queries.portal import visible_invoice
from billing_app.persistence.tables import (
    Customer,
    FileAttachment,
    FileContent,
    Invoice,
    User,
)
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.scopes import portal_scope
from billing_app.services.settings import require_invoices

MISSING = "This file does not exist."


@dataclass(frozen=True, slots=True)
class FileView:
    """One file; the size in bytes."""

    id: int
    name: str
    extension: str
    size: int
    access: FileAccess
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file with its bytes, to be saved under `name`."""

    name: str
    content: bytes


def attach_file(ctx: Context, owner: FileOwner, owner_id: int, given: str, content: bytes) -> int:
    """Attach a file; staff's are internal at first, a customer's own are external (ERP-26).

    Raises: Invalid at "file" for a kind or bytes that are not taken, NotFound for the record.
    """
    is_customer = ctx.actor.kind == "external"
    _require_upload(ctx, owner)
    name, extension = file_name(given)
    check_content(extension, content)
    access = FileAccess.EXTERNAL if is_customer else FileAccess.INTERNAL
    with ctx.write() as session:
        owner_id = ctx.actor.customer_id or 0 if is_customer else owner_id
        _existing_owner(session, owner, owner_id)
        file = FileAttachment(
            invoice_id=owner_id if owner is FileOwner.INVOICE else None,
            customer_id=owner_id if owner is FileOwner.CUSTOMER else None,
            name=name,
            extension=extension,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            access=str(access),
            uploaded_by_id=ctx.actor.user_id,
            uploaded_at=ctx.now(),
        )
        session.add(file)
        session.flush()
        file_id = file.id or 0
        add(session, FileContent, [{"file_id": file_id, "content": content}])
        after = {"file": f"{name}.{extension}", "size": file.size, "access": file.access}
        record(
            session, ctx, entity=str(owner), entity_id=owner_id, action="file_attached",
            after=after,
        )  # fmt: skip
    return file_id


def change_file_access(ctx: Context, file_id: int, access: FileAccess) -> None:
    """Change who may know of a file; it acts at once (ERP-27). Raises: NotFound, Forbidden."""
    ctx.require(Permission.INVOICE_FILE)
    with ctx.write() as session:
        file = session.get(FileAttachment, file_id, with_for_update=True)
        if file is None or not _staff_sees(ctx, file):
            raise NotFound(MISSING)
        before, file.access = file.access, str(access)
        session.add(file)
        owner, owner_id = _owner_of(file)
        if before != file.access:
            name = {"file": f"{file.name}.{file.extension}"}
            record(
                session, ctx, entity=str(owner), entity_id=owner_id, action="file_access_changed",
                before=name | {"access": before}, after=name | {"access": file.access},
            )  # fmt: skip


def files_of(ctx: Context, owner: FileOwner, owner_id: int) -> list[FileView]:
    """The files of a record that one of the staff may know of, in the order they came."""
    ctx.require(Permission.INVOICE_VIEW if owner is FileOwner.INVOICE else Permission.CUSTOMER_VIEW)
    with ctx.read() as session:
        _existing_owner(session, owner, owner_id)
        return [
            _view(file, name)
            for file, name in _files(session, owner, owner_id)
            if _staff_sees(ctx, file)
        ]


def portal_files_of_invoice(ctx: Context, invoice_id: int) -> list[FileView]:
    """The external files of a document the customer sees; none of any other (ERP-24)."""
    ctx.require(Permission.PORTAL_INVOICES)
    with ctx.read() as session:
        scope = portal_scope(session, ctx)
        if visible_invoice(session, scope, ctx.today(), invoice_id) is None:
            return []
        return _external(session, FileOwner.INVOICE, invoice_id)


def portal_files(ctx: Context) -> list[FileView]:
    """The external files of the customer one works for (ERP-48)."""
    ctx.require(Permission.PORTAL_FILES)
    with ctx.read() as session:
        return _external(session, FileOwner.CUSTOMER, portal_scope(session, ctx).customer_id)


def open_file(ctx: Context, file_id: int) -> OpenedFile:
    """A file's bytes for whoever may know of it. Raises: NotFound for everybody else."""
    with ctx.read() as session:
        file = session.get(FileAttachment, file_id)
        if file is None or not _may_open(session, ctx, file):
            raise NotFound(MISSING)
        content = session.get_one(FileContent, file_id).content
    return OpenedFile(f"{file.name}.{file.extension}", content)


def _require_upload(ctx: Context, owner: FileOwner) -> None:
    if ctx.actor.kind != "external":
        ctx.require(Permission.INVOICE_FILE)
        return
    ctx.require(Permission.PORTAL_UPLOAD)
    if owner is not FileOwner.CUSTOMER:
        raise Forbidden("Files of documents are attached by their issuer.")


def _may_open(session: Session, ctx: Context, file: FileAttachment) -> bool:
    if ctx.actor.kind == "staff":
        owner, _ = _owner_of(file)
        seen = Permission.INVOICE_VIEW if owner is FileOwner.INVOICE else Permission.CUSTOMER_VIEW
        return ctx.actor.may(seen) and _staff_sees(ctx, file)
    if ctx.actor.kind != "external" or file.access != FileAccess.EXTERNAL:
        return False
    scope = portal_scope(session, ctx)
    if file.invoice_id is not None:
        may = ctx.actor.may(Permission.PORTAL_INVOICES)
        return may and visible_invoice(session, scope, ctx.today(), file.invoice_id) is not None
    return ctx.actor.may(Permission.PORTAL_FILES) and file.customer_id == scope.customer_id


def _staff_sees(ctx: Context, file: FileAttachment) -> bool:
    return staff_see(
        FileAccess(file.access),
        is_uploader=file.uploaded_by_id == ctx.actor.user_id,
        is_admin=ctx.actor.level >= StaffLevel.ADMIN,
    )


def _external(session: Session, owner: FileOwner, owner_id: int) -> list[FileView]:
    return [
        _view(file, "")
        for file, _ in _files(session, owner, owner_id)
        if file.access == FileAccess.EXTERNAL
    ]


def _files(session: Session, owner: FileOwner, owner_id: int) -> list[tuple[FileAttachment, str]]:
    column = FileAttachment.invoice_id if owner is FileOwner.INVOICE else FileAttachment.customer_id
    rows = session.exec(
        select(FileAttachment, User.name)
        .join(User, col(User.id) == FileAttachment.uploaded_by_id)
        .where(column == owner_id)
        .order_by(col(FileAttachment.id))
    ).all()
    return [(file, name) for file, name in rows]


def _owner_of(file: FileAttachment) -> tuple[FileOwner, int]:
    if file.invoice_id is not None:
        return FileOwner.INVOICE, file.invoice_id
    return FileOwner.CUSTOMER, file.customer_id or 0


def _existing_owner(session: Session, owner: FileOwner, owner_id: int) -> None:
    if owner is FileOwner.INVOICE:
        invoice = session.get(Invoice, owner_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        require_invoices(session, invoice.company_id)
    elif session.get(Customer, owner_id) is None:
        raise NotFound("This customer does not exist.")


def _view(file: FileAttachment, by: str) -> FileView:
    return FileView(
        id=file.id or 0,
        name=file.name,
        extension=file.extension,
        size=file.size,
        access=FileAccess(file.access),
        uploaded_by=by,
        uploaded_at=file.uploaded_at,
    )
