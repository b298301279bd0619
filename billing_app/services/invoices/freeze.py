"""What a document says, as one frozen snapshot: for its paper and for its seal."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from billing_app.documents.snapshot import (
    Buyer,
    Seller,
    Snapshot,
    SnapshotLine,
    SnapshotTax,
    to_json,
)
from billing_app.domain.amount_words import amount_in_words
from billing_app.domain.money import currency
from billing_app.domain.setting_facts import ON
from billing_app.domain.settings import pairs_of
from billing_app.domain.tax import exemption_reason
from billing_app.domain.totals import DocumentInput, Totals, compute
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import (
    Company,
    Contact,
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceOrder,
    SalesOrder,
    Seal,
)
from billing_app.persistence.tables import Snapshot as SnapshotRow
from billing_app.services.context import Context
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import document_id
from billing_app.services.invoices.draft import Draft, DraftLine, document_input
from billing_app.services.settings import Place, settings_at

FIRST = "$1$"
NEWEST_SEAL = (
    select(Seal.seal)
    .where(Seal.company_id == bindparam("company"))
    .order_by(col(Seal.id).desc())
    .limit(1)
)
FIRST_ORDER = (
    select(SalesOrder.number)
    .join(InvoiceOrder)
    .where(InvoiceOrder.invoice_id == bindparam("invoice"))
    .order_by(col(SalesOrder.id))
    .limit(1)
)
TITLES = {  # the shipped types in the languages the paper speaks; own names stay as they are
    ("de", "Invoice"): "Rechnung",
    ("de", "Credit Note"): "Rechnungskorrektur",
    ("de", "Advance Payment Request"): "Anzahlungsanforderung",
}


def freeze(session: Session, ctx: Context, whole: Whole) -> None:
    """Keep what the document says now, and chain its seal to the company's last one."""
    invoice, now = whole.invoice, ctx.now()
    content = to_json(snapshot_of(session, whole))
    digest = hashlib.sha256(content.encode()).hexdigest()
    kept = {"invoice_id": invoice.id, "content": content, "sha256": digest, "made_at": now}
    add(session, SnapshotRow, [kept])
    previous = last_seal(session, invoice.company_id)
    link = {
        "company_id": invoice.company_id,
        "invoice_id": invoice.id,
        "payload_sha256": digest,
        "previous": previous,
        "seal": seal(ctx.secret, previous, digest),
        "made_at": now,
    }
    add(session, Seal, [link])


def last_seal(session: Session, company_id: int) -> str:
    """The company's last link; `FIRST` where there is none.

    The company's row is the chain's lock, taken late and held only until the commit. On SQLite
    the transaction has had the write lock from its beginning.
    """
    if session.get_bind().dialect.name != "sqlite":
        # Not FOR UPDATE: that would also hold up everybody who only refers to the company.
        lock = select(Company.id).where(Company.id == company_id).with_for_update(key_share=True)
        session.exec(lock)
    found = session.connection().execute(NEWEST_SEAL, {"company": company_id}).scalar()
    return found or FIRST


def seal(secret: bytes, previous: str, digest: str) -> str:
    """A link of the hash chain: version 1, HMAC-SHA256 over the previous link and the payload."""
    mac = hmac.new(secret, f"{previous}|{digest}".encode(), hashlib.sha256)
    return f"{FIRST}{mac.hexdigest()}"


def snapshot_of(session: Session, whole: Whole) -> Snapshot:
    """What the document says at this moment. The internal comment has no place in it."""
    invoice, document_type, company, customer, lines = whole
    contact = session.get(Contact, invoice.contact_id) if invoice.contact_id else None
    credited = (
        session.get(Invoice, invoice.credited_invoice_id) if invoice.credited_invoice_id else None
    )
    totals = totals_of(invoice, lines)
    place = Place(company_id=invoice.company_id, site_id=invoice.portal_site_id or 0)
    chosen = settings_at(session, place)
    return Snapshot(
        kind="credit" if document_type.kind == "credit" else "invoice",
        title=TITLES.get((customer.language, document_type.name), document_type.name),
        number=invoice.number or None,
        document_id=document_id(invoice.id),
        document_date=invoice.document_date,
        due_on=invoice.due_on,
        period_from=invoice.period_from,
        period_to=invoice.period_to,
        currency=invoice.currency,
        digits=currency(invoice.currency).digits,
        language=customer.language or "en",
        seller=seller_of(company, chosen),
        buyer=_buyer(customer, contact, company),
        po_number=invoice.po_number,
        order_number=_order_number(session, invoice),
        document_text=invoice.document_text,
        invoice_text=invoice.invoice_text,
        notes=invoice.notes,
        terms=invoice.terms,
        lines=tuple(_line(line) for line in lines),
        groups=tuple(
            SnapshotTax(
                category=group.category,
                rate=group.rate,
                base=group.base,
                tax=group.tax,
                reason=exemption_reason(group.category),
            )
            for group in totals.groups
        ),
        subtotal=totals.subtotal,
        line_discounts=totals.line_discounts,
        net=totals.net,
        invoice_discount=totals.invoice_discount,
        discount_label=_discount_label(invoice),
        tax_total=totals.tax_total,
        total=totals.total,
        credited_number=credited.number if credited else None,
        credited_date=credited.document_date if credited else None,
        payment_terms_text=invoice.terms,
        total_words=words_of(chosen, totals.total, invoice.currency, customer.language),
        fields_above=pairs_of(chosen["printed_fields_above"]),
        fields_below=pairs_of(chosen["printed_fields_below"]),
    )


def words_of(chosen: Mapping[str, str], total: int, code: str, language: str) -> str:
    """A total in words where the setting asks for it (DLY-44); empty otherwise."""
    if chosen["total_in_words"] != ON:
        return ""
    return amount_in_words(total, currency(code).digits, code, language or "en")


def totals_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Totals:
    """What stored lines come to, by the one arithmetic."""
    return compute(entered(invoice, lines))


def entered(invoice: Invoice, lines: Sequence[InvoiceLine]) -> DocumentInput:
    """A stored document as it was entered."""
    return document_input(
        Draft(
            customer_id=invoice.customer_id,
            document_date=invoice.document_date,
            currency=invoice.currency,
            discount_type=invoice.discount_type,
            discount_value=invoice.discount_value,
            tax_mode=invoice.tax_mode,
            tax_value=invoice.tax_value,
            prices_include_tax=invoice.prices_include_tax,
            lines=tuple(
                DraftLine(
                    description="",
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount_type=line.discount_type,
                    discount_value=line.discount_value,
                    tax_rate=line.tax_rate,
                    tax_category=line.tax_category,
                    tax_shift_minor=line.tax_shift_minor,
                )
                for line in lines
            ),
        )
    )


def seller_of(company: Company, chosen: Mapping[str, str]) -> Seller:
    """Who issues, as the company's record says; a seller setting that is filled wins (ORO-24)."""
    town = f"{company.postcode} {company.city}".strip()
    own = tuple(part for part in (company.street, town) if part)
    address = tuple(chosen["seller_address"].splitlines()) or own
    name = chosen["seller_name"] or company.name
    phone = chosen["seller_phone"] or company.phone
    email = chosen["seller_email"] or company.email
    website = chosen["seller_website"] or company.website
    tax_id = chosen["seller_tax_id"] or company.tax_id
    legal = (name, *address, company.registration_no)
    reach = (phone, email, website)
    bank = (company.bank_name, _grouped(company.iban), company.bic and f"BIC {company.bic}")
    tax = (tax_id and f"VAT {tax_id}",)
    return Seller(
        name=name,
        address_lines=address,
        country=company.country,
        sender_line=" · ".join(part for part in (name, *address) if part),
        vat_no=tax_id,
        registration_no=company.registration_no,
        email=email,
        phone=phone,
        website=website,
        bank_name=company.bank_name,
        iban=company.iban,
        bic=company.bic,
        footer_columns=tuple(
            tuple(part for part in column if part)
            for column in (legal, reach, bank, tax)
            if any(column)
        ),
        logo=company.logo,
    )


def _buyer(customer: Customer, contact: Contact | None, company: Company) -> Buyer:
    town = f"{customer.postcode} {customer.city}".strip()
    return Buyer(
        name=customer.name,
        contact=contact.name if contact else "",
        address_lines=tuple(part for part in (customer.street, town, customer.county) if part),
        country=customer.country if customer.country != company.country else "",
        customer_no=customer.number,
        vat_no=customer.vat_no,
    )


def _line(line: InvoiceLine) -> SnapshotLine:
    name, *details = line.description.split("\n")
    return SnapshotLine(
        line_no=line.line_no,
        name=name,
        details=tuple(details),
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_text=_line_discount(line),
        tax_rate=line.tax_rate,
        tax_category=line.tax_category,
        net=line.net_minor,
        date_from=line.date_from,
        date_to=line.date_to,
    )


def _line_discount(line: InvoiceLine) -> str:
    if line.discount_type == "percent" and line.discount_value:
        return f"{line.discount_value.normalize():f} %"
    return (
        f"{line.discount_value.normalize():f}"
        if line.discount_type == "fixed" and line.discount_value
        else ""
    )


def _discount_label(invoice: Invoice) -> str:
    if invoice.discount_type == "percent":
        return f"Discount {invoice.discount_value.normalize():f} %"
    return "Discount" if invoice.discount_type == "fixed" else ""


def _order_number(session: Session, invoice: Invoice) -> str:
    return session.connection().execute(FIRST_ORDER, {"invoice": invoice.id}).scalar() or ""


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
