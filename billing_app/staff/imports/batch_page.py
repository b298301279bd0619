"""One import: its columns, the difference it makes, the reviews before it comes in or goes."""

import reflex as rx

from billing_app.domain.foreign.columns import Column
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.figures import FigureStyle
from billing_app.kit.buttons import button
from billing_app.kit.chips import tone_chip
from billing_app.kit.fields import checkbox, field, select_input, text_input
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import empty_state, head, pager, plain_table, tabs
from billing_app.kit.words import joined
from billing_app.staff.imports.batch_state import BatchState
from billing_app.staff.imports.dialog_parts import bring_review, undo_review
from billing_app.staff.imports.rows import ColumnRow, ItemRow
from billing_app.staff.shell.page import staff_page

MEANINGS = [("", "Not used"), *((str(column), column.label) for column in Column)]
FIGURES = [("", "Choose…"), *((str(style), style.label) for style in FigureStyle)]
DAYS = [("", "Choose…"), *((str(style), style.label) for style in DayStyle)]
STATUSES = [
    ("stated", "As the file says, else drafts"),
    ("draft", "All as drafts"),
    ("posted", "All posted"),
]


def batch_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        _head(),
        rx.cond(
            BatchState.report != "",
            rx.el.section(
                rx.el.header(rx.el.h2("What came of it")),
                rx.el.pre(BatchState.report, class_name="report"),
                class_name="e-sec",
            ),
        ),
        rx.cond(BatchState.is_compared, _difference()),
        rx.cond(BatchState.is_readable & BatchState.can_compare, _reading()),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(BatchState.is_loaded, content, rx.el.p("Reading the file…", role="status")),
        title=BatchState.heading,
        current="/imports",
        crumbs=[("Imports", "/imports")],
        layout="editor",
        new=rx.fragment(),
        actions=_actions(),
        overlays=[bring_review(), undo_review()],
    )


def _actions() -> list[rx.Component]:
    bring = button(
        joined("Bring in ", BatchState.waiting.to_string(), "…"),
        kind="primary",
        on_click=BatchState.ask_to_bring,
        busy=BatchState.is_running,
    )
    compare = rx.el.button(
        "Compare with what is here", type="submit", form="reading-form", class_name="btn primary"
    )
    return [
        rx.cond(
            BatchState.can_undo & ~BatchState.is_running,
            button("Undo import…", icon="undo", on_click=BatchState.ask_to_undo),
        ),
        rx.cond(
            BatchState.can_bring,
            bring,
            rx.cond(BatchState.is_readable & BatchState.can_compare, compare),
        ),
    ]


def _head() -> rx.Component:
    problems = rx.el.div(
        rx.el.h2("This has to be said first"),
        rx.el.ul(rx.foreach(BatchState.problems, rx.el.li)),
        class_name="problems",
        role="group",
        aria_label="What to correct",
        tab_index=-1,
        data_autofocus=BatchState.attempt,
    )
    progress = rx.el.div(
        rx.el.progress(
            value=BatchState.done_count.to_string(),
            max=BatchState.total_count.to_string(),
            aria_label="Progress of the import",
        ),
        rx.el.p(BatchState.done_count, " of ", BatchState.total_count, role="status"),
    )
    return rx.el.section(
        rx.cond(BatchState.problems.length() > 0, problems),
        rx.el.p(rx.el.b(BatchState.state_word), " · ", BatchState.facts),
        rx.cond(BatchState.is_running, progress),
        class_name="e-sec",
    )


def _difference() -> rx.Component:
    heads = [
        head("Rows"),
        head("Number"),
        head("Customer"),
        head("Total", "num"),
        head("What it is"),
        head("Why, or what changes"),
    ]
    table = plain_table(
        "Invoices of the file", heads, rx.el.tbody(rx.foreach(BatchState.items, _item))
    )
    refused = file_link(
        "Download refused rows to correct",
        href=joined("/imports/", BatchState.batch_id.to_string(), "/to-correct.csv"),
        class_name="btn",
    )
    return rx.el.section(
        rx.el.header(
            rx.el.h2("What the file changes"),
            rx.el.span(rx.cond(BatchState.refused > 0, refused), class_name="right"),
        ),
        tabs(BatchState.views, BatchState.view, BatchState.choose_view, label="Kinds of invoices"),
        rx.cond(
            BatchState.items.length() > 0,
            table,
            empty_state("no_match", "Nothing of this kind", "Choose another view."),
        ),
        rx.cond(
            BatchState.page_count > 1,
            pager(
                BatchState.page_no, BatchState.page_count, BatchState.range_text, BatchState.go_to
            ),
        ),
        class_name="e-sec",
    )


def _item(row: rx.vars.ObjectVar[ItemRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.rows),
        rx.el.th(rx.cond(row.href != "", link(row.number, href=row.href), row.number), scope="row"),
        rx.el.td(row.customer),
        rx.el.td(
            row.currency,
            " ",
            row.total,
            class_name="num",
            data_minor=row.total_minor,
            data_currency=row.currency,
        ),
        rx.el.td(tone_chip(row.word, row.tone, row.icon)),
        rx.el.td(row.reason),
        key=row.id,
        data_testid="import-item-row",
        data_id=row.id,
    )


def _reading() -> rx.Component:
    heads = [head("Column"), head("What it holds"), head("Read like"), head("First values")]
    columns = plain_table(
        "Columns of the file", heads, rx.el.tbody(rx.foreach(BatchState.columns, _column))
    )
    form = rx.el.form(
        _options(),
        columns,
        rx.cond(
            BatchState.is_compared,
            rx.el.div(
                rx.el.button("Compare again", type="submit", class_name="btn"),
                class_name="form-end",
            ),
        ),
        id="reading-form",
        on_submit=BatchState.compare,
        key=BatchState.form_key,
    )
    return rx.el.section(rx.el.header(rx.el.h2("How the file is read")), form, class_name="e-sec")


def _options() -> rx.Component:
    return rx.el.div(
        field(
            "Source",
            text_input(name="source", default_value=BatchState.source),
            id="import-source",
            help="How its files are read is remembered under this name.",
        ),
        field(
            "Bring in",
            select_input(STATUSES, name="status", default_value=BatchState.status),
            id="import-status",
        ),
        field(
            "Currency of rows without one",
            text_input(name="currency", default_value=BatchState.currency, max_length=3),
            id="import-currency",
            optional=True,
        ),
        field(
            "Customer number of rows without one",
            text_input(name="customer", default_value=BatchState.customer),
            id="import-customer",
            optional=True,
        ),
        checkbox(
            "Amounts are whole cents",
            id="import-in_minor",
            name="in_minor",
            default_checked=BatchState.in_minor,
        ),
        checkbox(
            "Prices include tax",
            id="import-includes_tax",
            name="includes_tax",
            default_checked=BatchState.includes_tax,
        ),
        class_name="e-row",
    )


def _column(row: rx.vars.ObjectVar[ColumnRow]) -> rx.Component:
    at = row.at.to_string()
    meaning = select_input(
        MEANINGS,
        name=joined("c", at),
        default_value=row.meaning,
        aria_label=joined("What ", row.head, " holds"),
    )
    style = rx.match(
        row.styles,
        ("figure", _style(row, FIGURES)),
        ("day", _style(row, DAYS)),
        rx.el.span("—", class_name="muted"),
    )
    return rx.el.tr(
        rx.el.th(row.head, scope="row"),
        rx.el.td(meaning),
        rx.el.td(style),
        rx.el.td(row.samples, class_name="muted"),
        key=row.at,
        class_name=rx.cond(row.is_asked, "asked", ""),
        data_testid="column-row",
    )


def _style(row: rx.vars.ObjectVar[ColumnRow], options: list[tuple[str, str]]) -> rx.Component:
    return select_input(
        options,
        name=joined("s", row.at.to_string()),
        default_value=row.style,
        aria_label=joined("How ", row.head, " is read"),
    )
