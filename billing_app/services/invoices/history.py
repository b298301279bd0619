"""An invoice's own history: its audit entries in people's words."""

from sqlmodel import Session, col, select

from billing_app.persistence.tables import AuditEntry, User


def last_change(session: Session, invoice_id: int) -> tuple[str, str]:
    """Who changed it last, and at what time of day (UTC)."""
    row = session.exec(
        select(AuditEntry, User.name)
        .join(User)
        .where(AuditEntry.entity == "invoice", AuditEntry.entity_id == invoice_id)
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return "Somebody", "an unknown time"
    return row[1], f"{row[0].at:%H:%M} UTC"
