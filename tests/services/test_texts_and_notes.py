"""What stays open on an invoice: the table of SPEC 6.6, line texts, notes, layouts, settings."""

from decimal import Decimal

import pytest

from billing_app.domain.editing import EDITABLE
from billing_app.domain.errors import BillingError, Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Posting
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order
from billing_app.persistence.tables import (
    AuditEntry,
    Contact,
    CustomerGroup,
    Product,
    Setting,
    StaffNote,
)
from billing_app.services.customers import (
    ContactFacts,
    CustomerFacts,
    find_customers,
    get_customer,
    list_customers,
    save_customer,
)
from billing_app.services.invoices.fields import FIELDS, edit_field, edit_line_text
from billing_app.services.invoices.listing import (
    export_csv,
    get_invoice,
    list_invoices,
    tally_invoices,
)
from billing_app.services.layouts import reset_columns, save_columns, saved_columns
from billing_app.services.notes import add_note
from billing_app.services.products import ProductFacts, get_product, list_products, save_product
from billing_app.services.settings import (
    DEFAULTS,
    Place,
    change_setting,
    global_settings,
    setting,
    settings_at,
    site_settings,
)
from tests.services.test_posting import in_status
from tests.services.worldmaking import TODAY

HOSTILE = {
    "NUL": "a\0b",
    "override": "a\u202eb",
    "surrogate": "\ud800",
    "megabyte": "x" * 1_000_000,
}
OPEN_ALWAYS = {"external_document_no", "internal_comment"}


@pytest.mark.spec("6.6", "DLY-13", "DLY-16")
@pytest.mark.parametrize("status", list(Posting))
@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_text_is_open_in_exactly_the_statuses_of_the_table(lite, field, status):
    invoice_id = in_status(lite, status)
    version = lite.invoice(invoice_id).version
    is_open = field in OPEN_ALWAYS or status in {
        Posting.DRAFT,
        Posting.ASSEMBLED,
    }  # SPEC 6.6, by hand
    assert is_open == (status in EDITABLE[field])
    if is_open:
        assert (
            edit_field(lite.ctx("billing"), invoice_id, field, "changed", version=version)
            == version + 1
        )
        assert getattr(lite.invoice(invoice_id), field) == "changed"
    else:
        with pytest.raises(Refused):
            edit_field(lite.ctx("owner"), invoice_id, field, "changed", version=version)
        assert getattr(lite.invoice(invoice_id), field) == ""


@pytest.mark.spec("6.6")
@pytest.mark.parametrize(
    "field",
    [
        *sorted(set(EDITABLE) - set(FIELDS)),
        "total_minor",
        "number",
        "posting_status",
        "version",
        "__class__",
        "id",
        "",
    ],
)
def test_no_other_field_can_be_set_one_by_one(lite, field):
    invoice_id = lite.draft()
    row = lite.invoice(invoice_id)
    with pytest.raises(Invalid):
        edit_field(lite.ctx("owner"), invoice_id, field, "1", version=1)
    assert lite.invoice(invoice_id) == row


@pytest.mark.spec("DLY-19", "6.6")
@pytest.mark.parametrize("status", list(Posting))
def test_a_lines_text_is_open_while_assembled_only(lite, status):
    invoice_id = in_status(lite, status)
    version = lite.invoice(invoice_id).version
    if status is Posting.ASSEMBLED:
        edit_line_text(lite.ctx("billing"), invoice_id, 10, "Clearer words", version=version)
        assert lite.lines(invoice_id)[0].description == "Clearer words"
        with pytest.raises(NotFound):
            edit_line_text(lite.ctx("billing"), invoice_id, 20, "x", version=version + 1)
    else:
        with pytest.raises(Refused):
            edit_line_text(lite.ctx("owner"), invoice_id, 10, "x", version=version)
        assert lite.lines(invoice_id)[0].description == "Work"


def test_the_second_of_two_people_on_one_text_is_refused(w):
    invoice_id = w.posted()
    edit_field(w.ctx("billing"), invoice_id, "internal_comment", "mine", version=2)
    with pytest.raises(Conflict, match="Birte Billing"):
        edit_field(w.ctx("billing2"), invoice_id, "internal_comment", "theirs", version=2)
    assert edit_field(w.ctx("billing2"), invoice_id, "internal_comment", "mine", version=2) == 3


@pytest.mark.parametrize("who", ["viewer", "sales", "a40", "a90"])
def test_below_billing_nobody_changes_a_text(lite, who):
    invoice_id = in_status(lite, Posting.ASSEMBLED)
    with pytest.raises(Forbidden):
        edit_field(lite.ctx(who), invoice_id, "internal_comment", "x", version=2)
    with pytest.raises(Forbidden):
        edit_line_text(lite.ctx(who), invoice_id, 10, "x", version=2)


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_hostile_text_changes_nothing(lite, field, attack):
    invoice_id = lite.draft()
    before = lite.footprint()
    with pytest.raises(Invalid) as refused:
        edit_field(lite.ctx("billing"), invoice_id, field, HOSTILE[attack], version=1)
    assert list(refused.value.fields) == [field]
    assert lite.footprint() == before


@pytest.mark.spec("ORO-6")
def test_a_note_is_added_in_every_status_and_told_with_its_author(w):
    for status in Posting:
        invoice_id = in_status(w, status)
        add_note(w.ctx("sales"), invoice_id, "  called them\ntwice ")
        record = get_invoice(w.ctx("viewer"), invoice_id)
        assert [(note.who, note.what) for note in record.notes] == [
            ("Sven Sales", "called them\ntwice")
        ]
        assert record.history[0].what == "noted"


@pytest.mark.parametrize("text", ["", "  \n ", "a\0", "\u202e", "x" * 4_001, "\ud800"])
def test_an_empty_or_hostile_note_is_refused(w, text):
    invoice_id = w.draft()
    with pytest.raises(Invalid):
        add_note(w.ctx("sales"), invoice_id, text)
    assert w.all(StaffNote) == []


@pytest.mark.parametrize("who", ["viewer", "a40", "a90"])
def test_viewers_and_customers_write_no_note(w, who):
    with pytest.raises(Forbidden):
        add_note(w.ctx(who), w.draft(), "x")


@pytest.mark.parametrize("who", ["a10", "a40", "a90"])
def test_customers_reach_no_staff_list_record_or_export(lite, who):
    invoice_id = lite.posted()
    ctx = lite.ctx(who)
    for attempt in (
        lambda: list_invoices(ctx, InvoiceFilter(), Order()),
        lambda: tally_invoices(ctx, InvoiceFilter()),
        lambda: get_invoice(ctx, invoice_id),
        lambda: list(export_csv(ctx, InvoiceFilter(), Order())),
        lambda: list_customers(ctx),
        lambda: get_customer(ctx, 1),
        lambda: list_products(ctx),
        lambda: get_product(ctx, 1),
        lambda: global_settings(ctx),
        lambda: change_setting(ctx, "enable_invoices", "off"),
        lambda: save_customer(ctx, CustomerFacts("x", "EUR")),
        lambda: save_product(ctx, ProductFacts("x", "y", Decimal(1))),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.spec("ERP-46")
def test_a_users_columns_are_kept_for_that_user_and_page(w):
    known, default = ["a", "b", "c"], ["a", "b"]
    assert saved_columns(w.ctx("viewer"), "grid", known, default) == default
    save_columns(w.ctx("viewer"), "grid", ["c", "c", "evil", "a"], known)
    assert saved_columns(w.ctx("viewer"), "grid", known, default) == ["c", "a"]
    assert saved_columns(w.ctx("sales"), "grid", known, default) == default
    assert saved_columns(w.ctx("viewer"), "other", known, default) == default
    assert saved_columns(w.ctx("viewer"), "grid", ["a"], default) == ["a"]
    reset_columns(w.ctx("viewer"), "grid")
    assert saved_columns(w.ctx("viewer"), "grid", known, default) == default


@pytest.mark.spec("6.8", "ORO-33")
def test_the_most_specific_setting_wins_scope_by_scope(w):
    group = w.add(CustomerGroup(name="G"))
    place = Place(company_id=1, site_id=1, group_id=group, customer_id=1)
    key, said = "show_invoices_in_portal", []
    with w.database.read() as session:
        assert setting(session, key, place) == "on"
    for number, (scope, at) in enumerate(
        (("global", 0), ("company", 1), ("site", 1), ("group", group), ("customer", 1))
    ):
        change_setting(
            w.ctx("admin"), key, "off" if number % 2 == 0 else "on", scope=scope, scope_id=at
        )
        with w.database.read() as session:
            said.append(setting(session, key, place))
            assert settings_at(session, Place(company_id=2), key)[key] == "off"
    assert said == ["off", "on", "off", "on", "off"]


def test_a_setting_changed_twice_is_one_row_and_two_audit_entries(w):
    for value in ("off", "on"):
        change_setting(w.ctx("admin"), "enable_invoices", value)
    assert [(row.key, row.value) for row in w.all(Setting)] == [("enable_invoices", "on")]
    assert len([row for row in w.all(AuditEntry) if row.entity == "setting"]) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nothing", "on"),
        ("setup_token", "x"),
        ("enable_invoices", "ON"),
        ("enable_invoices", ""),
        ("number_generator", "daily"),
        ("default_payment_term_days", "-1"),
        ("default_payment_term_days", "3651"),
        ("default_payment_term_days", "1e3"),
        ("default_payment_term_days", "\u0663"),
        ("default_payment_term_days", "9" * 5_000),
        ("invoice_number_prefix", "a\0"),
        ("invoice_number_prefix", "\u202e"),
        ("invoice_number_prefix", "x" * 51),
        ("invoice_number_prefix", "\ud800"),
    ],
)
def test_an_impossible_setting_is_refused_and_not_kept(w, key, value):
    with pytest.raises(Invalid):
        change_setting(w.ctx("owner"), key, value)
    assert w.all(Setting) == []


@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "accounting"])
def test_below_admin_nobody_reads_or_changes_settings(lite, who):
    with pytest.raises(Forbidden):
        change_setting(lite.ctx(who), "enable_invoices", "off")
    with pytest.raises(Forbidden):
        global_settings(lite.ctx(who))


def test_every_default_can_be_set_to_itself(lite):
    for key, value in DEFAULTS.items():
        change_setting(lite.ctx("admin"), key, value)


@pytest.mark.spec("ERP-13", "6.14-V19")
@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "7",
        '"x"',
        "null",
        '{"InvoiceDocumentTypes": "x"}',
        '{"InvoiceDocumentTypes": [1]}',
        '{"OrderDocumentTypes": {}}',
    ],
)
def test_site_settings_that_are_not_one_object_are_refused_with_the_code(text):
    with pytest.raises(Invalid, match="CC008"):
        site_settings(text)


def test_unknown_site_settings_are_kept():
    assert site_settings('{"NewOrderX": 1, "InvoiceDocumentTypes": null}') == {
        "NewOrderX": 1,
        "InvoiceDocumentTypes": None,
    }


# customers and products


@pytest.mark.spec("CXS-28")
def test_a_customer_is_saved_with_contacts_and_read_back(w):
    facts = CustomerFacts("New Ltd", "gbp", email="a@new.example", country="gb", notes="two\nlines")
    key = save_customer(
        w.ctx("billing"), facts, (ContactFacts("Ann", "ann@new.example"), ContactFacts("", ""))
    )
    row, contacts = get_customer(w.ctx("viewer"), key)
    assert (row.name, row.currency, row.country, row.notes) == (
        "New Ltd",
        "GBP",
        "GB",
        "two\nlines",
    )
    assert row.number.isdigit()
    assert [person.name for person in contacts] == ["Ann"]
    with pytest.raises(Invalid) as refused:
        save_customer(w.ctx("billing"), CustomerFacts("New Ltd", "EUR"), customer_id=key, version=1)
    assert refused.value.fields == {
        "currency": "The currency stays GBP: it cannot change after creation."
    }


def test_the_second_of_two_people_on_one_customer_is_refused(w):
    key = w.customers["a"]
    save_customer(
        w.ctx("billing"), CustomerFacts("Mine", "EUR", number="10001"), customer_id=key, version=1
    )
    with pytest.raises(Conflict):
        save_customer(
            w.ctx("billing2"),
            CustomerFacts("Theirs", "EUR", number="10001"),
            customer_id=key,
            version=1,
        )
    assert get_customer(w.ctx("viewer"), key)[0].name == "Mine"


@pytest.mark.spec("DLY-38")
def test_a_renamed_customer_is_found_by_the_new_name_only(w):
    draft, posted = w.draft(), w.posted()
    save_customer(
        w.ctx("billing"),
        CustomerFacts("Zephyr Müller-Works", "EUR", number="10001"),
        customer_id=w.customers["a"],
        version=1,
    )
    find = lambda text: {
        row.id for row in list_invoices(w.ctx("viewer"), InvoiceFilter(search=text), Order()).rows
    }  # noqa: E731
    assert find("zephyr muller works") == {draft, posted}
    assert find("Halvorsen") == set()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "\u202e"}, "name"),
        ({"currency": "XXX"}, "currency"),
        ({"country": "DEU"}, "country"),
        ({"country": "1\u0663"}, "country"),
        ({"email": "a@b@c"}, "email"),
        ({"email": "a@b.c, d@e.f"}, "email"),
        ({"email": "a@b.c\nBcc: x@y.z"}, "email"),
        ({"payment_term_days": -1}, "payment_term_days"),
        ({"payment_term_days": 10**30}, "payment_term_days"),
        ({"notes": "x" * 4_001}, "notes"),
        ({"number": "10002"}, "number"),
        ({"number": "x" * 33}, "number"),
    ],
)
def test_a_wrong_customer_field_is_told_at_the_field(w, changes, field):
    count = list_customers(w.ctx("viewer")).count
    with pytest.raises(Invalid) as refused:
        save_customer(
            w.ctx("billing"), CustomerFacts(**({"name": "X", "currency": "EUR"} | changes))
        )
    assert list(refused.value.fields) == [field]
    assert list_customers(w.ctx("viewer")).count == count


def test_a_contact_named_on_an_invoice_stays(w):
    key = w.customers["a"]
    save_customer(
        w.ctx("billing"),
        CustomerFacts("A", "EUR", number="10001"),
        (ContactFacts("Ida"),),
        customer_id=key,
        version=1,
    )
    w.draft(contact_id=w.all(Contact)[0].id)
    with pytest.raises(Invalid, match="Ida is named on invoices"):
        save_customer(
            w.ctx("billing"),
            CustomerFacts("A", "EUR", number="10001"),
            (),
            customer_id=key,
            version=2,
        )
    assert len(w.all(Contact)) == 1


@pytest.mark.parametrize("text", ["%", "_", "!", "\\", "\0"])
def test_signs_of_the_query_language_are_plain_letters_in_a_search(w, text):
    assert list_customers(w.ctx("viewer"), text).count in {0, 3 if text == "\0" else 0}
    assert [row.name for row in find_customers(w.ctx("viewer"), "halv")] == ["Halvorsen Dairy"]
    assert list_products(w.ctx("viewer"), text) == [] or text == "\0"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sku": ""}, "sku"),
        ({"name": " "}, "name"),
        ({"sku": "W-1"}, "sku"),
        ({"name": "a\0"}, "name"),
        ({"description": "\u202e"}, "description"),
        ({"unit": "x" * 33}, "unit"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("1e30")}, "unit_price"),
        ({"unit_price": Decimal("Infinity")}, "unit_price"),
        ({"unit_price": Decimal("0.000001")}, "unit_price"),
        ({"tax_rate": Decimal("NaN")}, "tax_rate"),
        ({"tax_rate": Decimal(101)}, "tax_rate"),
        ({"tax_rate": Decimal(-1)}, "tax_rate"),
        ({"tax_rate": Decimal("1.001")}, "tax_rate"),
    ],
)
def test_a_wrong_product_field_is_told_at_the_field(w, changes, field):
    facts = {"sku": "N-1", "name": "New", "unit_price": Decimal(1)} | changes
    with pytest.raises(Invalid) as refused:
        save_product(w.ctx("billing"), ProductFacts(**facts))
    assert list(refused.value.fields) == [field]
    assert len(w.all(Product)) == 1


def test_a_product_is_saved_and_the_second_person_is_refused(w):
    key = save_product(
        w.ctx("billing"), ProductFacts("N-1", "New", Decimal("1.23456"), Decimal(19))
    )
    assert get_product(w.ctx("viewer"), key).unit_price == Decimal("1.23456")
    save_product(w.ctx("billing"), ProductFacts("N-1", "Mine", Decimal(2)), key, 1)
    with pytest.raises(Conflict):
        save_product(w.ctx("billing2"), ProductFacts("N-1", "Theirs", Decimal(3)), key, 1)
    assert get_product(w.ctx("viewer"), key).name == "Mine"


def test_a_product_changed_later_leaves_drafts_and_papers(w):
    from tests.services.worldmaking import a_line

    invoice_id = w.draft(lines=(a_line(product_id=1),), document_date=TODAY)
    save_product(w.ctx("billing"), ProductFacts("W-1", "Other", Decimal(99)), 1, 1)
    assert w.lines(invoice_id)[0].description == "Work"
    assert w.invoice(invoice_id).total_minor == 6476


@pytest.mark.parametrize("who", ["viewer", "sales"])
def test_below_billing_nobody_saves_customers_or_products(lite, who):
    for attempt in (
        lambda: save_customer(lite.ctx(who), CustomerFacts("X", "EUR")),
        lambda: save_product(lite.ctx(who), ProductFacts("N", "N", Decimal(1))),
    ):
        with pytest.raises(BillingError):
            attempt()
