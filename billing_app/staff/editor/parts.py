"""The parts of the editor's form."""

from typing import Any

import reflex as rx

from billing_app.domain.currencies import CURRENCIES
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
from billing_app.staff.editor.rows import ErrorLink, LineView, SumView, WhyRow
from billing_app.staff.editor.state import EditorState

COMMON_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "NOK", "SEK", "DKK", "PLN", "JPY", "KWD")
KINDS = (("percent", "%"), ("fixed", "amount"))


def error_summary() -> rx.Component:
    """What hinders saving, with links to the fields; takes the focus."""

    def line(error: rx.vars.ObjectVar[ErrorLink]) -> rx.Component:
        return rx.el.li(
            rx.el.a(
                error.sentence,
                href=joined("#f-", error.field),
                data_focus=joined("f-", error.field),
            )
        )

    summary = rx.el.div(
        rx.el.h2("This is not saved yet"),
        rx.el.ul(rx.foreach(EditorState.error_list, line)),
        class_name="problems",
        role="alert",
        tab_index=-1,
        data_autofocus="",
    )
    return rx.cond(EditorState.error_list.length() > 0, summary)


def head_fields() -> rx.Component:
    """Customer, dates, currency, references."""
    customer = combo(
        EditorState.customer_options,
        id="f-customer",
        default_value=EditorState.customer_text,
        key=EditorState.form_key + "c",
        on_change=EditorState.find_customer.debounce(150),
        on_blur=EditorState.leave_customer,
        placeholder="Name or number",
    )
    return rx.el.section(
        rx.el.h2("Customer and dates", class_name="sr"),
        rx.el.div(
            field("Customer", customer, id="f-customer", css="s2", error=_error("customer")),
            field(
                "Contact",
                _contact(),
                id="f-contact",
                css="s2",
                optional=True,
                error=_error("contact"),
            ),
            _text("Title", "title", css="s2"),
            class_name="e-row",
        ),
        rx.el.div(
            _date("Invoice date", "document_date"),
            _date("Due date", "due_on", help_text=EditorState.term_hint),
            field(
                "Currency",
                combo(list(COMMON_CURRENCIES), id="f-currency", **_typed("currency")),
                id="f-currency",
                error=_error("currency"),
            ),
            _text("PO number", "po_number"),
            _text("Number", "number", help_text="Given at posting"),
            class_name="e-row five",
        ),
        class_name="e-sec",
        key=EditorState.form_key,
    )


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
            rx.cond(EditorState.editing == -1, _line_editor()),
        ),
        css="lines",
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Lines", id="f-lines", tab_index=-1),
            rx.el.span("Amounts in ", EditorState.currency, class_name="right"),
        ),
        table,
        rx.cond(
            EditorState.editing == -2,  # noqa: PLR2004
            rx.el.p(
                button(
                    "Add line", kind="quiet", icon="plus", small=True, on_click=EditorState.add_line
                ),
                class_name="under-table",
            ),
        ),
        class_name="e-sec",
    )


def totals_section() -> rx.Component:
    """Every total, opening into how it comes about."""
    discount = rx.el.div(
        field(
            "Invoice discount",
            rx.el.span(
                amount_input(id="f-discount", **_typed("discount")),
                rx.el.select(
                    *(rx.el.option(word, value=value) for value, word in KINDS),
                    aria_label="Kind of invoice discount",
                    default_value=EditorState.fields["discount_type"],
                    on_change=lambda value: EditorState.put("discount_type", value),
                ),
                class_name="pair",
            ),
            id="f-discount",
            optional=True,
            error=_error("discount"),
        ),
        class_name="e-row",
        key=EditorState.form_key,
    )
    sums = rx.el.div(
        rx.foreach(EditorState.sums, _sum),
        class_name="sums",
        role="group",
        aria_label=joined("Totals in ", EditorState.currency),
        aria_live="polite",
    )
    return rx.el.section(
        rx.el.h2("Totals", class_name="sr"),
        discount,
        rx.cond(
            EditorState.sums_error != "",
            rx.el.p(EditorState.sums_error, class_name="error", role="alert"),
            sums,
        ),
        class_name="e-sec",
    )


def texts_section() -> rx.Component:
    """What else is printed, and what never is."""
    hint = rx.cond(
        (EditorState.fields["notes"] == "") & (EditorState.fields["terms"] == ""),
        rx.el.p(
            "Say how and by when to pay: customers pay sooner when the terms are on the paper.",
            class_name="muted",
        ),
    )
    return rx.el.section(
        rx.el.h2("Texts", class_name="sr"),
        hint,
        rx.el.div(
            _area("Document text", "document_text", "printed"),
            _area("Invoice text", "invoice_text", "printed"),
            _area("Notes", "notes", "printed"),
            _area("Terms", "terms", "printed"),
            _text("External document no.", "external_document_no", css="s3"),
            _area("Internal comment", "internal_comment", "never printed"),
            class_name="e-row",
        ),
        class_name="e-sec",
        key=EditorState.form_key,
    )


def _line(line: rx.vars.ObjectVar[LineView]) -> rx.Component:
    grip = icon_button(
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
        grip,
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
        rx.el.td(line.line_no, class_name="faint"),
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
        _line_field("Product", product, "product", css="s2", optional=True),
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


def _sum(total: rx.vars.ObjectVar[SumView]) -> rx.Component:
    def why(row: rx.vars.ObjectVar[WhyRow]) -> rx.Component:
        return rx.el.tr(rx.el.th(row.label, scope="row"), rx.el.td(row.figure))

    return rx.el.details(
        rx.el.summary(
            icon("right"),
            rx.el.span(total.label),
            rx.el.output(total.figure, data_minor=total.minor, data_currency=EditorState.currency),
        ),
        rx.el.div(
            rx.el.p(total.sentence),
            rx.el.table(
                rx.el.caption(joined("How ", total.label, " comes about"), class_name="sr"),
                rx.el.tbody(rx.foreach(total.rows, why)),
            ),
            class_name="why",
        ),
        class_name=total.css,
        key=total.label,
    )


def _contact() -> rx.Component:
    return rx.el.select(
        rx.el.option("None", value=""),
        rx.foreach(EditorState.contact_options, lambda one: rx.el.option(one[1], value=one[0])),
        id="f-contact",
        default_value=EditorState.fields["contact"],
        on_change=lambda value: EditorState.put("contact", value),
    )


def _typed(name: str) -> dict[str, Any]:
    return {
        "default_value": EditorState.fields[name],
        "on_change": lambda value: EditorState.put(name, value),
    }


def _typed_line(name: str) -> dict[str, Any]:
    return {
        "default_value": EditorState.line_fields[name],
        "on_change": lambda value: EditorState.put_line(name, value),
    }


def _text(label: str, name: str, *, css: str = "", help_text: Any = "") -> rx.Component:
    control = text_input(id=f"f-{name}", **_typed(name))
    return field(
        label, control, id=f"f-{name}", css=css, optional=True, help=help_text, error=_error(name)
    )


def _area(label: str, name: str, note: str) -> rx.Component:
    control = text_area(id=f"f-{name}", **_typed(name))
    return field(label, control, id=f"f-{name}", css="s3", note=note, error=_error(name))


def _date(label: str, name: str, help_text: Any = "") -> rx.Component:
    control = date_input(
        id=f"f-{name}", on_blur=lambda value: EditorState.leave_date(name, value), **_typed(name)
    )
    return field(label, control, id=f"f-{name}", help=help_text, error=_error(name))


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


def _error(name: str) -> rx.Var[str]:
    return EditorState.errors.get(name, "")  # type: ignore[no-any-return]


assert set(COMMON_CURRENCIES) <= set(CURRENCIES)  # noqa: S101  checked at import
