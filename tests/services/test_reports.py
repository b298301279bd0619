"""Reports as people ask for them: by address, on the page and as files, with and without names."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from billing_app.domain.access import StaffLevel
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.domain.lifecycle import Action
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.tables import Customer
from billing_app.services.invoices.listing import tally_invoices
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.reports.asking import address_of, read_ask
from billing_app.services.reports.dashboard import overview
from billing_app.services.reports.files import report_csv, report_xlsx
from billing_app.services.reports.making import asked_report
from tests.services.test_payments import owed
from tests.services.worldmaking import TODAY, a_line

AGES = ("Not due yet", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")


def report(w, who="viewer", **given):
    return asked_report(w.ctx(who), {name.rstrip("_"): text for name, text in given.items()})


def late_by(w, days, amount, customer="a", **changes):
    due = TODAY - timedelta(days=days)
    return owed(
        w, amount, customer_id=w.customers[customer], document_date=due - timedelta(days=14),
        due_on=due, **changes,
    )  # fmt: skip


def cells(found):
    return [line.cells for line in found.lines]


def in_csv(found):
    return list(csv.reader(io.StringIO(b"".join(report_csv(found).content).decode())))


def in_xlsx(found):
    book = load_workbook(io.BytesIO(b"".join(report_xlsx(found).content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()], book.active


@pytest.mark.spec("6.4", "CRM-29", "CRM-30")
def test_ages_by_customer_as_of_today_and_of_a_day_before_the_payment(w):
    first = late_by(w, 10, 100)
    late_by(w, 95, 40)
    late_by(w, 45, 7, customer="b")
    credit = owed(w, 20, document_type_id=w.type_id("CRO"), due_on=None)
    owed(w, 1_000, document_type_id=w.type_id("INI"))
    w.draft()
    record_payment(w.ctx("accounting"), first, PaymentFacts(Decimal(30), TODAY - timedelta(days=2)))
    now = report(w)
    assert [column.label for column in now.columns] == ["Customer", "Currency", *AGES, "Total"]
    assert cells(now) == [
        ("Halvorsen Dairy", "EUR", -2_000, 7_000, 0, 0, 4_000, 9_000),
        ("Brixham Breweries", "EUR", 0, 0, 700, 0, 0, 700),
    ]
    assert now.sums[0].cells == ("Total", "EUR", -2_000, 7_000, 700, 0, 4_000, 9_700)
    assert now.series["ages"] == (-2_000, 7_000, 700, 0, 4_000)
    before = report(w, as_of=str(TODAY - timedelta(days=3)))
    assert before.lines[0].cells == ("Halvorsen Dairy", "EUR", 0, 10_000, 0, 0, 4_000, 14_000)
    assert report(w, direction="in").lines[0].cells[-1] == 100_000
    behind = report(w, report="documents", customer=str(w.customers["a"]), age="to_30")
    assert [(line.invoice_id, line.cells[-1]) for line in behind.lines] == [(first, 7_000)]
    w.move("accounting", credit, Action.VOID, reason="Twice", confirmed=True)
    assert report(w).sums[0].cells[2] == 0


@pytest.mark.spec("6.4", "CRM-29")
def test_each_cell_is_what_the_grid_adds_up_behind_its_link(w):
    late_by(w, 10, 100)
    late_by(w, 31, 5)
    late_by(w, 400, 40, customer="b")
    owed(w, 20, document_type_id=w.type_id("CRO"), due_on=None)
    owed(w, 60, document_type_id=w.type_id("APR"))
    owed(w, 30)
    from billing_app.domain.aging import Age, first_due, last_due

    for line in report(w).lines:
        for age, minor in zip(Age, line.cells[2:7], strict=True):
            tallies = tally_invoices(
                w.ctx("viewer"),
                InvoiceFilter(
                    chip="Owed", direction="out", currency="EUR", customer_id=line.customer_id,
                    due_from=first_due(age, TODAY), due_to=last_due(age, TODAY),
                ),
            )  # fmt: skip
            assert sum(tally.owed for tally in tallies) == minor


@pytest.mark.spec("6.5-4")
def test_months_show_revenue_money_and_tax_and_miss_no_month(w):
    taxed = w.posted(document_date=date(2026, 9, 3), due_on=date(2026, 10, 3))  # V2: 53.97, 10.79
    owed(w, 20, document_date=date(2026, 11, 1), document_type_id=w.type_id("CRO"), due_on=None)
    w.posted(
        document_date=date(2026, 11, 2),
        lines=(a_line(tax_rate=None), a_line(tax_rate=None, tax_category="AE")),
        tax_mode="fixed",
        tax_value=Decimal("1.23"),
    )
    record_payment(w.ctx("accounting"), taxed, PaymentFacts(Decimal(50), date(2026, 10, 30)))
    days = {"from_": "2026-09-01", "to": "2026-11-21"}
    assert [line.cells[2:] for line in report(w, report="revenue", **days).lines] == [
        (1, 5_397, 1_079, 6_476),
        (0, 0, 0, 0),
        (2, 8_794, 123, 8_917),
    ]
    cash = report(w, report="cash", **days)
    assert [line.cells[2:] for line in cash.lines] == [(0, 0, 0), (6_476, 5_000, -1_476), (0, 0, 0)]
    tax = report(w, report="tax", **days)
    assert [line.cells[2:] for line in tax.lines] == [
        ("Standard rate", Decimal("20.00"), 5_397, 1_079),
        ("Entered as an amount", None, 10_794, 123),
        ("Zero rated", Decimal(0), -2_000, 0),
    ]
    assert tax.sums[-1].cells[-2:] == (14_191, 1_202)


@pytest.mark.spec("6.7")
def test_files_hold_the_table_and_run_nothing(w):
    w.change(Customer, w.customers["b"], name='=HYPERLINK("http://x","y")')
    late_by(w, 10, "1234.50")
    late_by(w, 45, 7, customer="b")
    found = report(w)
    rows = in_csv(found)
    assert rows[0] == ["Customer", "Currency", *AGES, "Total"]
    assert rows[1] == [
        "Halvorsen Dairy",
        "EUR",
        "0.00",
        "1234.50",
        "0.00",
        "0.00",
        "0.00",
        "1234.50",
    ]
    assert rows[2][0] == '\'=HYPERLINK("http://x","y")'
    assert rows[3][0] == "Total"
    sheet, kept = in_xlsx(found)
    assert [str(cell) for cell in sheet[0]] == rows[0]
    assert [
        [f"{c:.2f}" if isinstance(c, int | float) else c for c in row] for row in sheet[1:]
    ] == rows[1:]
    assert {cell.data_type for row in kept.iter_rows() for cell in row} <= {"s", "n"}
    assert kept["D2"].number_format == "#,##0.00"
    assert report_csv(found).name == "aging-2026-11-21-EUR.csv"


@pytest.mark.spec("6.7")
def test_who_may_not_see_partners_gets_sums_without_names(w):
    late_by(w, 10, 100)
    late_by(w, 45, 7, customer="b")
    blind = replace(w.people["viewer"], sees_partner=False)
    found = report(w, blind)
    assert cells(found) == [("All customers", "EUR", 0, 10_000, 700, 0, 0, 10_700)]
    one = report(w, blind, customer=str(w.customers["a"]))
    assert cells(one) == cells(found)  # asking for one customer tells nothing of it
    behind = report(w, blind, report="documents")
    assert {line.cells[1] for line in behind.lines} == {"Hidden"}
    for name in ("Halvorsen", "Brixham"):
        assert name not in str(in_csv(found)) + str(in_csv(behind))
    with pytest.raises(Forbidden):
        report(w, "a40")
    with pytest.raises(Forbidden):
        report(w, replace(w.people["viewer"], level=StaffLevel.NONE))


@pytest.mark.parametrize(
    "given",
    [
        {"report": "nothing"}, {"as_of": "yesterday"}, {"currency": "XXX"}, {"age": "old"},
        {"company": "1 or 1"}, {"customer": "9" * 40}, {"direction": "up"},
        {"from_": "2026-02-01", "to": "2026-01-01"}, {"from_": "1950-01-01", "to": "2026-01-01"},
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_refused_at_the_field(lite, given):
    with pytest.raises(Invalid):
        report(lite, **given)


def test_an_address_says_all_that_was_asked(lite):
    ctx = lite.ctx("viewer")
    given = {
        "report": "documents", "as_of": "2026-01-31", "currency": "JPY", "company": "1",
        "customer": "2", "direction": "in", "age": "to_60",
    }  # fmt: skip
    ask = read_ask(ctx, given, "EUR")
    from urllib.parse import parse_qsl

    assert read_ask(ctx, dict(parse_qsl(address_of(ask))), "EUR") == ask
    assert dict(parse_qsl(address_of(ask))) == given


@pytest.mark.spec("CRM-29", "CRM-30", "6.10")
def test_the_dashboard_adds_up_one_currency_and_follows_every_change(w):
    first = late_by(w, 10, 100)
    owed(w, 50, document_date=date(2026, 1, 2), due_on=TODAY + timedelta(days=3))
    owed(w, 7, document_date=date(2025, 11, 3), due_on=date(2025, 12, 3), currency="JPY")
    w.move("billing", w.draft(), Action.ASSEMBLE)
    ctx = w.ctx("viewer")
    seen = overview(ctx)
    assert (seen.currency, seen.currencies) == ("EUR", ("EUR", "JPY"))
    sums = seen.sums
    assert (sums.documents, sums.value, sum(sums.ages), sum(sums.ages[1:])) == (
        2, 15_000, 15_000, 10_000,
    )  # fmt: skip
    assert [(one.name, one.overdue, one.documents) for one in sums.debtors] == [
        ("Halvorsen Dairy", 10_000, 1)
    ]
    assert sums.months[-1] == date(2026, 11, 1) and sums.revenue[-2:] == (10_000, 0)
    assert (seen.waiting["assembled"], seen.waiting["ready"], seen.waiting["due"]) == (1, 0, 1)
    assert seen.happened[0].action == "assemble"
    assert overview(ctx).sums is sums  # nothing changed, so nothing is added up again
    record_payment(w.ctx("accounting"), first, PaymentFacts(Decimal(40), TODAY))
    assert sum(overview(ctx).sums.ages[1:]) == 6_000
    assert overview(ctx).happened[0].invoice_id == first
    assert overview(ctx, "JPY").sums.ages == (0, 0, 0, 0, 7)
    assert overview(ctx, "<b>").currency == "EUR"
    blind = overview(w.ctx(replace(w.people["viewer"], sees_partner=False)))
    assert blind.sums.debtors == () and sum(blind.sums.ages[1:]) == 6_000
    with pytest.raises(Forbidden):
        overview(w.ctx("a40"))
