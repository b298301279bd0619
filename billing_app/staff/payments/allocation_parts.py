"""The allocation page: amounts beside invoices or payments, and what is left while typing."""

import reflex as rx

from billing_app.kit.buttons import button, link_button
from billing_app.kit.dialogs import box, boxes
from billing_app.kit.fields import field, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.payments.allocation_state import AllocationState, ChoiceRow
from billing_app.staff.shell.page import staff_page


def allocation_page() -> rx.Component:
    """One payment over many invoices, or many payments on one invoice."""
    missing = empty_state(
        "no_match",
        "There is nothing to allocate here",
        "It may have been deleted.",
        action="To the payments",
        href="/payments",
    )
    return staff_page(
        rx.cond(
            AllocationState.is_loaded,
            rx.cond(AllocationState.is_missing, missing, _desk()),
            rx.el.p("Opening…", role="status"),
        ),
        title=rx.cond(AllocationState.heading != "", AllocationState.heading, "Allocate"),
        current="/payments",
        crumbs=[("Payments", "/payments")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            link_button("Cancel", href=AllocationState.back, kind="quiet"),
            button(
                "Save allocation",
                kind="primary",
                type="submit",
                form="allocation-form",
                key="mod+enter",
            ),
        ],
    )


def _desk() -> rx.Component:
    none = rx.cond(
        AllocationState.of_payment,
        rx.el.p("No invoice of this customer is open in this currency.", class_name="muted"),
        rx.el.p("No payment or credit note of this customer is left.", class_name="muted"),
    )
    return rx.el.div(
        _figures(),
        rx.cond(
            AllocationState.error != "",
            rx.el.p(AllocationState.error, class_name="error", role="alert"),
        ),
        rx.el.form(
            rx.el.section(
                rx.el.header(
                    rx.el.h2(rx.cond(AllocationState.of_payment, "Open invoices", "Payments")),
                    rx.el.span(
                        button(
                            "Suggest oldest first",
                            small=True,
                            on_click=AllocationState.suggest,
                        ),
                        button("Clear", kind="quiet", small=True, on_click=AllocationState.clear),
                        class_name="right",
                    ),
                ),
                rx.cond(AllocationState.rows.length() > 0, _table(), none),
                class_name="e-sec",
            ),
            rx.cond(AllocationState.needs_reason, _reason()),
            id="allocation-form",
            on_submit=AllocationState.save,
        ),
        class_name="e-wrap one full",
    )


def _figures() -> rx.Component:
    residue = rx.el.span(
        AllocationState.residue,
        data_minor=AllocationState.residue_minor,
        data_currency=AllocationState.currency,
    )
    name = rx.cond(AllocationState.of_payment, "To allocate", "Open")
    left = rx.cond(AllocationState.of_payment, "Left as credit", "Open after")
    return rx.el.section(
        rx.el.p(AllocationState.customer, class_name="d-sub"),
        rx.el.div(
            boxes(
                [
                    box(name, AllocationState.available, unit=AllocationState.currency),
                    box(
                        left,
                        residue,
                        unit=AllocationState.currency,
                        css=rx.cond(AllocationState.is_over, "lead late", "lead"),
                    ),
                ]
            ),
            aria_live="polite",
        ),
        class_name="e-sec",
        aria_label="What is left",
    )


def _table() -> rx.Component:
    of_payment = AllocationState.of_payment
    return plain_table(
        "Amounts to allocate",
        [
            head("Document"),
            head("Date"),
            head("Due date"),
            head("Total", "num"),
            head("Open or left", "num"),
            head("Amount", "num"),
            rx.cond(of_payment, head("Write off the rest")),
        ],
        rx.el.tbody(rx.foreach(AllocationState.rows, _row)),
        css="amounts",
    )


def _row(row: rx.vars.ObjectVar[ChoiceRow]) -> rx.Component:
    entry = rx.el.input(
        type="text",
        input_mode="decimal",
        auto_complete="off",
        name=joined("amount-", row.key),
        aria_label=joined("Amount for ", row.label),
        aria_invalid=row.error != "",
        default_value=row.typed,
        on_change=AllocationState.type_amount(row.key).debounce(150),
        on_blur=AllocationState.type_amount(row.key),  # the next field's typing drops the delayed
        class_name="num",
        key=joined(AllocationState.fill_key, row.key),
    )
    tick = rx.el.input(
        type="checkbox",
        class_name="box",
        aria_label=joined("Write off the rest of ", row.label),
        checked=row.ticked,
        disabled=~row.may_tick,
        on_change=lambda wanted: AllocationState.tick(row.key, wanted),
    )
    return rx.el.tr(
        rx.el.td(link(row.label, href=row.href), rx.el.small(row.text), class_name="txt"),
        rx.el.td(row.on),
        rx.el.td(row.due),
        rx.el.td(row.total, class_name="num muted"),
        rx.el.td(row.left, class_name="num"),
        rx.el.td(
            entry,
            rx.cond(row.error != "", rx.el.p(row.error, class_name="error", role="alert")),
            class_name="num",
        ),
        rx.cond(AllocationState.of_payment, rx.el.td(tick, class_name="num")),
        key=row.key,
        data_testid="choice-row",
        data_id=row.id,
    )


def _reason() -> rx.Component:
    return rx.el.section(
        field("Reason of the write-off", text_input(name="reason"), id="allocation-reason"),
        class_name="e-sec",
    )
