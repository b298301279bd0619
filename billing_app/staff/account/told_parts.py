"""Of what a person wants to be told, box by box."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import checkbox
from billing_app.kit.words import joined
from billing_app.staff.account.told_state import SwitchRow, ToldState


def told_section() -> rx.Component:
    """The kinds that concern the person's level, each with its box."""

    def row(one: rx.vars.ObjectVar[SwitchRow]) -> rx.Component:
        box = checkbox(
            one.label, id=joined("told-", one.kind), name=one.kind, default_checked=one.is_on
        )
        return rx.fragment(box, key=one.kind)

    form = rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Tell me when"), rx.foreach(ToldState.rows, row), class_name="stack"
        ),
        button("Save notifications", type="submit"),
        on_submit=ToldState.save,
        class_name="stack narrow",
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Notifications")),
        rx.cond(ToldState.is_loaded, form),
        class_name="e-sec",
        id="notifications",
    )
