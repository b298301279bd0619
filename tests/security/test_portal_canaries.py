"""A canary in every internal field and in all that is another customer's never leaves the server.

The served product, each portal page and role over a raw socket; every HTTP body, PDF and CSV.
"""

import asyncio
import io
from contextlib import suppress
from decimal import Decimal

import pypdf
import pytest

from billing_app.domain.files import FileAccess, FileOwner
from billing_app.domain.lifecycle import Action
from billing_app.domain.portal_tables import TABLES
from billing_app.persistence.tables import (
    Contact,
    Customer,
    ExternalAccess,
    Invoice,
    InvoiceOrder,
    Package,
    PackageAssignment,
    SalesOrder,
    User,
)
from billing_app.portal.doors import PORTAL_PAGES
from billing_app.services.files import attach_file, change_file_access
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from tests.security.served import client, run, serve
from tests.services.worldmaking import a_line

CANARY = "CANARY"
OURS = "VisibleToA"
ROLES = ("a10", "a20", "a30", "a40", "a80", "a90")
INVOICE_FIELDS = (
    "internal_comment", "external_system", "external_id", "accounting_id", "accounting_error",
    "account_no",
)  # fmt: skip
CUSTOMER_FIELDS = ("account_no", "ext_accounting_id", "notes")
BELOW_BILLING = {"a10", "a20", "a30"}


class Planted:
    """The served product with canaries, and the addresses that might tell them."""

    def __init__(self, served):
        self.served, self.w = served, served.world
        self.today = self.w.ctx().today()
        for row in self.w.all(User):
            if row.kind == "staff" and row.id != self.w.people["billing"].user_id:
                self.w.change(User, row.id, name=f"{CANARY} colleague")
        self.own, self.own_order = self.documents("a", OURS)
        self.theirs, self.their_order = self.documents("b", CANARY)
        self.void = self.voided()
        self.files = [self.files_of(one) for one in (self.own, self.theirs, self.void)]
        self.people()

    def documents(self, customer, word):
        """A posted document with its order, its payment and a package."""
        w, at = self.w, self.w.customers[customer]
        invoice_id = w.draft(
            "billing", customer_id=at, document_date=self.today, due_on=self.today, title=word,
            document_text=word, invoice_text=word, notes=word, terms=word, po_number=word,
            internal_comment=CANARY, lines=(a_line(word),),
        )  # fmt: skip
        w.move("accounting", invoice_id, Action.POST)
        order = w.add(SalesOrder(number=f"SO-{word}", customer_id=at, ordered_on=self.today,
                                 type_name=word, status=word, notes=word, currency="EUR",
                                 amount_minor=12_345))  # fmt: skip
        w.add(InvoiceOrder(invoice_id=invoice_id, order_id=order))
        private = PaymentFacts(Decimal(1), self.today, description=f"{word} # {CANARY}")
        record_payment(w.ctx("accounting"), invoice_id, private)
        add_payment(w.ctx("accounting"), at, private, code="EUR")
        package = w.add(Package(name=word, description=word, cost=Decimal("7.77777"),
                                destination_patterns=CANARY, retail=Decimal(9)))  # fmt: skip
        w.add(PackageAssignment(package_id=package, customer_id=at, quantity=Decimal(1),
                                start_on=self.today))  # fmt: skip
        for name in INVOICE_FIELDS:
            self.plant(Invoice, invoice_id, name)
        for name in CUSTOMER_FIELDS:
            self.plant(Customer, at, name)
        return invoice_id, order

    def voided(self):
        w = self.w
        draft = w.draft("billing", document_date=self.today, due_on=self.today)
        w.move("accounting", draft, Action.POST)
        w.move("accounting", draft, Action.VOID, reason=CANARY, confirmed=True)
        hidden = w.draft("billing", title=CANARY, lines=(a_line(CANARY),))
        w.add(InvoiceOrder(invoice_id=hidden, order_id=self.own_order))
        w.add(InvoiceOrder(invoice_id=self.theirs, order_id=self.own_order))
        w.add(InvoiceOrder(invoice_id=self.own, order_id=self.their_order))
        self.hidden = hidden
        return draft

    def files_of(self, invoice_id):
        """One file of each permission; answers their ids."""
        w, found = self.w, []
        for access in FileAccess:
            is_told = access is FileAccess.EXTERNAL and invoice_id != self.theirs
            word = OURS if is_told else CANARY
            file_id = attach_file(
                w.ctx("billing"), FileOwner.INVOICE, invoice_id, f"{word}.txt", word.encode()
            )
            change_file_access(w.ctx("billing"), file_id, access)
            found.append(file_id)
        for key in "ab":
            attach_file(w.ctx("accounting"), FileOwner.CUSTOMER, w.customers[key], f"{CANARY}.txt",
                        CANARY.encode())  # fmt: skip
        return found

    def people(self):
        w = self.w
        for row in w.all(ExternalAccess):
            w.change(ExternalAccess, row.id, notes=CANARY)
        for row in w.all(User):
            if row.kind == "external" and row.email.endswith("@b.example"):
                w.change(User, row.id, name=f"{CANARY} person")
        w.add(Contact(customer_id=w.customers["b"], name=CANARY, email="canary@b.example"))
        w.change(Customer, w.customers["b"], name=f"{CANARY} Breweries", street=CANARY)

    def plant(self, kind, key, name):
        with suppress(Exception):  # a trigger holds what posting froze
            self.w.change(kind, key, **{name: CANARY})

    def pages(self):
        """Each page of the portal; those of one record with ours, theirs and what is hidden."""
        for door in PORTAL_PAGES:
            if "[" not in door.route:
                yield door.route
                continue
            orders = (self.own_order, self.their_order, 999_999)
            documents = (self.own, self.theirs, self.void, self.hidden, 999_999)
            for key in orders if "order_id" in door.route else documents:
                yield f"{door.route.partition('[')[0]}{key}"
        for key in (self.own, self.theirs, self.hidden):
            yield f"/portal/pay/{key}"

    def addresses(self):
        """Every other address that answers with something of the portal."""
        for page in (*TABLES, "statement", "users", "profile"):
            yield f"/portal/exports/{page}.csv"
        yield "/portal/exports/statement.pdf"
        for key in (self.own, self.theirs, self.void, self.hidden):
            yield from (f"/invoices/{key}.pdf", f"/invoices/{key}/preview.pdf")
        for files in self.files:
            yield from (f"/files/{key}" for key in files)
        yield from ("/exports/invoices.csv", "/exports/payments.csv", "/exports/log.csv")


@pytest.fixture(scope="module")
def planted():
    with serve() as running:
        yield Planted(running)


def told(body: bytes) -> str:
    """What an answer says: a PDF as its text, with its raw bytes."""
    raw = body.decode("utf-8", "replace")
    if not body.startswith(b"%PDF"):
        return raw
    return raw + "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


def test_the_canaries_are_where_they_may_be(planted):
    """Staff meet them: the checks below look for something that is there."""
    row = planted.w.invoice(planted.own)
    held = [name for name in INVOICE_FIELDS if getattr(row, name) == CANARY]
    assert {"internal_comment", "accounting_error", "external_id"} <= set(held)
    assert planted.w.invoice(planted.void).end_reason == CANARY

    async def story():
        page = f"/invoices?invoice={planted.own}"
        cookie = planted.served.cookie("owner")
        async with client(planted.served, cookie, page="/customers") as staff:
            heard = staff.frames.text
        return heard, page

    heard, _ = run(story())
    assert CANARY in heard


@pytest.mark.spec("6.7", "RELIABILITY-P22", "RELIABILITY-P23")
@pytest.mark.parametrize("who", ROLES)
def test_no_socket_frame_of_any_portal_page_tells_a_canary(planted, who):
    cookie, heard = planted.served.cookie(who), {}

    async def listen(page):
        async with client(planted.served, cookie, page=page) as customer:
            heard[page] = customer.frames.text

    async def story():
        pages = list(planted.pages())
        for at in range(0, len(pages), 8):
            await asyncio.gather(*map(listen, pages[at : at + 8]))

    run(story())
    assert set(heard) == set(planted.pages())
    assert [page for page, text in heard.items() if CANARY in text or "7.77777" in text] == []
    everything = "".join(heard.values())
    assert (OURS in everything) == (who != "a10"), "the pages were heard"
    if who in BELOW_BILLING:
        assert "INV-" not in everything
    assert ("123.45" in everything) == (who not in {"a10", "a20"}), "prices from role L30 on"


@pytest.mark.spec("6.7", "ERP-28", "RELIABILITY-P22", "RELIABILITY-P23")
@pytest.mark.parametrize("who", ROLES)
def test_no_body_pdf_or_csv_tells_a_canary(planted, who):
    cookie, heard, taken = planted.served.cookie(who), {}, 0
    for path in (*planted.pages(), *planted.addresses()):
        status, _, body = planted.served.request("GET", path, cookie=cookie)
        assert status in {200, 303, 404}, (path, status)
        heard[path] = told(body)
        taken += status == 200
    assert [path for path, text in heard.items() if CANARY in text or "7.77777" in text] == []
    everything = "".join(heard.values())
    assert (OURS in everything) == (who != "a10"), "the files and lists were read"
    assert taken > 1
