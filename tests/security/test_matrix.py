"""Every handler, page and route for every role: what the matrix allows, and nothing else."""

import asyncio
import contextlib
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

import billing_app.billing_app as product
from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid
from billing_app.security import guard
from billing_app.security.guard import SESSION_HEADER, is_framework, policy_of, unmarked_handlers
from billing_app.security.pages import may_open, page_at, pages
from billing_app.services.context import Actor
from tests.services.worldmaking import template

STAFF = ("viewer", "sales", "billing", "accounting", "admin", "owner")
PORTAL = ("a10", "a20", "a30", "a40", "a80", "a90")
ROLES = ("", *STAFF, *PORTAL)
LEAST = {  # SPEC 6.7, written down a second time on purpose
    "invoice:view": "viewer",
    "invoice:export": "viewer",
    "customer:view": "viewer",
    "account:edit": "viewer",
    "product:view": "viewer",
    "charge:view": "viewer",
    "voyage:view": "viewer",
    "package:view": "viewer",
    "usage:view": "viewer",
    "opportunity:view": "viewer",
    "order:view": "viewer",
    "payment:view": "viewer",
    "invoice:create": "sales",
    "invoice:edit_own": "sales",
    "invoice:note": "sales",
    "invoice:send": "sales",
    "opportunity:edit": "sales",
    "order:edit": "sales",
    "invoice:edit": "billing",
    "invoice:text": "billing",
    "invoice:assemble": "billing",
    "invoice:recur": "billing",
    "charge:edit": "billing",
    "charge:generate": "billing",
    "voyage:edit": "billing",
    "customer:edit": "billing",
    "product:edit": "billing",
    "package:edit": "billing",
    "usage:edit": "billing",
    "invoice:post": "accounting",
    "import:run": "accounting",
    "report:view": "viewer",
    "integrity:view": "admin",
    "invoice:void": "accounting",
    "invoice:reverse": "accounting",
    "payment:record": "accounting",
    "payment:allocate": "accounting",
    "payment:delete": "accounting",
    "payment:refund": "accounting",
    "statement:view": "accounting",
    "accounting:push": "accounting",
    "journal:export": "accounting",
    "settings:view": "admin",
    "job:run": "admin",
    "settings:edit": "admin",
    "sequence:edit": "admin",
    "document_type:edit": "admin",
    "user:view": "admin",
    "user:edit": "admin",
    "access:edit": "admin",
    "site:edit": "admin",
    "log:view": "admin",
    "template:edit": "admin",
    "portal:home": "a10",
    "portal:account": "a10",
    "portal:profile": "a10",
    "portal:orders": "a20",
    "portal:due": "a40",
    "portal:payments": "a40",
    "portal:statement": "a40",
    "portal:packages": "a40",
    "portal:files": "a40",
    "portal:users": "a80",
    "invoice:file": "billing",
    "portal:invoices": "a40",
    "portal:download": "a40",
    "portal:pay": "a40",
    "portal:dispute": "a40",
    "webhook:edit": "admin",
    "user:reset_factor": "owner",
    "portal:reset_factor": "a90",
}


def person(who: str) -> Actor | None:
    return template("sqlite")[1][who] if who else None


def allowed_by_the_specification(
    permission: Permission | None, *, signed_in: bool, who: str
) -> bool:
    if permission is None:
        return bool(who) or not signed_in
    least = LEAST[str(permission)]
    ladder = STAFF if least in STAFF else PORTAL
    return who in ladder and ladder.index(who) >= ladder.index(least)


def handlers() -> list[str]:
    return sorted(RegistrationContext.get().event_handlers)


OURS = [name for name in handlers() if ".billing_app___" in name and not name.endswith(".setvar")]


@pytest.mark.spec("RELIABILITY-P20")
def test_every_handler_of_ours_carries_a_mark():
    assert unmarked_handlers() == []
    assert len(OURS) > 60
    assert all(policy_of(name) is not None for name in OURS)


@pytest.mark.spec("RELIABILITY-P20")
def test_the_frameworks_own_handlers_are_on_a_closed_list():
    free = {name.rsplit(".", 1)[-1] for name in handlers() if is_framework(name)}
    assert free <= guard.FRAMEWORK_HANDLERS


@pytest.mark.spec("RELIABILITY-P21", "6.7")
@pytest.mark.parametrize("who", ROLES, ids=lambda who: who or "anonymous")
@pytest.mark.parametrize("name", OURS, ids=lambda name: name.split("____")[-1])
def test_a_handler_lets_in_exactly_whom_the_matrix_names(name, who):
    policy = policy_of(name)
    payload = {argument: SAMPLES.get(argument, 1) for argument in policy.arguments}
    try:
        guard._allow(Event(name=name, payload=payload), person(who))
        is_in = True
    except Invalid:
        is_in = True  # past the permission; the arguments were samples
    except BillingError:
        is_in = False
    assert is_in == allowed_by_the_specification(
        policy.permission, signed_in=policy.signed_in, who=who
    )


SAMPLES: dict[str, Any] = {
    "form": {},
    "text": "",
    "name": "",
    "value": "",
    "key": "",
    "column": "",
    "view": "",
    "wanted": "",
    "reason": "",
    "sentence": "",
    "notice_id": "",
}


@pytest.mark.spec("RELIABILITY-T2")
@pytest.mark.parametrize("who", ROLES, ids=lambda who: who or "anonymous")
def test_nobody_sets_variables_and_nobody_calls_what_is_not_registered(who):
    names = [name for name in handlers() if name.endswith(".setvar")] + [
        "",
        "x",
        "a.b.c",
        "_redirect",
        "__init__",
    ]
    for name in names:
        with pytest.raises(BillingError):
            guard._allow(Event(name=name, payload={}), person(who))


@pytest.mark.spec("6.7", "6.14-V20")
@pytest.mark.parametrize("who", ROLES, ids=lambda who: who or "anonymous")
def test_a_page_opens_for_exactly_whom_the_matrix_names(who):
    for policy in pages():
        expected = policy.kind == "anyone" or allowed_by_the_specification(
            policy.permission, signed_in=True, who=who
        )
        assert may_open(policy, person(who)) == expected, policy


def test_every_page_of_the_product_has_a_policy():
    assert {
        f"/{route}".replace("//", "/").replace("/index", "/")
        for route in product.app._unevaluated_pages
    } <= {policy.route for policy in pages()} | {"/404"}
    for policy in pages():
        assert page_at(policy.route.replace("[", "").replace("]", "")) is not None


class Deaf:
    """An event namespace that only remembers what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def emit_update(self, update: Any, token: str) -> None:
        self.sent.append(update)


async def fire(name: str, session: str, payload: dict[str, Any] | None = None) -> list[Any]:
    """One event through the product's whole pipeline, without a network."""
    ears = Deaf()
    processor = BaseStateEventProcessor(middleware=product.app)
    with product.app.set_contexts():
        async with processor.configure(
            state_manager=StateManagerMemory(), event_namespace=ears
        ) as running:
            data = {"pathname": "/invoices", "headers": {SESSION_HEADER: session}}
            future = await running.enqueue(
                "tok", Event(name=name, payload=payload or {}, router_data=data)
            )
            await future.wait_all()
    return ears.sent


@pytest.mark.spec("RELIABILITY-P21", "RELIABILITY-16.5.3")
def test_an_error_in_the_guard_keeps_everybody_out(monkeypatch):
    from billing_app.staff.invoices.state import InvoicesState

    ran = []

    async def broken(*_arguments: Any, **_more: Any) -> Actor:
        message = "the database is gone"
        raise RuntimeError(message)

    async def shown(self: Any, number: int) -> None:
        ran.append(number)

    monkeypatch.setattr(guard, "person_of", broken)
    monkeypatch.setattr(InvoicesState, "_show", shown)
    name = next(name for name in OURS if name.endswith("invoices_state.refresh"))
    with contextlib.suppress(RuntimeError):
        asyncio.run(fire(name, "h" * 64))
    assert ran == []


@pytest.mark.spec("RELIABILITY-P21")
@pytest.mark.parametrize("who", ["", "a90", "viewer"])
def test_the_pipeline_runs_the_guard_before_the_handler(monkeypatch, who):
    from billing_app.staff.settings.state import SettingsState

    async def known(*_arguments: Any, **_more: Any) -> Actor | None:
        return person(who)

    monkeypatch.setattr(guard, "person_of", known)
    sent = asyncio.run(fire(f"{SettingsState.get_full_name()}.load", "h" * 64))
    assert not any(SettingsState.get_full_name() in (update.delta or {}) for update in sent)
    assert isinstance(rx.State, type)
