"""The own PDF of a document that was not made here: kept once, then served like ours."""

import hashlib

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, Refused
from billing_app.persistence.tables import Invoice, PdfDocument
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.foreign.drafts import ORIGIN
from billing_app.services.invoices.claims import claim
from billing_app.services.papers import TYPE
from billing_app.services.settings import Place, is_on

MAX_BYTES = 10 * 1024 * 1024
TAIL = 2048


def attach_paper(ctx: Context, invoice_id: int, content: bytes) -> str:
    """Keep a document's own PDF; answers its SHA-256. The same bytes again change nothing.

    Raises: Forbidden below Accounting, NotFound, Invalid for what is no PDF, Refused for a
    document that is not posted or has its paper already: it is made once (ORO-15, ORO-16).
    """
    ctx.require(Permission.INVOICE_POST)
    _refuse_strange(content)
    digest = hashlib.sha256(content).hexdigest()
    try:
        with ctx.write() as session:
            invoice = claim(session, invoice_id)
            kept = _kept(session, invoice_id)
            if kept == digest:
                return digest
            _refuse_second(session, invoice, kept)
            session.add(
                PdfDocument(
                    invoice_id=invoice_id,
                    type=TYPE,
                    content=content,
                    sha256=digest,
                    made_at=ctx.now(),
                    made_by_id=ctx.actor.user_id,
                )
            )
            record(
                session,
                ctx,
                entity="invoice",
                entity_id=invoice_id,
                action="paper attached",
                after={"sha256": digest, "size": len(content)},
            )
    except IntegrityError as error:  # somebody's first download was faster
        raise Refused("This document has its PDF already; it is made once.") from error
    return digest


def may_attach(invoice: Invoice, pdf_sha256: str) -> bool:
    """Whether to offer it: an imported document that is posted and has no paper yet."""
    return invoice.origin == ORIGIN and invoice.posted_at is not None and not pdf_sha256


def _kept(session: Session, invoice_id: int) -> str:
    chosen = select(PdfDocument.sha256).where(
        PdfDocument.invoice_id == invoice_id, PdfDocument.type == TYPE
    )
    return session.exec(chosen).first() or ""


def _refuse_second(session: Session, invoice: Invoice, kept: str) -> None:
    label = invoice.label
    if kept:
        raise Refused("{label} has its PDF already; it is made once.", label=label)
    if invoice.posted_at is None:
        raise Refused("{label} is not posted yet; its PDF follows then.", label=label)
    place = Place(company_id=invoice.company_id, site_id=invoice.portal_site_id or 0)
    if invoice.origin != ORIGIN and is_on(session, "generate_pdf_when_posted", place):
        raise Refused("The PDF of {label} is made from what it says.", label=label)


def _refuse_strange(content: bytes) -> None:
    """Raise Invalid for what does not begin and end like a PDF, or is too large."""
    if len(content) > MAX_BYTES:
        raise Invalid.of("file", "The PDF is larger than 10 MB.")
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-TAIL:]:
        raise Invalid.of("file", "This is no PDF, or it breaks off.")
    if b"/Encrypt" in content[-TAIL:]:
        raise Invalid.of("file", "This PDF is locked. Attach one that opens without a password.")
