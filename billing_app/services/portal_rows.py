"""What each row of the customer's documents offers beside opening it (ORO-31, CXS-47)."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing_app.domain.access import Permission
from billing_app.persistence.queries.portal import visible_invoices
from billing_app.services.context import Context
from billing_app.services.papers import with_paper
from billing_app.services.paying.pages import pay_address_of
from billing_app.services.paying.ports import Gateways
from billing_app.services.scopes import may_download, portal_scope


@dataclass(frozen=True, slots=True)
class RowActions:
    """The document, where it is paid (empty where it is not), and whether its PDF can be had."""

    number: str
    pay: str
    has_pdf: bool


def row_actions(ctx: Context, gateways: Gateways, ids: Sequence[int]) -> dict[int, RowActions]:
    """What these documents offer; a document one does not see is left out."""
    ctx.require(Permission.PORTAL_INVOICES)
    may_pay = ctx.actor.may(Permission.PORTAL_PAY)
    with ctx.read() as session:
        seen = visible_invoices(session, portal_scope(session, ctx), ctx.today(), ids)
        papers = with_paper(session, seen) if may_download(session, ctx) else frozenset()
        return {
            row.id or 0: RowActions(
                row.number,
                pay_address_of(session, row, gateways) if may_pay else "",
                row.id in papers,
            )
            for row in seen
        }
