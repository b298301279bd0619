"""Questions about companies."""

from sqlmodel import Session, col, select

from billing_app.persistence.tables import Company


def main_time_zone(session: Session) -> str:
    """The first company's time zone; empty before there is a company."""
    return session.exec(select(Company.time_zone).order_by(col(Company.id)).limit(1)).first() or ""
