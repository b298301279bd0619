"""What the two pages to pay on ask for: the signed-in one, and the guest's (SPEC 6.7, ORO-38)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, NotFound, Unavailable
from billing_app.domain.paying import ChargeState, pay_address
from billing_app.persistence.queries.portal import visible_invoice
from billing_app.persistence.tables import Company, DocumentType, GatewayTransaction, Invoice
from billing_app.services.context import Context
from billing_app.services.papers import Paper, ensure_pdf, has_paper, paper_of
from billing_app.services.paying.charging import Opened, live_charge, open_charge
from billing_app.services.paying.guests import opened
from billing_app.services.paying.ports import Gateways
from billing_app.services.paying.settling import look_at
from billing_app.services.paying.terms import gateway_for, is_payable
from billing_app.services.scopes import portal_scope
from billing_app.services.settings import Place, is_on

GONE = "This document does not exist."


@dataclass(frozen=True, slots=True)
class PayPage:
    """What a page to pay on shows: no more than the amount, the number and how far it is."""

    invoice_id: int
    label: str
    type_name: str
    seller: str
    currency: str
    open_minor: int
    paid_minor: int
    """What the last successful charge brought; 0 for none."""
    due_on: date | None
    method: str
    """The one method, empty where paying online is off or nothing is to pay."""
    state: str
    """payable, pending, paid or closed."""
    error: str
    external_page: str
    has_pdf: bool
    expires_at: datetime | None = None


def pay_link(ctx: Context, gateways: Gateways, invoice_id: int) -> str:
    """Where somebody signed in pays a document (ORO-38); empty where there is nothing to pay."""
    if not ctx.actor.may(Permission.PORTAL_PAY):
        return ""
    with ctx.read() as session:
        found = visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
        return pay_address_of(session, found, gateways) if found else ""


def pay_address_of(session: Session, invoice: Invoice, gateways: Gateways) -> str:
    """Where somebody signed in pays a document they see; empty where there is nothing to pay."""
    if not is_payable(session, invoice):
        return ""
    is_offered = gateway_for(session, invoice, gateways) is not None
    own = f"/portal/pay/{invoice.id}" if is_offered else ""
    return pay_address(invoice.external_payment_page, "", own)


def own_page(ctx: Context, gateways: Gateways, invoice_id: int) -> PayPage:
    """The page of somebody signed in, after asking the gateway. Raises: NotFound."""
    _look(ctx, gateways, _own(ctx, invoice_id))
    with ctx.read() as session:
        return _page(session, session.get_one(Invoice, invoice_id), gateways)


def guest_page_of(ctx: Context, gateways: Gateways, token: str) -> PayPage:
    """The page of a link, after asking the gateway. Raises: NotFound for a dead link."""
    with ctx.read() as session:
        invoice_id = opened(session, ctx, token)[0].invoice_id
    _look(ctx, gateways, invoice_id)
    with ctx.read() as session:
        link, invoice = opened(session, ctx, token)
        return _page(session, invoice, gateways, link.expires_at)


def pay_own(ctx: Context, gateways: Gateways, invoice_id: int) -> Opened:
    """Open the charge of a document one may see. Raises: Refused, NotFound, GatewayDelayed."""
    return open_charge(ctx, gateways, _own(ctx, invoice_id))


def pay_as_guest(ctx: Context, gateways: Gateways, token: str) -> Opened:
    """Open the charge of a link's document. Raises: as `pay_own`."""
    with ctx.read() as session:
        link, _ = opened(session, ctx, token)
    return open_charge(ctx, gateways, link.invoice_id, guest_link_id=link.id)


def guest_paper(ctx: Context, token: str) -> Paper:
    """The stored PDF of a link's document, where the site offers it. Raises: NotFound."""
    with ctx.read() as session:
        _, invoice = opened(session, ctx, token)
        if not _has_pdf(session, invoice):
            raise NotFound(GONE)
    return paper_of(invoice, ensure_pdf(ctx, invoice.id or 0))


def _own(ctx: Context, invoice_id: int) -> int:
    ctx.require(Permission.PORTAL_PAY)
    with ctx.read() as session:
        found = visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
    if found is None:
        raise NotFound(GONE)
    return found.id or 0


def _look(ctx: Context, gateways: Gateways, invoice_id: int) -> None:
    """Ask the gateway how far a charge is; that it does not answer keeps nobody from the page."""
    with ctx.read() as session:
        row = live_charge(session, invoice_id)
    if row is not None:
        with suppress(Unavailable, Conflict):
            look_at(ctx, gateways, row.id or 0)


def _page(
    session: Session, invoice: Invoice, gateways: Gateways, expires_at: datetime | None = None
) -> PayPage:
    document_type = session.get_one(DocumentType, invoice.document_type_id)
    gateway = gateway_for(session, invoice, gateways)
    last = _last_charge(session, invoice.id or 0)
    return PayPage(
        invoice_id=invoice.id or 0,
        label=invoice.label,
        type_name="Invoice" if document_type.is_default else document_type.name,
        seller=session.get_one(Company, invoice.company_id).name,
        currency=invoice.currency,
        open_minor=max(0, invoice.open_minor),
        paid_minor=last.amount_minor if last and last.state == ChargeState.SUCCEEDED else 0,
        due_on=invoice.due_on,
        method=gateway.name if gateway else "",
        state=_state(session, invoice, last),
        error=last.error if last and last.state == ChargeState.DECLINED else "",
        external_page=pay_address(invoice.external_payment_page, "", ""),
        has_pdf=_has_pdf(session, invoice),
        expires_at=expires_at,
    )


def _state(session: Session, invoice: Invoice, last: GatewayTransaction | None) -> str:
    if last is not None and last.state in {ChargeState.PENDING, ChargeState.AUTHORIZED}:
        return "pending"
    if is_payable(session, invoice):
        return "payable"
    return "paid" if invoice.open_minor <= 0 else "closed"


def _last_charge(session: Session, invoice_id: int) -> GatewayTransaction | None:
    return session.exec(
        select(GatewayTransaction)
        .where(GatewayTransaction.invoice_id == invoice_id, GatewayTransaction.action == "charge")
        .order_by(col(GatewayTransaction.id).desc())
    ).first()


def _has_pdf(session: Session, invoice: Invoice) -> bool:
    place = Place(company_id=invoice.company_id, site_id=invoice.portal_site_id or 0)
    return is_on(session, "enable_pdf_download_in_portal", place) and has_paper(session, invoice)
