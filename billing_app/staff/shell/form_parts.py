"""What the forms of opportunities and orders look like where they are the same."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.fields import amount_input, combo, field, text_input
from billing_app.kit.tables import head, plain_table
from billing_app.kit.words import Child, joined
from billing_app.staff.shell.sold_rows import SoldRow


def customer_field(state: Any) -> rx.Component:
    """Whose it is: searched while typing, hidden from who may not see business partners."""
    searched = combo(
        state.customer_options,
        id="o-customer",
        name="customer",
        default_value=state.fields["customer"],
        on_change=state.find_customer.debounce(150),
        placeholder="Name or number",
    )
    hidden = text_input(id="o-customer", value="Hidden", read_only=True)
    error = state.errors.get("customer", "")
    return rx.cond(
        state.hides_customer,
        field("Customer", hidden, id="o-customer", css="s3"),
        field("Customer", searched, id="o-customer", css="s3", error=error),
    )


def form_field(state: Any, label: str, name: str, *, css: str = "", **props: Any) -> rx.Component:
    """A line of text of the form; `optional` and `help` are the field's, the rest the input's."""
    about = {key: props.pop(key) for key in ("optional", "help") if key in props}
    control = text_input(name=name, default_value=state.fields[name], **props)
    error = state.errors.get(name, "")
    return field(label, control, id=f"o-{name}", css=css, error=error, **about)


def sold_lines(
    state: Any, title: str, noun: str, none: str, *remarks: Child, aside: Child = ""
) -> rx.Component:
    """The lines of the form, each of a product or of words of its own."""
    table = plain_table(
        title,
        [
            head("Product or description"),
            head("Quantity", "num"),
            head("Unit price", "num"),
            head("Remove", hidden=True),
        ],
        rx.el.tbody(rx.foreach(state.products, lambda row: _line(state, row, noun))),
    )
    error = state.errors.get("lines", "")
    return rx.el.section(
        rx.el.header(rx.el.h2(title), rx.el.span(aside, class_name="right")),
        *remarks,
        rx.cond(error != "", rx.el.p(error, class_name="error")),
        rx.cond(state.products.length() > 0, table, rx.el.p(none, class_name="muted")),
        button(f"Add {noun}", kind="quiet", icon="plus", small=True, on_click=state.add_product),
        rx.el.datalist(
            rx.foreach(state.product_options, lambda one: rx.el.option(value=one)), id="o-known"
        ),
        class_name="e-sec",
        id="o-lines",
    )


def _line(state: Any, row: rx.vars.ObjectVar[SoldRow], noun: str) -> rx.Component:
    def name(part: str) -> Any:
        return joined("line-", row.key, "-", part)

    description = text_input(
        name=name("description"),
        default_value=row.description,
        aria_label="Product or description",
        list="o-known",
        on_change=lambda text: state.choose_product(row.key, text),
    )
    quantity = amount_input(
        name=name("quantity"), default_value=row.quantity, aria_label="Product quantity"
    )
    price = amount_input(
        name=name("unit_price"), default_value=row.unit_price, aria_label="Product unit price"
    )
    cross = icon_button(f"Remove {noun}", "trash", on_click=state.remove_product(row.key))
    cells = (description, quantity, price, cross)
    return rx.el.tr(*(rx.el.td(cell) for cell in cells), key=row.key)
