"""Builders of papers: one correct invoice, changed by name where a test needs it otherwise."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from billing_app.documents.snapshot import Buyer, Seller, Snapshot, SnapshotLine, SnapshotTax

SELLER = Seller(
    name="Aldermoor Instruments GmbH",
    address_lines=("Speicherweg 12", "20457 Hamburg"),
    country="Germany",
    vat_no="DE123456789",
    registration_no="HRB 000000",
    email="accounts@aldermoor.example",
    phone="+49 40 66969 120",
    website="aldermoor.example",
    bank_name="Musterbank Hamburg",
    iban="DE89 3704 0044 0532 0130 00",
    bic="COBADEFFXXX",
)
BUYER = Buyer(
    name="Halvorsen Dairy GmbH",
    department="Accounts payable",
    contact="Ida Halvorsen",
    address_lines=("Hafenallee 40", "25813 Husum"),
    country="Germany",
    customer_no="10482",
    vat_no="DE999999999",
)


def make_line(line_no: int = 10, **changes: Any) -> SnapshotLine:
    """One line: six calibrations at 32.50, nineteen percent."""
    line = SnapshotLine(
        line_no=line_no,
        name="Calibration of pH electrode",
        details=("On site, with certificate",),
        quantity=Decimal(6),
        unit="pcs",
        unit_price=Decimal("32.50"),
        discount_text="10 %",
        tax_rate=Decimal(19),
        tax_category="S",
        net=17550,
    )
    return replace(line, **changes)


def make_invoice(**changes: Any) -> Snapshot:
    """One invoice whose sums follow from its lines, at nineteen percent unless told otherwise."""
    lines = changes.pop("lines", (make_line(),))
    net = sum(line.net for line in lines)
    tax = (net * 19 + 50) // 100
    plain = Snapshot(
        kind="invoice",
        title="Invoice",
        number="INV-2026-10-00031",
        document_id="D-000031",
        document_date=date(2026, 10, 10),
        due_on=date(2026, 11, 9),
        period_from=date(2026, 9, 1),
        period_to=date(2026, 10, 8),
        currency="EUR",
        digits=2,
        seller=SELLER,
        buyer=BUYER,
        po_number="PO 77-2291",
        document_text="Thank you for your order.",
        lines=lines,
        groups=(SnapshotTax(category="S", rate=Decimal(19), base=net, tax=tax),),
        subtotal=net,
        net=net,
        tax_total=tax,
        total=net + tax,
    )
    return replace(plain, **changes)


@pytest.fixture(scope="session")
def a_line() -> Callable[..., SnapshotLine]:
    """Make a line."""
    return make_line


@pytest.fixture(scope="session")
def an_invoice() -> Callable[..., Snapshot]:
    """Make an invoice."""
    return make_invoice


@pytest.fixture(scope="session")
def pages_of() -> Callable[[bytes], list[str]]:
    """Read the text of each page back, no-break spaces as spaces."""

    def read(file: bytes) -> list[str]:
        reader = pypdf.PdfReader(io.BytesIO(file), strict=True)
        return [page.extract_text().replace("\u00a0", " ") for page in reader.pages]

    return read


@pytest.fixture(scope="session")
def text_of(pages_of: Callable[[bytes], list[str]]) -> Callable[[bytes], str]:
    """Read the text of a file back."""
    return lambda file: "\n".join(pages_of(file))
