"""What an external person may see, put together from access, site and settings."""

from sqlmodel import Session, col, select

from billing_app.domain.access import AccessScope, ExternalRole, Permission, PortalScope
from billing_app.domain.features import withheld_in_portal
from billing_app.persistence.queries.portal import sub_customers
from billing_app.persistence.tables import Customer, PortalSite
from billing_app.services.context import Context
from billing_app.services.settings import Place, is_on, settings_at, site_settings

NOTHING = PortalScope(user_id=0, customer_id=0, role=ExternalRole.BASIC, is_section_on=False)


def portal_scope(session: Session, ctx: Context) -> PortalScope:
    """The scope of the current external person; one that sees nothing for any other."""
    actor = ctx.actor
    customer = session.get(Customer, actor.customer_id) if actor.customer_id else None
    if customer is None or actor.role is None:
        return NOTHING
    site = _site(session, customer)
    place = _place(customer, site)
    options = _site_options(site)
    scope = AccessScope(actor.scope)
    return PortalScope(
        user_id=actor.user_id,
        customer_id=customer.id or 0,
        role=actor.role,
        scope=scope,
        sub_customer_ids=(
            _open_ones(session, sub_customers(session, customer.id or 0))
            if scope is AccessScope.CORPORATE
            else frozenset()
        ),
        days_back=actor.days_back,
        document_type_ids=_chosen(options.get("InvoiceDocumentTypes")),
        order_types=_chosen(options.get("OrderDocumentTypes")),
        is_section_on=_is_section_on(session, place),
    )


def _chosen(types: object) -> frozenset[str] | None:
    return frozenset(map(str, types)) if isinstance(types, list) else None


def may_download(session: Session, ctx: Context) -> bool:
    """Whether the customer's site offers the PDF (SPEC 6.8)."""
    customer = session.get(Customer, ctx.actor.customer_id) if ctx.actor.customer_id else None
    if customer is None:
        return False
    return is_on(
        session, "enable_pdf_download_in_portal", _place(customer, _site(session, customer))
    )


def withheld_from(session: Session, customer_id: int | None) -> frozenset[Permission]:
    """What the settings take away from a customer's people (ORO-1, CXS-48)."""
    customer = session.get(Customer, customer_id) if customer_id else None
    if customer is None:
        return frozenset()
    site = _site(session, customer)
    lost = withheld_in_portal(settings_at(session, _place(customer, site)))
    if _site_options(site).get("IsOrdersEnabled") is False:
        lost |= {Permission.PORTAL_ORDERS, Permission.PORTAL_PRICES}
    if not _disputes_on(site):
        lost |= {Permission.PORTAL_DISPUTE}
    return lost


def disputes_on(session: Session, ctx: Context) -> bool:
    """Whether the customer's site takes disputes; off unless the site says so."""
    customer = session.get(Customer, ctx.actor.customer_id) if ctx.actor.customer_id else None
    return customer is not None and _disputes_on(_site(session, customer))


def _disputes_on(site: PortalSite | None) -> bool:
    return _site_options(site).get("IsDisputesEnabled") is True


def _is_section_on(session: Session, place: Place) -> bool:
    switches = settings_at(session, place, "enable_invoices", "show_invoices_in_portal")
    return all(value == "on" for value in switches.values())


def _open_ones(session: Session, ids: frozenset[int]) -> frozenset[int]:
    """The customers for whom the section is on: each one's own switch counts (SPEC 6.7)."""
    rows = session.exec(select(Customer).where(col(Customer.id).in_(ids))).all() if ids else ()
    return frozenset(
        row.id or 0 for row in rows if _is_section_on(session, _place(row, _site(session, row)))
    )


def _place(customer: Customer, site: PortalSite | None) -> Place:
    return Place(
        company_id=customer.company_id,
        site_id=(site.id or 0) if site else 0,
        group_id=customer.group_id or 0,
        customer_id=customer.id or 0,
    )


def hides_lines(session: Session, ctx: Context) -> bool:
    """Whether the customer's site leaves the lines out (ERP-20)."""
    customer = session.get(Customer, ctx.actor.customer_id) if ctx.actor.customer_id else None
    return customer is not None and _site_options(_site(session, customer)).get("HideLines") is True


def _site(session: Session, customer: Customer) -> PortalSite | None:
    return session.exec(
        select(PortalSite)
        .where(PortalSite.company_id == customer.company_id)
        .order_by(col(PortalSite.id))
        .limit(1)
    ).first()


def _site_options(site: PortalSite | None) -> dict[str, object]:
    return site_settings(site.settings_json) if site else {}
