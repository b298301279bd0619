"""Attached files over plain HTTP: sent by a form, saved by a link; neither needs JavaScript.

Who sends is asked before a byte of the body is read. A file leaves only as an attachment, never
to be shown or run by a browser; what somebody may not know of is "not found".
"""

from urllib.parse import quote

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
from billing_app.domain.files import FileOwner
from billing_app.security.edge import MAX_UPLOAD
from billing_app.services.context import Actor
from billing_app.services.files import attach_file, open_file

PLACES = {
    FileOwner.INVOICE: "/invoices?invoice={}",
    FileOwner.CUSTOMER: "/customers/{}?tab=details",
}


async def file_download(request: Request) -> Response:
    """A file for whoever may know of it."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse(f"/login?next={quote(request.url.path, safe='')}", 303)
    try:
        file = await run_in_threadpool(open_file, world().context(actor), record_id(request))
    except BillingError as error:
        return refusal(error, actor)
    return Response(
        file.content,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "cache-control": "private, no-store",
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


async def file_upload(request: Request) -> Response:
    """Attach a file to the record the address names, then show the record."""
    owner = FileOwner(request.url.path.split("/")[2])
    actor = await _sender(request, owner)
    if isinstance(actor, Response):
        return actor
    is_staff = actor.kind == "staff"
    try:
        owner_id = record_id(request) if is_staff else 0
    except BillingError as error:
        return refusal(error, actor)
    place = PLACES[owner].format(owner_id) if is_staff else "/portal/profile"
    try:
        problem = await _attached(request, actor, owner, owner_id)
    except Invalid as error:
        problem = _problem(error)
    except BillingError as error:
        return refusal(error, actor)
    except (HTTPException, MultiPartException):
        problem = "large"
    if problem:
        place = f"{place}{'&' if '?' in place else '?'}file={problem}"
    return RedirectResponse(place, 303)


async def _attached(request: Request, actor: Actor, owner: FileOwner, owner_id: int) -> str:
    """Read the form's file and attach it; answers what is wrong, or nothing."""
    async with request.form(max_files=1, max_fields=2, max_part_size=MAX_UPLOAD) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return "none"
        content = await file.read()
        ctx = world().context(actor)
        await run_in_threadpool(attach_file, ctx, owner, owner_id, file.filename, content)
    return ""


async def _sender(request: Request, owner: FileOwner) -> Actor | Response:
    """Who sends a file, or the refusal; nothing of the body is read before."""
    if not is_own_origin(request):
        return Response("This came from another site.", 403)
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind == "staff":
        may = actor.may(Permission.INVOICE_FILE)
    else:
        may = owner is FileOwner.CUSTOMER and actor.may(Permission.PORTAL_UPLOAD)
    return actor if may else Response("Not found", 404)


def _problem(error: Invalid) -> str:
    return "large" if "20 MB" in error.sentence else "kind"


ROUTES = [
    Route("/files/{id}", file_download, methods=["GET"]),
    Route("/files/invoice/{id}", file_upload, methods=["POST"]),
    Route("/files/customer/{id}", file_upload, methods=["POST"]),
]
