"""Settings by level, what they switch off, and that asking them costs one query."""

import contextlib
from dataclasses import replace

import pytest
from sqlalchemy import event

from billing_app.domain.access import Permission
from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.domain.lifecycle import Action
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Customer,
    CustomerGroup,
    Invoice,
    LoginSession,
    PortalSite,
    Setting,
)
from billing_app.services.bulk.planning import plan
from billing_app.services.companies import default_term_days
from billing_app.services.generation.invoicing import scheduled_customers
from billing_app.services.invoices.drafts import read_draft
from billing_app.services.invoices.listing import (
    get_invoice,
    list_invoices,
    open_invoice,
    tally_invoices,
)
from billing_app.services.papers import preview, staff_paper
from billing_app.services.people.sessions import resolve_session
from billing_app.services.portal import list_documents
from billing_app.services.settings import (
    Level,
    Place,
    change_setting,
    clear_setting,
    companies_off,
    is_on,
    level_name,
    levels,
    settings_at,
    settings_of,
)
from tests.services.worldmaking import NOW


@contextlib.contextmanager
def counted(database):
    """The statements that name the settings' table."""
    heard = []

    def hear(_connection, _cursor, statement, *_rest):
        if "setting" in statement:
            heard.append(statement)

    for engine in {database.reader, database.writer}:
        event.listen(engine, "before_cursor_execute", hear)
    yield heard
    for engine in {database.reader, database.writer}:
        event.remove(engine, "before_cursor_execute", hear)


def view(world, key, level, who="admin"):
    return next(one for one in settings_of(world.ctx(who), level) if one.facts.key == key)


def signed_in(world, who):
    token = f"{who}-token"
    with contextlib.suppress(Exception), world.database.write() as session:
        session.add(
            LoginSession(
                token_hash=token,
                user_id=world.people[who].user_id,
                customer_id=world.people[who].customer_id,
                created_at=NOW,
                seen_at=NOW,
            )
        )
    return resolve_session(world.ctx(), token)


@pytest.mark.spec("6.8", "ORO-23")
def test_a_level_says_what_counts_there_and_who_decides_it(w):
    key, company = "show_invoices_in_portal", Level("company", 1)
    customer = Level("customer", w.customers["a"])
    assert (view(w, key, customer).value, view(w, key, customer).decided_by) == ("on", "")
    change_setting(w.ctx("admin"), key, "off", scope="company", scope_id=1)
    seen = view(w, key, customer)
    assert (seen.own, seen.value, seen.decided_by) == (None, "off", "Company Aldermoor GmbH")
    change_setting(w.ctx("admin"), key, "on", scope="customer", scope_id=customer.id)
    seen = view(w, key, customer)
    assert (seen.own, seen.value, seen.decided_by) == ("on", "on", "Customer Halvorsen Dairy")
    assert view(w, key, company).own == "off"
    clear_setting(w.ctx("admin"), key, scope="customer", scope_id=customer.id)
    clear_setting(w.ctx("admin"), key, scope="customer", scope_id=customer.id)
    assert (view(w, key, customer).own, view(w, key, customer).value) == (None, "off")
    entries = [row for row in w.all(AuditEntry) if row.entity == "setting"]
    assert [row.action for row in entries] == ["changed", "changed", "cleared"]
    assert '"show_invoices_in_portal": "on"' in entries[-1].before
    assert '"show_invoices_in_portal": null' in entries[-1].after


@pytest.mark.spec("ORO-22")
def test_a_level_has_only_its_own_settings(lite):
    site = {one.facts.key for one in settings_of(lite.ctx("admin"), Level("site", 1))}
    assert "enable_invoices" not in site
    assert {"generate_pdf_when_posted", "enable_pdf_download_in_portal", "seller_name"} <= site
    assert {"enable_invoice_payments", "invoice_payment_method"} <= site
    assert "accounting_posts" not in site
    group = lite.add(CustomerGroup(name="Dairies"))
    parts = {one.facts.key for one in settings_of(lite.ctx("admin"), Level("group", group))}
    assert "show_invoices_in_portal" in parts
    assert all(key.startswith("show_") for key in parts)


@pytest.mark.spec("6.8")
def test_a_new_customer_begins_with_the_term_of_the_setting(w):
    assert default_term_days(w.ctx("billing")) == "30"
    change_setting(w.ctx("admin"), "default_payment_term_days", "14")
    assert default_term_days(w.ctx("billing")) == "14"


def test_levels_are_named_and_unknown_ones_do_not_exist(lite):
    names = [one.name for one in levels(lite.ctx("admin"))]
    assert names == ["Global", "Company Aldermoor GmbH", "Portal site Portal"]
    customer = Level("customer", lite.customers["a"])
    assert level_name(lite.ctx("admin"), customer) == "Customer Halvorsen Dairy"
    blind = replace(lite.people["admin"], sees_partner=False)
    assert level_name(lite.ctx(blind), customer) == "Customer Hidden"
    for level in (Level("customer", 999), Level("company", 7), Level("user", 1)):
        with pytest.raises(NotFound):
            settings_of(lite.ctx("admin"), level)
    with pytest.raises(NotFound):
        change_setting(
            lite.ctx("admin"), "show_invoices_in_portal", "off", scope="customer", scope_id=999
        )
    assert lite.all(Setting) == []


@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "accounting"])
def test_below_admin_nobody_clears_a_setting_or_sees_a_level(lite, who):
    for attempt in (
        lambda: clear_setting(lite.ctx(who), "enable_invoices"),
        lambda: settings_of(lite.ctx(who), Level()),
        lambda: levels(lite.ctx(who)),
        lambda: level_name(lite.ctx(who), Level()),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.parametrize(
    ("key", "scope"),
    [
        ("enable_invoices", "site"),
        ("restrict_self_assembled_posting", "company"),
        ("enable_pdf_download_in_portal", "customer"),
        ("overdue_notification", "company"),
        ("enable_invoices", "nowhere"),
    ],
)
def test_a_setting_is_refused_at_a_level_it_does_not_have(lite, key, scope):
    with pytest.raises(Invalid):
        change_setting(lite.ctx("owner"), key, "off", scope=scope, scope_id=1)
    assert lite.all(Setting) == []


def test_a_transaction_asks_once_and_sees_what_it_asks_first(w):
    place = Place(company_id=1, site_id=1, customer_id=w.customers["a"])
    with counted(w.database) as heard, w.database.read() as session:
        for _ in range(20):
            settings_at(session, place)
            is_on(session, "enable_invoices", place)
    assert len(heard) == 1


def test_posting_asks_for_settings_once(w):
    invoice_id = w.draft()
    with counted(w.database) as heard:
        w.move("accounting", invoice_id, Action.POST)
    assert len(heard) == 1


# invoices switched off


@pytest.mark.spec("ORO-1")
@pytest.mark.parametrize(("scope", "at"), [("global", 0), ("company", 1)])
def test_with_the_feature_off_there_are_no_invoices_for_anybody(w, scope, at):
    posted, draft = w.posted(), w.draft()
    change_setting(w.ctx("admin"), "enable_invoices", "off", scope=scope, scope_id=at)
    assert list_invoices(w.ctx("owner"), InvoiceFilter(), Order()).rows == ()
    assert tally_invoices(w.ctx("owner"), InvoiceFilter()) == []
    assert plan(w.ctx("owner"), "void", [posted, draft]) == []
    assert list_documents(w.ctx("a90")).rows == ()
    for attempt in (
        lambda: get_invoice(w.ctx("owner"), posted),
        lambda: open_invoice(w.ctx("owner"), posted),
        lambda: staff_paper(w.ctx("owner"), posted),
        lambda: preview(w.ctx("owner"), draft),
        lambda: read_draft(w.ctx("owner"), draft),
        lambda: w.move("owner", draft, Action.POST),
        lambda: w.draft("owner"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert w.invoice(draft).posting_status == "DRAFT"
    assert len(w.all(Invoice)) == 2
    change_setting(w.ctx("admin"), "enable_invoices", "on", scope=scope, scope_id=at)
    assert {row.id for row in list_invoices(w.ctx("viewer"), InvoiceFilter(), Order()).rows} == {
        posted,
        draft,
    }


@pytest.mark.spec("ORO-1")
def test_the_feature_is_off_for_one_company_and_on_for_another(w):
    other = w.add(Company(name="Zeewind BV", country="NL", base_currency="EUR"))
    w.add(PortalSite(company_id=other, name="Zeewind", settings_json="{}"))
    w.change(Customer, w.customers["b"], company_id=other, invoice_schedule="monthly")
    w.change(Customer, w.customers["a"], invoice_schedule="monthly")
    ours, theirs = w.posted(), w.posted(customer_id=w.customers["b"])
    change_setting(w.ctx("admin"), "enable_invoices", "off", scope="company", scope_id=other)
    assert [row.id for row in list_invoices(w.ctx("viewer"), InvoiceFilter(), Order()).rows] == [
        ours
    ]
    with pytest.raises(NotFound):
        get_invoice(w.ctx("viewer"), theirs)
    assert [key for key, _ in scheduled_customers(w.ctx("admin"))] == [w.customers["a"]]
    assert signed_in(w, "viewer").may(Permission.INVOICE_VIEW)
    assert not signed_in(w, "b40").may(Permission.PORTAL_INVOICES)
    assert signed_in(w, "a40").may(Permission.PORTAL_INVOICES)
    change_setting(w.ctx("admin"), "enable_invoices", "off")
    change_setting(w.ctx("admin"), "enable_invoices", "on", scope="company", scope_id=other)
    with w.database.read() as session:
        assert companies_off(session) == (1,)
    assert [row.id for row in list_invoices(w.ctx("viewer"), InvoiceFilter(), Order()).rows] == [
        theirs
    ]


@pytest.mark.spec("ORO-1")
def test_what_is_off_does_not_exist_for_whoever_is_signed_in(w):
    assert signed_in(w, "owner").may(Permission.INVOICE_VIEW)
    change_setting(w.ctx("admin"), "enable_invoices", "off")
    owner, customer = signed_in(w, "owner"), signed_in(w, "a90")
    lost = {name for name in Permission if name.startswith("invoice:") and owner.may(name)}
    assert lost == set()
    assert owner.may(Permission.CUSTOMER_VIEW)
    assert not customer.may(Permission.PORTAL_INVOICES)
    assert customer.may(Permission.PORTAL_HOME)
    with pytest.raises(NotFound):
        w.ctx(owner).require(Permission.INVOICE_VIEW)


@pytest.mark.spec("CXS-48", "ORO-29", "ERP-49")
def test_a_customers_own_switch_wins_over_its_sites(w):
    change_setting(w.ctx("admin"), "show_payments_in_portal", "off", scope="site", scope_id=1)
    change_setting(
        w.ctx("admin"),
        "show_payments_in_portal",
        "on",
        scope="customer",
        scope_id=w.customers["b"],
    )
    assert not signed_in(w, "a90").may(Permission.PORTAL_PAYMENTS)
    assert signed_in(w, "b90").may(Permission.PORTAL_PAYMENTS)
    assert signed_in(w, "a90").may(Permission.PORTAL_ORDERS)
    w.change(PortalSite, 1, settings_json='{"IsOrdersEnabled": false}')
    assert not signed_in(w, "a90").may(Permission.PORTAL_ORDERS)
