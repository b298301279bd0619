"""Signing in and out over plain HTTP, so that the session cookie is HttpOnly."""

from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.security.authenticator import matching_step
from billing_app.security.cookies import (
    clear_half,
    clear_session,
    cookie_name,
    half_cookie_name,
    new_token,
    session_of,
    set_half,
    set_session,
    token_hash,
)
from billing_app.security.passwords import verify_password
from billing_app.security.sessions import forget
from billing_app.services.context import Actor
from billing_app.services.people.second_step import StepOver, enter_code
from billing_app.services.people.sessions import Browser, HalfSignedIn, sign_in, sign_out
from billing_app.services.people.tries import TooManyTries

MAX_FIELD = 2048
CODE_PAGE = "/login/code"


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
    try:
        outcome = await run_in_threadpool(
            sign_in,
            world().system(),
            email,
            password,
            verify=verify_password,
            token_hash=token_hash(token),
            browser=_browser(request),
        )
    except TooManyTries as error:
        return _back(wanted, "wait", str(error.facts.get("wait", "")))
    if outcome is None:
        return _back(wanted, "wrong")
    if isinstance(outcome, HalfSignedIn):
        answer = _back(wanted, page=CODE_PAGE)
        set_half(answer, token, world().settings)
        return answer
    return await _entered(request, outcome, token, wanted)


async def code(request: Request) -> Response:
    """The second step: a code of the person's app, or a recovery code."""
    if not is_own_origin(request):
        return Response("This sign-in came from another site.", 403)
    form = await request.form(max_files=0, max_fields=10)
    wanted = local_path(str(form.get("next", ""))[:MAX_FIELD])
    token = new_token()
    try:
        actor = await run_in_threadpool(
            enter_code,
            world().system(),
            _cookie_of(request, half_cookie_name(world().settings)),
            str(form.get("code", ""))[:MAX_FIELD],
            step=matching_step,
            token_hash=token_hash(token),
            browser=_browser(request),
        )
    except StepOver:
        return _back(wanted, "late")
    except TooManyTries as error:
        return _back(wanted, "wait", str(error.facts.get("wait", "")), page=CODE_PAGE)
    if actor is None:
        return _back(wanted, "wrong", page=CODE_PAGE)
    answer = await _entered(request, actor, token, wanted)
    clear_half(answer, world().settings)
    return answer


async def _entered(request: Request, actor: Actor, token: str, wanted: str) -> Response:
    """The browser's new session in place of the one it had."""
    await _end_session_of(request)
    answer = RedirectResponse(wanted or _home(actor), 303)
    set_session(answer, token, world().settings)
    return answer


def _browser(request: Request) -> Browser:
    return Browser(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )


def _cookie_of(request: Request, name: str) -> str:
    return session_of("; ".join(request.headers.getlist("cookie")), name)


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
    session = _cookie_of(request, cookie_name(world().settings))
    if session:
        await run_in_threadpool(sign_out, world().system(), session)
        forget(session)


def _back(wanted: str, error: str = "", wait: str = "", *, page: str = "/login") -> Response:
    parts = [f"error={error}"] if error else []
    if wait:
        parts.append(f"wait={quote(wait)}")
    if wanted:
        parts.append(f"next={quote(wanted, safe='')}")
    return RedirectResponse(f"{page}?{'&'.join(parts)}" if parts else page, 303)


ROUTES = [
    Route("/auth/login", login, methods=["POST"]),
    Route("/auth/code", code, methods=["POST"]),
    Route("/auth/logout", logout, methods=["POST"]),
]
