"""Papers over plain HTTP: the stored PDF for staff and customers, the preview for staff.

What a person may not see is "not found", the same as what does not exist.
"""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError, Forbidden, NotFound, Refused
from billing_app.domain.paying import visitor_kind
from billing_app.security.cookies import cookie_name, session_of
from billing_app.security.sessions import person_of
from billing_app.services.context import Actor
from billing_app.services.papers import Paper, portal_paper, preview, staff_paper
from billing_app.services.paying.guests import GUEST, note_visit
from billing_app.services.paying.pages import guest_paper

PDF = "application/pdf"
MAX_DIGITS = 16


async def person(request: Request) -> Actor | None:
    """Who asks over HTTP."""
    return await person_of(
        session_of("; ".join(request.headers.getlist("cookie")), cookie_name(world().settings))
    )


async def invoice_pdf(request: Request) -> Response:
    """The stored PDF, as a download."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse(f"/login?next={quote(request.url.path, safe='')}", 303)
    verb = staff_paper if actor.kind == "staff" else portal_paper
    try:
        paper = await run_in_threadpool(verb, world().context(actor), record_id(request))
    except BillingError as error:
        return refusal(error, actor)
    return _download(paper)


async def invoice_preview(request: Request) -> Response:
    """The marked preview, shown in the page."""
    actor = await person(request)
    if actor is None or actor.kind != "staff":
        return Response("Not found", 404)
    try:
        paper = await run_in_threadpool(preview, world().context(actor), record_id(request))
    except BillingError as error:
        return refusal(error, actor)
    return Response(
        paper.content,
        media_type=PDF,
        headers={"content-disposition": "inline", "cache-control": "private, no-store"},
    )


async def guest_pdf(request: Request) -> Response:
    """The stored PDF of a guest link's document, as a download."""
    token, agent = request.path_params["token"], request.headers.get("user-agent", "")
    ctx, actor = world().context(GUEST), await person(request)
    kind = visitor_kind(agent, is_staff=actor is not None and actor.kind == "staff")
    address = request.client.host if request.client else ""
    try:
        paper = await run_in_threadpool(guest_paper, ctx, token)
        await run_in_threadpool(
            note_visit, ctx, token, "pdf", kind=kind, address=address, agent=agent
        )
    except BillingError:
        return Response("Not found", 404)
    return _download(paper)


def record_id(request: Request) -> int:
    """The id in the address. Raises: NotFound for what cannot be one, like 400 digits."""
    text = str(request.path_params["id"])
    if not (text.isascii() and text.isdigit() and len(text) < MAX_DIGITS):
        raise NotFound
    return int(text)


def refusal(error: BillingError, actor: Actor) -> Response:
    """The answer to a refused request; customers never learn why."""
    if actor.kind != "staff" or isinstance(error, NotFound):
        return Response("Not found", 404)
    status = 403 if isinstance(error, Forbidden) else 409 if isinstance(error, Refused) else 400
    return Response(error.sentence, status, media_type="text/plain")


def _download(paper: Paper) -> Response:
    return Response(
        paper.content,
        media_type=PDF,
        headers={
            "content-disposition": f'attachment; filename="{paper.name}"',
            "cache-control": "private, no-store",
            "content-security-policy": "sandbox; default-src 'none'",
            "etag": f'"{paper.sha256}"',
        },
    )


ROUTES = [
    Route("/invoices/{id}.pdf", invoice_pdf, methods=["GET"]),
    Route("/pay/{token}/invoice.pdf", guest_pdf, methods=["GET"]),
    Route("/invoices/{id}/preview.pdf", invoice_preview, methods=["GET"]),
]
