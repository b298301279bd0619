"""Portal sites and their settings, one JSON object each (ERP-10 to ERP-14, SPEC 1.4 d)."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, NotFound
from billing_app.persistence.tables import Company, DocumentType, PortalSite
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.settings import site_settings

KNOWN = (
    "InvoiceDocumentTypes",
    "OrderDocumentTypes",
    "HideLines",
    "IsOrdersEnabled",
    "IsDisputesEnabled",
)


@dataclass(frozen=True, slots=True)
class SiteView:
    """One site with its company; `warnings` tell what of its settings has no effect."""

    id: int
    name: str
    company: str
    settings_json: str
    warnings: tuple[str, ...]


def list_sites(ctx: Context) -> tuple[tuple[SiteView, ...], tuple[tuple[int, str], ...]]:
    """The sites, and the outgoing document types whose ids the settings may name."""
    ctx.require(Permission.SITE_EDIT)
    with ctx.read() as session:
        rows = session.exec(
            select(PortalSite, Company.name).join(Company).order_by(col(PortalSite.id))
        ).all()
        types = session.exec(
            select(DocumentType.id, DocumentType.name)
            .where(
                DocumentType.direction == "out", col(DocumentType.kind).in_(["invoice", "credit"])
            )
            .order_by(col(DocumentType.id))
        ).all()
        sites = tuple(
            SiteView(
                site.id or 0, site.name, company, site.settings_json,
                warnings_of(session, site.settings_json),
            )
            for site, company in rows
        )  # fmt: skip
    return sites, tuple((key or 0, name) for key, name in types)


def save_site(ctx: Context, site_id: int, settings_json: str, *, before: str) -> tuple[str, ...]:
    """Keep a site's settings; they act on the next page. Answers what will have no effect.

    `before` is the text the change was made from. Raises: Invalid at "settings_json" (CC008),
    Conflict where somebody else changed it meanwhile, NotFound.
    """
    ctx.require(Permission.SITE_EDIT)
    site_settings(settings_json)
    with ctx.write() as session:
        site = session.get(PortalSite, site_id, with_for_update=True)
        if site is None:
            raise NotFound("This portal site does not exist.")
        if site.settings_json != before:
            raise Conflict
        site.settings_json = settings_json.strip()
        session.add(site)
        record(
            session, ctx, entity="site", entity_id=site_id, action="changed",
            before={"settings_json": before}, after={"settings_json": site.settings_json},
        )  # fmt: skip
        return warnings_of(session, site.settings_json)


def warnings_of(session: Session, settings_json: str) -> tuple[str, ...]:
    """Keys and document-type ids that mean nothing here: they are kept and ignored."""
    options = site_settings(settings_json)
    unknown = [key for key in options if key not in KNOWN]
    found = [f"{key} is not a setting of ours; it is kept and ignored." for key in unknown]
    wanted = options.get("InvoiceDocumentTypes")
    if isinstance(wanted, list):
        known = {str(key) for key in session.exec(select(DocumentType.id)).all()}
        found += [
            f"There is no document type with the id {key}." for key in wanted if key not in known
        ]
    return tuple(found)
