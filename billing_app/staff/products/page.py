"""The products list and the product form."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.fields import amount_input, checkbox, field, form_errors, text_area, text_input
from billing_app.staff.products.list_state import ProductsState
from billing_app.staff.products.state import ProductState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.list_page import ACTIVE, Listed, list_page, text_column
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

PRODUCTS = Listed(
    title="Products",
    path="/products",
    noun="product",
    columns=(
        text_column("SKU", "sku", "c-no"),
        text_column("Name", "name", "c-cust"),
        text_column("Unit", "unit"),
        text_column("Unit price", "unit_price", "c-amt num"),
        text_column("Tax", "tax", "c-x num"),
        ACTIVE,
    ),
    search="name or SKU",
    none="Products fill new lines with text, price and tax.",
    edit=Permission.PRODUCT_EDIT,
)


def products_page() -> rx.Component:
    """The list."""
    return list_page(ProductsState, PRODUCTS)


def product_page() -> rx.Component:
    """The form."""
    fields = rx.el.div(
        _field("SKU", "sku"),
        _field("Name", "name", css="s3"),
        _field("Unit", "unit"),
        _amount("Unit price", "unit_price"),
        _amount("Tax percent", "tax_rate", help_text="Empty: the customer's"),
        field(
            "Description",
            text_area(name="description", default_value=ProductState.fields["description"]),
            id="p-description",
            css="s6",
            optional=True,
        ),
        checkbox(
            "Active",
            id="p-is_active",
            name="is_active",
            default_checked=ProductState.fields["is_active"] == "on",
        ),
        class_name="e-row",
    )
    form = rx.el.form(
        form_errors(ProductState.error_list, ProductState.attempt),
        rx.el.section(rx.el.header(rx.el.h2("Product")), fields, class_name="e-sec"),
        id="product-form",
        on_submit=ProductState.save,
        key=ProductState.form_key,
    )
    return staff_page(
        rx.cond(
            ProductState.is_loaded,
            rx.el.div(
                form,
                rx.cond(ProductState.product_id > 0, history_panel()),
                class_name="e-wrap one",
                key=ProductState.form_key,
            ),
            rx.el.p("Opening…", role="status"),
        ),
        title=ProductState.heading,
        current="/products",
        crumbs=[("Products", "/products")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            link_button("Cancel", href="/products", kind="quiet"),
            rx.cond(
                can(Permission.PRODUCT_EDIT),
                button(
                    "Save product",
                    kind="primary",
                    type="submit",
                    form="product-form",
                    key="mod+enter",
                ),
            ),
        ],
    )


def _field(label: str, name: str, *, css: str = "") -> rx.Component:
    control = text_input(name=name, default_value=ProductState.fields[name])
    return field(label, control, id=f"p-{name}", css=css, error=ProductState.errors.get(name, ""))


def _amount(label: str, name: str, help_text: str = "") -> rx.Component:
    control = amount_input(name=name, default_value=ProductState.fields[name])
    return field(
        label, control, id=f"p-{name}", help=help_text, error=ProductState.errors.get(name, "")
    )
