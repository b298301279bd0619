"""A dispute's rows for a use case: found, locked, not stale, and what they take of an invoice."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from billing_app.domain.credit_limits import Asked
from billing_app.domain.crediting import Part, left
from billing_app.domain.disputes import UNDECIDED, disputable
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import Dispute, DisputeLine, OutboxEvent
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.credited import original_of

MAX_WORDS = 1_000
GONE = "This dispute does not exist."
CHANGED = "dispute.changed"


def invoice_of(session: Session, dispute_id: int) -> int:
    """The invoice a dispute is about. Raises: NotFound."""
    found = session.exec(select(Dispute.invoice_id).where(Dispute.id == dispute_id)).first()
    if found is None:
        raise NotFound(GONE)
    return found


def claim_dispute(session: Session, dispute_id: int, version: int | None) -> Dispute:
    """The dispute, locked; its invoice is locked already. Raises: NotFound, Conflict."""
    found = session.get(Dispute, dispute_id, with_for_update=True)
    if found is None:
        raise NotFound(GONE)
    if version is not None and found.version != version:
        raise Conflict("This dispute changed meanwhile. Look at it again.")
    return found


def parts_by_dispute(session: Session, ids: Iterable[int]) -> dict[int, tuple[Part, ...]]:
    """What disputes are about, by their ids."""
    found: dict[int, tuple[Part, ...]] = dict.fromkeys(ids, ())
    rows = session.exec(
        select(DisputeLine)
        .where(col(DisputeLine.dispute_id).in_(list(found)))
        .order_by(col(DisputeLine.dispute_id), col(DisputeLine.line_no))
    )
    for row in rows:
        found[row.dispute_id] += (Part(row.line_no, row.quantity, row.amount_minor),)
    return found


def parts_of(session: Session, dispute: Dispute) -> tuple[Part, ...]:
    """What one dispute is about."""
    key = dispute.id or 0
    return parts_by_dispute(session, [key])[key]


def left_to_credit(session: Session, found: Whole) -> dict[int, Asked]:
    """What of each line is in no correction."""
    original = original_of(session, found.invoice, found.lines)
    return left(original.sums, original.taken)


def left_to_dispute(session: Session, found: Whole) -> dict[int, Asked]:
    """What of each line is in no correction and no undecided dispute."""
    ids = session.exec(
        select(Dispute.id).where(
            Dispute.invoice_id == found.invoice.id, col(Dispute.state).in_(UNDECIDED)
        )
    )
    taken = parts_by_dispute(session, [key or 0 for key in ids])
    return disputable(
        left_to_credit(session, found), (part for parts in taken.values() for part in parts)
    )


def tell(session: Session, ctx: Context, dispute_id: int) -> None:
    """Leave in the outbox that a dispute changed; a mail follows."""
    now = ctx.now()
    event = {"topic": CHANGED, "entity_id": dispute_id, "made_at": now, "due_at": now}
    add(session, OutboxEvent, [event])


def words_of(text: str, field: str, missing: str) -> str:
    """What somebody wrote, as it is kept. Raises: Invalid at the field, also for nothing."""
    cleaned = clean_text(text, field=field, maximum=MAX_WORDS, multiline=True)
    if not cleaned:
        raise Invalid.of(field, missing)
    return cleaned
