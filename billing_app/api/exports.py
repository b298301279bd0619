"""Exports over plain HTTP: what is filtered, as CSV."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from billing_app.api.papers import MAX_DIGITS, person, refusal
from billing_app.bootstrap import world
from billing_app.documents.csv import csv_rows
from billing_app.domain.errors import BillingError
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import SORTS, Order
from billing_app.services.context import Context
from billing_app.services.invoices.listing import export_csv
from billing_app.services.journal import export as journal
from billing_app.services.log import LogFilter, export_log
from billing_app.services.payments import statement as services
from billing_app.services.reports import files
from billing_app.services.reports.making import asked_report
from billing_app.services.reports.model import Report
from billing_app.services.usage.detail import HEADER, usage_detail

MAX_VALUE = 200
ROWS_AT_ONCE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def invoices_csv(request: Request) -> Response:
    """The filtered invoices as CSV."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    try:
        chosen = filter_of(dict(request.query_params))
    except ValueError:
        return Response("This filter was not understood.", 400)
    sort = request.query_params.get("sort", "created")
    order = Order(
        sort if sort in SORTS else "created", request.query_params.get("descending") == "1"
    )
    try:
        rows = await run_in_threadpool(export_csv, world().context(actor), chosen, order)
    except BillingError as error:
        return refusal(error, actor)
    return csv_answer(rows, "invoices.csv")


def in_chunks(rows: Iterator[bytes]) -> Iterator[bytes]:
    """Join rows so that few large pieces are sent instead of many small ones."""
    while chunk := b"".join(islice(rows, ROWS_AT_ONCE)):
        yield chunk


def filter_of(query: dict[str, str]) -> InvoiceFilter:
    """The filter of an export's address. Raises: ValueError for a malformed value."""
    values: dict[str, Any] = {}
    for field in fields(InvoiceFilter):
        text = query.get(field.name, "")
        if not text:
            continue
        if len(text) > MAX_VALUE or not text.isprintable():
            raise ValueError(field.name)
        if field.name.endswith(("_from", "_to")):
            values[field.name] = date.fromisoformat(text)
        elif field.name.endswith("_id"):
            values[field.name] = _id(text)
        else:
            values[field.name] = text
    return InvoiceFilter(**values)


async def usage_csv(request: Request) -> Response:
    """A customer's usage of a day, week or month, call by call, in UTC."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    query = request.query_params
    try:
        customer = _id(query.get("customer", ""))
        on = date.fromisoformat(query.get("on", ""))
    except ValueError:
        return Response("This period was not understood.", 400)
    try:
        detail = await run_in_threadpool(
            usage_detail, world().context(actor), customer, query.get("schedule", ""), on
        )
    except BillingError as error:
        return refusal(error, actor)
    return csv_answer(csv_rows(HEADER, detail.rows), detail.name)


async def log_csv(request: Request) -> Response:
    """The filtered log as CSV, before and after field by field."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    try:
        chosen = log_filter_of(dict(request.query_params))
    except ValueError:
        return Response("This filter was not understood.", 400)
    try:
        rows = await run_in_threadpool(export_log, world().context(actor), chosen)
    except BillingError as error:
        return refusal(error, actor)
    return csv_answer(rows, "log.csv")


def log_filter_of(query: dict[str, str]) -> LogFilter:
    """The filter of the log's address. Raises: ValueError for a malformed value."""
    for text in query.values():
        if len(text) > MAX_VALUE or not text.isprintable():
            raise ValueError(text)
    days = {
        name: date.fromisoformat(query[name]) for name in ("on_from", "on_to") if query.get(name)
    }
    return LogFilter(
        actor_id=_id(query["actor"]) if query.get("actor") else 0,
        action=query.get("action", ""),
        entity=query.get("entity", ""),
        entity_id=_id(query["record"]) if query.get("record") else 0,
        on_from=days.get("on_from"),
        on_to=days.get("on_to"),
    )


async def journal_csv(request: Request) -> Response:
    """A period of the journal as CSV."""
    return await _journal(request, journal.journal_csv, "journal.csv")


async def journal_beancount(request: Request) -> Response:
    """A period of the journal as beancount text."""
    return await _journal(request, journal.journal_beancount, "journal.beancount")


async def _journal(
    request: Request,
    verb: Callable[[Context, journal.Period], Iterator[bytes]],
    name: str,
) -> Response:
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    query = request.query_params
    try:
        company = _id(query.get("company", "0"))
        period = journal.Period(_day(query.get("from", "")), _day(query.get("to", "")), company)
    except ValueError:
        return Response("This period was not understood.", 400)
    try:
        rows = await run_in_threadpool(verb, world().context(actor), period)
    except BillingError as error:
        return refusal(error, actor)
    kind = "text/csv" if name.endswith(".csv") else "text/plain"
    return csv_answer(rows, name, kind)


def csv_answer(rows: Iterator[bytes], name: str, kind: str = "text/csv") -> Response:
    """Rows as a download that no cache keeps."""
    return StreamingResponse(
        in_chunks(rows),  # each chunk is one trip to a worker thread
        media_type=f"{kind}; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "private, no-store",
        },
    )


def _id(text: str) -> int:
    """A record's id. Raises: ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < MAX_DIGITS):
        raise ValueError(text)
    return int(text)


async def statement_csv(request: Request) -> Response:
    """A customer's statement of account as CSV."""
    return await _statement(request, as_pdf=False)


async def statement_pdf(request: Request) -> Response:
    """A customer's statement of account on paper."""
    return await _statement(request, as_pdf=True)


async def _statement(request: Request, *, as_pdf: bool) -> Response:
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    query = request.query_params
    try:
        customer = _id(query.get("customer", ""))
        days = _day(query.get("from", "")), _day(query.get("to", ""))
    except ValueError:
        return Response("This period was not understood.", 400)
    verb = services.statement_pdf if as_pdf else services.statement_csv
    try:
        made = await run_in_threadpool(verb, world().context(actor), customer, *days)
    except BillingError as error:
        return refusal(error, actor)
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "cache-control": "private, no-store",
    }
    kind = "application/pdf" if as_pdf else "text/csv; charset=utf-8"
    return Response(made.content, media_type=kind, headers=headers)


async def report_csv(request: Request) -> Response:
    """A report as CSV."""
    return await _report(request, files.report_csv, "text/csv; charset=utf-8")


async def report_xlsx(request: Request) -> Response:
    """A report as a spreadsheet."""
    return await _report(request, files.report_xlsx, XLSX)


async def _report(
    request: Request, form: Callable[[Report], files.ReportFile], kind: str
) -> Response:
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    given = dict(request.query_params)
    try:
        report = await run_in_threadpool(asked_report, world().context(actor), given)
    except BillingError as error:
        return refusal(error, actor)
    made = form(report)
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "cache-control": "private, no-store",
    }
    return StreamingResponse(in_chunks(made.content), media_type=kind, headers=headers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


ROUTES = [
    Route("/exports/invoices.csv", invoices_csv, methods=["GET"]),
    Route("/exports/report.csv", report_csv, methods=["GET"]),
    Route("/exports/report.xlsx", report_xlsx, methods=["GET"]),
    Route("/exports/statement.csv", statement_csv, methods=["GET"]),
    Route("/exports/statement.pdf", statement_pdf, methods=["GET"]),
    Route("/exports/journal.csv", journal_csv, methods=["GET"]),
    Route("/exports/journal.beancount", journal_beancount, methods=["GET"]),
    Route("/exports/log.csv", log_csv, methods=["GET"]),
    Route("/exports/usage.csv", usage_csv, methods=["GET"]),
]
