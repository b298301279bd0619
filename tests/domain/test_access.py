"""Who may do and see what: both matrices in full, the portal's predicate, the granting rules."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.access import (
    PORTAL_MATRIX,
    STAFF_MATRIX,
    AccessScope,
    ExternalRole,
    GrantRefused,
    Permission,
    PortalDocumentFacts,
    PortalScope,
    StaffLevel,
    check_portal_change_by_customer,
    check_portal_change_by_staff,
    check_staff_change,
    earliest_visible,
    least_level_name,
    may_portal,
    may_staff,
    portal_sees,
)
from billing_app.domain.document_types import Direction, DocumentKind
from billing_app.domain.lifecycle import Posting

TODAY = date(2025, 3, 31)
ME, MY_CUSTOMER, MY_BRANCH, ANOTHER = 5, 10, 11, 99


def test_every_permission_belongs_to_exactly_one_ladder():
    assert set(STAFF_MATRIX) | set(PORTAL_MATRIX) == set(Permission)
    assert not set(STAFF_MATRIX) & set(PORTAL_MATRIX)
    assert all(permission.startswith("portal:") for permission in PORTAL_MATRIX)
    assert not any(permission.startswith("portal:") for permission in STAFF_MATRIX)


@pytest.mark.spec("6.7")
@pytest.mark.parametrize(
    ("permission", "least"),
    [
        (Permission.INVOICE_VIEW, StaffLevel.VIEWER),
        (Permission.INVOICE_CREATE, StaffLevel.SALES),
        (Permission.INVOICE_NOTE, StaffLevel.SALES),
        (Permission.INVOICE_SEND, StaffLevel.SALES),
        (Permission.INVOICE_EDIT, StaffLevel.BILLING),
        (Permission.INVOICE_TEXT, StaffLevel.BILLING),
        (Permission.INVOICE_ASSEMBLE, StaffLevel.BILLING),
        (Permission.CHARGE_EDIT, StaffLevel.BILLING),
        (Permission.PAYMENT_RECORD, StaffLevel.ACCOUNTING),
        (Permission.INVOICE_POST, StaffLevel.ACCOUNTING),
        (Permission.INVOICE_VOID, StaffLevel.ACCOUNTING),
        (Permission.IMPORT_RUN, StaffLevel.ACCOUNTING),
        (Permission.SETTINGS_EDIT, StaffLevel.ADMIN),
        (Permission.VOYAGE_REOPEN, StaffLevel.ADMIN),
    ],
)
def test_a_staff_permission_begins_at_its_level(permission, least):
    for level in StaffLevel:
        assert may_staff(level, permission) == (level >= least)
    assert least_level_name(permission) == least.label


@pytest.mark.spec("ERP-2", "ERP-32", "ERP-33", "ERP-34", "ERP-35", "ERP-36")
@pytest.mark.parametrize(
    ("permission", "least"),
    [
        (Permission.PORTAL_HOME, 10),
        (Permission.PORTAL_PROFILE, 10),
        (Permission.PORTAL_ORDERS, 20),
        (Permission.PORTAL_PRICES, 30),
        (Permission.PORTAL_INVOICES, 40),
        (Permission.PORTAL_DOWNLOAD, 40),
        (Permission.PORTAL_DUE, 40),
        (Permission.PORTAL_PAYMENTS, 40),
        (Permission.PORTAL_STATEMENT, 40),
        (Permission.PORTAL_PACKAGES, 40),
        (Permission.PORTAL_PAY, 40),
        (Permission.PORTAL_DISPUTE, 40),
        (Permission.PORTAL_FILES, 40),
        (Permission.PORTAL_UPLOAD, 40),
        (Permission.PORTAL_USERS, 80),
    ],
)
def test_a_portal_permission_begins_at_its_role(permission, least):
    for role in ExternalRole:
        assert may_portal(role, permission) == (role >= least)


def test_staff_have_no_portal_rights_and_customers_no_staff_rights():
    assert not any(may_staff(StaffLevel.OWNER, permission) for permission in PORTAL_MATRIX)
    assert not any(may_portal(ExternalRole.OWNER, permission) for permission in STAFF_MATRIX)


@pytest.mark.spec("ERP-31", "6.16-10")
def test_levels_and_roles_have_their_names():
    assert [level.label for level in StaffLevel] == [
        "No access",
        "Viewer",
        "Sales",
        "Billing",
        "Accounting",
        "Admin",
        "Owner",
    ]
    assert [role.label for role in ExternalRole] == [
        "Basic",
        "Orders",
        "Orders with Prices",
        "Billing",
        "Admin",
        "Owner",
    ]
    assert StaffLevel.ACCOUNTING.code == "S40"
    assert [role.code for role in ExternalRole] == ["L10", "L20", "L30", "L40", "L80", "L90"]
    assert least_level_name(Permission.PORTAL_INVOICES) == "Billing"


def a_document(**changes):
    facts = PortalDocumentFacts(
        Direction.OUT, DocumentKind.INVOICE, Posting.POSTED, True, MY_CUSTOMER, "type-1", TODAY
    )
    return replace(facts, **changes)


def my_scope(**changes):
    facts = PortalScope(
        ME, MY_CUSTOMER, ExternalRole.BILLING, sub_customer_ids=frozenset({MY_BRANCH})
    )
    return replace(facts, **changes)


def sees(doc=None, scope=None):
    return portal_sees(doc or a_document(), scope or my_scope(), TODAY)


@pytest.mark.spec("6.14-V9", "ERP-39")
def test_thirty_days_back_reach_to_the_first_of_march():
    scope = my_scope(days_back=30)
    assert sees(a_document(document_date=date(2025, 3, 1)), scope)
    assert not sees(a_document(document_date=date(2025, 2, 28)), scope)
    assert earliest_visible(TODAY, 30) == date(2025, 3, 1)


def test_days_back_zero_is_today_and_none_is_unlimited():
    yesterday = a_document(document_date=TODAY - timedelta(days=1))
    assert not sees(yesterday, my_scope(days_back=0))
    assert sees(a_document(), my_scope(days_back=0))
    assert sees(a_document(document_date=date.min), my_scope(days_back=None))
    assert earliest_visible(TODAY, None) is None
    assert earliest_visible(TODAY, 10**9) == date.min


@pytest.mark.spec("6.14-V19", "ERP-9", "ERP-10", "ERP-11", "ERP-12")
def test_the_site_restricts_the_document_types():
    one, two = a_document(document_type_id="type-1"), a_document(document_type_id="type-2")
    only_one = my_scope(document_type_ids=frozenset({"type-1", "unknown"}))
    assert (sees(one, only_one), sees(two, only_one)) == (True, False)
    absent = my_scope(document_type_ids=None)
    assert (sees(one, absent), sees(two, absent)) == (True, True)
    nothing = my_scope(document_type_ids=frozenset())
    assert (sees(one, nothing), sees(two, nothing)) == (False, False)


@pytest.mark.spec("6.14-V20", "ERP-2")
@pytest.mark.parametrize("role", list(ExternalRole))
def test_invoices_begin_at_the_role_billing(role):
    assert sees(scope=my_scope(role=role)) == (role >= ExternalRole.BILLING)


@pytest.mark.parametrize("was_posted", [False, True])
@pytest.mark.parametrize("status", list(Posting))
@pytest.mark.spec("6.7", "ERP-16")
def test_a_customer_never_sees_what_was_not_posted(status, was_posted):
    visible = status is Posting.POSTED or (was_posted and status in {Posting.READY, Posting.VOID})
    assert sees(a_document(status=status, was_posted=was_posted)) == visible


@pytest.mark.spec("6.16-4")
@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("kind", list(DocumentKind))
def test_only_outgoing_invoices_and_credit_notes_reach_the_portal(direction, kind):
    outgoing = direction is Direction.OUT and kind in {DocumentKind.INVOICE, DocumentKind.CREDIT}
    assert sees(a_document(direction=direction, kind=kind)) == outgoing


@pytest.mark.spec("ORO-34", "ERP-1")
@pytest.mark.parametrize(
    ("scope", "customer", "customer_user", "visible"),
    [
        (AccessScope.CORPORATE, MY_CUSTOMER, None, True),
        (AccessScope.CORPORATE, MY_BRANCH, None, True),
        (AccessScope.CORPORATE, ANOTHER, ME, False),
        (AccessScope.DEPARTMENT, MY_CUSTOMER, None, True),
        (AccessScope.DEPARTMENT, MY_BRANCH, None, False),
        (AccessScope.DEPARTMENT, ANOTHER, ME, False),
        (AccessScope.OWN, MY_CUSTOMER, ME, True),
        (AccessScope.OWN, MY_CUSTOMER, None, False),
        (AccessScope.OWN, MY_CUSTOMER, ME + 1, False),
        (AccessScope.OWN, MY_BRANCH, ME, False),
        (AccessScope.OWN, ANOTHER, ME, False),
    ],
)
def test_the_scope_decides_whose_documents_are_seen(scope, customer, customer_user, visible):
    doc = a_document(customer_id=customer, customer_user_id=customer_user)
    assert sees(doc, my_scope(scope=scope)) == visible


def test_a_switched_off_section_or_feature_and_a_deleted_document_show_nothing():
    assert sees()
    assert not sees(scope=my_scope(is_section_on=False))
    assert not sees(a_document(is_shown=False))
    assert not sees(a_document(is_deleted=True))


LEVELS = list(StaffLevel)


@pytest.mark.spec("6.7")
@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.booleans())
def test_staff_change_only_users_below_themselves_and_owners_stay(actor, current, granted, is_self):
    keeps_owner = current is not StaffLevel.OWNER or granted is StaffLevel.OWNER
    is_above = actor is StaffLevel.OWNER or (
        actor >= StaffLevel.ADMIN and current < actor and granted < actor and not is_self
    )
    if keeps_owner and is_above:
        check_staff_change(actor, current, granted, is_self=is_self)
    else:
        with pytest.raises(GrantRefused):
            check_staff_change(actor, current, granted, is_self=is_self)


def test_a_refused_grant_says_which_rule_holds():
    admin = StaffLevel.ADMIN
    for current, granted, sentence in (
        (StaffLevel.OWNER, StaffLevel.NONE, "never taken away"),
        (StaffLevel.ADMIN, StaffLevel.SALES, "below your own level"),
        (StaffLevel.SALES, StaffLevel.ADMIN, "grant only levels below"),
    ):
        with pytest.raises(GrantRefused, match=sentence):
            check_staff_change(admin, current, granted)
    with pytest.raises(GrantRefused, match="from level Admin"):
        check_staff_change(StaffLevel.ACCOUNTING, StaffLevel.VIEWER, StaffLevel.NONE)


ROLES = [None, *ExternalRole]


@pytest.mark.spec("ERP-37", "ERP-42")
@given(st.sampled_from(ExternalRole), st.sampled_from(ROLES), st.sampled_from(ROLES), st.booleans())
def test_nobody_revokes_an_owner_from_the_portal(actor, current, granted, is_self):
    owner = ExternalRole.OWNER
    allowed = (
        actor >= ExternalRole.ADMIN
        and not is_self
        and (current is not owner or granted is owner)
        and (granted is not owner or actor is owner)
    )
    if allowed:
        check_portal_change_by_customer(actor, current, granted, is_self=is_self)
    else:
        with pytest.raises(GrantRefused):
            check_portal_change_by_customer(actor, current, granted, is_self=is_self)


@given(st.sampled_from(LEVELS), st.sampled_from(ROLES), st.sampled_from(ROLES))
def test_from_staff_only_an_owner_revokes_a_customers_owner(actor, current, granted):
    takes_owner = current is ExternalRole.OWNER and granted is not ExternalRole.OWNER
    if actor >= (StaffLevel.OWNER if takes_owner else StaffLevel.ADMIN):
        check_portal_change_by_staff(actor, current, granted)
    else:
        with pytest.raises(GrantRefused):
            check_portal_change_by_staff(actor, current, granted)


@pytest.mark.spec("ERP-42", "6.16-10")
def test_the_portal_says_why_a_role_is_not_changed():
    admin, owner, billing = ExternalRole.ADMIN, ExternalRole.OWNER, ExternalRole.BILLING
    for actor, current, granted, is_self, sentence in (
        (billing, None, billing, False, "from role Admin"),
        (admin, admin, billing, True, "changed by a colleague"),
        (owner, owner, None, False, "never taken away"),
        (admin, billing, owner, False, "Only an owner may make somebody an owner"),
    ):
        with pytest.raises(GrantRefused, match=sentence):
            check_portal_change_by_customer(actor, current, granted, is_self=is_self)
