"""What a bulk document says, in the canonical form of a snapshot.

What all documents of one customer, type and currency say alike is taken once from the snapshot
that posting makes; number, dates, lines and amounts are filled in.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlmodel import Session

from billing_app.documents.snapshot import to_json
from billing_app.domain.tax import exemption_reason
from billing_app.persistence.tables import Customer, Invoice
from billing_app.services.bulk_posting.documents import Document, Line
from billing_app.services.invoices.derived import document_id
from billing_app.services.invoices.freeze import snapshot_of

# as documents.snapshot.to_json writes, with one encoder for all
CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
MOST_PAPERS = 10_000


class Paper(NamedTuple):
    """What all documents of a customer, type and currency have in common."""

    company_id: int
    customer_name: str
    account_no: str
    plain: Mapping[str, Any]


class Papers:
    """The common parts, each read once; at most `MOST_PAPERS` are remembered."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[tuple[int, int, str], Paper] = {}

    def of(self, session: Session, document: Document) -> Paper:
        """The common part of this document's paper. Raises: NoResultFound without customer."""
        key = (document.customer_id, document.document_type_id, document.currency)
        paper = self._known.get(key)
        if paper is None:
            if len(self._known) >= MOST_PAPERS:
                self._known.clear()
            paper = self._known[key] = _common_part(session, document)
        return paper


def content_of(invoice_id: int, document: Document, paper: Paper) -> str:
    """The snapshot's text."""
    totals = document.totals
    return CANONICAL.encode(
        {
            **paper.plain,
            "number": document.number or None,
            "document_id": document_id(invoice_id),
            "document_date": document.document_date.isoformat(),
            "due_on": document.due_on.isoformat() if document.due_on else None,
            "lines": [
                _line(line, amounts.line_no, amounts.net)
                for line, amounts in zip(document.lines, totals.lines, strict=True)
            ],
            "groups": [
                {
                    "category": group.category,
                    "rate": None if group.rate is None else f"{group.rate:f}",
                    "base": str(group.base),
                    "tax": str(group.tax),
                    "reason": exemption_reason(group.category),
                }
                for group in totals.groups
            ],
            "subtotal": str(totals.subtotal),
            "net": str(totals.net),
            "tax_total": str(totals.tax_total),
            "total": str(totals.total),
        }
    )


def _line(line: Line, line_no: int, net: int) -> dict[str, Any]:
    """One line, its figures with the decimals they are stored with."""
    return {
        "line_no": str(line_no),
        "name": line.description,
        "details": [],
        "quantity": f"{line.quantity:.3f}",
        "unit": line.unit,
        "unit_price": f"{line.unit_price:.5f}",
        "discount_text": "",
        "tax_rate": None if line.tax_rate is None else f"{line.tax_rate:.2f}",
        "tax_category": line.tax_category,
        "net": str(net),
        "date_from": None,
        "date_to": None,
    }


def _common_part(session: Session, document: Document) -> Paper:
    customer = session.get_one(Customer, document.customer_id)
    example = Invoice(
        customer_id=document.customer_id,
        company_id=customer.company_id,
        document_type_id=document.document_type_id,
        currency=document.currency,
        document_date=document.document_date,
    )
    plain = json.loads(to_json(snapshot_of(session, example, [])))
    return Paper(customer.company_id, customer.name, customer.account_no, plain)
