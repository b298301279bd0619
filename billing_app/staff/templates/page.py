"""The templates page: what to change at the left, what it says of an invoice at the right."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import field, form_errors, select_input, text_area, text_input
from billing_app.kit.words import filled
from billing_app.services.mail.stock import STOCK
from billing_app.staff.shell.page import staff_page
from billing_app.staff.templates.state import TemplatesState

CHOICES = [(name, stock.label) for name, stock in STOCK.items()]
INVOICE_WORDS = """type, number, date, due_date, total, sub_total, tax, discount, open, paid,
currency, title, text, notes, terms, status, period_from, period_to, id"""
LINE_WORDS = """description, quantity, unit_price, net, tax, total, start_date, end_date,
connected, duration"""
SELLER_WORDS = """sellerCompanyName, sellerBusinessAddress, sellerPhoneNumber,
sellerContactEmail, sellerWebsite, sellerTaxId"""
VARIABLES = (
    ("invoice.", INVOICE_WORDS),
    ("lines[].", LINE_WORDS),
    ("account.", "id, name, address, city, county, postcode, phone, email, payment_details"),
    ("company.", "name, address, postcode, currency"),
    ("system.", SELLER_WORDS),
    ("payment.", "number, amount, currency, date, reference, method"),
    ("package.", "name, amount, currency, date"),
    ("alone", "guestPaymentPage, invoiceDefaultPdfFile"),
)
HELPERS = (
    "{{#if a}}…{{else}}…{{/if}}",
    "{{#unless a}}…{{/unless}}",
    "{{#each lines}}{{description}}{{/each}}",
    "{{#with account}}{{name}}{{/with}}",
    "{{lookup lines 0}}",
    "{{dateFormat invoice.date 'DD.MM.YYYY'}}",
    "{{numberFormat invoice.total 2}}",
    "{{currencyFormat invoice.total invoice.currency}}",
    "{{sec2min duration}}",
    "{{nl2br invoice.text}}",
    "{{math invoice.total '*' 2}}",
)


def templates_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        _choice(),
        rx.el.div(_form(), _preview(), class_name="beside"),
        _words(),
        class_name="e-wrap one full",
    )
    reset = button(
        "Reset to stock", kind="quiet", icon="undo", on_click=TemplatesState.reset_to_stock
    )
    save = button(
        "Save template", kind="primary", type="submit", form="template-form", key="mod+enter"
    )
    return staff_page(
        rx.cond(TemplatesState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Templates",
        current="/templates",
        layout="editor",
        new=rx.fragment(),
        actions=[rx.cond(TemplatesState.is_own, reset), save],
    )


def _choice() -> rx.Component:
    customer = rx.el.form(
        field(
            "One customer's own",
            text_input(name="customer"),
            id="t-customer",
            help="Number or name.",
            error=TemplatesState.customer_error,
        ),
        button("Open", type="submit"),
        on_submit=TemplatesState.add_customer,
        class_name="acts-row",
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Template")),
        rx.el.div(
            field(
                "Template",
                select_input(CHOICES, value=TemplatesState.name, on_change=TemplatesState.choose),
                id="t-name",
                help=TemplatesState.sentence,
            ),
            field(
                "Counts for",
                select_input(
                    TemplatesState.places,
                    value=TemplatesState.place,
                    on_change=TemplatesState.choose_place,
                ),
                id="t-place",
                help=TemplatesState.source,
            ),
            customer,
            class_name="acts-row top",
        ),
        class_name="e-sec",
    )


def _form() -> rx.Component:
    subject = text_input(
        name="subject",
        default_value=TemplatesState.subject,
        on_change=TemplatesState.type_subject.debounce(250),
    )
    text = text_area(
        name="text",
        rows=22,
        default_value=TemplatesState.text,
        on_change=TemplatesState.type_text.debounce(250),
        spell_check=False,
        class_name="code",
    )
    return rx.el.form(
        form_errors(TemplatesState.error_list, TemplatesState.attempt),
        field("Subject", subject, id="t-subject", error=TemplatesState.errors.get("subject", "")),
        field("Text", text, id="t-text", error=TemplatesState.errors.get("text", "")),
        id="template-form",
        on_submit=TemplatesState.save,
        key=TemplatesState.form_key,
        class_name="stack",
    )


def _preview() -> rx.Component:
    return rx.el.section(
        field(
            "Try it with invoice",
            text_input(
                default_value=TemplatesState.invoice,
                on_change=TemplatesState.try_with.debounce(250),
            ),
            id="t-invoice",
            error=TemplatesState.invoice_error,
        ),
        filled(
            TemplatesState.shown_subject,
            rx.el.p(rx.el.b(TemplatesState.shown_subject), class_name="letter-subject"),
        ),
        rx.el.p(TemplatesState.shown_text, class_name="letter", aria_live="polite"),
        class_name="stack",
        aria_label="Preview",
    )


def _words() -> rx.Component:
    variables = [rx.el.div(rx.el.dt(prefix), rx.el.dd(names)) for prefix, names in VARIABLES]
    return rx.el.details(
        rx.el.summary("What a template may say"),
        rx.el.dl(*variables, class_name="facts-list words"),
        rx.el.ul(*(rx.el.li(rx.el.code(one)) for one in HELPERS), class_name="says"),
        class_name="e-sec",
    )
