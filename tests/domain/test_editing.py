"""What may be edited when: the table of the specification, cell by cell."""

from datetime import date

import pytest

from billing_app.domain.editing import (
    DRAWER_FIELDS,
    EDITABLE,
    FIXED_FIELDS,
    check_edit,
    lock_sentence,
    may_change_file_access,
    may_edit,
    may_edit_in_drawer,
    may_set_recurrence,
)
from billing_app.domain.errors import NotEditable
from billing_app.domain.lifecycle import Posting

DRAFT, ASSEMBLED, READY, POSTED = Posting.DRAFT, Posting.ASSEMBLED, Posting.READY, Posting.POSTED
CLOSED = (Posting.CANCELLED, Posting.VOID)


def statuses_of(field):
    return {status for status in Posting if may_edit(field, status)}


@pytest.mark.spec("6.6", "ORO-13", "CRM-15", "CXS-10")
@pytest.mark.parametrize(
    "field",
    [
        "customer",
        "contact",
        "document_type",
        "company",
        "currency",
        "invoice_number",
        "document_date",
        "due_date",
        "payment_terms",
        "lines",
        "line_quantity",
        "line_unit_price",
        "line_tax",
        "line_discount",
        "line_dates",
        "line_package",
        "title",
        "po_number",
        "notes",
        "terms",
        "discount",
        "tax_mode",
    ],
)
def test_money_dates_and_parties_are_edited_in_draft_only(field):
    assert statuses_of(field) == {DRAFT}
    assert not may_edit_in_drawer(field, DRAFT)


@pytest.mark.spec("6.6", "DLY-14", "DLY-19")
@pytest.mark.parametrize("field", ["line_description", "document_text", "invoice_text"])
def test_texts_stay_open_while_assembled(field):
    assert statuses_of(field) == {DRAFT, ASSEMBLED}
    assert may_edit_in_drawer(field, ASSEMBLED)
    assert not may_edit_in_drawer(field, READY)


@pytest.mark.spec("6.6", "DLY-16")
@pytest.mark.parametrize(
    "field",
    ["external_document_no", "internal_comment", "staff_notes", "attachments", "file_access"],
)
def test_external_number_comment_notes_and_files_are_always_open(field):
    assert statuses_of(field) == set(Posting)


@pytest.mark.spec("6.6")
@pytest.mark.parametrize("field", ["orders", "external_payment_page", "accounting_id"])
def test_links_are_open_until_the_document_is_cancelled_or_void(field):
    assert statuses_of(field) == {DRAFT, ASSEMBLED, READY, POSTED}


@pytest.mark.spec("6.6", "DLY-12", "DLY-13", "DLY-15")
@pytest.mark.parametrize("status", list(Posting))
def test_partner_vessel_created_date_office_company_and_account_are_never_inputs(status):
    assert len(FIXED_FIELDS) == 6
    assert not any(may_edit_in_drawer(field, status) for field in FIXED_FIELDS)
    assert not any(may_edit(field, status) for field in FIXED_FIELDS)


def test_a_recurrence_is_switched_on_in_draft_and_off_while_alive():
    assert may_set_recurrence(DRAFT, on=True)
    assert not may_set_recurrence(POSTED, on=True)
    for status in (DRAFT, ASSEMBLED, READY, POSTED):
        assert may_set_recurrence(status, on=False)
    for status in CLOSED:
        assert not may_set_recurrence(status, on=False)


def test_file_access_is_only_narrowed_on_a_closed_document():
    for status in Posting:
        assert may_change_file_access(status, narrows=True)
        assert may_change_file_access(status, narrows=False) == (status not in CLOSED)


def test_an_unknown_field_is_never_editable():
    assert not may_edit("posting_status", DRAFT)
    assert set(EDITABLE) >= DRAWER_FIELDS


def test_editing_a_fixed_field_is_refused_with_its_name():
    check_edit("due_date", DRAFT, "D-000123")
    with pytest.raises(NotEditable) as refused:
        check_edit("due_date", POSTED, "INV-2025-03-00123")
    assert refused.value.sentence == (
        "INV-2025-03-00123 is Posted: due date can no longer be changed."
    )


def test_the_lock_says_what_is_fixed_and_why():
    assert lock_sentence(DRAFT) == ""
    assert lock_sentence(ASSEMBLED) == "Amounts fixed. Texts open until posting."
    assert lock_sentence(POSTED, date(2026, 10, 9)) == (
        "Fixed since posting on 9 Oct 2026. Two fields stay open."
    )
    assert lock_sentence(POSTED).startswith("Fixed since posting.")
    assert all(lock_sentence(status) for status in Posting if status is not DRAFT)
