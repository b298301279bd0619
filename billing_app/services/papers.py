"""A document's paper: made once from its snapshot, the same bytes for everybody ever after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from billing_app.documents.pdf import render_invoice
from billing_app.documents.snapshot import from_json
from billing_app.domain.access import Permission
from billing_app.domain.errors import NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.queries.portal import visible_invoice
from billing_app.persistence.tables import DeliveryEvent, Invoice, PdfDocument, PrintLog, Snapshot
from billing_app.services.context import Context
from billing_app.services.invoices.claims import claim, whole
from billing_app.services.invoices.derived import derive, document_id
from billing_app.services.invoices.freeze import snapshot_of
from billing_app.services.scopes import may_download, portal_scope
from billing_app.services.settings import Place, is_on, require_invoices

TYPE = "invoice_default"


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF with the name it is saved under."""

    name: str
    content: bytes
    sha256: str


def staff_paper(ctx: Context, invoice_id: int) -> Paper:
    """The stored PDF for staff, and the log entry of its download (ORO-14: posted only)."""
    ctx.require(Permission.INVOICE_VIEW)
    invoice = _existing(ctx, invoice_id)
    if invoice.posted_at is None:
        raise Refused("{label} is not posted yet; there is a preview only.", label=invoice.label)
    with ctx.read() as session:
        if not has_paper(session, invoice):
            raise Refused(
                "{label} has no PDF: none is made when an invoice becomes posted. "
                "Accounting can create it in the invoice's options.",
                label=invoice.label,
            )
    pdf = ensure_pdf(ctx, invoice_id)
    with ctx.write() as session:
        _log(session, ctx, invoice_id, "staff_download", pdf)
    return paper_of(invoice, pdf)


def create_pdf(ctx: Context, invoice_id: int) -> None:
    """Make the PDF of a posted document by hand, once (SPEC 6.11). Raises: Refused, NotFound."""
    ctx.require(Permission.INVOICE_POST)
    invoice = _existing(ctx, invoice_id)
    if invoice.posted_at is None:
        raise Refused("{label} is not posted yet; there is a preview only.", label=invoice.label)
    ensure_pdf(ctx, invoice_id)


def has_paper(session: Session, invoice: Invoice) -> bool:
    """Whether a posted document's PDF can be had: it is there, or posting makes it (ORO-16)."""
    if invoice.posted_at is None:
        return False
    place = Place(company_id=invoice.company_id, site_id=invoice.portal_site_id or 0)
    if is_on(session, "generate_pdf_when_posted", place):
        return True
    made = select(PdfDocument.id).where(PdfDocument.invoice_id == invoice.id)
    return session.exec(made).first() is not None


def with_paper(session: Session, invoices: Sequence[Invoice]) -> frozenset[int]:
    """The ids of those documents whose PDF can be had, as `has_paper` says of one."""
    made = select(PdfDocument.invoice_id).where(
        col(PdfDocument.invoice_id).in_([row.id for row in invoices])
    )
    known = set(session.exec(made).all())
    makes: dict[Place, bool] = {}
    for row in invoices:
        place = Place(company_id=row.company_id, site_id=row.portal_site_id or 0)
        if place not in makes:
            makes[place] = is_on(session, "generate_pdf_when_posted", place)
        if makes[place]:
            known.add(row.id or 0)
    return frozenset(row.id or 0 for row in invoices if row.posted_at and row.id in known)


def portal_paper(ctx: Context, invoice_id: int) -> Paper:
    """The stored PDF for a customer. Raises: NotFound for whatever the customer may not see."""
    ctx.require(Permission.PORTAL_INVOICES)
    with ctx.read() as session:
        found = visible_invoice(session, portal_scope(session, ctx), ctx.today(), invoice_id)
        is_offered = found is not None and may_download(session, ctx) and has_paper(session, found)
    if found is None or not is_offered:
        raise NotFound("This document does not exist.")
    pdf = ensure_pdf(ctx, invoice_id)
    with ctx.write() as session:
        _log(session, ctx, invoice_id, "portal_download", pdf)
        session.add(
            DeliveryEvent(
                invoice_id=invoice_id,
                at=ctx.now(),
                channel="portal_download",
                recipient=ctx.actor.email,
            )
        )
        invoice = claim(session, invoice_id)
        if not invoice.is_delivered:
            invoice.is_delivered = True
            derive(invoice)
            session.add(invoice)
    return paper_of(invoice, pdf)


def preview(ctx: Context, invoice_id: int) -> Paper:
    """The paper as it would be, drawn anew each time and never stored; marked while unposted."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        found = whole(session, invoice_id)
        snapshot = snapshot_of(session, found)
    is_draft = found.invoice.posting_status != Posting.POSTED
    content = render_invoice(snapshot, draft=is_draft)
    return Paper(f"{document_id(invoice_id)}-preview.pdf", content, "")


def ensure_pdf(ctx: Context, invoice_id: int) -> PdfDocument:
    """The stored PDF, made from the snapshot if there is none yet. Raises: NotFound."""
    with ctx.read() as session:
        pdf = _stored(session, invoice_id)
        if pdf is not None:
            return pdf
        row = session.get(Snapshot, invoice_id)
    if row is None:
        raise NotFound("This document has no paper.")
    content = render_invoice(from_json(row.content))
    made = PdfDocument(
        invoice_id=invoice_id,
        type=TYPE,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=ctx.now(),
        made_by_id=ctx.actor.user_id,
    )
    try:
        with ctx.write() as session:
            session.add(made)
    except IntegrityError:  # another process was faster; its bytes count
        with ctx.read() as session:
            pdf = _stored(session, invoice_id)
        if pdf is None:
            raise
        return pdf
    return made


def _stored(session: Session, invoice_id: int) -> PdfDocument | None:
    return session.exec(
        select(PdfDocument).where(PdfDocument.invoice_id == invoice_id, PdfDocument.type == TYPE)
    ).first()


def _existing(ctx: Context, invoice_id: int) -> Invoice:
    with ctx.read() as session:
        invoice = session.get(Invoice, invoice_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist.")
        require_invoices(session, invoice.company_id)
        return invoice


def _log(session: Session, ctx: Context, invoice_id: int, kind: str, pdf: PdfDocument) -> None:
    session.add(
        PrintLog(
            invoice_id=invoice_id,
            at=ctx.now(),
            user_id=ctx.actor.user_id,
            kind=kind,
            is_original=True,
            pdf_id=pdf.id,
        )
    )


def paper_of(invoice: Invoice, pdf: PdfDocument) -> Paper:
    """A stored PDF under the name it is saved as."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in invoice.label)
    return Paper(f"{safe}.pdf", pdf.content, pdf.sha256)


def ensure_pdf_if_wanted(ctx: Context, invoice_id: int) -> None:
    """Make the PDF after posting where the setting asks for it (ORO-16).

    Not yet of an imported document: its own paper may follow (ORO-19), and a paper is made once.
    """
    with ctx.read() as session:
        invoice = session.get(Invoice, invoice_id)
        is_ours = invoice is not None and invoice.origin != "imported"
        wanted = is_ours and invoice is not None and has_paper(session, invoice)
    if wanted:
        ensure_pdf(ctx, invoice_id)
