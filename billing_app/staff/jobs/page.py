"""The jobs page: when each runs, what each run did, and the coming run rehearsed."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import field, text_input
from billing_app.kit.links import link
from billing_app.kit.tables import empty_state, head, pager, plain_table
from billing_app.kit.words import joined
from billing_app.staff.jobs.rows import DraftRow, ItemRow, JobRow, OddRow, RunRow
from billing_app.staff.jobs.state import JobsState
from billing_app.staff.shell.page import staff_page


def jobs_page() -> rx.Component:
    """The page."""
    content = rx.el.div(
        _rehearsal(),
        _jobs(),
        _runs(),
        rx.cond(JobsState.shown_run > 0, _run()),
        class_name="e-wrap one full",
    )
    return staff_page(
        rx.cond(JobsState.is_loaded, content, rx.el.p("Opening…", role="status")),
        title="Jobs",
        current="/jobs",
        layout="editor",
        new=rx.fragment(),
        overlays=[_review()],
    )


def _rehearsal() -> rx.Component:
    form = rx.el.form(
        field(
            "Rehearse the run as of",
            text_input(name="day", default_value=JobsState.rehearsal_day),
            id="rehearsal-day",
            error=JobsState.rehearsal_error,
        ),
        rx.el.button("Rehearse", type="submit", class_name="btn primary"),
        on_submit=JobsState.rehearse,
        class_name="form-end",
    )
    odd = plain_table(
        "To look at first",
        [head("What"), head("Customer"), head("Why")],
        rx.el.tbody(rx.foreach(JobsState.oddities, _odd)),
    )
    heads = [
        head("Customer"),
        head("Period"),
        head("Lines", "num"),
        head("Net", "num"),
        head("Period before", "num"),
        head("Change", "num"),
    ]
    drafts = plain_table("Drafts to come", heads, rx.el.tbody(rx.foreach(JobsState.drafts, _draft)))
    return _section(
        "Tomorrow's run, rehearsed",
        form,
        rx.el.p(JobsState.rehearsed, role="status"),
        rx.cond(JobsState.oddities.length() > 0, odd),
        rx.cond(JobsState.drafts.length() > 0, drafts),
    )


def _jobs() -> rx.Component:
    heads = [
        head("Job"),
        head("What it does"),
        head("Next run"),
        head("Latest run"),
        head("Run now", hidden=True),
    ]
    return _section(
        "Jobs", plain_table("Jobs", heads, rx.el.tbody(rx.foreach(JobsState.jobs, _job)))
    )


def _runs() -> rx.Component:
    heads = [
        head("Job"),
        head("As of"),
        head("Begun"),
        head("Asked for by"),
        head("State"),
        head("Looked at", "num"),
        head("Made", "num"),
        head("Failed", "num"),
        head("Show", hidden=True),
    ]
    table = plain_table("Runs", heads, rx.el.tbody(rx.foreach(JobsState.runs, _run_row)))
    nothing = empty_state("nothing", "No run yet", "Jobs run by themselves when they are due.")
    return _section("Runs", rx.cond(JobsState.runs.length() > 0, table, nothing))


def _run() -> rx.Component:
    table = plain_table(
        "What the run did",
        [head("Customer"), head("Invoice"), head("What happened")],
        rx.el.tbody(rx.foreach(JobsState.items, _item)),
    )
    nothing = rx.el.p("Nothing was there to do.", class_name="muted")
    return _section(
        "What the run did",
        rx.el.p(JobsState.shown_title, role="status"),
        rx.cond(JobsState.items.length() > 0, rx.fragment(table, _pages()), nothing),
    )


def _pages() -> rx.Component:
    return pager(JobsState.page_no, JobsState.page_count, JobsState.range_text, JobsState.go_to)


def _odd(row: rx.vars.ObjectVar[OddRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.kind, scope="row"),
        rx.el.td(link(row.customer, href=row.href)),
        rx.el.td(row.sentence),
        key=row.key,
        data_testid="oddity-row",
    )


def _draft(row: rx.vars.ObjectVar[DraftRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(link(row.customer, href=row.href), scope="row"),
        rx.el.td(row.period),
        *(
            rx.el.td(text, class_name="num")
            for text in (row.lines, row.net, row.before, row.change)
        ),
        key=row.key,
        data_testid="rehearsed-row",
    )


def _job(row: rx.vars.ObjectVar[JobRow]) -> rx.Component:
    run = button(
        "Run now…",
        small=True,
        aria_label=joined("Run now: ", row.label),
        on_click=JobsState.ask_to_run(row.name),
    )
    return rx.el.tr(
        rx.el.th(row.label, scope="row"),
        rx.el.td(row.sentence),
        rx.el.td(row.next_run),
        rx.el.td(row.latest),
        rx.el.td(run, class_name="acts"),
        key=row.name,
        data_testid="job-row",
        data_id=row.name,
    )


def _run_row(row: rx.vars.ObjectVar[RunRow]) -> rx.Component:
    bar = rx.el.progress(
        value=row.percent.to_string(), max="100", aria_label=joined("Progress of ", row.job)
    )
    show = button(
        "Show",
        small=True,
        aria_label=joined("Show the run of ", row.job, " as of ", row.as_of),
        on_click=JobsState.show_run(row.id),
    )
    return rx.el.tr(
        rx.el.th(row.job, scope="row"),
        rx.el.td(row.as_of),
        rx.el.td(row.when),
        rx.el.td(row.asked_by),
        rx.el.td(row.state, " ", rx.cond(row.is_open, bar)),
        *(rx.el.td(text, class_name="num") for text in (row.progress, row.made, row.failed)),
        rx.el.td(show, class_name="acts"),
        key=row.id,
        data_testid="run-row",
        data_id=row.id,
    )


def _item(row: rx.vars.ObjectVar[ItemRow]) -> rx.Component:
    def named(text: Any, href: Any) -> rx.Component:
        return rx.el.td(rx.cond(href != "", link(text, href=href), text))

    return rx.el.tr(
        named(row.customer, row.customer_href),
        named(row.invoice, row.invoice_href),
        rx.el.td(row.sentence, class_name=rx.cond(row.is_failed, "late", "")),
        key=row.id,
        data_testid="job-item-row",
        data_id=row.id,
    )


def _review() -> rx.Component:
    form = rx.el.form(
        field(
            "As of",
            text_input(name="day", default_value=JobsState.asked_day),
            id="run-day",
            error=JobsState.asked_error,
        ),
        id="run-form",
        on_submit=JobsState.run_now,
    )
    says = rx.el.ul(
        rx.el.li(
            "It takes whatever is due up to this day. What was done before is not done again."
        ),
        rx.el.li("What it makes are drafts and purchases; nothing is posted or sent."),
        class_name="says",
    )
    run = rx.el.button("Run now", type="submit", form="run-form", class_name="btn primary")
    return dialog(
        joined("Run now: ", JobsState.asked_label),
        says,
        form,
        open=JobsState.asked != "",
        on_close=JobsState.close_review,
        actions=[button("Keep waiting", on_click=JobsState.close_review, data_autofocus=""), run],
        kind="alertdialog",
        id="run-review",
    )


def _section(title: str, *content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.header(rx.el.h2(title)), *content, class_name="e-sec")
