"""Papers that never change, and what a customer sees of them."""

import contextlib
import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from billing_app.domain.access import (
    AccessScope,
    ExternalRole,
    PortalDocumentFacts,
    PortalScope,
    portal_sees,
)
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action, Posting
from billing_app.jobs.outbox import deliver
from billing_app.persistence.queries.portal import portal_page, portal_sums, sees, visible_invoice
from billing_app.persistence.tables import (
    Company,
    Customer,
    DeliveryEvent,
    DocumentType,
    Invoice,
    PdfDocument,
    PortalSite,
    PrintLog,
)
from billing_app.services.papers import create_pdf, portal_paper, preview, staff_paper
from billing_app.services.portal import get_document, home, list_documents, seat
from billing_app.services.settings import change_setting
from tests.services.worldmaking import NOW, TODAY, a_line, a_world, template


def said(paper) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages)


@pytest.mark.spec("ORO-15", "RELIABILITY-B15", "RELIABILITY-P1")
def test_the_paper_has_the_same_bytes_for_everybody_and_ever_after(w):
    invoice_id = w.posted(lines=(a_line("Work done"),))
    first = staff_paper(w.ctx("viewer"), invoice_id)
    assert portal_paper(w.ctx("a40"), invoice_id).content == first.content
    w.change(Company, 1, name="Renamed AG", iban="", tax_id="X")
    w.change(Customer, w.customers["a"], name="Somebody Else")
    w.clock.instant = NOW + timedelta(days=20)
    w.move("accounting", invoice_id, Action.UNPOST)
    w.move("accounting", invoice_id, Action.POST)
    for paper in (staff_paper(w.ctx("owner"), invoice_id), portal_paper(w.ctx("a90"), invoice_id)):
        assert (paper.content, paper.sha256, paper.name) == (
            first.content,
            first.sha256,
            "INV-2026-11-00001.pdf",
        )
    assert "Aldermoor GmbH" in said(first)
    assert len(w.all(PdfDocument)) == 1


def test_a_paper_first_asked_for_after_a_rename_still_says_what_was_posted(w):
    invoice_id = w.posted()
    w.change(Company, 1, name="Renamed AG")
    w.change(Customer, w.customers["a"], name="Somebody Else")
    text = said(staff_paper(w.ctx("viewer"), invoice_id))
    assert "Aldermoor GmbH" in text
    assert "Halvorsen Dairy" in text
    assert "Renamed" not in text


@pytest.mark.spec("ORO-16")
@pytest.mark.parametrize("wanted", ["on", "off"])
def test_the_paper_is_made_after_posting_where_the_setting_asks_for_it(w, wanted):
    change_setting(w.ctx("admin"), "generate_pdf_when_posted", wanted)
    w.posted()
    assert deliver(w.ctx()) == 1
    assert deliver(w.ctx()) == 0
    assert len(w.all(PdfDocument)) == (1 if wanted == "on" else 0)


@pytest.mark.spec("ORO-16", "ORO-33", "6.11")
def test_without_a_paper_nobody_downloads_until_accounting_creates_it(w):
    change_setting(w.ctx("admin"), "generate_pdf_when_posted", "off")
    invoice_id = w.posted()
    with pytest.raises(Refused, match="has no PDF"):
        staff_paper(w.ctx("owner"), invoice_id)
    assert get_document(w.ctx("a40"), invoice_id).may_download is False
    with pytest.raises(NotFound):
        portal_paper(w.ctx("a40"), invoice_id)
    with pytest.raises(Forbidden):
        create_pdf(w.ctx("billing"), invoice_id)
    assert w.all(PdfDocument) == w.all(PrintLog) == []
    create_pdf(w.ctx("accounting"), invoice_id)
    create_pdf(w.ctx("accounting"), invoice_id)
    assert len(w.all(PdfDocument)) == 1
    assert get_document(w.ctx("a40"), invoice_id).may_download is True
    assert portal_paper(w.ctx("a40"), invoice_id) == staff_paper(w.ctx("viewer"), invoice_id)


def test_a_draft_gets_no_paper_by_hand_either(w):
    with pytest.raises(Refused, match="not posted yet"):
        create_pdf(w.ctx("accounting"), w.draft())


@pytest.mark.spec("ORO-14")
def test_before_posting_there_is_a_marked_preview_that_is_kept_nowhere(w):
    invoice_id = w.draft(internal_comment="INTERNALCANARY")
    with pytest.raises(Refused, match="not posted yet"):
        staff_paper(w.ctx("owner"), invoice_id)
    paper = preview(w.ctx("viewer"), invoice_id)
    assert "INTERNALCANARY" not in said(paper)
    assert "draft" in said(paper).casefold() or "preview" in said(paper).casefold()
    assert w.all(PdfDocument) == w.all(PrintLog) == []
    with pytest.raises(NotFound):
        preview(w.ctx("viewer"), 9_999)
    w.move("billing", invoice_id, Action.DELETE)
    with pytest.raises(NotFound):
        preview(w.ctx("viewer"), invoice_id)


@pytest.mark.spec("ERP-26", "6.15-1")
def test_last_download_is_filled_by_the_customers_download_only(w):
    invoice_id = w.posted()
    staff_paper(w.ctx("viewer"), invoice_id)
    assert list_documents(w.ctx("a40")).rows[0].last_download is None
    w.clock.instant = NOW + timedelta(hours=1)
    portal_paper(w.ctx("a40"), invoice_id)
    assert list_documents(w.ctx("a40")).rows[0].last_download.replace(tzinfo=None) == (
        NOW + timedelta(hours=1)
    ).replace(tzinfo=None)
    assert [row.kind for row in w.all(PrintLog)] == ["staff_download", "portal_download"]
    assert [(row.channel, row.recipient) for row in w.all(DeliveryEvent)] == [
        ("portal_download", "l40@a.example")
    ]
    assert w.invoice(invoice_id).is_delivered


def test_a_download_while_posting_goes_back_and_forth_disturbs_no_version(w):
    invoice_id = w.posted()
    version = w.invoice(invoice_id).version
    portal_paper(w.ctx("a40"), invoice_id)
    assert w.invoice(invoice_id).version == version


@pytest.mark.spec("6.8")
@pytest.mark.parametrize(("scope", "at"), [("global", 0), ("company", 1), ("site", 1)])
def test_the_download_is_offered_only_where_the_setting_says_so(w, scope, at):
    invoice_id = w.posted()
    change_setting(w.ctx("admin"), "enable_pdf_download_in_portal", "off", scope=scope, scope_id=at)
    assert get_document(w.ctx("a40"), invoice_id).may_download is False
    with pytest.raises(NotFound):
        portal_paper(w.ctx("a40"), invoice_id)
    staff_paper(w.ctx("viewer"), invoice_id)


# the portal


@pytest.mark.spec("6.7")
def test_a_customer_sees_a_document_from_its_posting_to_its_voiding_and_no_draft(w):
    invoice_id = w.draft()
    seen = []
    for who, action in (
        ("billing", None),
        ("billing", Action.ASSEMBLE),
        ("accounting", Action.READY),
        ("accounting", Action.POST),
        ("accounting", Action.UNPOST),
        ("accounting", Action.POST),
        ("accounting", Action.VOID),
    ):
        if action:
            w.move(who, invoice_id, action, reason="x", confirmed=True)
        seen.append(len(list_documents(w.ctx("a40")).rows))
    assert seen == [0, 0, 0, 1, 1, 1, 1]


@pytest.mark.spec("6.7", "6.14-V20", "RELIABILITY-P22")
@pytest.mark.parametrize("who", ["a10", "a20", "a30", "b40", "b90"])
def test_list_document_and_paper_are_closed_together(w, who):
    invoice_id = w.posted()
    before = (len(w.all(PrintLog)), len(w.all(DeliveryEvent)), len(w.all(PdfDocument)))
    for attempt in (
        lambda: get_document(w.ctx(who), invoice_id),
        lambda: portal_paper(w.ctx(who), invoice_id),
    ):
        with pytest.raises((NotFound, Forbidden)) as refused:
            attempt()
        assert "INV-" not in refused.value.sentence
    with contextlib.suppress(Forbidden):
        assert list_documents(w.ctx(who)).rows == ()
    assert home(w.ctx(who)).owed == home(w.ctx(who)).due == ()
    assert (len(w.all(PrintLog)), len(w.all(DeliveryEvent)), len(w.all(PdfDocument))) == before


@pytest.mark.spec("6.7", "ORO-33")
@pytest.mark.parametrize(
    ("key", "scope", "at"),
    [
        ("enable_invoices", "global", 0),
        ("enable_invoices", "company", 1),
        ("show_invoices_in_portal", "global", 0),
        ("show_invoices_in_portal", "company", 1),
        ("show_invoices_in_portal", "site", 1),
        ("show_invoices_in_portal", "customer", 1),
    ],
)
def test_a_section_switched_off_closes_list_document_paper_and_home(w, key, scope, at):
    invoice_id = w.posted()
    change_setting(w.ctx("admin"), key, "off", scope=scope, scope_id=at)
    assert list_documents(w.ctx("a40")).rows == ()
    assert home(w.ctx("a40")).due == ()
    for attempt in (get_document, portal_paper):
        with pytest.raises(NotFound):
            attempt(w.ctx("a40"), invoice_id)


@pytest.mark.spec("6.7", "ORO-34")
def test_a_sub_customers_switch_closes_its_documents_to_the_parent_too(w):
    """Visible iff "show-in-portal resolves true for that customer": the document's customer."""
    invoice_id = w.posted(customer_id=w.customers["c"])
    assert [row.id for row in list_documents(w.ctx("a40")).rows] == [invoice_id]
    change_setting(
        w.ctx("admin"),
        "show_invoices_in_portal",
        "off",
        scope="customer",
        scope_id=w.customers["c"],
    )
    assert list_documents(w.ctx("a40")).rows == ()
    with pytest.raises(NotFound):
        portal_paper(w.ctx("a40"), invoice_id)


@pytest.mark.spec("6.14-V19", "ERP-20")
def test_the_sites_list_of_types_decides_all_some_or_none(w):
    ino, cro = w.posted(), w.posted(document_type_id=w.type_id("CRO"))
    for text, expected in (
        ("{}", {ino, cro}),
        ("", {ino, cro}),
        ('{"InvoiceDocumentTypes": []}', set()),
        (f'{{"InvoiceDocumentTypes": ["{w.type_id("CRO")}"]}}', {cro}),
        ('{"InvoiceDocumentTypes": ["' + "9" * 40 + '", "x", "-1"]}', set()),
    ):
        w.change(PortalSite, 1, settings_json=text)
        assert {row.id for row in list_documents(w.ctx("a40")).rows} == expected


@pytest.mark.spec("6.14-V9", "ERP-39")
def test_days_back_counts_from_today(w):
    inside = w.posted(document_date=TODAY - timedelta(days=30), due_on=TODAY)
    w.posted(document_date=TODAY - timedelta(days=31), due_on=TODAY)
    actor = replace(w.people["a40"], days_back=30)
    assert [row.id for row in list_documents(w.ctx(actor)).rows] == [inside]
    assert len(list_documents(w.ctx(replace(actor, days_back=None))).rows) == 2


@pytest.mark.spec("6.16-9")
def test_the_list_shows_a_credit_with_its_sign_and_sums_over_all_pages(w):
    for _ in range(52):
        w.posted()
    w.posted(document_type_id=w.type_id("CRO"))
    page = list_documents(w.ctx("a40"))
    assert (len(page.rows), page.count, page.sums) == (50, 53, (("EUR", 51 * 6476),))
    ids = [row.id for number in (1, 2) for row in list_documents(w.ctx("a40"), number).rows]
    assert len(ids) == len(set(ids)) == 53


@pytest.mark.parametrize("text", ["%", "_", "!", "\\", "' OR 1=1 --", "INV\0"])
def test_a_customers_search_takes_every_sign_literally(w, text):
    w.posted()
    assert list_documents(w.ctx("a40"), search=text).count in {0, 1 if text == "INV\0" else 0}


def test_the_seat_names_only_the_persons_own_customers(w):
    found = seat(w.ctx("a40"))
    assert [name for _, name, _ in found.customers] == ["Halvorsen Dairy"]


# the property: SQL and domain say the same


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def many(request):
    """A world with every status, type, customer, user and age."""
    with a_world(request.param) as world:
        yield world


documents = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["a", "b", "c"]),
        "type": st.sampled_from(["INO", "CRO", "INI", "CRI", "PMI", "PMO", "APR"]),
        "status": st.sampled_from(list(Posting)),
        "was_posted": st.booleans(),
        "age": st.integers(-40, 5),
        "user": st.sampled_from([None, "a40", "b40"]),
        "deleted": st.booleans(),
    }
)
scopes = st.fixed_dictionaries(
    {
        "who": st.sampled_from(["a40", "b40"]),
        "customer": st.sampled_from(["a", "b", "c"]),
        "role": st.sampled_from(list(ExternalRole)),
        "scope": st.sampled_from(list(AccessScope)),
        "subs": st.frozensets(st.sampled_from(["a", "b", "c"])),
        "days_back": st.none() | st.integers(0, 50) | st.just(10**7),
        "types": st.none() | st.frozensets(st.sampled_from(["1", "2", "3", "9", "x", "", "007"])),
        "on": st.booleans(),
    }
)


@pytest.mark.spec("6.7")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(documents, min_size=1, max_size=12), st.lists(scopes, min_size=1, max_size=6))
def test_the_sql_and_the_domain_agree_on_what_a_customer_sees(many, docs, wanted):
    types = {row.code: row for row in many.all(DocumentType)}
    system = many.people["system"].user_id
    rows = []
    for doc in docs:
        rows.append(
            Invoice(
                customer_id=many.customers[doc["customer"]],
                company_id=1,
                document_type_id=types[doc["type"]].id,
                owner_id=system,
                created_by_id=system,
                created_at=NOW,
                updated_at=NOW,
                currency="EUR",
                label="x",
                document_date=TODAY + timedelta(days=doc["age"]),
                posting_status=doc["status"].value,
                posted_at=NOW if doc["was_posted"] else None,
                deleted_at=NOW if doc["deleted"] else None,
                customer_user_id=many.people[doc["user"]].user_id if doc["user"] else None,
            )
        )
    with many.database.writer.connect() as connection:
        from sqlmodel import Session

        session = Session(connection)
        session.add_all(rows)
        session.flush()
        keys = [row.id for row in rows]
        for chosen in wanted:
            scope = PortalScope(
                user_id=many.people[chosen["who"]].user_id,
                customer_id=many.customers[chosen["customer"]],
                role=chosen["role"],
                scope=chosen["scope"],
                sub_customer_ids=frozenset(many.customers[key] for key in chosen["subs"]),
                days_back=chosen["days_back"],
                document_type_ids=chosen["types"],
                is_section_on=chosen["on"],
            )
            found = set(
                session.exec(select(Invoice.id).join(DocumentType).where(sees(scope, TODAY))).all()
            )
            expected = {
                row.id
                for row, doc in zip(rows, docs, strict=True)
                if portal_sees(
                    PortalDocumentFacts(
                        direction=Direction(types[doc["type"]].direction),
                        kind=DocumentKind(types[doc["type"]].kind),
                        status=doc["status"],
                        was_posted=doc["was_posted"],
                        customer_id=many.customers[doc["customer"]],
                        document_type_id=str(types[doc["type"]].id),
                        document_date=TODAY + timedelta(days=doc["age"]),
                        customer_user_id=many.people[doc["user"]].user_id if doc["user"] else None,
                        is_deleted=doc["deleted"],
                    ),
                    scope,
                    TODAY,
                )
            }
            assert found & set(keys) == expected
            listed = {row.id for row in portal_page(session, scope, TODAY, limit=1_000)}
            assert listed == found
            assert sum(row[1] for row in portal_sums(session, scope, TODAY)) == len(found)
            assert {key for key in keys if visible_invoice(session, scope, TODAY, key)} == expected
        session.rollback()
        session.close()


# many at once


def test_the_templates_of_both_engines_hold_the_same_people():
    assert template("sqlite")[1] == template("postgres")[1]
    assert date(2026, 11, 21) == TODAY


@pytest.mark.spec("DLY-41")
@pytest.mark.parametrize("code", ["INO", "CRO", "INI", "CRI", "APR"])
def test_invoices_credits_and_requests_for_advance_payment_are_printed(w, code):
    invoice_id = w.draft(document_type_id=w.type_id(code))
    assert preview(w.ctx("viewer"), invoice_id).content.startswith(b"%PDF")


@pytest.mark.spec("DLY-41")
@pytest.mark.parametrize("code", ["PMI", "PMO"])
def test_payments_are_no_documents_that_could_be_printed(w, code):
    with pytest.raises(Invalid):
        w.draft(document_type_id=w.type_id(code))
