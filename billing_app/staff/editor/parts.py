"""The parts of the editor's form."""

from typing import Any

import reflex as rx

from billing_app.domain.currencies import CURRENCIES
from billing_app.kit.buttons import button
from billing_app.kit.fields import (
    amount_input,
    combo,
    date_input,
    field,
    text_area,
    text_input,
)
from billing_app.kit.icons import icon
from billing_app.kit.links import here_link, link
from billing_app.kit.words import joined
from billing_app.staff.editor.line_parts import KINDS
from billing_app.staff.editor.rows import ErrorLink, SumView, WhyRow
from billing_app.staff.editor.state import EditorState

COMMON_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "NOK", "SEK", "DKK", "PLN", "JPY", "KWD")


def error_summary() -> rx.Component:
    """What hinders saving, with links to the fields; takes the focus."""

    def line(error: rx.vars.ObjectVar[ErrorLink]) -> rx.Component:
        return rx.el.li(
            here_link(
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
        data_autofocus=EditorState.attempt.to_string(),
    )
    return rx.cond(EditorState.error_list.length() > 0, summary)


def source_note() -> rx.Component:
    """What the invoice is made from, and how far its lines are from what was agreed."""
    source = EditorState.source
    made_from = rx.el.p(
        "From ",
        rx.match(source.kind, ("Order", "order "), "opportunity "),
        link(source.name, href=source.href),
        ". ",
        source.said,
        class_name="muted hint",
    )
    differs = rx.el.div(
        icon("warn", "i s"),
        rx.el.span(EditorState.difference),
        button(
            "Add adjustment line", kind="quiet", small=True, on_click=EditorState.add_adjustment
        ),
        class_name="remark warning",
        role="status",
    )
    return rx.fragment(
        rx.cond(source.kind != "", made_from),
        rx.cond(EditorState.difference != "", differs),
    )


def head_fields() -> rx.Component:
    """Customer, dates, currency, references."""
    customer = combo(
        EditorState.customer_options,
        id="f-customer",
        default_value=EditorState.customer_text,
        **_following("customer", EditorState.customer_text),
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
            field(
                "Currency",
                combo(
                    list(COMMON_CURRENCIES),
                    id="f-currency",
                    **_following("currency", EditorState.fields["currency"]),
                    **_typed("currency"),
                ),
                id="f-currency",
                error=_error("currency"),
            ),
            _text("PO number", "po_number"),
            _text("Number", "number", help_text="Given at posting", placeholder="-"),
            # At the lower right of the head (SPEC CXS-5).
            _date("Invoice date", "document_date"),
            _date("Due date", "due_on", help_text=EditorState.term_hint),
            class_name="e-row five",
        ),
        class_name="e-sec",
        key=EditorState.form_key,
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
            css="s2",
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
            class_name="muted hint",
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


def _text(
    label: str, name: str, *, css: str = "", help_text: Any = "", placeholder: str = ""
) -> rx.Component:
    control = text_input(id=f"f-{name}", placeholder=placeholder, **_typed(name))
    return field(
        label, control, id=f"f-{name}", css=css, optional=True, help=help_text, error=_error(name)
    )


def _area(label: str, name: str, note: str) -> rx.Component:
    control = text_area(id=f"f-{name}", **_typed(name))
    return field(label, control, id=f"f-{name}", css="s3", note=note, error=_error(name))


def _following(name: str, value: rx.Var[str]) -> dict[str, Any]:
    """What lets the server change a field's text while somebody is in the form."""
    return {"data_turn": EditorState.turns[name], "data_value": value}


def _date(label: str, name: str, help_text: Any = "") -> rx.Component:
    control = date_input(
        id=f"f-{name}",
        on_blur=lambda value: EditorState.leave_date(name, value),
        **_following(name, EditorState.fields[name]),
        **_typed(name),
    )
    return field(label, control, id=f"f-{name}", help=help_text, error=_error(name))


def _error(name: str) -> rx.Var[str]:
    return EditorState.errors.get(name, "")  # type: ignore[no-any-return]


assert set(COMMON_CURRENCIES) <= set(CURRENCIES)  # noqa: S101  checked at import
