"""Any number of coherent invoices, for measuring: five years of them, ending today."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from random import Random
from time import perf_counter
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from billing_app.domain.errors import NotFound
from billing_app.domain.totals import Totals
from billing_app.persistence.tables import Company, Customer, DocumentType, Invoice
from billing_app.services.bulk_posting import Document, Line, Poster, add, reckoned, reserve
from billing_app.services.context import Context
from billing_app.services.demo.baskets import priced
from billing_app.services.demo.history import posted_at, write_history
from billing_app.services.demo.indexes import sorted_at_the_end
from billing_app.services.demo.world import PRODUCTS, RATES

SEED = 5_000
SPAN_DAYS = 5 * 365
MOST_CUSTOMERS = 5_000
BATCH = 10_000  # invoices in one transaction
BASKETS = 4_096  # different sets of lines for each currency
TERM = timedelta(days=30)
CURRENCIES = tuple(RATES)
FIRST_NAMES = (
    "Atlantic",
    "Baltic",
    "Coral",
    "Delta",
    "Eastern",
    "Fjord",
    "Global",
    "Harbour",
    "Island",
    "Jade",
)
TRADES = (
    "Shipping",
    "Logistics",
    "Ferries",
    "Offshore",
    "Trading",
    "Fisheries",
    "Towage",
    "Marine",
    "Cargo",
    "Yachts",
)
FORMS = ("GmbH", "Ltd", "AS", "B.V.", "S.A.")
# of a hundred invoices so many are drafts, paid, partly paid; the others are open
DRAFTS, PAID, PARTLY = 4, 66, 8
RECENT_DAYS = 60
SORTED_FROM = 20_000  # from so many invoices on the indexes are built at the end


class Buyer(NamedTuple):
    """A customer of the measured data."""

    id: int
    currency: str


class Basket(NamedTuple):
    """Lines and what they come to."""

    lines: Sequence[Line]
    totals: Totals


def fill_many(ctx: Context, count: int, progress: Callable[[int], object] | None = None) -> float:
    """Write `count` invoices of 1 to 3 lines: drafts, open, partly paid and paid.

    `progress` is told how many were written since the last time. Answers invoices per second.
    A large fill of a nearly empty database builds the reading indexes at its end.
    Raises: NotFound where there is no company.
    """
    began = perf_counter()
    random = Random(SEED)  # noqa: S311  the same data every time, no secret
    with ctx.write() as session:
        company_id = _company(session)
        type_id = _invoice_type(session)
        buyers = _add_customers(session, ctx, company_id, min(MOST_CUSTOMERS, max(1, count // 20)))
    documents = _documents(ctx, count, buyers, type_id, random)
    with sorted_at_the_end(ctx) if _is_worth_it(ctx, count) else nullcontext():
        _write(ctx, documents, company_id, progress)
    return count / (perf_counter() - began)


def _write(
    ctx: Context,
    documents: Iterator[Document],
    company_id: int,
    progress: Callable[[int], object] | None,
) -> None:
    poster = Poster(ctx)
    while batch := list(islice(documents, BATCH)):
        with ctx.write() as session:
            write_history(session, ctx, poster, batch, company_id)
        if progress is not None:
            progress(len(batch))


def _is_worth_it(ctx: Context, count: int) -> bool:
    """Whether sorting the indexes at the end is quicker: many rows into a nearly empty database."""
    with ctx.read() as session:
        last = session.exec(select(func.max(Invoice.id))).one() or 0
    return count >= SORTED_FROM and last < count // 10


def _documents(
    ctx: Context, count: int, buyers: Sequence[Buyer], type_id: int, random: Random
) -> Iterator[Document]:
    today, now = ctx.today(), ctx.now()
    for index in range(count):
        age = SPAN_DAYS - (SPAN_DAYS + 1) * index // count
        yield _document(
            index, today - timedelta(days=age), now, random.choice(buyers), type_id, age
        )


def _document(
    index: int, on: date, now: datetime, buyer: Buyer, type_id: int, age: int
) -> Document:
    fate = index * 61 % 100  # 61 and 100 share no factor: each fate comes as often as it should
    basket = _basket(buyer.currency, index * 7_919 % BASKETS)
    is_posted = fate >= DRAFTS or age > RECENT_DAYS
    return Document(
        customer_id=buyer.id,
        document_type_id=type_id,
        currency=buyer.currency,
        document_date=on,
        due_on=on + TERM,
        at=posted_at(on, index % 30_000, now),
        lines=basket.lines,
        totals=basket.totals,
        is_posted=is_posted,
        settled_minor=_settled(fate, age, basket.totals.total) if is_posted else 0,
        is_delivered=is_posted and fate % 10 != 0,
        is_outbox_done=True,
    )


def _settled(fate: int, age: int, total_minor: int) -> int:
    """What is paid; half of the recent ones are still open, of the old ones a few."""
    if age < RECENT_DAYS and fate % 2:
        return 0
    if fate < DRAFTS + PAID:
        return total_minor
    return total_minor // 3 if fate < DRAFTS + PAID + PARTLY or age > SPAN_DAYS // 2 else 0


@lru_cache(maxsize=BASKETS * len(CURRENCIES))
def _basket(code: str, number: int) -> Basket:
    """The lines of that number in a currency; always the same ones."""
    random = Random(number)  # noqa: S311  the same data every time, no secret
    lines = tuple(_line(random, code) for _ in range(1 + number % 3))
    return Basket(lines, reckoned(code, lines))


def _line(random: Random, code: str) -> Line:
    ware = random.choice(PRODUCTS)
    is_german = code == "EUR"
    rate = ware.rate if is_german else Decimal(0)
    return Line(
        description=ware.name,
        quantity=Decimal(random.randint(1, 40)),
        unit_price=priced(ware.price, code),
        tax_rate=rate,
        tax_category=("S" if rate else "Z") if is_german else "G",
        unit=ware.unit,
    )


def _company(session: Session) -> int:
    found = session.exec(select(Company.id).order_by(col(Company.id)).limit(1)).first()
    if found is None:
        raise NotFound("Set up the company first.")
    return found


def _invoice_type(session: Session) -> int:
    return session.exec(select(DocumentType.id).where(DocumentType.code == "INO")).one() or 0


def _add_customers(session: Session, ctx: Context, company_id: int, count: int) -> list[Buyer]:
    ids = reserve(session, Customer, count)
    buyers = [Buyer(key, CURRENCIES[key % len(CURRENCIES)]) for key in ids]
    now = ctx.now()
    add(session, Customer, (_customer_row(buyer, company_id, now) for buyer in buyers))
    return buyers


def _customer_row(buyer: Buyer, company_id: int, now: datetime) -> dict[str, object]:
    first, rest = FIRST_NAMES[buyer.id % 10], buyer.id // 10
    return {
        "id": buyer.id,
        "number": f"M-{buyer.id:06d}",
        "name": f"{first} {TRADES[rest % 10]} {FORMS[rest % 5]} {buyer.id}",
        "street": f"Quay {buyer.id % 90 + 1}",
        "postcode": f"{20_000 + buyer.id % 999}",
        "city": "Hamburg" if buyer.currency == "EUR" else "Port Louis",
        "country": "DE" if buyer.currency == "EUR" else "MU",
        "email": f"accounts@m{buyer.id}.example",
        "account_no": f"D{buyer.id}",
        "company_id": company_id,
        "currency": buyer.currency,
        "created_at": now,
    }
