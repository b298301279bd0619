"""Importing the real invoices of a wholesaler: the money adds up and nothing happens twice."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from billing_app.domain.errors import Forbidden, Invalid
from billing_app.integrations.imports.online_retail import read_lines
from billing_app.persistence.tables import (
    AuditEntry,
    Customer,
    DocumentType,
    ImportedRecord,
    Invoice,
    InvoiceLine,
    OutboxEvent,
    Seal,
    Snapshot,
)
from billing_app.services.imports.online_retail import import_online_retail
from billing_app.services.imports.report import Report
from tests.services.coherence import incoherences
from tests.services.worldmaking import TinyWorld

DATA = Path(__file__).parents[3] / "shared" / "data" / "online_retail"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the sample data is not on this machine")
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = "600001,85123A,LANTERN,6,2011-03-01 08:26:00,2.55,17850.0,United Kingdom\n"
TABLES = (Customer, Invoice, InvoiceLine, Snapshot, Seal, AuditEntry, OutboxEvent, ImportedRecord)


def imported(world: TinyWorld, path: Path, *, dry_run: bool = False) -> Report:
    return import_online_retail(world.ctx(), read_lines(path), dry_run=dry_run)


def counts(world: TinyWorld) -> list[int]:
    return [len(world.all(kind)) for kind in TABLES]


@pytest.fixture
def write(tmp_path: Path) -> Iterator:
    def _write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "file.csv"
        path.write_bytes((header + "".join(rows)).encode("utf-8", "surrogateescape"))
        return path

    return _write


@needs_data
def test_the_sums_of_a_day_are_those_of_the_file(w):
    report = imported(w, DATA / "tiny.csv")
    assert report.exact_read == report.exact_in == Decimal("58635.56")
    assert report.posted_minor == 5_863_556
    assert (report.moved_by_rounding, report.rounded_lines) == (0, 0)
    assert (report.rows_read, report.lines_made) == (3_108, 3_108)
    assert (report.invoices_made, report.credits_made) == (137, 6)
    assert report.left_out == {}
    assert "58,635.56" in report.text()
    assert incoherences(w.database, w.ctx().secret) == []


@needs_data
def test_the_same_file_twice_changes_nothing(w):
    imported(w, DATA / "tiny.csv")
    before = counts(w)
    again = imported(w, DATA / "tiny.csv")
    assert counts(w) == before
    assert (again.same, again.invoices_made, again.customers_made) == (143, 0, 0)
    assert again.posted_minor == 5_863_556


@needs_data
def test_a_dry_run_reports_the_same_and_writes_nothing(lite):
    before = counts(lite)
    dry = imported(lite, DATA / "tiny.csv", dry_run=True)
    assert counts(lite) == before
    wet = imported(lite, DATA / "tiny.csv")
    assert (dry.exact_in, dry.posted_minor, dry.invoices_made, dry.customers_made) == (
        wet.exact_in,
        wet.posted_minor,
        wet.invoices_made,
        wet.customers_made,
    )


@needs_data
def test_four_months_add_up_to_the_last_digit(lite):
    told: list[int] = []
    path = DATA / "dev.csv.gz"
    report = import_online_retail(lite.ctx(), read_lines(path, told.append))
    assert report.exact_read == report.exact_in == Decimal("2490287.01")
    assert report.posted_minor == 249_028_701
    assert (report.rows_read, report.lines_made) == (142_083, 142_083)
    assert (report.invoices_made, report.credits_made) == (5_754, 1_123)
    assert sum(told) == path.stat().st_size
    assert "2,490,287.01" in report.text()


def test_a_document_that_differs_from_the_posted_one_is_refused(lite, write):
    imported(lite, write(GOOD))
    before = counts(lite)
    report = imported(lite, write(GOOD.replace("2.55", "2.56")))
    assert counts(lite) == before
    assert "which does not change" in next(iter(report.left_out))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (GOOD.replace("2.55", "NaN"), "UnitPrice"),
        (GOOD.replace("2.55", "1e400"), "UnitPrice"),
        (GOOD.replace("2.55", "2.555555"), "UnitPrice"),
        (GOOD.replace(",6,", ",6_0,"), "Quantity"),
        (GOOD.replace(",6,", ",٦,"), "Quantity"),
        (GOOD.replace("LANTERN", "LAN\0TERN"), "Description"),
        (GOOD.replace("LANTERN", "LAN\udcffTERN"), "Description"),
        (GOOD.replace("2011-03-01", "2011-02-30"), "InvoiceDate"),
        (GOOD.replace("17850.0", "17850.5"), "CustomerID"),
        (GOOD.replace("600001", "../etc"), "InvoiceNo"),
        ("600001,85123A,LANTERN\n", "3 cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_and_good_ones_are_kept(lite, write, bad, reason):
    other = GOOD.replace("600001", "600002")
    report = imported(lite, write(bad, other))
    assert report.invoices_made == 1
    assert reason in next(iter(report.left_out))


def test_an_invoice_with_an_unusable_row_is_left_out_whole(lite, write):
    report = imported(lite, write(GOOD, GOOD.replace("2.55", "NaN")))
    assert report.invoices_made == 0
    assert report.exact_read == Decimal("15.30")
    assert report.exact_in == 0


def test_a_file_of_another_kind_is_refused(lite, write):
    with pytest.raises(Invalid, match="must name the columns"):
        imported(lite, write(GOOD, header="Nr,Betrag\n"))


def test_a_file_that_is_cut_off_is_refused(lite, tmp_path):
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00" + b"\0" * 20)
    with pytest.raises(Invalid, match="damaged or cut off"):
        imported(lite, path)


def test_rounding_to_cents_is_stated_with_its_lines(lite, write):
    rows = [
        GOOD.replace(",6,", ",1,").replace("2.55", "0.001"),
        GOOD.replace(",6,", ",3,").replace("2.55", "0.005"),
    ]
    report = imported(lite, write(*rows))
    assert report.exact_in == Decimal("0.016")
    assert report.posted_minor == 2
    assert (report.moved_by_rounding, report.rounded_lines) == (Decimal("0.004"), 2)


def test_lines_of_an_invoice_are_gathered_although_another_stands_between(lite, write):
    report = imported(lite, write(GOOD, GOOD.replace("600001", "600002"), GOOD))
    assert (report.invoices_made, report.lines_made) == (2, 3)


def test_a_credit_is_a_credit_note_of_positive_amounts(lite, write):
    report = imported(lite, write(GOOD.replace("600001", "C600001").replace(",6,", ",-6,")))
    (credit,) = lite.all(Invoice)
    assert (credit.number, credit.total_minor, credit.due_on) == ("C600001", 1_530, None)
    kinds = {row.id: row.code for row in lite.all(DocumentType)}
    assert kinds[credit.document_type_id] == "CRO"
    assert report.posted_minor == -1_530


def test_quirks_survive(lite, write):
    path = write(
        GOOD,
        GOOD,
        GOOD.replace(",6,", ",-2,").replace("08:26", "08:27"),
        GOOD.replace("17850.0", "").replace("600001", "600002").replace("2.55", "-1.5"),
        GOOD.replace("17850.0", "")
        .replace("600001", "600003")
        .replace("United Kingdom", "Unspecified"),
        GOOD.replace("600001", "600004").replace("2.55", "0"),
    )
    report = imported(lite, path)
    assert (report.invoices_made, report.lines_made, report.customers_made) == (4, 6, 3)
    totals = {row.number: row.total_minor for row in lite.all(Invoice)}
    assert totals == {"600001": 2_550, "600002": -900, "600003": 1_530, "600004": 0}
    assert incoherences(lite.database, lite.ctx().secret) == []


def test_importing_needs_accounting(lite, write):
    with pytest.raises(Forbidden):
        import_online_retail(lite.ctx("billing"), read_lines(write(GOOD)))
