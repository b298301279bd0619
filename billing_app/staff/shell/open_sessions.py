"""Where somebody is signed in, as finished strings and as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.tables import head, plain_table
from billing_app.kit.wording import moment
from billing_app.kit.words import joined
from billing_app.services.people.own import OpenSession

KNOWN = ("Edg", "Firefox", "Chrome", "Safari")


@dataclass(frozen=True)
class SessionRow:
    """One signed-in browser."""

    key: str
    browser: str
    address: str
    since: str
    seen: str
    is_this: bool


def session_rows(found: Sequence[OpenSession], zone: str) -> list[SessionRow]:
    """The rows of a table of sessions."""
    return [
        SessionRow(
            key=one.key,
            browser=_browser(one.agent),
            address=one.address or "—",
            since=moment(one.since, zone),
            seen=moment(one.seen_at, zone),
            is_this=one.is_this,
        )
        for one in found
    ]


def sessions_table(
    rows: Any, on_end: Callable[[Any], Any], *, may_end: rx.Var[bool] | bool = True
) -> rx.Component:
    """The sessions, each with a button to end it; one's own present one is marked."""
    heads = [
        head("Browser"),
        head("Address"),
        head("Signed in"),
        head("Last seen"),
        head("End", hidden=True),
    ]
    table = plain_table(
        "Open sessions",
        heads,
        rx.el.tbody(rx.foreach(rows, lambda one: _row(one, on_end, may_end=may_end))),
    )
    return rx.cond(rows.length() > 0, table, rx.el.p("Not signed in now.", class_name="muted"))


def _row(
    one: rx.vars.ObjectVar[SessionRow],
    on_end: Callable[[Any], Any],
    *,
    may_end: rx.Var[bool] | bool,
) -> rx.Component:
    end = button(
        "End",
        small=True,
        aria_label=joined("End the session in ", one.browser, " since ", one.since),
        on_click=on_end(one.key),
    )
    return rx.el.tr(
        rx.el.th(one.browser, scope="row"),
        rx.el.td(one.address),
        rx.el.td(one.since),
        rx.el.td(one.seen),
        rx.el.td(
            rx.cond(
                one.is_this,
                rx.el.span("This one", class_name="muted"),
                rx.cond(may_end, end),
            ),
            class_name="acts",
        ),
        key=one.key,
        data_testid="session-row",
    )


def _browser(agent: str) -> str:
    word = next((name for name in KNOWN if name in agent), "")
    return {"Edg": "Edge", "": "A browser"}.get(word, word)
