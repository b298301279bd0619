"""The journal as files, for who keeps the books elsewhere."""

import reflex as rx

from billing_app.kit.buttons import button
from billing_app.kit.fields import date_input, field, select_input
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.words import joined
from billing_app.staff.reports.journal_state import JournalState


def journal_section() -> rx.Component:
    """Days and company, and the files; it fills itself when it appears."""
    state = JournalState
    company = select_input(
        state.companies,
        placeholder="Every company",
        name="journal_company",
        default_value=state.company,
    )
    form = rx.el.form(
        _day("Journal from", "journal_from", state.from_on),
        _day("Journal to", "journal_to", state.to_on),
        field("Journal of", company, id="journal-company"),
        button("Choose", type="submit"),
        on_submit=state.choose,
        class_name="days dash-top",
        key=state.form_key,
    )
    files = rx.el.div(
        _file("Journal as CSV", "csv"),
        _file("Journal as beancount", "beancount"),
        class_name="acts-row",
    )
    return rx.el.section(
        rx.el.h2("Journal", id="journal"),
        rx.el.p("Every booking of these days, double entry: ", rx.el.b(state.shown), "."),
        form,
        files,
        aria_labelledby="journal",
        on_mount=state.load,
        class_name="journal",
    )


def _day(label: str, name: str, value: rx.Var[str]) -> rx.Component:
    return field(
        label,
        date_input(name=name, default_value=value),
        id=name.replace("_", "-"),
        error=JournalState.errors.get(name, ""),
    )


def _file(label: str, ending: str) -> rx.Component:
    return file_link(
        icon("download"),
        rx.el.span(label, class_name="w"),
        href=joined(f"/exports/journal.{ending}?", JournalState.query),
        class_name="btn",
    )
