"""The reports page."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.words import joined
from billing_app.staff.reports.journal_parts import journal_section
from billing_app.staff.reports.parts import choices, report_chart, report_form, report_table
from billing_app.staff.reports.state import ReportsState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


def reports_page() -> rx.Component:
    """One report: which, of when, its chart and its table."""
    problem = rx.cond(
        ReportsState.error != "", rx.el.p(ReportsState.error, class_name="error", role="alert")
    )
    none = rx.el.p("Nothing in this report.", class_name="muted")
    shown = rx.el.div(
        rx.el.div(
            choices("Report", ReportsState.kinds),
            choices("Currency", ReportsState.currencies),
            class_name="dash-top choices",
        ),
        report_form(),
        problem,
        report_chart(),
        rx.cond(ReportsState.is_empty, none, report_table()),
        rx.cond(can(Permission.JOURNAL_EXPORT), journal_section()),
        class_name="dash-in",
    )
    return staff_page(
        rx.cond(ReportsState.is_loaded, shown, rx.el.p("Adding up…", role="status")),
        title="Reports",
        current="/reports",
        layout="dash",
        new=rx.fragment(),
        actions=[_file("CSV", "csv"), _file("XLSX", "xlsx")],
    )


def _file(label: str, ending: str) -> rx.Component:
    return file_link(
        icon("download"),
        rx.el.span(label, class_name="w"),
        href=joined(f"/exports/report.{ending}?", ReportsState.query),
        class_name="btn",
    )
