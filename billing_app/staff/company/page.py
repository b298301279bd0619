"""The page of our own companies."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.fields import field, form_errors, text_area, text_input
from billing_app.kit.native_form import native_form
from billing_app.kit.tables import tabs
from billing_app.kit.words import joined
from billing_app.staff.company.state import LABELS, CompanyState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


def company_page() -> rx.Component:
    """Who issues the papers: name, address, tax number, bank account, logo."""
    several = tabs(CompanyState.tabs, CompanyState.key, CompanyState.choose, label="Companies")
    content = rx.el.div(
        rx.cond(CompanyState.tabs.length() > 0, several),
        rx.el.p(
            "This stands on what is posted from now on. Posted documents stay as they are.",
            class_name="hint muted",
        ),
        _form(),
        _logo(),
        class_name="e-wrap one",
    )
    return staff_page(
        rx.cond(CompanyState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title=joined("Company ", CompanyState.heading),
        current="/settings",
        crumbs=[("Settings", "/settings")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            rx.cond(
                can(Permission.SETTINGS_EDIT),
                button(
                    "Save company",
                    kind="primary",
                    type="submit",
                    form="company-form",
                    key="mod+enter",
                ),
            )
        ],
    )


def _form() -> rx.Component:
    details = field(
        LABELS["payment_details"],
        text_area(name="payment_details", default_value=CompanyState.fields["payment_details"]),
        id="co-payment_details",
        css="s6",
        optional=True,
        help="In mails, where a template says so.",
        error=CompanyState.errors.get("payment_details", ""),
    )
    return rx.el.form(
        form_errors(CompanyState.error_list, CompanyState.attempt),
        _section(
            "Company",
            _field("name", css="s4"),
            _field("tax_id", css="s2", optional=True),
            _field("registration_no", css="s3", optional=True),
            rx.el.p("Currency and time zone: ", CompanyState.fixed, class_name="muted s6"),
        ),
        _section(
            "Address",
            _field("street", css="s3", optional=True),
            _field("postcode", optional=True),
            _field("city", css="s2", optional=True),
            _field("country", optional=True, help_text="Two letters, like DE"),
            _field("email", css="s3", optional=True, help_text="Answers to mails go here"),
            _field("phone", css="s2", optional=True),
            _field("website", css="s3", optional=True),
        ),
        _section(
            "Bank account",
            _field("bank_name", css="s2", optional=True),
            _field("iban", css="s3", optional=True, help_text="The paper's payment code needs it"),
            _field("bic", optional=True),
            details,
        ),
        id="company-form",
        on_submit=CompanyState.save,
        key=CompanyState.form_key,
    )


def _logo() -> rx.Component:
    shown = rx.el.div(
        rx.el.img(src=CompanyState.logo_href, alt="The logo", class_name="own-logo"),
        rx.cond(
            can(Permission.SETTINGS_EDIT),
            button("Remove logo", small=True, kind="quiet", on_click=CompanyState.remove_logo),
        ),
        class_name="acts-row",
    )
    form = native_form(
        field(
            "Another logo",
            rx.el.input(type="file", name="file", accept="image/png,image/jpeg", class_name="file"),
            id="co-logo",
            help="PNG or JPEG, up to 64 KB.",
            error=CompanyState.logo_problem,
        ),
        rx.el.button("Upload logo", type="submit", class_name="btn"),
        action=joined("/companies/", CompanyState.company_id.to_string(), "/logo"),
        enc_type="multipart/form-data",
        class_name="upload",
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Logo")),
        rx.cond(CompanyState.has_logo, shown, rx.el.p("No logo is printed.", class_name="muted")),
        rx.cond(can(Permission.SETTINGS_EDIT), form),
        class_name="e-sec",
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.header(rx.el.h2(title)), rx.el.div(*content, class_name="e-row"), class_name="e-sec"
    )


def _field(
    name: str, *, css: str = "", help_text: str = "", optional: bool = False
) -> rx.Component:
    return field(
        LABELS[name],
        text_input(name=name, default_value=CompanyState.fields[name]),
        id=f"co-{name}",
        css=css,
        help=help_text,
        optional=optional,
        error=CompanyState.errors.get(name, ""),
    )
