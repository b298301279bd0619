"""Charges on their way back: an invoice that is dissolved, cancelled or voided (SPEC 6.3)."""

from sqlmodel import Session, col, select

from billing_app.domain.dissolving import lines_alone
from billing_app.persistence.tables import ChargeLine, Invoice, InvoiceLine, Voyage
from billing_app.services.charges.lines import charge_of, rewrite, wait_again
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.freeze import entered


def dissolve(session: Session, ctx: Context, found: Whole) -> int:
    """Turn every line into a pending charge with its current text (T4); answers how many.

    The lines that came from charges become those charges again; hand-made ones become new ones
    (SPEC 6.16, point 1). Raises: Refused for a tax amount fixed on the document.
    """
    billed = {charge.invoice_line_no: charge for charge in _billed(session, found.invoice)}
    vessels = _vessels(session, found.lines)
    alone = lines_alone(entered(found.invoice, found.lines), found.invoice.label)
    for line, figures in zip(found.lines, alone, strict=True):
        charge = billed.get(line.line_no) or charge_of(
            ctx, found, line, vessels.get(line.voyage_id or 0)
        )
        rewrite(charge, found, line, figures)
        session.add(charge)
    session.flush()
    return len(found.lines)


def give_back(session: Session, found: Whole) -> int:
    """Let the charges behind an invoice's lines wait again, with the lines' texts (T10, T11)."""
    charges = _billed(session, found.invoice)
    texts = {line.line_no: line.description for line in found.lines}
    for charge in charges:
        charge.text = texts.get(charge.invoice_line_no or 0, charge.text)
        wait_again(charge)
        session.add(charge)
    session.flush()
    return len(charges)


def _billed(session: Session, invoice: Invoice) -> list[ChargeLine]:
    """The charges that stand on an invoice, locked."""
    rows = session.exec(
        select(ChargeLine)
        .where(
            col(ChargeLine.invoice_id).is_not(None),  # so that the partial index answers
            ChargeLine.invoice_id == invoice.id,
        )
        .order_by(col(ChargeLine.id))
        .with_for_update()
    )
    return list(rows.all())


def _vessels(session: Session, lines: list[InvoiceLine]) -> dict[int, int | None]:
    ids = {line.voyage_id for line in lines if line.voyage_id is not None}
    if not ids:
        return {}
    rows = session.exec(select(Voyage.id, Voyage.vessel_id).where(col(Voyage.id).in_(ids))).all()
    return {key or 0: vessel for key, vessel in rows}
