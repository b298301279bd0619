"""The page of number series and document types."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, select_input, text_input
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.numbers.state import SIGNS, NumbersState, SeriesRow, TypeRow
from billing_app.staff.shell.page import staff_page


def numbers_page() -> rx.Component:
    """The page."""
    content = rx.el.div(_series(), _types(), class_name="e-wrap one full")
    return staff_page(
        rx.cond(NumbersState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Numbers and document types",
        current="/settings",
        crumbs=[("Settings", "/settings")],
        layout="editor",
        new=rx.fragment(),
        overlays=[_start_dialog(), _type_dialog()],
    )


def _series() -> rx.Component:
    heads = [
        head("Document type"),
        head("Company"),
        head("Period"),
        head("Next number"),
        head("Change", hidden=True),
    ]
    return rx.el.section(
        rx.el.header(rx.el.h2("Number series")),
        rx.el.p(
            "Numbers are taken at posting, without gaps. A series may begin higher until its first "
            "number is taken.",
            class_name="muted",
        ),
        plain_table(
            "Number series", heads, rx.el.tbody(rx.foreach(NumbersState.series, _series_row))
        ),
        class_name="e-sec",
    )


def _series_row(row: rx.vars.ObjectVar[SeriesRow]) -> rx.Component:
    start = button(
        "Set start…",
        small=True,
        aria_label=joined("Set start of ", row.type_name),
        on_click=NumbersState.ask_start(row.key),
    )
    return rx.el.tr(
        rx.el.th(row.type_name, scope="row"),
        rx.el.td(row.company),
        rx.el.td(rx.cond(row.period != "", row.period, "No periods")),
        rx.el.td(row.next_number),
        rx.el.td(
            rx.cond(row.has_begun, rx.el.span("Has begun", class_name="muted"), start),
            class_name="acts",
        ),
        key=row.key,
        data_testid="series-row",
    )


def _types() -> rx.Component:
    heads = [
        head("Code"),
        head("Name"),
        head("Direction"),
        head("Kind"),
        head("Amounts"),
        head("Change", hidden=True),
    ]
    return rx.el.section(
        rx.el.header(rx.el.h2("Document types")),
        plain_table(
            "Document types", heads, rx.el.tbody(rx.foreach(NumbersState.types, _type_row))
        ),
        class_name="e-sec",
    )


def _type_row(row: rx.vars.ObjectVar[TypeRow]) -> rx.Component:
    change = button(
        "Change…",
        small=True,
        aria_label=joined("Change ", row.name),
        on_click=NumbersState.edit(row.id),
    )
    return rx.el.tr(
        rx.el.th(row.code, scope="row"),
        rx.el.td(row.name),
        rx.el.td(row.way),
        rx.el.td(row.kind),
        rx.el.td(row.sign),
        rx.el.td(change, class_name="acts"),
        key=row.id,
        data_testid="type-row",
    )


def _start_dialog() -> rx.Component:
    form = rx.el.form(
        field(
            "First number",
            text_input(name="start", input_mode="numeric"),
            id="series-start",
            help="The counter alone, like 500.",
            error=NumbersState.start_error,
        ),
        id="start-form",
        on_submit=NumbersState.begin,
    )
    keep = rx.el.button("Set start", type="submit", form="start-form", class_name="btn primary")
    return dialog(
        NumbersState.asked_title,
        rx.el.p("The next number would be ", rx.el.b(NumbersState.asked_next), "."),
        form,
        open=NumbersState.asked_key != "",
        on_close=NumbersState.close,
        actions=[button("Keep it", on_click=NumbersState.close), keep],
        id="start-dialog",
    )


def _type_dialog() -> rx.Component:
    form = rx.el.form(
        field(
            "Name",
            text_input(name="name", default_value=NumbersState.edited_name),
            id="type-name",
            error=NumbersState.errors.get("name", ""),
        ),
        field(
            "Amounts",
            select_input(
                tuple(SIGNS.items()),
                name="sign_restriction",
                default_value=NumbersState.edited_sign,
            ),
            id="type-sign",
            help="Which sign lines and total may have when a document is posted.",
            error=NumbersState.errors.get("sign_restriction", ""),
        ),
        id="type-form",
        on_submit=NumbersState.save,
        class_name="stack",
    )
    keep = rx.el.button("Save type", type="submit", form="type-form", class_name="btn primary")
    return dialog(
        joined("Document type ", NumbersState.edited_title),
        form,
        open=NumbersState.edited_id > 0,
        on_close=NumbersState.close,
        actions=[button("Keep it", on_click=NumbersState.close), keep],
        id="type-dialog",
    )
