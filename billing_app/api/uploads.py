"""Files to import over plain HTTP: who sends them is asked before a byte of the body is read.

The body is bounded at the edge; a form's file is kept outside memory while it comes in, and is
never stored under the name it was given, nor served again.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.api.papers import person, record_id, refusal
from billing_app.api.sign_in import is_own_origin
from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid
from billing_app.integrations.imports.online_retail import read_lines
from billing_app.integrations.imports.usage import CALLS, CARDS, PRICES, read_usage
from billing_app.security.edge import MAX_UPLOAD
from billing_app.services.context import Actor, Context
from billing_app.services.foreign.batches import MAX_BYTES, keep_file, keep_report
from billing_app.services.foreign.correcting import correctable
from billing_app.services.foreign.papers import attach_paper
from billing_app.services.imports.online_retail import import_online_retail
from billing_app.services.usage.importing import import_usage

USAGE = {CALLS, PRICES, CARDS}


async def import_file(request: Request) -> Response:
    """Keep an uploaded or pasted file, then show it."""
    actor = await _sender(request, Permission.IMPORT_RUN)
    if isinstance(actor, Response):
        return actor
    try:
        name, content = await _told(request)
        if len(content) > MAX_BYTES:
            return RedirectResponse("/imports?problem=large", 303)
        batch_id = await run_in_threadpool(keep_file, world().context(actor), name, content)
    except BillingError:
        return RedirectResponse("/imports?problem=empty", 303)
    except (HTTPException, MultiPartException):
        return RedirectResponse("/imports?problem=large", 303)
    return RedirectResponse(f"/imports/{batch_id}", 303)


async def to_correct(request: Request) -> Response:
    """The refused rows of an import, as a file to correct."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    try:
        name, content = await run_in_threadpool(
            correctable, world().context(actor), record_id(request)
        )
    except BillingError as error:
        return refusal(error, actor)
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "private, no-store",
        },
    )


async def known_files(request: Request) -> Response:
    """Bring in usage, or the invoices of "Online Retail", as a whole; then show what came of it."""
    actor = await _sender(request, Permission.IMPORT_RUN)
    if isinstance(actor, Response):
        return actor
    try:
        async with request.form(max_files=3, max_fields=4) as form:
            sent = [one for one in form.getlist("file") if isinstance(one, UploadFile)]
            files = {one.filename or "": await one.read() for one in sent}
        batch_id = await run_in_threadpool(bring_in_whole, world().context(actor), files)
    except BillingError as error:
        return refusal(error, actor)
    except (HTTPException, MultiPartException):
        return RedirectResponse("/imports?problem=large", 303)
    return RedirectResponse(f"/imports/{batch_id}", 303)


def bring_in_whole(ctx: Context, files: Mapping[str, bytes]) -> int:
    """Read the files from a folder of their own, which goes afterwards; answers the batch."""
    size = sum(map(len, files.values()))
    with TemporaryDirectory(prefix="import-") as name:
        folder = Path(name)
        if set(files) == USAGE:
            for told, content in files.items():
                (folder / told).write_bytes(content)
            text = import_usage(ctx, read_usage(folder)).text()
            return keep_report(ctx, CALLS, "usage", size, text)
        if len(files) == 1:
            (told, content), *_ = files.items()
            file = folder / "invoices"
            file.write_bytes(content)
            text = import_online_retail(ctx, read_lines(file)).text()
            return keep_report(ctx, told, "online-retail", size, text)
    raise Invalid.of(
        "file", f"Choose {', '.join(sorted(USAGE))} together, or one file of invoices."
    )


async def own_paper(request: Request) -> Response:
    """Keep the own PDF of a document, then show the document."""
    actor = await _sender(request, Permission.INVOICE_POST)
    if isinstance(actor, Response):
        return actor
    try:
        invoice_id = record_id(request)
        _, content = await _told(request)
        await run_in_threadpool(attach_paper, world().context(actor), invoice_id, content)
    except BillingError as error:
        return refusal(error, actor)
    except (HTTPException, MultiPartException):
        return Response("The PDF is larger than 10 MB.", 413)
    return RedirectResponse(f"/invoices?invoice={invoice_id}", 303)


async def _sender(request: Request, permission: Permission) -> Actor | Response:
    """Who sends a file, or the refusal; nothing of the body is read before."""
    if not is_own_origin(request):
        return Response("This came from another site.", 403)
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff" or not actor.may(permission):
        return Response("Not found", 404)
    return actor


async def _told(request: Request) -> tuple[str, bytes]:
    """The name and bytes of the file, or what was pasted."""
    async with request.form(max_files=1, max_fields=4, max_part_size=MAX_UPLOAD) as form:
        file, pasted = form.get("file"), str(form.get("pasted") or "")
        if isinstance(file, UploadFile) and file.filename:
            return file.filename, await file.read()
        return "", pasted.encode()


ROUTES = [
    Route("/imports/files/new", import_file, methods=["POST"]),
    Route("/imports/files/known", known_files, methods=["POST"]),
    Route("/invoices/{id}/paper", own_paper, methods=["POST"]),
    Route("/imports/{id}/to-correct.csv", to_correct, methods=["GET"]),
]
