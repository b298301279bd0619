"""What becomes of a foreign invoice: new, changed, the same, or refused with the reason."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.invoices import ForeignInvoice
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.tables import Company, Customer, ImportedRecord, Invoice
from billing_app.services.foreign.drafts import checked_page, differences, draft_of
from billing_app.services.foreign.paid import paid_changes, paid_words
from billing_app.services.foreign.parties import find_customer, new_customer
from billing_app.services.invoices.claims import lines_of
from billing_app.services.invoices.draft import Draft
from billing_app.services.invoices.drafts import content_of

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
MAX_ID = 128


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one foreign invoice, on which invoice of ours, and why or what changes."""

    action: str
    reason: str = ""
    invoice_id: int | None = None


def decide(session: Session, source: str, invoice: ForeignInvoice) -> Decision:
    """What becomes of it as things are now; nothing is written."""
    try:
        return _decided(session, source, invoice)
    except Invalid as error:
        return Decision(REFUSED, " ".join(dict.fromkeys(error.fields.values())) or error.sentence)


def record_of(session: Session, source: str, external_id: str) -> ImportedRecord | None:
    """What is known of a source's invoice."""
    return session.exec(
        select(ImportedRecord).where(
            ImportedRecord.system == source,
            ImportedRecord.kind == "invoice",
            ImportedRecord.external_id == external_id,
        )
    ).first()


def content_now(session: Session, invoice: Invoice) -> Draft:
    """What an invoice of ours says now."""
    return content_of(invoice, lines_of(session, invoice.id or 0))


def _decided(session: Session, source: str, invoice: ForeignInvoice) -> Decision:
    if len(invoice.external_id) > MAX_ID:
        raise Invalid.of("external_id", f"Its id is longer than {MAX_ID} characters.")
    checked_page(invoice.payment_page)
    customer_id = find_customer(session, source, invoice.customer)
    if customer_id is None:
        new_customer(invoice)
    draft, _ = draft_of(session, invoice, customer_id or -1)
    known = record_of(session, source, invoice.external_id)
    ours = session.get(Invoice, known.record_id) if known is not None else None
    if known is None or ours is None or ours.deleted_at is not None:
        _refuse_taken(session, draft, customer_id)
        return Decision(NEW, paid_words(invoice))
    if ours.posting_status in {Posting.VOID, Posting.CANCELLED}:
        status = Posting(ours.posting_status).label
        return Decision(REFUSED, f"{ours.label} is {status} here, so it stays as it is.", ours.id)
    if known.content_sha256 == invoice.sha256:
        return Decision(SAME, "", ours.id)
    return _changed(session, ours, draft, invoice)


def _changed(session: Session, ours: Invoice, draft: Draft, invoice: ForeignInvoice) -> Decision:
    told = list(differences(content_now(session, ours), draft))
    if ours.posting_status != Posting.DRAFT and told:
        status = Posting(ours.posting_status).label
        return Decision(
            REFUSED,
            f"{ours.label} is {status} here and does not change: {'; '.join(told)}. "
            "Void it, or make a credit note.",
            ours.id,
        )
    if ours.external_payment_page != invoice.payment_page:
        told.append("Payment page")
    if ours.posting_status == Posting.DRAFT and invoice.is_posted:
        told.append("Draft → Posted")
    if ours.posting_status != Posting.DRAFT or invoice.is_posted:
        told += paid_changes(session, ours, invoice)
    return Decision(CHANGED if told else SAME, "; ".join(told), ours.id)


def _refuse_taken(session: Session, draft: Draft, customer_id: int | None) -> None:
    """Raise Invalid where another invoice of the company and type has the number."""
    if not draft.number:
        return
    company = select(Company.id).order_by(col(Company.id)).limit(1)
    if customer_id is not None:
        company = select(Customer.company_id).where(Customer.id == customer_id)
    twin = session.exec(
        select(Invoice.id).where(
            Invoice.company_id == session.exec(company).first(),
            Invoice.document_type_id == draft.document_type_id,
            Invoice.number == draft.number,
            Invoice.number != "",
        )
    ).first()
    if twin is not None:
        raise Invalid.of("number", f"The number {draft.number} belongs to another invoice here.")
