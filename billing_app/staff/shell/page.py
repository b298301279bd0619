"""The frame of a staff page, with everything that floats above it."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button, link_button
from billing_app.kit.dialogs import dialog, menu_item, menu_line
from billing_app.kit.frame import NavItem, account_menu, look_choice, staff_frame
from billing_app.kit.native_form import native_form
from billing_app.kit.notices import connection_bar, notice_list
from billing_app.kit.palette import palette
from billing_app.kit.words import Child
from billing_app.security.notices import NoticeState
from billing_app.staff.shell.bell_parts import bell
from billing_app.staff.shell.finding import PLACES
from billing_app.staff.shell.state import PaletteState, ShellState, can

FOOT = ("Imports", "Templates", "Settings", "Users", "Log", "Jobs", "Integrity")
GROUPS = {"Dashboard": "", **dict.fromkeys(FOOT, "foot")}
KEYS = (
    ("Ctrl K or /", "Search or jump to"),
    ("g then d, i, p, c, t", "Go to dashboard, invoices, pending, customers, products"),
    ("g then k, u, v, s, j", "Go to packages, usage, voyages, settings, jobs"),
    ("g then o, b, y, n", "Go to opportunities, orders, recurring invoices, payments"),
    ("g then m, e, r, f", "Go to mail, templates, reports, imports"),
    ("g then w, l, h", "Go to users, the log, integrity"),
    ("n", "New invoice"),
    ("b", "Notifications"),
    ("j k or ↓ ↑", "Move to the next or previous row"),
    ("Enter", "Open the row"),
    ("x, Shift x", "Select the row, or a range"),
    ("[ and ]", "Previous and next record"),
    ("e", "Edit the draft"),
    ("p", "Post… (opens the review)"),
    ("m", "Record payment… (opens the form)"),
    ("s", "Send to customer… (opens the mail)"),
    ("d", "Download the PDF"),
    ("c", "Copy the link of the record"),
    ("Ctrl Enter", "Submit the form"),
    ("Esc", "Close what is on top"),
    ("?", "This list"),
)


def staff_page(
    *content: Child,
    title: rx.Var[str] | str,
    current: str,
    overlays: Sequence[Child] = (),
    **slots: Any,
) -> rx.Component:
    """A staff page with its navigation, palette, help, refusal dialog and notices."""
    return staff_frame(
        *content,
        title=title,
        current=current,
        nav=[
            NavItem(label, href, icon, key, GROUPS.get(label, "Sales"), shown=can(permission))
            for label, href, icon, key, permission in PLACES
        ],
        company=ShellState.company,
        new=slots.pop("new", new_invoice_button()),
        on_search=PaletteState.open_palette,
        on_help=PaletteState.open_help,
        user_menu=rx.fragment(bell(), _account()),
        overlays=[*overlays, _palette(), _help(), _refusal()],
        notices=notice_list(NoticeState.notices, NoticeState.dismiss),
        connection=connection_bar(has_connection_errors),
        home="/",
        **slots,
    )


def new_invoice_button(kind: Any = "default") -> rx.Component:
    """The way to a new invoice, for who may write one."""
    return rx.cond(
        can(Permission.INVOICE_CREATE),
        link_button(
            "New invoice", href="/invoices/new", icon="plus", key="n", kind=kind, class_name="new"
        ),
    )


def _account() -> rx.Component:
    return account_menu(
        ShellState.initials,
        ShellState.name,
        rx.el.p(
            rx.el.b(ShellState.name),
            rx.el.br(),
            ShellState.email,
            " · ",
            ShellState.level,
            class_name="who",
        ),
        menu_item("Your account", href="/account"),
        menu_item("Notifications", href="/notifications"),
        menu_line(),
        look_choice(),
        menu_line(),
        sign_out_form(),
    )


def sign_out_form() -> rx.Component:
    """Sign out over plain HTTP, which ends the session everywhere."""
    return native_form(
        rx.el.button("Sign out", type="submit", role="menuitem"), action="/auth/logout"
    )


def _palette() -> rx.Component:
    return palette(
        open=PaletteState.is_open,
        query="",
        groups=PaletteState.groups,
        summary=PaletteState.summary,
        on_query=PaletteState.search,
        on_choose=PaletteState.choose,
        on_close=PaletteState.close_palette,
    )


def _help() -> rx.Component:
    rows = [rx.el.div(rx.el.dt(rx.el.kbd(keys)), rx.el.dd(what)) for keys, what in KEYS]
    return dialog(
        "Keys",
        rx.el.dl(*rows, class_name="facts-list"),
        open=PaletteState.help_open,
        on_close=PaletteState.close_help,
        actions=[button("Close", on_click=PaletteState.close_help, data_autofocus="")],
        id="help",
    )


def _refusal() -> rx.Component:
    return dialog(
        NoticeState.refusal_title,
        rx.el.p(NoticeState.refusal_text),
        rx.el.p("Nothing was changed.", class_name="muted"),
        open=NoticeState.refusal_title != "",
        on_close=NoticeState.close_refusal,
        actions=[
            button("Close", on_click=NoticeState.close_refusal, kind="primary", data_autofocus="")
        ],
        kind="alertdialog",
        id="refusal",
    )
