"""The dialog that makes a draft recurring."""

import reflex as rx

from billing_app.domain.periods import Frequency
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import date_input, field, select_input, text_input
from billing_app.kit.words import joined
from billing_app.staff.invoices.drawer_sections import VIEW
from billing_app.staff.invoices.recur_state import RecurState

FREQUENCIES = [(str(one), one.value.capitalize()) for one in Frequency]


def recur_dialog() -> rx.Component:
    """How often, from when, until when."""
    often = select_input(FREQUENCIES, name="frequency", default_value=str(Frequency.MONTHLY))
    start = date_input(name="start", default_value=RecurState.start)
    times = text_input(name="occurrences", input_mode="numeric")
    return dialog(
        joined("Make ", VIEW.label, " recurring"),
        rx.el.form(
            _field("Frequency", "frequency", often),
            _field("First repeat", "start", start, "The first draft; this invoice comes before."),
            _field("Last day", "end", date_input(name="end"), "Leave both empty to go on."),
            _field("Repeats in all", "occurrences", times),
            id="recur-form",
            on_submit=RecurState.make_recurring,
        ),
        rx.el.p(
            "Each repeat is a draft of its own, with these lines and their days moved along.",
            class_name="muted",
        ),
        open=RecurState.is_open,
        on_close=RecurState.close_recur,
        actions=[
            button("Keep as it is", on_click=RecurState.close_recur),
            button(
                "Make recurring", kind="primary", type="submit", form="recur-form", key="mod+enter"
            ),
        ],
        id="recur",
    )


def _field(label: str, name: str, control: rx.Component, help_text: str = "") -> rx.Component:
    error = RecurState.errors.get(name, "")
    optional = name in {"end", "occurrences"}
    return field(label, control, id=f"recur-{name}", help=help_text, error=error, optional=optional)
