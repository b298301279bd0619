"""The customer's downloads over plain HTTP: tables as CSV. They work without JavaScript."""

from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from billing_app.api.exports import csv_answer
from billing_app.api.papers import person, refusal
from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError
from billing_app.services.portal_statement import portal_statement_csv, portal_statement_pdf
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


async def statement_file(request: Request) -> Response:
    """The customer's own statement of account, as CSV or on paper."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "external":
        return Response("Not found", 404)
    query, is_paper = request.query_params, request.url.path.endswith(".pdf")
    try:
        days = _day(query.get("from", "")), _day(query.get("to", ""))
    except ValueError:
        return Response("This period was not understood.", 400)
    verb = portal_statement_pdf if is_paper else portal_statement_csv
    try:
        made = await run_in_threadpool(verb, world().context(actor), *days)
    except BillingError as error:
        return refusal(error, actor)
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "cache-control": "private, no-store",
    }
    kind = "application/pdf" if is_paper else "text/csv; charset=utf-8"
    return Response(made.content, media_type=kind, headers=headers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


ROUTES = [
    Route("/portal/exports/statement.csv", statement_file, methods=["GET"]),
    Route("/portal/exports/statement.pdf", statement_file, methods=["GET"]),
    Route("/portal/exports/{page}.csv", table_csv, methods=["GET"]),
]
