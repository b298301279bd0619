"""The form of an opportunity: what it is, its products, how they compare with its value."""

import reflex as rx

from billing_app.kit.fields import amount_input, field, form_errors, select_input
from billing_app.kit.icons import icon
from billing_app.kit.words import joined
from billing_app.services.sales.offers import STAGES
from billing_app.staff.opportunities.state import OpportunityState
from billing_app.staff.shell.form_parts import customer_field, form_field, sold_lines


def opportunity_form() -> rx.Component:
    """The form."""
    return rx.el.form(
        form_errors(OpportunityState.error_list, OpportunityState.attempt),
        rx.el.section(
            rx.el.header(rx.el.h2("Opportunity")),
            rx.el.div(
                form_field(OpportunityState, "Title", "title", css="s3"),
                customer_field(OpportunityState),
                _contact(),
                _value(),
                form_field(
                    OpportunityState,
                    "Currency",
                    "currency",
                    key=OpportunityState.fields["currency"],
                ),
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


def _products() -> rx.Component:
    differs = rx.el.p(
        icon("warn", "i s"), OpportunityState.difference, class_name="remark warning", role="status"
    )
    total = OpportunityState.sum_text
    return sold_lines(
        OpportunityState,
        "Products",
        "product",
        "Without products an invoice has one line: the title, at the value.",
        rx.cond(OpportunityState.difference != "", differs),
        aside=rx.cond(total != "", joined("Sum ", total), ""),
    )


def _error(name: str) -> rx.Var[str]:
    return OpportunityState.errors.get(name, "")
