"""A company's logo over plain HTTP: sent by a form, shown on the company's page."""

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
from billing_app.services.company_records import MAX_LOGO, company_logo, keep_logo


async def show_logo(request: Request) -> Response:
    """The logo, for who may see the settings."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    try:
        content, kind = await run_in_threadpool(
            company_logo, world().context(actor), record_id(request)
        )
    except BillingError as error:
        return refusal(error, actor)
    kept = {"cache-control": "private, no-store", "content-security-policy": "default-src 'none'"}
    return Response(content, media_type=kind, headers=kept)


async def send_logo(request: Request) -> Response:
    """Keep another logo, then show the company; who sends it is asked before a byte is read."""
    if not is_own_origin(request):
        return Response("This came from another site.", 403)
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if not actor.may(Permission.SETTINGS_EDIT):
        return Response("Not found", 404)
    problem = ""
    try:
        company_id = record_id(request)
        content = await _sent(request)
        if content:
            await run_in_threadpool(keep_logo, world().context(actor), company_id, content)
        else:
            problem = "none"
    except Invalid as error:
        problem = "large" if "64 KB" in error.sentence else "kind"
    except BillingError as error:
        return refusal(error, actor)
    except (HTTPException, MultiPartException):
        problem = "large"
    told = f"&logo={problem}" if problem else ""
    return RedirectResponse(f"/settings/company?company={company_id}{told}", 303)


async def _sent(request: Request) -> bytes:
    """The form's file, no more of it than could be kept; nothing where none was chosen."""
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return b""
        return await file.read(MAX_LOGO + 1)


ROUTES = [
    Route("/companies/{id}/logo", show_logo, methods=["GET"]),
    Route("/companies/{id}/logo", send_logo, methods=["POST"]),
]
