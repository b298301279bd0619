"""What a bulk document says, in the canonical form of a snapshot.

What all documents of one customer, type and currency say alike is taken once from the snapshot
that posting makes; number, dates, lines and amounts are filled in.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlmodel import Session, col, select

from billing_app.documents.snapshot import to_json
from billing_app.domain.accounts import Accounts, accounts_of
from billing_app.domain.document_types import Direction, DocumentKind, sign
from billing_app.domain.setting_accounts import CLOSED_UNTIL
from billing_app.domain.tax import exemption_reason
from billing_app.domain.totals import LineTotals, TaxGroup
from billing_app.persistence.tables import Company, Customer, DocumentType, Invoice
from billing_app.services.bulk_posting.documents import Document, Line
from billing_app.services.invoices.claims import Whole
from billing_app.services.invoices.derived import document_id
from billing_app.services.invoices.freeze import snapshot_of, words_of
from billing_app.services.settings import Place, settings_at

# as documents.snapshot.to_json writes, with one encoder for all
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
QUOTED = json.encoder.encode_basestring
OWN = (
    "number", "document_id", "document_date", "due_on", "lines", "groups",
    "subtotal", "net", "tax_total", "total", "total_words",
)  # fmt: skip
MARK, MARKED = "\0", r"\\u0000"  # no text holds it; how JSON writes it
MOST_PAPERS = 10_000
READ_AT_ONCE = 1_000
Key = tuple[int, int, str, bool]  # customer, document type, currency, whether it is posted


class Books(NamedTuple):
    """How the journal takes a document of the same kind."""

    direction: Direction
    kind: DocumentKind
    accounts: Accounts
    closed_until: str


class Paper(NamedTuple):
    """What all documents of a customer, type and currency have in common."""

    company_id: int
    customer_name: str
    account_no: str
    sign: int
    words: Callable[[int], str]  # a total in words where they are printed, else empty
    parts: tuple[
        str, ...
    ]  # empty for drafts; the text, with a name where the document's own words stand
    books: Books


class Papers:
    """The common parts, each read once; at most `MOST_PAPERS` are remembered."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[Key, Paper] = {}

    def prepare(self, session: Session, documents: Sequence[Document]) -> None:
        """Read what these documents need and is not known yet."""
        if len(self._known) > MOST_PAPERS:
            self._known.clear()
        wanted = {_key(document): document for document in documents}
        new = [document for key, document in wanted.items() if key not in self._known]
        if not new:
            return
        with _at_hand(session, new):
            for document in new:
                self._known[_key(document)] = _common_part(session, document)

    def of(self, document: Document) -> Paper:
        """The common part of a prepared document's paper."""
        return self._known[_key(document)]


def _key(document: Document) -> Key:
    return (
        document.customer_id,
        document.document_type_id,
        document.currency,
        document.is_posted,
    )


@contextmanager
def _at_hand(session: Session, documents: Sequence[Document]) -> Iterator[None]:
    """Hold the rows that snapshots refer to, so that looking one up asks no database."""
    held: list[object] = [*session.exec(select(Company)), *session.exec(select(DocumentType))]
    ids = sorted({document.customer_id for document in documents})
    for start in range(0, len(ids), READ_AT_ONCE):
        some = ids[start : start + READ_AT_ONCE]
        held.extend(session.exec(select(Customer).where(col(Customer.id).in_(some))).all())
    yield
    held.clear()


def content_of(invoice_id: int, document: Document, paper: Paper) -> str:
    """The snapshot's text."""
    totals = document.totals
    due_on = f'"{document.due_on}"' if document.due_on else "null"
    said = {
        "number": QUOTED(document.number) if document.number else "null",
        "document_id": f'"{document_id(invoice_id)}"',
        "document_date": f'"{document.document_date}"',
        "due_on": due_on,
        "lines": f"[{','.join(map(_line, document.lines, totals.lines))}]",
        "groups": f"[{','.join(map(_group, totals.groups))}]",
        "subtotal": f'"{totals.subtotal}"',
        "net": f'"{totals.net}"',
        "tax_total": f'"{totals.tax_total}"',
        "total": f'"{totals.total}"',
        "total_words": QUOTED(paper.words(totals.total)),
    }
    return "".join([said.get(part, part) for part in paper.parts])


def _line(line: Line, amounts: LineTotals) -> str:
    """One line, its figures with the decimals they are stored with; keys in their order."""
    rate = "null" if line.tax_rate is None else f'"{line.tax_rate:.2f}"'
    return (
        '{"date_from":null,"date_to":null,"details":[],"discount_text":"",'
        f'"line_no":"{amounts.line_no}","name":{QUOTED(line.description)},"net":"{amounts.net}",'
        f'"quantity":"{line.quantity:.3f}","tax_category":"{line.tax_category}","tax_rate":{rate},'
        f'"unit":{QUOTED(line.unit)},"unit_price":"{line.unit_price:.5f}"}}'
    )


def _group(group: TaxGroup) -> str:
    rate = "null" if group.rate is None else f'"{group.rate:f}"'
    return (
        f'{{"base":"{group.base}","category":"{group.category}","rate":{rate},'
        f'"reason":{QUOTED(exemption_reason(group.category))},"tax":"{group.tax}"}}'
    )


def _common_part(session: Session, document: Document) -> Paper:
    customer = session.get_one(Customer, document.customer_id)
    document_type = session.get_one(DocumentType, document.document_type_id)
    parts = _parts(session, document, customer, document_type) if document.is_posted else ()
    chosen = settings_at(session, Place(company_id=customer.company_id))
    return Paper(
        customer.company_id,
        customer.name,
        customer.account_no,
        sign(document_type.kind),
        lambda total: words_of(chosen, total, document.currency, customer.language),
        parts,
        Books(
            Direction(document_type.direction),
            DocumentKind(document_type.kind),
            accounts_of(chosen),
            chosen[CLOSED_UNTIL],
        ),
    )


def _parts(
    session: Session, document: Document, customer: Customer, document_type: DocumentType
) -> tuple[str, ...]:
    example = Invoice(
        customer_id=document.customer_id,
        company_id=customer.company_id,
        document_type_id=document.document_type_id,
        currency=document.currency,
        document_date=document.document_date,
    )
    company = session.get_one(Company, customer.company_id)
    alike = Whole(example, document_type, company, customer, [])
    plain = json.loads(to_json(snapshot_of(session, alike)))
    marked = CANONICAL.encode(plain | {name: f"{MARK}{name}{MARK}" for name in OWN})
    return tuple(re.split(f'"{MARKED}|{MARKED}"', marked))
