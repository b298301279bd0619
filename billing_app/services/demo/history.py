"""Finished documents of the past, written in bulk with their numbers, payments and deliveries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from billing_app.domain.accounts import Accounts, accounts_of
from billing_app.domain.document_types import Direction
from billing_app.domain.journal import EntryKind, PaymentFacts, payment_lines
from billing_app.domain.payments import payment_number
from billing_app.domain.settlement import PaymentKind
from billing_app.persistence.tables import Allocation, DeliveryEvent, Payment
from billing_app.services.bulk_posting import Document, Poster, add, reserve
from billing_app.services.context import Context
from billing_app.services.demo.numbering import take_numbers
from billing_app.services.journal.keeping import Entry, book_many
from billing_app.services.settings import Place, settings_at

MORNING = time(8, 0, tzinfo=UTC)
SETTLED_AFTER = timedelta(days=17)
METHODS = ("bank_transfer", "bank_transfer", "bank_transfer", "credit_card")


def posted_at(on: date, second: int, now: datetime) -> datetime:
    """A moment of that morning, never after now."""
    return min(datetime.combine(on, MORNING) + timedelta(seconds=second), now)


def write_history(
    session: Session, ctx: Context, poster: Poster, documents: Sequence[Document], company_id: int
) -> list[int]:
    """Number the posted documents, write all of them, and what settled them; answers the ids.

    The documents come in the order of their dates, so numbers rise with the time of posting.
    """
    numbered = _numbered(session, documents, company_id)
    ids = poster.write(session, numbered)
    pairs = list(zip(ids, numbered, strict=True))
    _settle(session, ctx, [pair for pair in pairs if pair[1].settled_minor > 0], company_id)
    add(session, DeliveryEvent, (_delivery(*pair) for pair in pairs if pair[1].is_delivered))
    return ids


def _numbered(session: Session, documents: Sequence[Document], company_id: int) -> list[Document]:
    """The documents, the posted ones with the next numbers of their series."""
    wanted = Counter(_series_of(document) for document in documents if document.is_posted)
    numbers = {
        (month, type_id): iter(take_numbers(session, company_id, type_id, month, count))
        for (month, type_id), count in wanted.items()
    }
    return [
        document._replace(number=next(numbers[_series_of(document)]))
        if document.is_posted
        else document
        for document in documents
    ]


def _series_of(document: Document) -> tuple[date, int]:
    return document.document_date.replace(day=1), document.document_type_id


def _settle(
    session: Session, ctx: Context, pairs: Sequence[tuple[int, Document]], company_id: int
) -> None:
    payment_ids = reserve(session, Payment, len(pairs))
    now, who = ctx.now(), ctx.actor.user_id
    rows = list(zip(payment_ids, pairs, strict=True))
    add(session, Payment, (_payment(key, *pair, now, who) for key, pair in rows))
    add(session, Allocation, (_allocation(key, *pair, now, who) for key, pair in rows))
    accounts = accounts_of(settings_at(session, Place(company_id=company_id)))
    book_many(session, ctx, [_entry(key, *pair, now, (company_id, accounts)) for key, pair in rows])


def _payment(
    payment_id: int, invoice_id: int, document: Document, now: datetime, who: int
) -> Mapping[str, Any]:
    at = _settled_at(document, now)
    return {
        "id": payment_id,
        "number": payment_number("receipt", payment_id),
        "customer_id": document.customer_id,
        "currency": document.currency,
        "total_minor": document.settled_minor,
        "paid_on": at.date(),
        "method": METHODS[invoice_id % len(METHODS)],
        "reference": document.number,
        "created_by_id": who,
        "created_at": at,
    }


def _allocation(
    payment_id: int, invoice_id: int, document: Document, now: datetime, who: int
) -> Mapping[str, Any]:
    return {
        "payment_id": payment_id,
        "invoice_id": invoice_id,
        "amount_minor": document.settled_minor,
        "created_by_id": who,
        "created_at": _settled_at(document, now),
    }


def _entry(
    payment_id: int,
    invoice_id: int,
    document: Document,
    now: datetime,
    books: tuple[int, Accounts],
) -> Entry:
    """How such a payment is booked: all of it settles its one document."""
    company_id, accounts = books
    minor, method = document.settled_minor, METHODS[invoice_id % len(METHODS)]
    facts = PaymentFacts(PaymentKind.RECEIPT, Direction.OUT, method, minor, minor)
    return Entry(
        company_id,
        EntryKind.PAYMENT,
        document.currency,
        _settled_at(document, now).date(),
        payment_lines(facts, accounts),
        payment_id=payment_id,
    )


def _settled_at(document: Document, now: datetime) -> datetime:
    return min(document.at + SETTLED_AFTER, now)


def _delivery(invoice_id: int, document: Document) -> Mapping[str, Any]:
    return {
        "invoice_id": invoice_id,
        "at": document.at,
        "channel": "email",
        "recipient": "",
    }
