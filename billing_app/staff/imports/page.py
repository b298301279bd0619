"""The imports page: files to bring in, and what became of earlier ones."""

import reflex as rx

from billing_app.kit.fields import field, text_area
from billing_app.kit.links import link
from billing_app.kit.native_form import native_form
from billing_app.kit.notices import remark
from billing_app.kit.tables import empty_state, head, plain_table
from billing_app.kit.words import joined
from billing_app.staff.imports.batch_page import batch_page
from billing_app.staff.imports.rows import BatchRow
from billing_app.staff.imports.state import ImportsState
from billing_app.staff.shell.page import staff_page

__all__ = ["batch_page", "imports_page"]


def imports_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        rx.cond(ImportsState.problem != "", remark(ImportsState.problem, "danger")),
        _upload(),
        _whole(),
        _batches(),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(ImportsState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Imports",
        current="/imports",
        layout="editor",
        new=rx.fragment(),
    )


def _upload() -> rx.Component:
    file = rx.el.input(
        type="file",
        name="file",
        accept=".csv,.txt,.tsv,.xlsx,.json",
        id="import-file",
        class_name="file",
    )
    form = native_form(
        field(
            "File",
            file,
            id="import-file",
            help="CSV, XLSX or JSON with invoices and their lines, up to 20 MB.",
        ),
        field(
            "Or paste its rows",
            text_area(name="pasted", rows=4),
            id="import-pasted",
            optional=True,
        ),
        rx.el.div(
            rx.el.button("Upload and look", type="submit", class_name="btn primary"),
            rx.el.span("Nothing is brought in before you have seen it.", class_name="muted"),
            class_name="form-end",
        ),
        action="/imports/files/new",
        enc_type="multipart/form-data",
        class_name="upload",
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Invoices of another system")), form, class_name="e-sec"
    )


def _whole() -> rx.Component:
    file = rx.el.input(
        type="file", name="file", id="import-whole", multiple=True, class_name="file"
    )
    form = native_form(
        field(
            "Files",
            file,
            id="import-whole",
            help="Usage: cdr.csv.gz, ratecard.csv.gz and cards.json together. "
            "Or one file of Online Retail. They come in at once, each row once.",
        ),
        rx.el.button("Bring in files", type="submit", class_name="btn"),
        action="/imports/files/known",
        enc_type="multipart/form-data",
        class_name="upload",
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Usage and other known files")), form, class_name="e-sec"
    )


def _batches() -> rx.Component:
    heads = [
        head("File"),
        head("Source"),
        head("Uploaded"),
        head("By"),
        head("State"),
        head("Brought in", "num"),
        head("Refused", "num"),
    ]
    table = plain_table("Imports", heads, rx.el.tbody(rx.foreach(ImportsState.rows, _batch)))
    nothing = empty_state(
        "nothing", "No import yet", "Upload the export of another system to begin."
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Earlier files")),
        rx.cond(ImportsState.rows.length() > 0, table, nothing),
        class_name="e-sec",
    )


def _batch(row: rx.vars.ObjectVar[BatchRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(link(row.name, href=joined("/imports/", row.id.to_string())), scope="row"),
        rx.el.td(row.source),
        rx.el.td(row.when),
        rx.el.td(row.by),
        rx.el.td(row.state),
        rx.el.td(row.brought_in, class_name="num"),
        rx.el.td(row.refused, class_name="num"),
        key=row.id,
        data_testid="import-row",
        data_id=row.id,
    )
