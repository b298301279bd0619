"""The products list and the product form."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.chips import tone_chip
from billing_app.kit.fields import amount_input, checkbox, field, form_errors, text_area, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, filters, grid_scroll, head, skeleton_rows
from billing_app.kit.words import joined
from billing_app.staff.products.state import ProductRow, ProductsState, ProductState
from billing_app.staff.shell.entries import history_panel
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can

CSS = ("c-no", "c-cust", "c-x", "c-amt num", "c-x num", "c-st")
HEADS = ("SKU", "Name", "Unit", "Unit price", "Tax", "Status")


def products_page() -> rx.Component:
    """The list."""
    search = rx.el.input(
        type="search",
        placeholder="Search name or SKU",
        aria_label="Search products",
        default_value=ProductsState.search,
        on_change=ProductsState.find.debounce(200),
        class_name="grid-search",
    )
    return staff_page(
        rx.el.section(
            rx.el.p(rx.el.b(ProductsState.count_text), class_name="count"),
            class_name="totals",
            aria_label="Count",
        ),
        filters(rx.el.li(search, class_name="search-item")),
        grid_scroll("Products grid", rx.cond(ProductsState.is_loaded, _table(), _skeleton())),
        title="Products",
        current="/products",
        new=rx.cond(
            can(Permission.PRODUCT_EDIT),
            link_button(
                "New product",
                href="/products/new",
                icon="plus",
                key="n",
                kind="primary",
                class_name="new",
            ),
        ),
    )


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


def _table() -> rx.Component:
    heads = [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]
    table = rx.el.table(
        rx.el.caption("Products", class_name="sr"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(ProductsState.rows, _row)),
        class_name="t grid live",
    )
    nothing = empty_state(
        "nothing",
        "No product here",
        "Products fill new lines with text, price and tax.",
        action="New product",
        href="/products/new",
    )
    return rx.cond(ProductsState.rows.length() > 0, table, nothing)


def _row(row: rx.vars.ObjectVar[ProductRow]) -> rx.Component:
    status = rx.cond(
        row.is_active,
        tone_chip("Active", "success", "check"),
        tone_chip("Inactive", "neutral", "ban"),
    )
    return rx.el.tr(
        rx.el.th(
            link(row.sku, href=joined("/products/", row.id.to_string()), data_row_link=""),
            scope="row",
            class_name="c-no",
        ),
        rx.el.td(row.name, class_name="c-cust"),
        rx.el.td(row.unit, class_name="c-x"),
        rx.el.td(row.unit_price, class_name="c-amt num"),
        rx.el.td(row.tax, class_name="c-x num"),
        rx.el.td(status, class_name="c-st"),
        key=row.id,
        data_testid="product-row",
        data_id=row.id,
        data_row="",
    )


def _skeleton() -> rx.Component:
    heads = [head(label, css) for label, css in zip(HEADS, CSS, strict=True)]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        skeleton_rows(CSS),
        class_name="t grid skel",
        aria_hidden="true",
    )


def _field(label: str, name: str, *, css: str = "") -> rx.Component:
    control = text_input(name=name, default_value=ProductState.fields[name])
    return field(label, control, id=f"p-{name}", css=css, error=ProductState.errors.get(name, ""))


def _amount(label: str, name: str, help_text: str = "") -> rx.Component:
    control = amount_input(name=name, default_value=ProductState.fields[name])
    return field(
        label, control, id=f"p-{name}", help=help_text, error=ProductState.errors.get(name, "")
    )
