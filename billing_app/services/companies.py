"""The company: what forms and pages need of it."""

from sqlmodel import col, select

from billing_app.persistence.tables import Company
from billing_app.services.context import Context
from billing_app.services.settings import setting


def base_currency(ctx: Context) -> str:
    """The first company's currency; EUR before there is a company."""
    with ctx.read() as session:
        return (
            session.exec(select(Company.base_currency).order_by(col(Company.id))).first() or "EUR"
        )


def company_name(ctx: Context) -> str:
    """The first company's name; empty before there is a company."""
    with ctx.read() as session:
        return session.exec(select(Company.name).order_by(col(Company.id))).first() or ""


def default_term_days(ctx: Context) -> str:
    """The payment term a new customer begins with, in days."""
    with ctx.read() as session:
        return setting(session, "default_payment_term_days")
