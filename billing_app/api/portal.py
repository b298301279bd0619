"""The customer's downloads over plain HTTP: tables as CSV. They work without JavaScript."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.api.exports import csv_answer
from billing_app.api.papers import person, refusal
from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError
from billing_app.services.portal_tables import table_file


async def table_csv(request: Request) -> Response:
    """One of the portal's tables, whole, in the layout of who asks."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "external":
        return Response("Not found", 404)
    try:
        made = await run_in_threadpool(
            table_file, world().context(actor), str(request.path_params["page"])
        )
    except BillingError as error:
        return refusal(error, actor)
    return csv_answer(made.rows, made.name)


ROUTES = [Route("/portal/exports/{page}.csv", table_csv, methods=["GET"])]
