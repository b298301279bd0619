"""The dialog that corrects a posted document: lines with what is left, totals while typing."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, text_area
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import Text, joined
from billing_app.staff.invoices.credit_state import CreditRow, CreditState
from billing_app.staff.invoices.figures import Figure


def credit_dialog() -> rx.Component:
    """Credit or reverse by line and quantity; credit and reopen takes all that is left."""
    reopens = CreditState.doing == "reopen"
    title = rx.cond(
        reopens,
        joined("Credit ", CreditState.label, " and reopen it?"),
        rx.cond(
            CreditState.is_credit,
            joined("Reverse ", CreditState.label),
            joined("Credit ", CreditState.label),
        ),
    )
    reason = field(
        "Reason",
        text_area(name="reason", rows=2),
        id="credit-reason",
        optional=True,
        help="Printed on the document.",
    )
    form = rx.el.form(
        rx.cond(reopens, _consequences(), _lines()),
        rx.cond(
            CreditState.error != "",
            rx.el.p(CreditState.error, class_name="error", role="alert"),
        ),
        figures_list(CreditState.figures, CreditState.currency),
        reason,
        id="credit-form",
        on_submit=CreditState.confirm_credit,
    )
    return dialog(
        title,
        form,
        open=CreditState.doing != "",
        on_close=CreditState.close_credit,
        wide=True,
        actions=[
            button("Correct nothing", on_click=CreditState.close_credit),
            button(
                rx.cond(
                    reopens,
                    "Credit and reopen",
                    rx.cond(CreditState.is_credit, "Make invoice", "Make credit note"),
                ),
                kind="primary",
                type="submit",
                form="credit-form",
                key="mod+enter",
            ),
        ],
        id="credit",
    )


def _consequences() -> rx.Component:
    return rx.el.ul(
        rx.el.li("A credit note takes all that is left of it and is posted; both are settled."),
        rx.el.li("Where four eyes are asked for, a colleague posts the credit note."),
        rx.el.li("A new draft with the same lines opens, to be put right."),
        class_name="says",
    )


def _lines() -> rx.Component:
    tools = rx.el.div(
        button("All that is left", small=True, on_click=CreditState.fill("all")),
        button("Clear", kind="quiet", small=True, on_click=CreditState.fill("none")),
        class_name="right",
    )
    table = plain_table(
        "Lines to credit",
        [
            head("Line"),
            head("Left", "num"),
            head(rx.cond(CreditState.with_tax, "Left, with tax", "Left, net"), "num"),
            head("Quantity", "num"),
        ],
        rx.el.tbody(rx.foreach(CreditState.rows, _line)),
        css="amounts",
    )
    return rx.fragment(tools, table)


def _line(row: rx.vars.ObjectVar[CreditRow]) -> rx.Component:
    entry = rx.el.input(
        type="text",
        input_mode="decimal",
        auto_complete="off",
        name=joined("quantity-", row.line_no.to_string()),
        aria_label=joined("Quantity of line ", row.line_no.to_string()),
        aria_invalid=row.error != "",
        default_value=row.typed,
        on_change=CreditState.type_quantity(row.line_no).debounce(150),
        on_blur=CreditState.type_quantity(row.line_no),
        class_name="num",
        key=joined(CreditState.fill_key, row.line_no.to_string()),
    )
    return rx.el.tr(
        rx.el.td(row.description, class_name="txt"),
        rx.el.td(row.left, class_name="num muted"),
        rx.el.td(row.left_amount, class_name="num muted"),
        rx.el.td(
            entry,
            rx.cond(row.error != "", rx.el.p(row.error, class_name="error", role="alert")),
            class_name="num",
        ),
        key=row.line_no,
        data_testid="credit-row",
        data_id=row.line_no,
    )


def figures_list(rows: rx.Var[list[Figure]], code: Text) -> rx.Component:
    """What it comes to, told as it changes."""

    def figure(row: rx.vars.ObjectVar[Figure]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(row.label),
            rx.el.dd(
                joined(code, " "),
                rx.el.span(row.value, data_minor=row.minor, data_currency=code),
            ),
            class_name=row.css,
            key=row.label,
        )

    return rx.el.dl(
        rx.foreach(rows, figure),
        class_name="facts-list",
        aria_label="What it comes to",
        aria_live="polite",
    )
