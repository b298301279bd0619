"""User Management in the portal: one's own customer only, nobody climbs, owners stay."""

import pytest

from billing_app.domain.access import ExternalRole, GrantRefused
from billing_app.domain.errors import Forbidden, Invalid, NotFound
from billing_app.persistence.tables import AuditEntry, ExternalAccess, LoginSession, User
from billing_app.services.people.colleagues import (
    add_colleague,
    change_colleague,
    list_colleagues,
    remove_colleague,
)
from billing_app.services.people.own import own_sessions
from tests.services.worldmaking import NOW


def access_of(w, who):
    person = w.people[who]
    return next(
        row for row in w.all(ExternalAccess)
        if (row.user_id, row.customer_id) == (person.user_id, person.customer_id)
    )  # fmt: skip


@pytest.mark.spec("ERP-36", "ERP-42")
def test_an_admin_adds_changes_and_removes_a_known_account(w):
    add_colleague(w.ctx("a80"), " L30@B.example ", 40, None)
    added = next(row for row in list_colleagues(w.ctx("a80")) if row.email == "l30@b.example")
    assert (added.role, added.days_back) == (ExternalRole.BILLING, None)
    change_colleague(w.ctx("a90"), added.id, 20, 7)
    assert access_of(w, "b30").role == 30, "the other customer's access is another one"
    changed = next(row for row in list_colleagues(w.ctx("a80")) if row.id == added.id)
    assert (changed.role, changed.days_back) == (ExternalRole.ORDERS, 7)
    user_id = w.people["b30"].user_id
    w.add(LoginSession(token_hash="x" * 64, user_id=user_id, customer_id=w.customers["a"],
                       created_at=NOW, seen_at=NOW))  # fmt: skip
    remove_colleague(w.ctx("a80"), added.id)
    assert all(row.id != added.id for row in list_colleagues(w.ctx("a80")))
    assert any(row.id == user_id for row in w.all(User)), "the account stays"
    assert w.all(LoginSession)[0].customer_id is None
    assert [row.action for row in w.all(AuditEntry)][-3:] == [
        "access_granted", "access_changed", "access_removed",
    ]  # fmt: skip


@pytest.mark.spec("ERP-42")
@pytest.mark.parametrize("email", ["nobody@a.example", "billing@aldermoor.example", ""])
def test_an_unknown_e_mail_and_one_of_the_staff_sound_the_same(w, email):
    with pytest.raises(Invalid, match="No account has this e-mail") as told:
        add_colleague(w.ctx("a90"), email, 30, 30)
    assert set(told.value.fields) == {"email"}


@pytest.mark.spec("ERP-37", "6.7")
def test_nobody_here_takes_an_owners_access_or_makes_one_but_an_owner(w):
    owner, admin = access_of(w, "a90").id, access_of(w, "a80").id
    for who, attempt in (
        ("a80", lambda ctx: remove_colleague(ctx, owner)),
        ("a80", lambda ctx: change_colleague(ctx, owner, 80, None)),
        ("a80", lambda ctx: change_colleague(ctx, access_of(w, "a40").id, 90, None)),
        ("a80", lambda ctx: add_colleague(ctx, "l10@b.example", 90, None)),
        ("a80", lambda ctx: change_colleague(ctx, admin, 90, None)),
        ("a90", lambda ctx: remove_colleague(ctx, owner)),
        ("a90", lambda ctx: change_colleague(ctx, owner, 80, None)),
    ):
        with pytest.raises(GrantRefused):
            attempt(w.ctx(who))
    change_colleague(w.ctx("a90"), admin, 90, None)
    assert access_of(w, "a80").role == 90
    add_colleague(w.ctx("a90"), "l10@b.example", 90, None)


@pytest.mark.spec("RELIABILITY-P22")
def test_another_customers_access_does_not_exist_here(w):
    theirs = access_of(w, "b40").id
    for attempt in (
        lambda: change_colleague(w.ctx("a90"), theirs, 10, None),
        lambda: remove_colleague(w.ctx("a90"), theirs),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert {row.user_id for row in list_colleagues(w.ctx("a90"))} == {
        w.people[f"a{role}"].user_id for role in (10, 20, 30, 40, 80, 90)
    }


@pytest.mark.parametrize("who", ["a10", "a40", "owner", "billing"])
def test_below_admin_and_for_staff_there_is_no_user_management_here(w, who):
    for attempt in (
        lambda: list_colleagues(w.ctx(who)),
        lambda: add_colleague(w.ctx(who), "l10@b.example", 10, None),
        lambda: remove_colleague(w.ctx(who), 1),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.parametrize(("role", "days"), [(50, 1), (0, 1), (30, -1), (30, 99_999)])
def test_roles_and_days_are_bounded(w, role, days):
    with pytest.raises(Invalid):
        change_colleague(w.ctx("a90"), access_of(w, "a10").id, role, days)


def test_everybody_with_a_role_sees_their_own_sessions(w):
    assert own_sessions(w.ctx("a10")) == []
