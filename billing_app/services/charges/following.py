"""Charges behind a draft's lines, while the draft is edited: moved lines, removed lines."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from billing_app.domain.charges import ChargeStatus
from billing_app.persistence.tables import ChargeLine


def charges_by_line(session: Session, invoice_id: int) -> dict[int, int]:
    """The charges that stand on an invoice, by the number of their line."""
    rows = session.exec(
        select(ChargeLine.invoice_line_no, ChargeLine.id).where(
            col(ChargeLine.invoice_id).is_not(None),  # so that the partial index answers
            ChargeLine.invoice_id == invoice_id,
        )
    ).all()
    return {line_no or 0: key or 0 for line_no, key in rows}


def follow_lines(session: Session, invoice_id: int, charge_ids: Sequence[int | None]) -> None:
    """Let the charges of a saved draft follow its lines; one whose line is gone waits again.

    `charge_ids` are those of the lines in their order.
    """
    rows = session.exec(
        select(ChargeLine)
        .where(col(ChargeLine.invoice_id).is_not(None), ChargeLine.invoice_id == invoice_id)
        .order_by(col(ChargeLine.id))
        .with_for_update()
    ).all()
    places = {key: 10 * at for at, key in enumerate(charge_ids, start=1) if key is not None}
    for charge in rows:
        line_no = places.get(charge.id or 0)
        if line_no == charge.invoice_line_no:
            continue
        charge.invoice_line_no = line_no
        if line_no is None:
            charge.invoice_id, charge.status = None, str(ChargeStatus.PENDING)
        charge.version += 1
        session.add(charge)
    session.flush()
