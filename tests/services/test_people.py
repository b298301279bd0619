"""Staff accounts, password links, sessions, and the people of a customer."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from billing_app.domain.access import ExternalRole, GrantRefused, StaffLevel
from billing_app.domain.errors import Forbidden, Invalid, NotFound, Refused
from billing_app.persistence.tables import (
    AuditEntry,
    ExternalAccess,
    LoginFailure,
    LoginSession,
    PasswordLink,
    User,
)
from billing_app.security.passwords import check_new_password
from billing_app.services.people.links import (
    LIVES,
    new_password_link,
    person_of_link,
    set_password,
)
from billing_app.services.people.own import (
    change_own_password,
    end_own_session,
    end_sessions_of,
    own_sessions,
    sessions_of,
)
from billing_app.services.people.portal_access import (
    AccessFacts,
    change_access,
    grant_access,
    list_access,
    remove_access,
)
from billing_app.services.people.sessions import Browser, resolve_session, sign_in
from billing_app.services.people.staff import (
    StaffFacts,
    change_staff,
    invite_staff,
    list_staff,
)

GOOD = "seven boats sail at dawn"
NEW = StaffFacts("Nina Neu", 30)
LADDER = ("viewer", "sales", "billing", "accounting", "admin", "owner")


def hashed(password):
    return f"hash of {password}"


def verify(password, stored):
    return stored == hashed(password), None


def enter(w, email, password, token="t"):  # noqa: S107
    return sign_in(
        w.ctx(), email, password, verify=verify, token_hash=token, browser=Browser("::1", "Firefox")
    )


def use(w, token, password=GOOD):
    set_password(w.ctx(), token, password, hashed=hashed, check=check_new_password)


def id_of(w, who):
    return w.people[who].user_id


def facts_of(w, who, **changes):
    user = next(row for row in w.all(User) if row.id == id_of(w, who))
    facts = StaffFacts(
        user.name, user.staff_level, user.partner_view, user.vessel_view, user.is_active
    )
    return replace(facts, **changes)


@pytest.mark.spec("6.7", "CRM-34")
def test_an_invited_person_sets_a_password_once_and_signs_in_with_the_level(w):
    user_id, token = invite_staff(w.ctx("admin"), " Nina@Desk.example ", NEW)
    assert enter(w, "nina@desk.example", "") is None
    assert person_of_link(w.ctx(), token) == ("Nina Neu", "Nina@Desk.example")
    use(w, token)
    actor = enter(w, "nina@desk.example", GOOD)
    assert (actor.user_id, actor.level) == (user_id, StaffLevel.BILLING)
    assert person_of_link(w.ctx(), token) is None
    with pytest.raises(Forbidden):
        use(w, token, "another good sentence")
    said = [(row.action, row.actor_id) for row in w.all(AuditEntry) if row.entity == "user"]
    admin = id_of(w, "admin")
    assert said == [("created", admin), ("password_link_made", admin), ("password_set", user_id)]
    kept = "".join(row.before + row.after for row in w.all(AuditEntry))
    assert GOOD not in kept
    assert token not in kept
    assert token not in "".join(row.token_hash for row in w.all(PasswordLink))


@pytest.mark.parametrize("late", [LIVES, LIVES + timedelta(days=1)])
def test_an_old_link_is_dead(w, late):
    _, token = invite_staff(w.ctx("admin"), "n@desk.example", NEW)
    w.clock.instant += late
    assert person_of_link(w.ctx(), token) is None
    with pytest.raises(Forbidden):
        use(w, token)


def test_a_new_link_ends_the_one_before_and_a_new_password_every_session(w):
    user_id, first = invite_staff(w.ctx("admin"), "n@desk.example", NEW)
    second = new_password_link(w.ctx("admin"), user_id)
    with pytest.raises(Forbidden):
        use(w, first)
    use(w, second)
    enter(w, "n@desk.example", GOOD, "one")
    enter(w, "n@desk.example", "wrong")
    use(w, new_password_link(w.ctx("owner"), user_id), "a fresh sentence of mine")
    assert resolve_session(w.ctx(), "one") is None
    assert w.all(LoginFailure) == []


@pytest.mark.parametrize("weak", ["short", "password password", "nina neu nina neu", "x" * 2000])
def test_a_weak_password_is_refused_and_the_link_lives_on(lite, weak):
    _, token = invite_staff(lite.ctx("admin"), "n@desk.example", NEW)
    with pytest.raises(Invalid) as refused:
        use(lite, token, weak)
    assert set(refused.value.fields) == {"password"}
    assert person_of_link(lite.ctx(), token)


@pytest.mark.spec("CRM-34", "6.7")
@pytest.mark.parametrize(("who", "whom"), list(product(LADDER, LADDER)))
def test_only_who_stands_above_manages_an_account(lite, who, whom):
    is_above = who == "owner" or (who == "admin" and whom not in {"admin", "owner"})
    for attempt in (
        lambda: change_staff(lite.ctx(who), id_of(lite, whom), facts_of(lite, whom, name="Neu")),
        lambda: new_password_link(lite.ctx(who), id_of(lite, whom)),
        lambda: end_sessions_of(lite.ctx(who), id_of(lite, whom)),
    ):
        if is_above:
            attempt()
        else:
            with pytest.raises(Forbidden):
                attempt()
    changed = next(row for row in lite.all(User) if row.id == id_of(lite, whom))
    assert (changed.name == "Neu") == is_above


@pytest.mark.spec("CRM-34")
@pytest.mark.parametrize("level", [80, 90])
def test_nobody_grants_a_level_at_or_above_ones_own(lite, level):
    before = len(lite.all(User))
    with pytest.raises(GrantRefused):
        invite_staff(lite.ctx("admin"), "n@desk.example", replace(NEW, level=level))
    with pytest.raises(GrantRefused):
        change_staff(lite.ctx("admin"), id_of(lite, "sales"), facts_of(lite, "sales", level=level))
    assert len(lite.all(User)) == before
    invite_staff(lite.ctx("owner"), "n@desk.example", replace(NEW, level=level))


@pytest.mark.spec("6.7")
def test_an_owner_is_neither_demoted_nor_closed_not_even_by_an_owner(lite):
    for changes in ({"level": 80}, {"is_active": False}, {"level": 0}):
        with pytest.raises(GrantRefused, match="never taken away"):
            change_staff(
                lite.ctx("owner"), id_of(lite, "owner"), facts_of(lite, "owner", **changes)
            )
    assert [
        row.is_active for row in lite.all(User) if row.staff_level == 90 and row.kind == "staff"
    ] == [True]


@pytest.mark.spec("DLY-12", "DLY-13")
def test_nobody_gives_a_view_that_he_has_not(lite):
    blind = lite.ctx(replace(lite.people["admin"], sees_partner=False))
    with pytest.raises(GrantRefused, match="do not have yourself"):
        invite_staff(blind, "n@desk.example", NEW)
    invite_staff(blind, "n@desk.example", replace(NEW, partner_view=False))
    change_staff(blind, id_of(lite, "sales"), facts_of(lite, "sales", partner_view=False))
    with pytest.raises(GrantRefused):
        change_staff(blind, id_of(lite, "sales"), facts_of(lite, "sales", partner_view=True))


def test_a_closed_account_is_out_at_once_and_cannot_get_a_link(w):
    user_id, token = invite_staff(w.ctx("admin"), "n@desk.example", NEW)
    use(w, token)
    enter(w, "n@desk.example", GOOD, "one")
    change_staff(w.ctx("admin"), user_id, replace(NEW, is_active=False))
    assert resolve_session(w.ctx(), "one") is None
    assert enter(w, "n@desk.example", GOOD, "two") is None
    with pytest.raises(Refused):
        new_password_link(w.ctx("admin"), user_id)
    change_staff(w.ctx("admin"), user_id, NEW)
    assert resolve_session(w.ctx(), "one") is None
    assert enter(w, "n@desk.example", GOOD, "three")


@pytest.mark.parametrize(
    ("email", "facts", "field"),
    [
        ("no address", NEW, "email"),
        ("SALES@aldermoor.example", NEW, "email"),
        ("n@desk.example", replace(NEW, name=" "), "name"),
        ("n@desk.example", replace(NEW, level=35), "level"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_at_its_field(lite, email, facts, field):
    with pytest.raises(Invalid) as refused:
        invite_staff(lite.ctx("admin"), email, facts)
    assert set(refused.value.fields) == {field}


def test_the_list_says_whom_one_may_change(lite):
    mine = {row.name for row in list_staff(lite.ctx("admin")) if row.may_change}
    assert mine == {
        "Vera Viewer", "Sven Sales", "Sara Sales", "Birte Billing", "Bilal Billing",
        "Anke Accounting", "Andrei Accounting",
    }  # fmt: skip
    assert "System" not in {row.name for row in list_staff(lite.ctx("admin"))}
    with pytest.raises(Forbidden):
        list_staff(lite.ctx("accounting"))


# sessions


def test_one_ends_ones_own_sessions_and_no_other_persons(w):
    for who, tokens in (("sales", ("a" * 64, "b" * 64)), ("billing", ("c" * 64,))):
        for token in tokens:
            w.add(
                LoginSession(
                    token_hash=token,
                    user_id=id_of(w, who),
                    created_at=w.clock.now(),
                    seen_at=w.clock.now(),
                    agent="Firefox",
                )
            )
    me = w.ctx(replace(w.people["sales"], session="a" * 64))
    assert [(row.key, row.is_this) for row in own_sessions(me)] in (
        [("a" * 16, True), ("b" * 16, False)],
        [("b" * 16, False), ("a" * 16, True)],
    )
    end_own_session(me, "c" * 16)
    end_own_session(me, "b" * 16)
    assert resolve_session(w.ctx(), "c" * 64)
    assert resolve_session(w.ctx(), "b" * 64) is None
    assert resolve_session(w.ctx(), "a" * 64)
    assert len(sessions_of(w.ctx("admin"), id_of(w, "sales"))) == 1
    end_sessions_of(w.ctx("admin"), id_of(w, "sales"), "a" * 16)
    assert resolve_session(w.ctx(), "a" * 64) is None
    with pytest.raises(Forbidden):
        sessions_of(w.ctx("accounting"), id_of(w, "sales"))
    with pytest.raises(NotFound):
        sessions_of(w.ctx("admin"), 9999)


def test_one_changes_ones_password_with_the_present_one(w):
    w.change(User, id_of(w, "sales"), password_hash=hashed(GOOD))
    mine, other = enter(w, "sales@aldermoor.example", GOOD, "mine"), "other"
    enter(w, "sales@aldermoor.example", GOOD, other)
    tools = {"verify": verify, "hashed": hashed, "check": check_new_password}
    with pytest.raises(Invalid) as refused:
        change_own_password(w.ctx(mine), "wrong", "a fresh sentence of mine", **tools)
    assert set(refused.value.fields) == {"current"}
    with pytest.raises(Invalid):
        change_own_password(w.ctx(mine), GOOD, "weak", **tools)
    change_own_password(w.ctx(mine), GOOD, "a fresh sentence of mine", **tools)
    assert resolve_session(w.ctx(), "mine")
    assert resolve_session(w.ctx(), other) is None


# the people of a customer


@pytest.mark.spec("ERP-38", "ERP-39", "ERP-42")
def test_a_person_gets_access_to_one_customer_and_to_another(w):
    a, b = w.customers["a"], w.customers["b"]
    token = grant_access(w.ctx("admin"), a, "Rita@Dairy.example", "Rita Rau", AccessFacts(40, None))
    use(w, token)
    assert grant_access(w.ctx("admin"), b, "rita@dairy.example", "", AccessFacts()) == ""
    with pytest.raises(Invalid, match="has access already"):
        grant_access(w.ctx("admin"), b, "rita@dairy.example", "", AccessFacts())
    rows = [row for row in w.all(ExternalAccess) if row.user_id > id_of(w, "b90")]
    assert [(row.customer_id, row.role, row.days_back) for row in rows] == [
        (a, 40, None),
        (b, 30, 30),
    ]
    assert enter(w, "rita@dairy.example", GOOD, "r").role is ExternalRole.BILLING
    change_access(w.ctx("admin"), rows[0].id, AccessFacts(10, 7, "own"))
    assert resolve_session(w.ctx(), "r").role is ExternalRole.BASIC
    remove_access(w.ctx("admin"), rows[0].id)
    assert resolve_session(w.ctx(), "r").role is None
    said = [row.action for row in w.all(AuditEntry) if row.entity == "customer"]
    assert said == ["access_granted", "access_granted", "access_changed", "access_removed"]


@pytest.mark.spec("ERP-37")
def test_from_staff_only_an_owner_takes_a_customers_owner_away(w):
    owner = next(row for row in list_access(w.ctx("admin"), w.customers["a"]) if row.role == 90)
    for attempt in (
        lambda who: change_access(w.ctx(who), owner.id, AccessFacts(80)),
        lambda who: remove_access(w.ctx(who), owner.id),
    ):
        with pytest.raises(Forbidden):
            attempt("admin")
    change_access(w.ctx("admin"), owner.id, AccessFacts(90, 30))
    remove_access(w.ctx("owner"), owner.id)
    with pytest.raises(NotFound):
        remove_access(w.ctx("owner"), owner.id)


@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "accounting"])
def test_below_admin_nobody_sees_or_gives_access(lite, who):
    for attempt in (
        lambda: list_access(lite.ctx(who), 1),
        lambda: grant_access(lite.ctx(who), 1, "x@y.example", "X", AccessFacts()),
        lambda: change_access(lite.ctx(who), 1, AccessFacts()),
        lambda: remove_access(lite.ctx(who), 1),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.parametrize(
    ("email", "name", "facts", "field"),
    [
        ("nobody", "N", AccessFacts(), "email"),
        ("sales@aldermoor.example", "N", AccessFacts(), "email"),
        ("n@dairy.example", "", AccessFacts(), "name"),
        ("n@dairy.example", "N", AccessFacts(role=50), "role"),
        ("n@dairy.example", "N", AccessFacts(days_back=-1), "days_back"),
        ("n@dairy.example", "N", AccessFacts(scope="all"), "scope"),
    ],
)
def test_what_is_wrong_with_an_access_is_said_at_its_field(lite, email, name, facts, field):
    before = len(lite.all(User)), len(lite.all(ExternalAccess))
    with pytest.raises(Invalid) as refused:
        grant_access(lite.ctx("admin"), lite.customers["a"], email, name, facts)
    assert set(refused.value.fields) == {field}
    assert (len(lite.all(User)), len(lite.all(ExternalAccess))) == before


def test_who_sees_no_partners_sees_no_persons_of_customers(lite):
    blind = lite.ctx(replace(lite.people["admin"], sees_partner=False))
    assert {(row.name, row.email) for row in list_access(blind, lite.customers["a"])} == {
        ("Hidden", "Hidden")
    }
