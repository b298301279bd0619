"""A document as accounting gets it: header, lines, tax, discount, contact (CRM-32)."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sqlmodel import Session

from billing_app.domain.accounts import Accounts, Role, accounts_of, listed
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.tables import Customer, Invoice, InvoiceLine
from billing_app.services.accounting.ports import PushedContact, PushedDocument, PushedLine
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import document_id
from billing_app.services.journal.documents import rate_of, skus_of
from billing_app.services.settings import Place, settings_at

PRICE_DIGITS = 4  # what accounting programs keep of a unit price
TAX_TYPES = "accounts_tax_types_by_rate"


def pushed_document(session: Session, whole: Whole) -> PushedDocument:
    """What is handed over of a document; its key follows from its content."""
    invoice, document_type = whole.invoice, whole.document_type
    chosen = settings_at(session, Place(company_id=invoice.company_id))
    accounts = accounts_of(chosen)
    skus = skus_of(session, whole.lines) if accounts.revenue_by_product else {}
    digits = currency(invoice.currency).digits
    is_out = document_type.direction == "out"
    document = PushedDocument(
        key="",
        number=invoice.number,
        reference=invoice.po_number or document_id(invoice.id),
        is_out=is_out,
        is_credit=document_type.kind == "credit",
        on=invoice.document_date,
        due_on=invoice.due_on,
        currency=invoice.currency,
        contact=_contact(whole.customer),
        lines=tuple(
            _line(invoice, line, digits, _account(accounts, invoice, line, skus), chosen)
            if is_out
            else _line(invoice, line, digits, accounts.by_role[Role.EXPENSES], chosen)
            for line in whole.lines
        ),
        tax=from_minor(invoice.tax_minor, digits),
        total=from_minor(invoice.total_minor, digits),
    )
    digest = hashlib.sha256(repr(document).encode()).hexdigest()
    return replace(document, key=f"{invoice.id}-{digest[:40]}")


def _account(
    accounts: Accounts, invoice: Invoice, line: InvoiceLine, skus: Mapping[int, str]
) -> str:
    return accounts.revenue(skus.get(line.product_id or 0, ""), rate_of(invoice, line))


def _line(
    invoice: Invoice, line: InvoiceLine, digits: int, account: str, chosen: Mapping[str, str]
) -> PushedLine:
    """A line whose figures multiply out there too; where they would not, as one of its amount.

    That is where prices include tax, or have more decimals than accounting keeps.
    """
    gross = from_minor(line.gross_minor, digits)
    quantity, price = line.quantity, line.unit_price
    is_short = price == round(price, PRICE_DIGITS)
    if invoice.prices_include_tax or not is_short or quantity < 0:
        quantity, price = Decimal(1), gross
    types = {Decimal(rate): code for rate, code in listed(chosen[TAX_TYPES]).items()}
    rate = rate_of(invoice, line)
    return PushedLine(
        description=line.description,
        quantity=quantity,
        unit_price=price,
        discount=from_minor(line.discount_minor + line.share_minor, digits),
        net=from_minor(line.net_minor - line.share_minor, digits),
        tax=from_minor(line.tax_minor, digits),
        account=account,
        tax_type=types.get(rate, "") if rate is not None else "",
    )


def _contact(customer: Customer) -> PushedContact:
    return PushedContact(
        number=customer.number,
        name=customer.name,
        external_id=customer.ext_accounting_id,
        email=customer.email,
        tax_no=customer.vat_no or customer.uin,
        street=customer.street,
        postcode=customer.postcode,
        city=customer.city,
        country=customer.country,
    )
