"""The editor: the head, the lines with their editor in place, the totals, the paper beside."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.staff.editor.line_parts import lines_section
from billing_app.staff.editor.paper import paper_preview
from billing_app.staff.editor.parts import (
    error_summary,
    head_fields,
    source_note,
    texts_section,
    totals_section,
)
from billing_app.staff.editor.state import EditorState
from billing_app.staff.shell.page import staff_page
from billing_app.staff.shell.state import can


def editor_page() -> rx.Component:
    """The page, as a table of contents."""
    form = rx.el.div(
        error_summary(),
        source_note(),
        head_fields(),
        lines_section(),
        totals_section(),
        texts_section(),
    )
    return staff_page(
        rx.cond(
            EditorState.is_loaded,
            rx.el.div(form, paper_preview(), class_name="e-wrap"),
            rx.el.p("Opening…", role="status", class_name="muted"),
        ),
        title=EditorState.heading,
        current="/invoices",
        crumbs=[("Invoices", "/invoices")],
        layout="editor",
        new=rx.fragment(),
        actions=[
            rx.cond(
                EditorState.unsaved_line,
                rx.el.span("1 line not saved", class_name="unsaved", role="status"),
            ),
            link_button("Cancel", href="/invoices", kind="quiet"),
            button("Keep as draft", on_click=EditorState.save, key="mod+enter"),
            rx.cond(
                can(Permission.INVOICE_POST),
                button("Post invoice…", kind="primary", on_click=EditorState.save_and_post),
            ),
        ],
    )
