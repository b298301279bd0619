"""The PDFs that a bulk action collected, over plain HTTP as one ZIP file."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from billing_app.api.papers import person, record_id, refusal
from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError
from billing_app.services.bulk.zipping import zip_of


async def bulk_zip(request: Request) -> Response:
    """The ZIP file, as a download."""
    actor = await person(request)
    if actor is None:
        return RedirectResponse("/login", 303)
    if actor.kind != "staff":
        return Response("Not found", 404)
    try:
        run_id = record_id(request)
        pieces = await run_in_threadpool(zip_of, world().context(actor), run_id)
    except BillingError as error:
        return refusal(error, actor)
    return StreamingResponse(
        pieces,
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="invoices-{run_id}.zip"',
            "cache-control": "private, no-store",
        },
    )


ROUTES = [Route("/bulk/{id}.zip", bulk_zip, methods=["GET"])]
