"""What customers do: dispute lines or quantities of an invoice they see, and withdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.credit_limits import Asked
from billing_app.domain.crediting import Part, credit_of
from billing_app.domain.disputes import (
    DisputeAction,
    DisputeState,
    marked,
    refuse_undisputable,
    step,
)
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.domain.totals import compute
from billing_app.persistence.inserting import add
from billing_app.persistence.queries.portal import visible_invoice
from billing_app.persistence.tables import Dispute, DisputeLine
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.disputes.rows import (
    GONE,
    claim_dispute,
    invoice_of,
    left_to_dispute,
    tell,
    words_of,
)
from billing_app.services.disputes.views import DisputeView, views_of
from billing_app.services.invoices.claims import Whole, claim_whole, whole
from billing_app.services.invoices.credited import original_of
from billing_app.services.requests import answered, remember
from billing_app.services.scopes import disputes_on, hides_lines, portal_scope

NO_DOCUMENT = "This document does not exist."
OFF = "Disputes are switched off here."
NO_REASON = "Say what is wrong."
NO_LINES = "This portal shows no lines. Dispute the whole document."


@dataclass(frozen=True, slots=True)
class DisputableLine:
    """A line with what of it can be disputed; the amount in minor units as it was entered."""

    line_no: int
    description: str
    unit: str
    left: Decimal
    left_minor: int


@dataclass(frozen=True, slots=True)
class DisputeDesk:
    """What a customer may dispute of a document, and what was disputed of it."""

    invoice_id: int
    label: str
    currency: str
    hides_lines: bool
    can_open: bool
    lines: tuple[DisputableLine, ...]
    """None where the site shows no lines: then only the whole can be disputed (ERP-20)."""
    disputes: tuple[DisputeView, ...]


def dispute_desk(ctx: Context, invoice_id: int) -> DisputeDesk:
    """What of a document can be disputed. Raises: NotFound, also where disputes are off."""
    is_lineless = _require_seen(ctx, invoice_id)
    with ctx.read() as session:
        found = whole(session, invoice_id)
        invoice = found.invoice
        try:
            _refuse_undisputable(found)
            rest = left_to_dispute(session, found)
        except Refused:
            rest = {}
        lines = () if is_lineless else _lines(found, rest)
        disputes = views_of(session, invoice, found.lines)
    return DisputeDesk(
        invoice_id, invoice.label, invoice.currency, is_lineless, bool(rest), lines, disputes
    )


def open_dispute(
    ctx: Context,
    invoice_id: int,
    wanted: Mapping[int, Decimal] | None,
    reason: str,
    *,
    key: str = "",
) -> int:
    """Dispute quantities of lines, or with None all that is left; answers the dispute's id.

    Raises: Invalid at "reason" and "lines.<no>.quantity", Refused where the document cannot be
    disputed or nothing of it is left, NotFound for what the customer does not see.
    """
    is_lineless = _require_seen(ctx, invoice_id)
    reason = words_of(reason, "reason", NO_REASON)
    if is_lineless and wanted is not None:
        raise Invalid.of("lines", NO_LINES)
    with ctx.write() as session:
        verb = f"dispute {invoice_id}"
        before = answered(session, ctx, key, verb)
        if before is not None:
            return int(before["id"])
        found = claim_whole(session, invoice_id)
        _refuse_undisputable(found)
        about = marked(left_to_dispute(session, found), wanted, found.invoice.label)
        made = _write(session, ctx, found, about, reason, is_whole=wanted is None)
        remember(session, ctx, key, verb, {"id": made})
        return made


def withdraw_dispute(
    ctx: Context, dispute_id: int, *, version: int | None = None, key: str = ""
) -> None:
    """Take a dispute back. Raises: Refused where it is decided, Conflict, NotFound."""
    with ctx.read() as session:
        invoice_id = invoice_of(session, dispute_id)
    _require_seen(ctx, invoice_id, GONE)
    with ctx.write() as session:
        verb = f"withdraw dispute {dispute_id}"
        if answered(session, ctx, key, verb) is not None:
            return
        claim_whole(session, invoice_id)
        dispute = claim_dispute(session, dispute_id, version)
        row = step(DisputeState(dispute.state), DisputeAction.WITHDRAW)
        ctx.require(row.permission)
        dispute.state, dispute.version = row.to.value, dispute.version + 1
        dispute.ended_at, dispute.ended_by_id = ctx.now(), ctx.actor.user_id
        session.add(dispute)
        session.flush()
        after = {"dispute": dispute_id}
        record(
            session, ctx, entity="invoice", entity_id=invoice_id, action="dispute withdrawn",
            after=after,
        )  # fmt: skip
        remember(session, ctx, key, verb, {"id": dispute_id})


def _require_seen(ctx: Context, invoice_id: int, missing: str = NO_DOCUMENT) -> bool:
    """Raise unless this person sees the document and its site takes disputes.

    Answers whether the site leaves lines out. Another customer's document sounds like none.
    """
    ctx.require(Permission.PORTAL_DISPUTE)
    with ctx.read() as session:
        if not disputes_on(session, ctx):
            raise NotFound(OFF)
        if visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id) is None:
            raise NotFound(missing)
        return hides_lines(session, ctx)


def _refuse_undisputable(found: Whole) -> None:
    kind = found.document_type
    refuse_undisputable(
        found.invoice.label,
        Posting(found.invoice.posting_status),
        Direction(kind.direction),
        DocumentKind(kind.kind),
    )


def _lines(found: Whole, rest: Mapping[int, Asked]) -> tuple[DisputableLine, ...]:
    return tuple(
        DisputableLine(
            line.line_no,
            line.description.split("\n")[0],
            line.unit,
            rest[line.line_no].quantity,
            rest[line.line_no].amount,
        )
        for line in found.lines
        if line.line_no in rest
    )


def _write(
    session: Session,
    ctx: Context,
    found: Whole,
    about: tuple[Part, ...],
    reason: str,
    *,
    is_whole: bool,
) -> int:
    original = original_of(session, found.invoice, found.lines)
    credit = compute(credit_of(original.doc, original.sums, original.taken, about))
    dispute = Dispute(
        invoice_id=found.invoice.id or 0,
        is_whole=is_whole,
        total_minor=credit.total,
        reason=reason,
        opened_at=ctx.now(),
        opened_by_id=ctx.actor.user_id,
    )
    session.add(dispute)
    session.flush()
    made = dispute.id or 0
    lines = [
        {
            "dispute_id": made,
            "line_no": part.line_no,
            "quantity": part.quantity,
            "amount_minor": part.amount,
        }
        for part in about
    ]
    add(session, DisputeLine, lines)
    tell(session, ctx, made)
    after = {"dispute": made, "reason": reason, "total_minor": credit.total}
    record(
        session, ctx, entity="invoice", entity_id=found.invoice.id or 0, action="disputed",
        after=after,
    )  # fmt: skip
    return made
