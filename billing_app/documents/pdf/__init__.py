"""The paper as PDF."""

from billing_app.documents.snapshot import Snapshot


def render_invoice(snapshot: Snapshot, *, draft: bool = False) -> bytes:
    """Draw an invoice or credit note as PDF; see `invoice.render_invoice`.

    What draws it is loaded with the first paper: its libraries take half a second.
    """
    from billing_app.documents.pdf import invoice  # noqa: PLC0415

    return invoice.render_invoice(snapshot, draft=draft)


__all__ = ["render_invoice"]
