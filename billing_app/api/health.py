"""Whether the process lives, and whether it can answer."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_app.bootstrap import world
from billing_app.persistence.migrating import is_current


async def healthz(_request: Request) -> Response:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(_request: Request) -> Response:
    """The database answers and has every migration."""
    ready = await run_in_threadpool(is_current, world().database)
    return JSONResponse({"status": "ready" if ready else "migrating"}, 200 if ready else 503)


ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz)]
