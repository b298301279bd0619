"""The lines of the editor, one of them open in its own place."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.fields import (
    amount_input,
    combo,
    date_input,
    field,
    text_area,
    text_input,
)
from billing_app.kit.icons import icon
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.editor.line_state import NEW_LINE, NO_LINE
from billing_app.staff.editor.rows import LineView
from billing_app.staff.editor.state import EditorState

KINDS = (("percent", "%"), ("fixed", "amount"))


def lines_section() -> rx.Component:
    """The lines; one of them open for editing in its own place."""
    table = plain_table(
        "Invoice lines",
        [
            head("Move", hidden=True),
            head("Description"),
            head("Quantity", "num"),
            head("Unit price", "num"),
            head("Discount", "num"),
            head("Tax", "num"),
            head("Net", "num"),
            head("Edit or remove", hidden=True),
        ],
        rx.el.tbody(
            rx.foreach(EditorState.lines, _line),
            rx.cond(EditorState.editing == NEW_LINE, _line_editor()),
        ),
        css="lines",
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Lines", id="f-lines", tab_index=-1),
            rx.el.span("Amounts in ", EditorState.currency, class_name="right"),
        ),
        table,
        rx.el.input(
            type="text",
            class_name="sr",
            tab_index=-1,
            aria_hidden="true",
            data_moved="",
            on_change=EditorState.drop_line,
        ),
        rx.cond(
            EditorState.editing == NO_LINE,
            rx.el.p(
                button(
                    "Add line", kind="quiet", icon="plus", small=True, on_click=EditorState.add_line
                ),
                class_name="under-table",
            ),
        ),
        class_name="e-sec",
    )


def _line(line: rx.vars.ObjectVar[LineView]) -> rx.Component:
    grip = rx.el.span(  # a button cannot be dragged in every browser
        icon("grip"),
        role="button",
        tab_index=0,
        class_name="grip",
        draggable=True,
        aria_label=joined("Move line ", line.line_no.to_string(), "; arrow keys move it too"),
        data_grip="",
    )
    down = icon_button(
        joined("Move line ", line.line_no.to_string(), " down"),
        "down",
        small=True,
        on_click=EditorState.move_line(line.index, 1),
    )
    up = icon_button(
        joined("Move line ", line.line_no.to_string(), " up"),
        "up",
        small=True,
        on_click=EditorState.move_line(line.index, -1),
    )
    tools = rx.fragment(
        up,
        down,
        icon_button(
            joined("Edit line ", line.line_no.to_string()),
            "pencil",
            small=True,
            on_click=EditorState.edit_line(line.index),
        ),
        icon_button(
            joined("Remove line ", line.line_no.to_string()),
            "trash",
            small=True,
            on_click=EditorState.remove_line(line.index),
        ),
    )
    shown = rx.el.tr(
        rx.el.td(grip, class_name="grip-cell"),
        rx.el.td(
            line.description, rx.cond(line.detail != "", rx.el.small(line.detail)), class_name="txt"
        ),
        rx.el.td(line.quantity, class_name="num"),
        rx.el.td(line.unit_price, class_name="num"),
        rx.el.td(line.discount, class_name="num"),
        rx.el.td(line.tax, class_name="num"),
        rx.el.td(
            line.net,
            class_name="num",
            data_minor=line.net_minor,
            data_currency=EditorState.currency,
        ),
        rx.el.td(tools, class_name="acts"),
        key=line.index,
        data_testid="line-row",
    )
    return rx.cond(EditorState.editing == line.index, _line_editor(), shown)


def _line_editor() -> rx.Component:
    product = combo(
        EditorState.product_options,
        id="f-line-product",
        default_value=EditorState.line_fields.get("product", ""),
        on_change=EditorState.choose_product,
    )
    package = combo(
        EditorState.package_options,
        id="f-line-package",
        default_value=EditorState.line_fields.get("package", ""),
        on_change=EditorState.choose_package,
    )
    discount = rx.el.span(
        amount_input(id="f-line-discount", **_typed_line("discount")),
        rx.el.select(
            *(rx.el.option(word, value=value) for value, word in KINDS),
            aria_label="Kind of discount",
            default_value=EditorState.line_fields["discount_type"],
            on_change=lambda value: EditorState.put_line("discount_type", value),
        ),
        class_name="pair",
    )
    fields = rx.el.div(
        _line_field("Product", product, "product", css="s3", optional=True),
        _line_field("Package", package, "package", css="s3", optional=True),
        _line_field(
            "From",
            date_input(id="f-line-date_from", **_typed_line("date_from")),
            "date_from",
            css="s2",
            optional=True,
        ),
        _line_field(
            "To",
            date_input(id="f-line-date_to", **_typed_line("date_to")),
            "date_to",
            css="s2",
            optional=True,
        ),
        _line_field(
            "Quantity", amount_input(id="f-line-quantity", **_typed_line("quantity")), "quantity"
        ),
        _line_field(
            "Unit", text_input(id="f-line-unit", **_typed_line("unit")), "unit", optional=True
        ),
        _line_field(
            "Unit price",
            amount_input(id="f-line-unit_price", **_typed_line("unit_price")),
            "unit_price",
            css="s2",
        ),
        _line_field("Discount", discount, "discount", css="s2", optional=True),
        _line_field(
            "Tax percent", amount_input(id="f-line-tax_rate", **_typed_line("tax_rate")), "tax_rate"
        ),
        _line_field(
            "Description",
            text_area(
                id="f-line-description", rows=2, data_autofocus="", **_typed_line("description")
            ),
            "description",
            css="s6",
        ),
        class_name="e-row",
        key=EditorState.line_key,
    )
    outcome = rx.el.div(
        rx.el.dl(
            rx.el.div(rx.el.dt("Net"), rx.el.dd(rx.el.output(EditorState.line_net))),
            rx.el.div(rx.el.dt("Total, with tax"), rx.el.dd(rx.el.output(EditorState.line_total))),
        ),
        rx.el.span(
            button("Discard changes", on_click=EditorState.discard_line),
            button("Save line", on_click=EditorState.save_line),
            class_name="right",
        ),
        class_name="out",
    )
    region = rx.el.div(
        rx.el.h3("Edit invoice item ", EditorState.line_number, id="line-editor"),
        fields,
        outcome,
        class_name="line-ed",
        role="region",
        aria_label="Edit invoice item",
    )
    return rx.el.tr(rx.el.td(region, col_span=8), class_name="editing")


def _typed_line(name: str) -> dict[str, Any]:
    return {
        "default_value": EditorState.line_fields[name],
        "on_change": lambda value: EditorState.put_line(name, value),
    }


def _line_field(
    label: str, control: rx.Component, name: str, *, css: str = "", optional: bool = False
) -> rx.Component:
    return field(
        label,
        control,
        id=f"f-line-{name}",
        css=css,
        optional=optional,
        error=EditorState.line_errors.get(name, ""),
    )
