"""One document as its customer sees it: the customer's words, no posting word."""

import re
from dataclasses import dataclass

import reflex as rx

from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.domain.document_types import DocumentKind, sign
from billing_app.domain.errors import NotFound
from billing_app.domain.lifecycle import Posting
from billing_app.domain.status import aging, portal_words
from billing_app.kit.wording import UNKNOWN
from billing_app.portal.shell.file_rows import FileRow, file_rows
from billing_app.portal.shell.state import tongue_of
from billing_app.portal.shell.tongue import Tongue
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.files import portal_files_of_invoice
from billing_app.services.invoices.derived import settlement_of
from billing_app.services.invoices.freeze import totals_of
from billing_app.services.paying.pages import pay_link
from billing_app.services.portal import PortalDocument, get_document
from billing_app.services.portal_orders import orders_of_document

ADDRESS = re.compile(r"/portal/invoices/(\d{1,15})/?")


@dataclass(frozen=True)
class DocumentLine:
    """One line."""

    line_no: int
    product: str
    detail: str
    quantity: str
    unit: str
    unit_price: str
    discount: str
    amount: str


@dataclass(frozen=True)
class Pair:
    """A label with its value."""

    label: str
    value: str


@dataclass(frozen=True)
class OrderRow:
    """An order behind the document; without an address where its page is not for the reader."""

    number: str
    href: str


class DocumentState(rx.State):
    """The document."""

    id: int = 0
    heading: str = ""
    number: str = ""
    status: str = ""
    status_word: str = ""
    status_more: str = ""
    company: list[str] = []
    customer: list[str] = []
    facts: list[Pair] = []
    lines: list[DocumentLine] = []
    sums: list[Pair] = []
    to_pay: str = ""
    to_pay_minor: str = ""
    currency: str = ""
    dock: str = ""
    iban: str = ""
    orders: list[OrderRow] = []
    texts: list[str] = []
    files: list[FileRow] = []
    hides_lines: bool = False
    may_download: bool = False
    pay_href: str = ""
    is_missing: bool = False
    is_loaded: bool = False

    @action(Permission.PORTAL_INVOICES)
    async def load(self) -> None:
        """Show the document that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        self.reset()  # type: ignore[no-untyped-call]
        try:
            document = await ask(get_document, int(found[1]) if found else 0)
        except NotFound:
            self.is_missing, self.is_loaded = True, True
            return
        tongue = await tongue_of(self)
        self._show(document, tongue)
        self.orders = [
            OrderRow(one.number, f"/portal/orders/{one.id}" if one.id else "")
            for one in await ask(orders_of_document, self.id)
        ]
        self.files = file_rows(await ask(portal_files_of_invoice, self.id), tongue)
        self.pay_href = await ask(pay_link, world().gateways(), self.id)
        self.is_loaded = True

    def _show(self, document: PortalDocument, tongue: Tongue) -> None:
        record = document.record
        invoice, code = record.invoice, record.invoice.currency
        signed = sign(record.document_type.kind)
        type_name = "Invoice" if record.document_type.is_default else record.document_type.name
        self.id, self.number, self.heading = (
            invoice.id or 0,
            invoice.number,
            f"{tongue.say(type_name)} {invoice.number}",
        )
        self._show_status(document, tongue)
        company, customer = record.company, record.customer
        self.company = _address(company.name, company.street, company.postcode, company.city)
        self.customer = _address(customer.name, customer.street, customer.postcode, customer.city)
        self.currency, self.to_pay_minor = code, str(signed * invoice.total_minor)
        self.to_pay = tongue.money(signed * invoice.total_minor, code)
        self.facts = [
            Pair(tongue.say("No"), invoice.number),
            Pair(tongue.say("Date"), tongue.day(invoice.document_date)),
            Pair(tongue.say("Due date"), tongue.day(invoice.due_on)),
            Pair(tongue.say("Your reference"), invoice.po_number or UNKNOWN),
            Pair(tongue.say("Created by"), record.created_by),
            Pair(tongue.say("Currency"), code),
            Pair(tongue.say("Amount to pay"), self.to_pay),
        ]
        self.hides_lines, self.may_download = document.hides_lines, document.may_download
        self.lines = (
            [] if document.hides_lines else [_line(line, code, tongue) for line in record.lines]
        )
        self.sums = _sums(document, tongue)
        self.texts = [
            text
            for text in (invoice.document_text, invoice.invoice_text, invoice.notes, invoice.terms)
            if text
        ]
        owes = invoice.open_minor > 0 and record.document_type.kind == "invoice"
        self.iban = company.iban if owes else ""

    def _show_status(self, document: PortalDocument, tongue: Tongue) -> None:
        invoice = document.record.invoice
        today = context().today()
        word = portal_words(
            Posting(invoice.posting_status),
            DocumentKind(document.record.document_type.kind),
            settlement_of(invoice),
            aging(invoice.due_on, today, invoice.open_minor),
        )
        self.status, self.status_word = word.value, tongue.say(word.value)
        days = (today - invoice.due_on).days if invoice.due_on else 0
        is_late = self.status == "Overdue"
        self.status_more = tongue.count(days, "{count} day", "{count} days") if is_late else ""
        due = (
            tongue.say("due {day}", day=tongue.day(invoice.due_on))
            if invoice.due_on and invoice.open_minor > 0
            else self.status_word
        )
        self.dock = due


def _address(*parts: str) -> list[str]:
    name, street, postcode, city = parts
    return [part for part in (name, street, f"{postcode} {city}".strip()) if part]


def _line(line, code: str, tongue: Tongue) -> DocumentLine:  # type: ignore[no-untyped-def]  # noqa: ANN001
    discount = ""
    if line.discount_type == "percent":
        discount = tongue.percent(line.discount_value)
    elif line.discount_minor:
        discount = tongue.amount(line.discount_minor, code)
    return DocumentLine(
        line_no=line.line_no,
        product=line.description.split("\n")[0],
        detail=tongue.span(line.date_from, line.date_to),
        quantity=tongue.number(line.quantity),
        unit=line.unit,
        unit_price=tongue.number(line.unit_price, 2),
        discount=discount,
        amount=tongue.amount(line.net_minor, code),
    )


def _sums(document: PortalDocument, tongue: Tongue) -> list[Pair]:
    record = document.record
    code = record.invoice.currency
    totals = totals_of(record.invoice, record.lines)
    rows = [
        Pair(tongue.say("Net amount"), tongue.amount(totals.net - totals.invoice_discount, code))
    ]
    rows += [
        Pair(f"{tongue.say('VAT')} {tongue.percent(group.rate)}", tongue.amount(group.tax, code))
        for group in totals.groups
    ]
    if record.invoice.settled_minor:
        rows.append(
            Pair(tongue.say("Paid or credited"), tongue.amount(record.invoice.settled_minor, code))
        )
        rows.append(
            Pair(tongue.say("Remaining amount"), tongue.amount(record.invoice.open_minor, code))
        )
    return rows
