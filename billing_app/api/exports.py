"""Exports over plain HTTP: what is filtered, as CSV."""

from collections.abc import Callable, Iterator, Mapping
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
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Query = Mapping[str, str]
Asked = Callable[[Query], Callable[[Context], Response]]


async def invoices_csv(request: Request) -> Response:
    """The filtered invoices as CSV."""

    def asked(query: Query) -> Callable[[Context], Response]:
        chosen, sort = filter_of(query), query.get("sort", "created")
        order = Order(sort if sort in SORTS else "created", query.get("descending") == "1")
        return lambda ctx: csv_answer(export_csv(ctx, chosen, order), "invoices.csv")

    return await _answered(request, asked, "filter")


async def usage_csv(request: Request) -> Response:
    """A customer's usage of a day, week or month, call by call, in UTC."""

    def asked(query: Query) -> Callable[[Context], Response]:
        customer, schedule = _id(query.get("customer", "")), query.get("schedule", "")
        on = date.fromisoformat(query.get("on", ""))

        def made(ctx: Context) -> Response:
            detail = usage_detail(ctx, customer, schedule, on)
            return csv_answer(csv_rows(HEADER, detail.rows), detail.name)

        return made

    return await _answered(request, asked, "period")


async def log_csv(request: Request) -> Response:
    """The filtered log as CSV, before and after field by field."""

    def asked(query: Query) -> Callable[[Context], Response]:
        chosen = log_filter_of(query)
        return lambda ctx: csv_answer(export_log(ctx, chosen), "log.csv")

    return await _answered(request, asked, "filter")


async def journal_csv(request: Request) -> Response:
    """A period of the journal as CSV."""
    return await _journal(request, journal.journal_csv, "journal.csv")


async def journal_beancount(request: Request) -> Response:
    """A period of the journal as beancount text."""
    return await _journal(request, journal.journal_beancount, "journal.beancount", "text/plain")


async def statement_csv(request: Request) -> Response:
    """A customer's statement of account as CSV."""
    return await _statement(request, services.statement_csv, CSV)


async def statement_pdf(request: Request) -> Response:
    """A customer's statement of account on paper."""
    return await _statement(request, services.statement_pdf, "application/pdf")


async def report_csv(request: Request) -> Response:
    """A report as CSV."""
    return await _report(request, files.report_csv, CSV)


async def report_xlsx(request: Request) -> Response:
    """A report as a spreadsheet."""
    return await _report(request, files.report_xlsx, XLSX)


def in_chunks(rows: Iterator[bytes]) -> Iterator[bytes]:
    """Join rows so that few large pieces are sent instead of many small ones."""
    while chunk := b"".join(islice(rows, ROWS_AT_ONCE)):
        yield chunk


def filter_of(query: Query) -> InvoiceFilter:
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


def log_filter_of(query: Query) -> LogFilter:
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


def csv_answer(rows: Iterator[bytes], name: str, kind: str = "text/csv") -> Response:
    """Rows as a download that no cache keeps; each chunk is one trip to a worker thread."""
    return StreamingResponse(
        in_chunks(rows), media_type=f"{kind}; charset=utf-8", headers=_kept_by_nobody(name)
    )


async def _journal(
    request: Request,
    verb: Callable[[Context, journal.Period], Iterator[bytes]],
    name: str,
    kind: str = "text/csv",
) -> Response:
    def asked(query: Query) -> Callable[[Context], Response]:
        company = _id(query.get("company", "0"))
        period = journal.Period(_day(query.get("from", "")), _day(query.get("to", "")), company)
        return lambda ctx: csv_answer(verb(ctx, period), name, kind)

    return await _answered(request, asked, "period")


async def _statement(request: Request, verb: Callable[..., Any], kind: str) -> Response:
    def asked(query: Query) -> Callable[[Context], Response]:
        customer = _id(query.get("customer", ""))
        days = _day(query.get("from", "")), _day(query.get("to", ""))

        def made(ctx: Context) -> Response:
            file = verb(ctx, customer, *days)
            return Response(file.content, media_type=kind, headers=_kept_by_nobody(file.name))

        return made

    return await _answered(request, asked, "period")


async def _report(
    request: Request, form: Callable[[Report], files.ReportFile], kind: str
) -> Response:
    def made(ctx: Context) -> Response:
        file = form(asked_report(ctx, dict(request.query_params)))
        headers = _kept_by_nobody(file.name)
        return StreamingResponse(in_chunks(file.content), media_type=kind, headers=headers)

    return await _answered(request, lambda _query: made, "report")


async def _answered(request: Request, asked: Asked, what: str) -> Response:
    """Staff only: `asked` reads the address, what it answers is done in a worker thread."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    try:
        made = asked(dict(request.query_params))
    except ValueError:
        return Response(f"This {what} was not understood.", 400)
    try:
        return await run_in_threadpool(made, world().context(actor))
    except BillingError as error:
        return refusal(error, actor)


def _kept_by_nobody(name: str) -> dict[str, str]:
    return {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
    }


def _id(text: str) -> int:
    """A record's id. Raises: ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < MAX_DIGITS):
        raise ValueError(text)
    return int(text)


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
