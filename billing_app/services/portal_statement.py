"""The customer's own statement of account: what the portal's predicate lets the person see of it.

The days a person may not see are in the opening balance as one figure. Whoever sees only some
documents (the scope "own", or a site's document types) gets the payments' shares of those.
"""

from dataclasses import replace
from datetime import date

from sqlmodel import Session

from billing_app.domain.access import AccessScope, Permission, PortalScope, earliest_visible
from billing_app.domain.errors import Invalid
from billing_app.domain.statement import Entry, EntryKind, accounts
from billing_app.persistence.queries.portal_statement import (
    settled_lines,
    visible_lines,
    whole_payment_lines,
)
from billing_app.persistence.tables import Customer
from billing_app.services.context import Context
from billing_app.services.payments.statement import (
    Statement,
    StatementFile,
    csv_file,
    pdf_file,
)
from billing_app.services.scopes import portal_scope


def portal_statement(
    ctx: Context, from_on: date | None = None, to_on: date | None = None
) -> Statement:
    """The statement of the customer one works for. Raises: Invalid for days the wrong way round."""
    with ctx.read() as session:
        return _statement(session, ctx, from_on, to_on)[0]


def portal_statement_csv(ctx: Context, from_on: date | None, to_on: date | None) -> StatementFile:
    """The statement as CSV; amounts with their sign."""
    return csv_file(portal_statement(ctx, from_on, to_on))


def portal_statement_pdf(ctx: Context, from_on: date | None, to_on: date | None) -> StatementFile:
    """The statement on paper."""
    with ctx.read() as session:
        found, customer = _statement(session, ctx, from_on, to_on)
        return pdf_file(session, ctx, found, customer)


def _statement(
    session: Session, ctx: Context, from_on: date | None, to_on: date | None
) -> tuple[Statement, Customer]:
    ctx.require(Permission.PORTAL_STATEMENT)
    if from_on and to_on and from_on > to_on:
        raise Invalid.of("to_on", "The last day lies before the first.")
    scope, today = portal_scope(session, ctx), ctx.today()
    customer = session.get_one(Customer, scope.customer_id)
    first = earliest_visible(today, scope.days_back)
    starts = [day for day in (from_on, first) if day is not None]
    from_on = max(starts) if starts else None
    if from_on and to_on and to_on < from_on:
        to_on = from_on
    found = Statement(
        customer_id=scope.customer_id,
        customer_number=customer.number,
        customer_name=customer.name,
        from_on=from_on,
        to_on=to_on,
        accounts=accounts(_entries(session, scope, today), from_on, to_on),
        credits=(),
    )
    return found, customer


def _entries(session: Session, scope: PortalScope, today: date) -> list[Entry]:
    own = replace(scope, sub_customer_ids=frozenset(), days_back=None)
    is_whole = own.scope is not AccessScope.OWN and own.document_type_ids is None
    lines = visible_lines(session, own, today)
    lines += (
        whole_payment_lines(session, own.customer_id)
        if is_whole
        else settled_lines(session, own, today)
    )
    return [Entry(line.on, EntryKind(line.kind), *line[2:]) for line in lines]
