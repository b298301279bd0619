"""Guest links: one invoice for whoever has the link, until a day, and revocable (ORO-39).

The token is made from the link's id with our secret, so it can be shown again and yet only its
hash is kept. What is revoked, over or never was sounds the same.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Forbidden, NotFound, Refused
from billing_app.domain.paying import GUEST_LINK_LIVES, GUEST_LINK_RENEWED, pay_address
from billing_app.domain.setting_facts import ON
from billing_app.persistence.inserting import reserve
from billing_app.persistence.queries.portal import visible_invoice
from billing_app.persistence.tables import (
    Customer,
    DeliveryEvent,
    GuestLink,
    GuestVisit,
    Invoice,
    User,
)
from billing_app.services.audit import record
from billing_app.services.context import SYSTEM_USER_ID, Actor, Context
from billing_app.services.invoices.claims import claim
from billing_app.services.invoices.derived import derive
from billing_app.services.paying.terms import ENABLED, METHOD, is_payable
from billing_app.services.scopes import portal_scope
from billing_app.services.settings import place_of_customer, settings_at

GUEST = Actor(user_id=SYSTEM_USER_ID, kind="guest", name="Guest link")
"""Whoever has a link: no level and no role, so every use case but those by link refuses."""
DEAD = "This link opens nothing any more. Ask whoever sent it to you for a new one."
MOST_VISITS = 20
VISIT_LASTS = timedelta(minutes=10)
MAX_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Visit:
    """That somebody used a link."""

    at: datetime
    kind: str
    what: str
    agent: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link as staff see it; `address` is empty for one that opens nothing any more."""

    id: int
    address: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    is_revoked: bool
    visits: tuple[Visit, ...]


def guest_page(ctx: Context, invoice_id: int) -> str:
    """The address of a guest page, made if there is none that lives long enough (ORO-32, ORO-39).

    For staff who send mails, and for the customer's people who may pay. Raises: Refused where
    paying online is off or nothing is to pay, NotFound.
    """
    with ctx.write() as session:
        invoice = _asked_for(session, ctx, invoice_id)
        is_out = invoice.posted_at is not None and _is_enabled(session, invoice)
        if not is_out or not is_payable(session, invoice):
            raise Refused("{label} cannot be paid online.", label=invoice.label)
        return address_of(ctx, _link_for(session, ctx, invoice_id))


def mailed_page(ctx: Context, invoice_id: int) -> str:
    """What a mail gives as the page to pay on: the external one, else a guest page, else none."""
    with ctx.write() as session:
        invoice = session.get_one(Invoice, invoice_id)
        is_ours = _is_enabled(session, invoice) and is_payable(session, invoice)
        is_ours = is_ours and invoice.posted_at is not None
        own = invoice.external_payment_page
        if not is_ours or pay_address(own, "", "") or not ctx.public_url:
            return pay_address(own, "", "")
        return address_of(ctx, _link_for(session, ctx, invoice_id))


def may_link(ctx: Context, invoice_id: int) -> bool:
    """Whether to offer a link: to staff who write to customers, where there is something to pay."""
    if not (ctx.actor.may(Permission.INVOICE_SEND) and ctx.actor.sees_partner):
        return False
    with ctx.read() as session:
        invoice = session.get(Invoice, invoice_id)
        return (
            invoice is not None
            and invoice.posted_at is not None
            and _is_enabled(session, invoice)
            and is_payable(session, invoice)
        )


def links_of(ctx: Context, invoice_id: int) -> tuple[Link, ...]:
    """The links of an invoice with who used them, the newest first."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        rows = session.exec(
            select(GuestLink, User.name)
            .join(User, col(User.id) == GuestLink.made_by_id)
            .where(GuestLink.invoice_id == invoice_id)
            .order_by(col(GuestLink.id).desc())
        ).all()
        may_see = ctx.actor.may(Permission.INVOICE_SEND)
        return tuple(
            Link(
                id=row.id or 0,
                address=address_of(ctx, row) if may_see and _lives(row, ctx.now()) else "",
                made_at=row.made_at,
                made_by=name,
                expires_at=row.expires_at,
                is_revoked=row.revoked_at is not None,
                visits=_visits(session, row.id or 0),
            )
            for row, name in rows
        )


def revoke_link(ctx: Context, link_id: int) -> None:
    """Let a link open nothing from now on; a repeat changes nothing. Raises: NotFound."""
    ctx.require(Permission.INVOICE_SEND)
    with ctx.write() as session:
        row = session.get(GuestLink, link_id, with_for_update=True)
        if row is None:
            raise NotFound("This link does not exist.")
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by_id = ctx.now(), ctx.actor.user_id
            session.add(row)
            _record(session, ctx, row, "guest link revoked")


def opened(session: Session, ctx: Context, token: str) -> tuple[GuestLink, Invoice]:
    """The living link of a token with its invoice. Raises: NotFound, always the same."""
    found = session.exec(select(GuestLink).where(GuestLink.token_hash == _hash(token))).first()
    invoice = session.get(Invoice, found.invoice_id) if found is not None else None
    if (
        found is None
        or invoice is None
        or not _lives(found, ctx.now())
        or invoice.deleted_at is not None
        or invoice.posted_at is None
        or not _is_enabled(session, invoice)
    ):
        raise NotFound(DEAD)
    return found, invoice


def note_visit(ctx: Context, token: str, what: str, *, kind: str, address: str, agent: str) -> None:
    """Note that a link was used; by a person it counts as viewed, by staff or a scanner not."""
    with ctx.write() as session:
        link, invoice = opened(session, ctx, token)
        visit = GuestVisit(link_id=link.id or 0, at=ctx.now(), kind=kind, what=what)
        visit.address, visit.agent = address[:64], agent[:255]
        if _was_here(session, visit):
            return
        session.add(visit)
        if kind != "person" or what == "paid":
            return
        channel = "portal_download" if what == "pdf" else "portal_view"
        session.add(
            DeliveryEvent(
                invoice_id=link.invoice_id, at=ctx.now(), channel=channel, recipient=GUEST.name
            )
        )
        if not invoice.is_delivered:
            claimed = claim(session, link.invoice_id)
            claimed.is_delivered = True
            derive(claimed)
            session.add(claimed)


def address_of(ctx: Context, link: GuestLink) -> str:
    """The whole address of a link."""
    return f"{ctx.public_url}/pay/{_token(ctx, link.id or 0)}"


def _asked_for(session: Session, ctx: Context, invoice_id: int) -> Invoice:
    if ctx.actor.kind == "external":
        ctx.require(Permission.PORTAL_PAY)
        found = visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
    else:
        ctx.require(Permission.INVOICE_SEND)
        found = session.get(Invoice, invoice_id)
        if found is not None and not ctx.actor.sees_partner:
            raise Forbidden("Who does not see business partners gives out no links to them.")
    if found is None or found.deleted_at is not None:
        raise NotFound("This document does not exist.")
    return found


def _link_for(session: Session, ctx: Context, invoice_id: int) -> GuestLink:
    session.get_one(Invoice, invoice_id, with_for_update=True)  # one link however many ask at once
    found = session.exec(
        select(GuestLink)
        .where(
            GuestLink.invoice_id == invoice_id,
            col(GuestLink.revoked_at).is_(None),
            GuestLink.expires_at > ctx.now() + GUEST_LINK_RENEWED,
        )
        .order_by(col(GuestLink.id).desc())
    ).first()
    if found is not None:
        return found
    link_id = reserve(session, GuestLink, 1)[0]
    made = GuestLink(
        id=link_id,
        invoice_id=invoice_id,
        token_hash=_hash(_token(ctx, link_id)),
        made_at=ctx.now(),
        made_by_id=ctx.actor.user_id,
        expires_at=ctx.now() + GUEST_LINK_LIVES,
    )
    session.add(made)
    session.flush()
    _record(session, ctx, made, "guest link made")
    return made


def _is_enabled(session: Session, invoice: Invoice) -> bool:
    customer = session.get_one(Customer, invoice.customer_id)
    chosen = settings_at(session, place_of_customer(session, customer), ENABLED, METHOD)
    return chosen[ENABLED] == ON and chosen[METHOD] != "none"


def _lives(link: GuestLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now


def _visits(session: Session, link_id: int) -> tuple[Visit, ...]:
    rows = session.exec(
        select(GuestVisit)
        .where(GuestVisit.link_id == link_id)
        .order_by(col(GuestVisit.id).desc())
        .limit(MOST_VISITS)
    ).all()
    return tuple(Visit(row.at, row.kind, row.what, row.agent) for row in rows)


def _was_here(session: Session, visit: GuestVisit) -> bool:
    """Whether the same was noted a moment ago: reloading fills no table."""
    last = session.exec(
        select(GuestVisit.id).where(
            GuestVisit.link_id == visit.link_id,
            GuestVisit.what == visit.what,
            GuestVisit.kind == visit.kind,
            GuestVisit.address == visit.address,
            GuestVisit.at > visit.at - VISIT_LASTS,
        )
    )
    return last.first() is not None


def _record(session: Session, ctx: Context, link: GuestLink, action: str) -> None:
    after = {"link": link.id, "until": link.expires_at}
    record(session, ctx, entity="invoice", entity_id=link.invoice_id, action=action, after=after)


def _token(ctx: Context, link_id: int) -> str:
    """256 bits that nobody can guess without our secret."""
    made = hmac.new(ctx.secret, f"guest link {link_id}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token[:MAX_TOKEN].encode("utf-8", "replace")).hexdigest()
