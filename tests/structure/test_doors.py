"""Default deny: every handler, route and page says what it demands."""

import pytest
from pydantic import ValidationError
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from starlette.routing import Route

from billing_app.billing_app import ROUTES, app
from billing_app.domain.access import PORTAL_MATRIX, STAFF_MATRIX
from billing_app.domain.errors import Forbidden, Invalid
from billing_app.security import guard
from billing_app.security.pages import pages

ANYONE, SIGNED_IN, STAFF = "anyone", "signed in", "staff"
# What each HTTP route demands; the use case it calls asks again, for the one document.
ROUTE_POLICIES = {
    ("/auth/login", "POST"): ANYONE,
    ("/auth/code", "POST"): ANYONE,
    ("/auth/logout", "POST"): ANYONE,
    ("/invoices/{id}.pdf", "GET"): SIGNED_IN,
    ("/pay/{token}/invoice.pdf", "GET"): ANYONE,
    ("/invoices/{id}/preview.pdf", "GET"): STAFF,
    ("/portal/exports/{page}.csv", "GET"): SIGNED_IN,
    ("/portal/exports/statement.csv", "GET"): SIGNED_IN,
    ("/portal/exports/statement.pdf", "GET"): SIGNED_IN,
    ("/exports/invoices.csv", "GET"): STAFF,
    ("/exports/report.csv", "GET"): STAFF,
    ("/exports/report.xlsx", "GET"): STAFF,
    ("/exports/statement.csv", "GET"): STAFF,
    ("/exports/statement.pdf", "GET"): STAFF,
    ("/exports/journal.csv", "GET"): STAFF,
    ("/exports/journal.beancount", "GET"): STAFF,
    ("/exports/log.csv", "GET"): STAFF,
    ("/exports/usage.csv", "GET"): STAFF,
    ("/imports/files/new", "POST"): STAFF,
    ("/imports/files/known", "POST"): STAFF,
    ("/invoices/{id}/paper", "POST"): STAFF,
    ("/imports/{id}/to-correct.csv", "GET"): STAFF,
    ("/files/{id}", "GET"): SIGNED_IN,
    ("/files/invoice/{id}", "POST"): STAFF,
    ("/files/customer/{id}", "POST"): SIGNED_IN,
    ("/bulk/{id}.zip", "GET"): STAFF,
    ("/companies/{id}/logo", "GET"): STAFF,
    ("/companies/{id}/logo", "POST"): STAFF,
    ("/webhooks/stripe", "POST"): ANYONE,  # whoever signs as agreed
    ("/healthz", "GET"): ANYONE,
    ("/readyz", "GET"): ANYONE,
}
OPEN_HANDLERS = {  # what visitors may call
    "NoticeState.dismiss",
    "NoticeState.show_bug",
    "SignInState.load",
    "CodeState.load",
    "FirstRunState.load",
    "FirstRunState.save",
    "PasswordState.load",
    "PasswordState.save",
    "GuestPayState.load",
    "GuestPayState.pay",
    "GuestPayState.look",
}


def handlers():
    return sorted(RegistrationContext.get().event_handlers)


def short(name):
    handler = RegistrationContext.get().event_handlers[name].handler
    return handler.fn.__qualname__


def test_every_handler_carries_a_policy():
    assert guard.unmarked_handlers() == []


@pytest.mark.parametrize("name", handlers())
def test_a_visitor_is_refused_unless_the_handler_is_open(name):
    policy = guard.policy_of(name)
    if guard.is_framework(name) or (policy is not None and not policy.signed_in):
        return
    with pytest.raises(Forbidden):
        guard._allow(Event(name=name, payload={}), None)


def test_the_handlers_that_visitors_may_call_are_these():
    marked = {name: guard.policy_of(name) for name in handlers()}
    found = {short(name) for name, policy in marked.items() if policy and not policy.signed_in}
    assert found == OPEN_HANDLERS


def test_the_framework_keeps_only_its_six_harmless_handlers():
    found = {short(name).split(".")[-1] for name in handlers() if guard.is_framework(name)}
    assert found <= guard.FRAMEWORK_HANDLERS


@pytest.mark.parametrize("name", [n for n in handlers() if guard.policy_of(n)])
def test_the_arguments_of_a_handler_are_strict(name):
    policy = guard.policy_of(name)
    for adapter in policy.arguments.values():
        for wrong in (1.5, object(), 10**400, {"$ne": {"$gt": 1}}, [["x"] * 20_000], "x" * 20_001):
            with pytest.raises(ValidationError):
                adapter.validate_python(wrong)
    with pytest.raises(Invalid):
        policy.check({"no_such_argument": 1})


def test_every_route_stands_on_the_list():
    found = set()
    for route in ROUTES:
        assert isinstance(route, Route)
        methods = (route.methods or {"GET"}) - {"HEAD"}
        found |= {(route.path, method) for method in methods}
    assert found == set(ROUTE_POLICIES)


def test_every_page_is_registered_with_what_it_demands():
    routes = {
        "/" if route == "index" else f"/{route.strip('/')}" for route in app._unevaluated_pages
    }
    assert routes - {"/404"} == {policy.route for policy in pages()}


@pytest.mark.parametrize("policy", pages(), ids=lambda policy: policy.route)
def test_a_page_is_for_one_kind_of_person_and_demands_a_permission_of_its_ladder(policy):
    ladders = {"staff": STAFF_MATRIX, "external": PORTAL_MATRIX}
    if policy.kind == "anyone":
        assert policy.permission is None
        assert policy.route in {
            "/login", "/login/code", "/setup", "/password", "/pay/[token]",
        }  # fmt: skip
    else:
        assert policy.permission in ladders[policy.kind]
        assert policy.route.startswith("/portal") == (policy.kind == "external")
