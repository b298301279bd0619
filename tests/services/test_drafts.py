"""Drafts: written, read back, saved by two people."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError

from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import Contact, DocumentType, Invoice, InvoiceLine
from billing_app.services.invoices.drafts import create_draft, read_draft, save_draft
from billing_app.services.settings import change_setting
from tests.services.worldmaking import TODAY, TinyWorld, a_draft, a_line


def full_draft(w: TinyWorld):
    contact = w.add(Contact(customer_id=w.customers["a"], name="Ida"))
    return a_draft(
        w,
        title="A title",
        po_number="PO 7",
        external_document_no="X-1",
        document_text="Document",
        invoice_text="Line one\nline two",
        notes="Notes",
        terms="30 days",
        internal_comment="secret",
        contact_id=contact,
        discount_type="percent",
        discount_value=Decimal(5),
        document_type_id=w.type_id("INO"),
        company_id=1,
        lines=(
            a_line(
                "First\nmore", unit="h", date_from=TODAY, date_to=TODAY, voyage_id=w.voyage("V-1")
            ),
            a_line(
                "Second",
                quantity=Decimal("0.125"),
                unit_price=Decimal("0.00001"),
                discount_type="none",
                discount_value=Decimal(0),
                tax_rate=None,
                tax_category="E",
            ),
        ),
    )


@pytest.mark.spec("ERP-50", "CXS-9")
def test_a_draft_is_read_back_as_it_was_written(w):
    draft = full_draft(w)
    read, version = read_draft(w.ctx("billing"), create_draft(w.ctx("billing"), draft))
    assert (read, version) == (draft, 1)


@pytest.mark.spec("6.14-V2")
def test_what_a_draft_comes_to_is_kept_with_it(w):
    row = w.invoice(w.draft())
    assert (row.subtotal_minor, row.discount_minor, row.tax_minor, row.total_minor) == (
        5997,
        600,
        1079,
        6476,
    )
    assert (row.open_minor, row.settled_minor, row.payment_status, row.line_count) == (
        6476,
        0,
        "pending",
        1,
    )


@pytest.mark.spec("6.14-V1")
def test_two_tax_rates_come_to_what_the_vector_says(w):
    lines = (
        a_line(
            "Ten",
            quantity=Decimal(10),
            unit_price=Decimal(10),
            discount_type="none",
            discount_value=Decimal(0),
        ),
        a_line(
            "Five",
            quantity=Decimal(5),
            unit_price=Decimal(1),
            discount_type="none",
            discount_value=Decimal(0),
            tax_rate=Decimal(6),
        ),
    )
    row = w.invoice(w.draft(lines=lines))
    assert (row.subtotal_minor, row.tax_minor, row.total_minor) == (10500, 2030, 12530)


def test_saving_replaces_the_lines_and_raises_the_version(w):
    invoice_id = w.draft(lines=(a_line("One"), a_line("Two"), a_line("Three")))
    version = save_draft(
        w.ctx("billing"), invoice_id, a_draft(w, lines=(a_line("Other"),)), version=1
    )
    assert version == 2
    assert [line.description for line in w.lines(invoice_id)] == ["Other"]
    assert w.invoice(invoice_id).line_count == 1


@pytest.mark.spec("ORO-48")
def test_the_second_of_two_people_on_one_draft_is_refused_with_the_first_ones_name(w):
    invoice_id = w.draft()
    save_draft(w.ctx("billing"), invoice_id, a_draft(w, title="mine"), version=1)
    with pytest.raises(Conflict) as refused:
        save_draft(w.ctx("billing2"), invoice_id, a_draft(w, title="theirs"), version=1)
    assert "Birte Billing changed this invoice at 09:00 UTC" in refused.value.sentence
    assert w.invoice(invoice_id).title == "mine"


def test_a_hundred_raced_saves_lose_nothing(w):
    """Both read one version and save at once: exactly one may win, and its text stays."""
    invoice_id = w.draft()
    for race in range(100):
        version, outcomes, start = w.invoice(invoice_id).version, {}, Barrier(2)

        def save(who, title, version=version, outcomes=outcomes, start=start):
            start.wait()
            try:
                outcomes[title] = save_draft(
                    w.ctx(who), invoice_id, a_draft(w, title=title), version=version
                )
            except Conflict:
                outcomes[title] = None

        titles = (f"a{race}", f"b{race}")
        threads = [
            Thread(target=save, args=pair)
            for pair in zip(("billing", "billing2"), titles, strict=True)
        ]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        winners = [title for title in titles if outcomes[title] is not None]
        assert winners == [w.invoice(invoice_id).title]
    assert w.invoice(invoice_id).version == 101


def test_nobody_saves_what_is_no_draft_any_more(w):
    invoice_id = w.posted()
    with pytest.raises(Refused, match="only drafts can be edited"):
        save_draft(w.ctx("owner"), invoice_id, a_draft(w), version=2)


@pytest.mark.spec("6.7")
def test_sales_writes_its_own_drafts_and_no_others(w):
    own, other = w.draft("sales"), w.draft("sales2")
    assert save_draft(w.ctx("sales"), own, a_draft(w), version=1) == 2
    with pytest.raises(Forbidden, match="your own drafts only"):
        save_draft(w.ctx("sales"), other, a_draft(w), version=1)
    with pytest.raises(Forbidden):
        read_draft(w.ctx("sales"), other)


@pytest.mark.parametrize("who", ["viewer", "a10", "a40", "a90"])
def test_viewers_and_customers_make_no_draft(w, who):
    before = w.footprint()
    with pytest.raises(Forbidden):
        create_draft(w.ctx(who), a_draft(w))
    assert w.footprint() == before


@pytest.mark.parametrize("who", ["viewer", "a10", "a40", "a90"])
def test_viewers_and_customers_neither_read_nor_save_a_draft(w, who):
    invoice_id = w.draft()
    for attempt in (
        lambda: read_draft(w.ctx(who), invoice_id),
        lambda: save_draft(w.ctx(who), invoice_id, a_draft(w, title="x"), version=1),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert w.invoice(invoice_id).title == ""


@pytest.mark.spec("ORO-47")
def test_a_due_date_before_the_invoice_date_is_refused_at_its_field(w):
    before = w.footprint()
    with pytest.raises(Invalid) as refused:
        w.draft(due_on=TODAY - timedelta(days=1))
    assert refused.value.fields == {"due_on": "The due date is before the invoice date."}
    assert w.footprint() == before


def test_a_contact_of_another_customer_is_refused(w):
    stranger = w.add(Contact(customer_id=w.customers["b"], name="Stranger"))
    with pytest.raises(Invalid) as refused:
        w.draft(contact_id=stranger)
    assert refused.value.fields == {"contact": "This contact belongs to another customer."}


def test_a_line_that_ends_before_it_starts_is_refused_at_its_field(w):
    with pytest.raises(Invalid) as refused:
        w.draft(lines=(a_line(), a_line(date_from=TODAY, date_to=TODAY - timedelta(days=1))))
    assert refused.value.fields == {"lines.20.date_to": "Line 20 ends before it starts."}


def test_every_wrong_field_is_told_at_once(w):
    with pytest.raises(Invalid) as refused:
        w.draft(
            title="a\0b",
            terms="x\u202ey",
            customer_id=0,
            due_on=date(2000, 1, 1),
            lines=(a_line(discount_value=Decimal(101)),),
        )
    assert {"title", "terms", "customer", "due_on", "lines.10.discount"} <= set(
        refused.value.fields
    )


def test_an_absent_customer_is_not_found(w):
    with pytest.raises(NotFound):
        w.draft(customer_id=9_999)


@pytest.mark.spec("CRM-14")
def test_a_typed_number_is_kept_and_stands_only_once(w):
    first = w.draft(number="RE 2026/7")
    assert w.invoice(first).number == "RE 2026/7"
    with pytest.raises(Invalid) as refused:
        w.draft(number="RE 2026/7")
    assert refused.value.fields == {"number": "The number RE 2026/7 is already taken."}
    w.move("accounting", first, Action.POST)
    assert w.invoice(first).number == "RE 2026/7"


def test_a_typed_number_can_be_taken_back_and_given_to_another(w):
    first = w.draft(number="RE 2026/7")
    save_draft(w.ctx("billing"), first, a_draft(w), version=1)
    assert (w.invoice(first).number, w.invoice(first).label) == ("", f"D-{first:06d}")
    assert w.invoice(w.draft(number="RE 2026/7")).number == "RE 2026/7"


@pytest.mark.spec("ERP-53", "6.2")
def test_a_number_is_unique_within_a_document_type(w):
    w.draft(number="RE 2026/7")
    credit = w.draft(number="RE 2026/7", document_type_id=w.type_id("CRO"))
    assert w.invoice(credit).number == "RE 2026/7"
    with pytest.raises(Invalid):
        w.draft(number="RE 2026/7", document_type_id=w.type_id("CRO"))
    other = w.draft()
    with pytest.raises(IntegrityError):  # whatever way it comes
        w.change(Invoice, other, number="RE 2026/7")


@pytest.mark.spec("ORO-27")
def test_numbers_taken_at_the_first_save_by_many_at_once_are_each_taken_once(w):
    change_setting(w.ctx("admin"), "number_assigned_at", "creation")
    made, start = [], Barrier(6)

    def save():
        start.wait()
        for _ in range(5):
            made.append(w.draft())

    threads = [Thread(target=save) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    numbers = sorted(w.invoice(one).number for one in made)
    assert numbers == [f"INV-2026-11-{n:05d}" for n in range(1, 31)]


@pytest.mark.spec("6.16-3")
def test_a_number_is_taken_at_first_save_where_the_setting_asks_for_it(w):
    change_setting(w.ctx("admin"), "number_assigned_at", "creation")
    invoice_id = w.draft()
    assert w.invoice(invoice_id).number == "INV-2026-11-00001"
    save_draft(w.ctx("billing"), invoice_id, a_draft(w), version=1)
    w.move("accounting", invoice_id, Action.POST)
    assert w.invoice(invoice_id).number == "INV-2026-11-00001"


@pytest.mark.spec("CXS-11", "6.16-3")
def test_before_posting_a_document_shows_its_document_id(w):
    invoice_id = w.draft()
    row = w.invoice(invoice_id)
    assert (row.number, row.label) == ("", f"D-{invoice_id:06d}")


@pytest.mark.spec("6.3-T1", "RELIABILITY-P9")
def test_the_same_request_twice_makes_one_draft(w):
    first = create_draft(w.ctx("billing"), a_draft(w), key="intention-1")
    again = create_draft(w.ctx("billing"), a_draft(w), key="intention-1")
    assert first == again
    assert len(w.all(Invoice)) == 1
    with pytest.raises(Conflict):
        create_draft(w.ctx("billing2"), a_draft(w), key="intention-1")


def test_the_same_request_from_two_tabs_at_once_makes_one_draft(w):
    made, errors, start = [], [], Barrier(4)

    def make():
        start.wait()
        try:
            made.append(create_draft(w.ctx("billing"), a_draft(w), key="intention-2"))
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=make) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(w.all(Invoice)) == 1
    assert len(set(made)) == 1
    assert not errors


BAD_TEXT = {
    "NUL": "a\0b",
    "escape": "a\x1b[31mb",
    "right to left override": "invoice\u202efdp",
    "isolate": "a\u2066b",
    "lone surrogate": "a\ud800b",
    "one megabyte": "x" * 1_000_000,
}
TEXT_FIELDS = (
    "title",
    "po_number",
    "external_document_no",
    "document_text",
    "invoice_text",
    "notes",
    "terms",
    "internal_comment",
)


@pytest.mark.spec("RELIABILITY-E3")
@pytest.mark.parametrize("attack", BAD_TEXT)
@pytest.mark.parametrize("field", [*TEXT_FIELDS, "number"])
def test_a_hostile_text_is_refused_at_its_field_and_writes_nothing(lite, field, attack):
    before = lite.footprint()
    with pytest.raises(Invalid) as refused:
        lite.draft(**{field: BAD_TEXT[attack]})
    assert list(refused.value.fields) == [field]
    assert lite.footprint() == before


@pytest.mark.parametrize("attack", BAD_TEXT)
@pytest.mark.parametrize("field", ["description", "unit", "tax_description"])
def test_a_hostile_line_text_is_refused_at_its_line(lite, field, attack):
    before = lite.footprint()
    with pytest.raises(Invalid) as refused:
        lite.draft(lines=(a_line(), a_line(**{field: BAD_TEXT[attack]})))
    assert list(refused.value.fields) == [f"lines.20.{field}"]
    assert lite.footprint() == before


BAD_FIGURES = [
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("-Infinity"),
    Decimal("1e30"),
    Decimal("1e999999"),
    Decimal("0.0000001"),
]


@pytest.mark.spec("RELIABILITY-C3", "RELIABILITY-P11")
@pytest.mark.parametrize("figure", BAD_FIGURES, ids=str)
@pytest.mark.parametrize("field", ["quantity", "unit_price", "discount_value", "tax_rate"])
def test_an_impossible_figure_on_a_line_is_refused_and_writes_nothing(w, field, figure):
    before = w.footprint()
    with pytest.raises(Invalid) as refused:
        w.draft(lines=(a_line(**{field: figure}),))
    assert any(name.startswith("lines.10.") for name in refused.value.fields)
    assert w.footprint() == before


@pytest.mark.parametrize("figure", BAD_FIGURES, ids=str)
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ({"discount_type": "percent"}, "discount_value"),
        ({"discount_type": "fixed"}, "discount_value"),
        ({"tax_mode": "rate"}, "tax_value"),
        ({"tax_mode": "fixed"}, "tax_value"),
    ],
)
def test_an_impossible_figure_in_the_header_is_refused_and_writes_nothing(w, kind, field, figure):
    before = w.footprint()
    with pytest.raises(Invalid):
        w.draft(**kind, **{field: figure})
    assert w.footprint() == before


@pytest.mark.parametrize("figure", [Decimal("NaN"), Decimal("1e30"), Decimal("0.0000001")], ids=str)
@pytest.mark.parametrize("field", ["discount_value", "tax_value"])
def test_a_figure_that_its_mode_does_not_use_breaks_nothing(w, field, figure):
    """It is refused or left out, never an error of ours."""
    before = w.footprint()
    try:
        w.draft(**{field: figure})
    except Invalid:
        assert w.footprint() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "XXX"},
        {"currency": "eur\0"},
        {"discount_type": "half"},
        {"tax_mode": "maybe"},
        {"lines": (a_line(discount_type="half"),)},
        {"lines": (a_line(tax_category="?"),)},
    ],
    ids=str,
)
def test_an_unknown_choice_is_refused_and_writes_nothing(w, changes):
    before = w.footprint()
    with pytest.raises(Invalid):
        w.draft(**changes)
    assert w.footprint() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"document_type_id": 9_999},
        {"company_id": 9_999},
        {"lines": (a_line(product_id=9_999),)},
        {"lines": (a_line(voyage_id=9_999),)},
    ],
    ids=str,
)
def test_a_reference_to_nothing_is_a_sentence_and_writes_nothing(w, changes):
    before = w.footprint()
    with pytest.raises((Invalid, NotFound)):
        w.draft(**changes)
    assert w.footprint() == before


def test_ten_thousand_and_one_lines_are_refused(lite):
    with pytest.raises(Invalid, match="at most 10,000 lines"):
        lite.draft(lines=(a_line(),) * 10_001)
    assert lite.all(InvoiceLine) == []


def test_a_payment_document_type_is_no_type_for_an_invoice(lite):
    """PMI and PMO are payments; they have no lines, no posting and no paper."""
    with pytest.raises((Invalid, Refused)):
        lite.draft(document_type_id=lite.type_id("PMI"))


def test_the_shipped_types_are_there(w):
    assert {row.code for row in w.all(DocumentType)} == {
        "INO",
        "CRO",
        "INI",
        "CRI",
        "PMI",
        "PMO",
        "APR",
    }


def test_a_draft_keeps_its_type_when_a_save_names_none(w):
    invoice_id = w.draft(document_type_id=w.type_id("CRO"))
    save_draft(w.ctx("billing"), invoice_id, replace(a_draft(w), title="x"), version=1)
    assert w.invoice(invoice_id).document_type_id == w.type_id("CRO")
