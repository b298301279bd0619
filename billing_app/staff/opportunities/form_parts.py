"""The form of an opportunity: what it is, its products, how they compare with its value."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.fields import (
    amount_input,
    combo,
    field,
    form_errors,
    select_input,
    text_input,
)
from billing_app.kit.icons import icon
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import joined
from billing_app.services.sales.offers import STAGES
from billing_app.staff.opportunities.rows import ProductRow
from billing_app.staff.opportunities.state import OpportunityState


def opportunity_form() -> rx.Component:
    """The form."""
    return rx.el.form(
        form_errors(OpportunityState.error_list, OpportunityState.attempt),
        rx.el.section(
            rx.el.header(rx.el.h2("Opportunity")),
            rx.el.div(
                _field("Title", "title", css="s3"),
                _customer(),
                _contact(),
                _value(),
                _field("Currency", "currency", key=OpportunityState.fields["currency"]),
                _stage(),
                class_name="e-row",
            ),
            class_name="e-sec",
        ),
        _products(),
        id="opportunity-form",
        on_submit=OpportunityState.save,
        key=OpportunityState.form_key,
    )


def _customer() -> rx.Component:
    searched = combo(
        OpportunityState.customer_options,
        id="o-customer",
        name="customer",
        default_value=OpportunityState.fields["customer"],
        on_change=OpportunityState.find_customer.debounce(150),
        placeholder="Name or number",
    )
    hidden = text_input(id="o-customer", value="Hidden", read_only=True)
    return rx.cond(
        OpportunityState.hides_customer,
        field("Customer", hidden, id="o-customer", css="s3"),
        field("Customer", searched, id="o-customer", css="s3", error=_error("customer")),
    )


def _contact() -> rx.Component:
    select = rx.el.select(
        rx.el.option("None", value=""),
        rx.foreach(
            OpportunityState.contact_options, lambda one: rx.el.option(one[1], value=one[0])
        ),
        id="o-contact",
        name="contact",
        default_value=OpportunityState.fields["contact"],
    )
    return field(
        "Contact", select, id="o-contact", css="s2", optional=True, error=_error("contact")
    )


def _value() -> rx.Component:
    control = amount_input(name="value", default_value=OpportunityState.fields["value"])
    return field("Value", control, id="o-value", error=_error("value"))


def _stage() -> rx.Component:
    control = select_input(
        list(STAGES), name="stage", default_value=OpportunityState.fields["stage"]
    )
    return field("Stage", control, id="o-stage", css="s2", error=_error("stage"))


def _field(label: str, name: str, *, css: str = "", **props: Any) -> rx.Component:
    control = text_input(name=name, default_value=OpportunityState.fields[name], **props)
    return field(label, control, id=f"o-{name}", css=css, error=_error(name))


def _products() -> rx.Component:
    table = plain_table(
        "Products",
        [
            head("Product or description"),
            head("Quantity", "num"),
            head("Unit price", "num"),
            head("Remove", hidden=True),
        ],
        rx.el.tbody(rx.foreach(OpportunityState.products, _product)),
    )
    none = rx.el.p(
        "Without products an invoice has one line: the title, at the value.", class_name="muted"
    )
    differs = rx.el.p(
        icon("warn", "i s"), OpportunityState.difference, class_name="remark warning", role="status"
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Products"),
            rx.el.span(
                rx.cond(
                    OpportunityState.sum_text != "", joined("Sum ", OpportunityState.sum_text), ""
                ),
                class_name="right",
            ),
        ),
        rx.cond(OpportunityState.difference != "", differs),
        rx.cond(_error("lines") != "", rx.el.p(_error("lines"), class_name="error")),
        rx.cond(OpportunityState.products.length() > 0, table, none),
        button(
            "Add product",
            kind="quiet",
            icon="plus",
            small=True,
            on_click=OpportunityState.add_product,
        ),
        rx.el.datalist(
            rx.foreach(OpportunityState.product_options, lambda one: rx.el.option(value=one)),
            id="o-known",
        ),
        class_name="e-sec",
        id="o-lines",
    )


def _product(row: rx.vars.ObjectVar[ProductRow]) -> rx.Component:
    def name(part: str) -> Any:
        return joined("line-", row.key, "-", part)

    return rx.el.tr(
        rx.el.td(
            text_input(
                name=name("description"),
                default_value=row.description,
                aria_label="Product or description",
                list="o-known",
                on_change=lambda text: OpportunityState.choose_product(row.key, text),
            )
        ),
        rx.el.td(
            amount_input(
                name=name("quantity"), default_value=row.quantity, aria_label="Product quantity"
            )
        ),
        rx.el.td(
            amount_input(
                name=name("unit_price"),
                default_value=row.unit_price,
                aria_label="Product unit price",
            )
        ),
        rx.el.td(
            icon_button(
                "Remove product", "trash", on_click=OpportunityState.remove_product(row.key)
            )
        ),
        key=row.key,
    )


def _error(name: str) -> rx.Var[str]:
    return OpportunityState.errors.get(name, "")
