"""The paper as PDF."""

from billing_app.documents.snapshot import Snapshot
from billing_app.documents.statement import StatementPaper


def render_invoice(snapshot: Snapshot, *, draft: bool = False) -> bytes:
    """Draw an invoice or credit note as PDF; see `invoice.render_invoice`.

    What draws it is loaded with the first paper: its libraries take half a second.
    """
    from billing_app.documents.pdf import invoice  # noqa: PLC0415

    return invoice.render_invoice(snapshot, draft=draft)


def render_statement(paper: StatementPaper) -> bytes:
    """Draw a statement of account as PDF."""
    from billing_app.documents.pdf import statement  # noqa: PLC0415

    return statement.render_statement(paper)


__all__ = ["render_invoice", "render_statement"]
