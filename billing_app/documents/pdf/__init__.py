"""The paper as PDF."""

from billing_app.documents.pdf.invoice import render_invoice

__all__ = ["render_invoice"]
