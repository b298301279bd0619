"""Signing in and out over plain HTTP, so that the session cookie is HttpOnly."""

from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.security.cookies import (
    clear_session,
    cookie_name,
    new_token,
    session_of,
    set_session,
    token_hash,
)
from billing_app.security.passwords import verify_password
from billing_app.security.sessions import forget
from billing_app.services.context import Actor
from billing_app.services.people.sessions import Browser, TooManyTries, sign_in, sign_out

MAX_FIELD = 2048


def is_own_origin(request: Request) -> bool:
    """Whether a state-changing request comes from our own pages."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") in {None, "same-origin", "none"}
    return urlsplit(origin).netloc == request.headers.get("host")


def local_path(path: str) -> str:
    """A path on this site, or empty: nobody is sent elsewhere after signing in."""
    if path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable():
        return path
    return ""


async def login(request: Request) -> Response:
    """Open a session and go to where the person wanted to go."""
    if not is_own_origin(request):
        return Response("This sign-in came from another site.", 403)
    form = await request.form(max_files=0, max_fields=10)
    email = str(form.get("email", ""))[:MAX_FIELD]
    password = str(form.get("password", ""))[:MAX_FIELD]
    wanted = local_path(str(form.get("next", ""))[:MAX_FIELD])
    token = new_token()
    browser = Browser(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )
    try:
        actor = await run_in_threadpool(
            sign_in,
            world().system(),
            email,
            password,
            verify=verify_password,
            token_hash=token_hash(token),
            browser=browser,
        )
    except TooManyTries as error:
        return _back(wanted, "wait", str(error.facts.get("wait", "")))
    if actor is None:
        return _back(wanted, "wrong")
    await _end_session_of(request)
    answer = RedirectResponse(wanted or _home(actor), 303)
    set_session(answer, token, world().settings)
    return answer


def _home(actor: Actor) -> str:
    if actor.kind != "staff":
        return "/portal"
    return "/invoices" if actor.may(Permission.INVOICE_VIEW) else "/"


async def logout(request: Request) -> Response:
    """End the session everywhere and clear what the browser kept."""
    if not is_own_origin(request):
        return Response("This came from another site.", 403)
    await _end_session_of(request)
    answer = RedirectResponse("/login", 303)
    clear_session(answer, world().settings)
    return answer


async def _end_session_of(request: Request) -> None:
    session = session_of(
        "; ".join(request.headers.getlist("cookie")), cookie_name(world().settings)
    )
    if session:
        await run_in_threadpool(sign_out, world().system(), session)
        forget(session)


def _back(wanted: str, error: str, wait: str = "") -> Response:
    parts = [f"error={error}"]
    if wait:
        parts.append(f"wait={quote(wait)}")
    if wanted:
        parts.append(f"next={quote(wanted, safe='')}")
    return RedirectResponse(f"/login?{'&'.join(parts)}", 303)


ROUTES = [
    Route("/auth/login", login, methods=["POST"]),
    Route("/auth/logout", logout, methods=["POST"]),
]
