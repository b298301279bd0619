"""What payment gateways tell us over plain HTTP: kept if it is signed, answered at once."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_app.bootstrap import world
from billing_app.domain.errors import BillingError
from billing_app.integrations.payments.stripe_gateway import read_message
from billing_app.services.paying.inbox import keep_message

MAX_MESSAGE = 262_144


async def stripe_message(request: Request) -> Response:
    """Keep a message of Stripe's; a repeat is answered the same. It is worked off later."""
    secrets = world().settings.webhook_secrets
    if not secrets:
        return Response("Not found", 404)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_MESSAGE:
            return Response("The message is too large.", 413)
    try:
        message = read_message(body, request.headers.get("stripe-signature", ""), secrets)
        await run_in_threadpool(keep_message, world().system(), "stripe", message)
    except BillingError:
        return Response("This message is not signed as agreed.", 400)
    return Response("Kept.")


ROUTES = [Route("/webhooks/stripe", stripe_message, methods=["POST"])]
