"""What people ask of the grid: every page, sort, filter and search that is measured."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session, col, func, select

from billing_app.domain.money import currency
from billing_app.persistence.queries.invoices.filters import CHIPS, VIEWS, InvoiceFilter
from billing_app.persistence.queries.invoices.grid import SORTS, Order
from billing_app.persistence.search import searchable_amounts
from billing_app.persistence.tables import Customer, DocumentType, Invoice
from billing_app.services.context import Context
from billing_app.services.invoices.listing import PAGE

QUICK_MS, SEARCH_MS = 10.0, 30.0
NEWEST = Order()
BY_AMOUNT = Order("amount", descending=True)
BY_CUSTOMER = Order("customer", descending=False)
EVERYTHING = InvoiceFilter()


@dataclass(frozen=True, slots=True)
class Question:
    """One page that somebody asks for."""

    name: str
    chosen: InvoiceFilter = EVERYTHING
    order: Order = NEWEST
    page: int = 1
    wanted_ms: float = QUICK_MS


@dataclass(frozen=True, slots=True)
class Sample:
    """Values that occur in the measured database."""

    today: date
    count: int
    last_id: int
    number: str
    amount: str
    customer_id: int
    customer_name: str
    account_no: str
    type_id: int
    credit_type_id: int
    company_id: int


def sample(ctx: Context) -> Sample:
    """Values of an invoice in the middle of the database."""
    with ctx.read() as session:
        count, last = session.exec(select(func.count(), func.max(Invoice.id))).one()
        invoice = session.exec(
            select(Invoice)
            .where(col(Invoice.id) >= (last or 0) // 2, Invoice.number != "")
            .order_by(col(Invoice.id))
        ).first()
        if invoice is None:
            raise RuntimeError("The database has no posted invoice in its middle.")
        customer = session.get_one(Customer, invoice.customer_id)
        return Sample(
            today=ctx.today(),
            count=count,
            last_id=last or 0,
            number=invoice.number,
            amount=searchable_amounts([invoice.total_minor], currency(invoice.currency).digits),
            customer_id=invoice.customer_id,
            customer_name=customer.name,
            account_no=customer.account_no,
            type_id=invoice.document_type_id,
            credit_type_id=_type(session, "CRO"),
            company_id=invoice.company_id,
        )


def questions(known: Sample) -> Iterator[Question]:
    """All of them."""
    yield from pages(known)
    yield from sorts()
    yield from single_filters(known)
    yield from combined_filters(known)
    yield from searches(known)


def pages(known: Sample) -> Iterator[Question]:
    """The plain grid, at several depths."""
    last = max(1, -(-known.count // PAGE))
    for name, number in (("first", 1), ("next", 2), ("20th", 20), ("middle", last // 2)):
        yield Question(f"{name} page", page=number)
    yield Question("last page", page=last)
    yield Question("middle page by amount", order=BY_AMOUNT, page=last // 2)
    yield Question("last page by customer", order=BY_CUSTOMER, page=last)


def sorts() -> Iterator[Question]:
    """Each sort both ways."""
    for column in SORTS:
        for descending in (False, True):
            way = "down" if descending else "up"
            yield Question(f"sort {column} {way}", order=Order(column, descending))


def single_filters(known: Sample) -> Iterator[Question]:
    """Each filter alone."""
    for view in VIEWS:
        if view != "all":
            yield Question(f"view {view}", InvoiceFilter(view=view))
    for chip in CHIPS:
        yield Question(f"status {chip}", InvoiceFilter(chip=chip))
    month = known.today - timedelta(days=400)
    alone: dict[str, InvoiceFilter] = {
        "posting status POSTED": InvoiceFilter(posting_status="POSTED"),
        "posting status READY": InvoiceFilter(posting_status="READY_FOR_POSTING"),
        "payment status full": InvoiceFilter(payment_status="full"),
        "payment status partially": InvoiceFilter(payment_status="partially"),
        "payment status refunded": InvoiceFilter(payment_status="refunded"),
        "type invoice": InvoiceFilter(document_type_id=known.type_id),
        "type credit note": InvoiceFilter(document_type_id=known.credit_type_id),
        "direction out": InvoiceFilter(direction="out"),
        "direction in": InvoiceFilter(direction="in"),
        "company": InvoiceFilter(company_id=known.company_id),
        "customer": InvoiceFilter(customer_id=known.customer_id),
        "currency EUR": InvoiceFilter(currency="EUR"),
        "currency without any": InvoiceFilter(currency="CHF"),
        "account no.": InvoiceFilter(account_no=known.account_no),
        "external no. without any": InvoiceFilter(external_document_no="ZZ-"),
        "origin manual": InvoiceFilter(origin="manual"),
        "origin without any": InvoiceFilter(origin="recurring"),
        "voyage": InvoiceFilter(voyage="NST-"),
        "voyage status": InvoiceFilter(voyage_status="Operational"),
        "date from, a year": InvoiceFilter(date_from=known.today - timedelta(days=365)),
        "date to, old ones": InvoiceFilter(date_to=known.today - timedelta(days=1_500)),
        "date range, a month": InvoiceFilter(date_from=month, date_to=month + timedelta(days=30)),
        "due range, a month": InvoiceFilter(due_from=month, due_to=month + timedelta(days=30)),
    }
    for name, chosen in alone.items():
        yield Question(name, chosen)


def combined_filters(known: Sample) -> Iterator[Question]:
    """Several at once, frequent and rare ones, and a sort on top."""
    year_ago = known.today - timedelta(days=365)
    facets = InvoiceFilter(view="open", currency="USD", document_type_id=known.type_id)
    late = InvoiceFilter(date_from=year_ago, date_to=known.today, chip="Overdue")
    some: dict[str, InvoiceFilter] = {
        "open + USD + type": facets,
        "customer + status Paid": InvoiceFilter(customer_id=known.customer_id, chip="Paid"),
        "date range + Overdue": late,
        "old + Overdue + JPY": InvoiceFilter(
            date_to=known.today - timedelta(days=1_200), chip="Overdue", currency="JPY"
        ),
        "rare: Void + KWD": InvoiceFilter(chip="Void", currency="KWD"),
        "rare: refunded + EUR": InvoiceFilter(payment_status="refunded", currency="EUR"),
        "rare: Draft + a year ago": InvoiceFilter(chip="Draft", date_to=year_ago),
        "rare: Sent + KWD + due late": InvoiceFilter(
            chip="Sent", currency="KWD", due_from=known.today + timedelta(days=25)
        ),
        "rare: credit note + overdue": InvoiceFilter(
            document_type_id=known.credit_type_id, view="overdue"
        ),
        "rare: Posted + JPY + old": InvoiceFilter(
            chip="Posted", currency="JPY", date_to=known.today - timedelta(days=900)
        ),
    }
    for name, chosen in some.items():
        yield Question(name, chosen)
    for order in (BY_AMOUNT, BY_CUSTOMER):
        yield Question(f"open + USD + type by {order.column}", facets, order)
        yield Question(f"date range + Overdue by {order.column}", late, order)
        yield Question(f"currency EUR by {order.column}", InvoiceFilter(currency="EUR"), order)
    yield Question("open + USD + type, 10th page", facets, page=10)


def searches(known: Sample) -> Iterator[Question]:
    """Numbers, amounts, one and two words, partners; alone, sorted and with a filter."""
    partner = " ".join(known.customer_name.split()[:2])
    yield Question("search number", _search(known.number))
    yield Question("search document id", _search(f"D-{known.last_id // 2:06d}"))
    yield Question("search amount", _search(known.amount))
    texts = {
        "1 word": "pilotage",
        "1 frequent letter": "a",
        "2 words": "harbour dues",
        "2 words, rarely together": "pilotage provisions",
        "partner": partner,
        "partner, whole name": known.customer_name,
        "partner and word": f"{partner} airtime",
        "nothing found": "xylophone",
    }
    for name, text in texts.items():
        yield Question(f"text search, {name}", _search(text), wanted_ms=SEARCH_MS)
    for order in (BY_AMOUNT, BY_CUSTOMER):
        name = f"text search, 1 word by {order.column}"
        yield Question(name, _search("pilotage"), order, wanted_ms=SEARCH_MS)
    some = replace(_search("pilotage"), chip="Overdue")
    yield Question("text search, 1 word + Overdue", some, wanted_ms=SEARCH_MS)


def _search(text: str) -> InvoiceFilter:
    return InvoiceFilter(search=text)


def _type(session: Session, code: str) -> int:
    return session.exec(select(DocumentType.id).where(DocumentType.code == code)).one() or 0
