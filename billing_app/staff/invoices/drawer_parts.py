"""The parts of the invoice's drawer and its dialogs."""

from typing import Any

import reflex as rx

from billing_app.kit.buttons import button, icon_button
from billing_app.kit.chips import chip_button, status_chip
from billing_app.kit.dialogs import (
    box,
    boxes,
    drawer,
    menu,
    menu_item,
    menu_line,
    menu_panel,
)
from billing_app.kit.icons import icon
from billing_app.kit.links import file_link, link
from billing_app.kit.tables import empty_state
from billing_app.kit.words import filled, joined
from billing_app.staff.invoices.credit_state import CreditState
from billing_app.staff.invoices.drawer_rows import MenuEntry
from billing_app.staff.invoices.drawer_sections import VIEW, sections
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.recur_state import RecurState
from billing_app.staff.invoices.send_parts import mails_section, send_items

GRID = "/invoices"


def invoice_drawer() -> rx.Component:
    """The record beside the grid: head, four boxes, one scroll of sections."""
    return drawer(
        rx.cond(DrawerState.is_missing, "Not found", VIEW.label),
        rx.cond(DrawerState.is_missing, _missing(), rx.fragment(*sections(mails_section()))),
        open=DrawerState.is_open,
        on_close=DrawerState.close,
        on_previous=DrawerState.step(-1),
        on_next=DrawerState.step(1),
        position=DrawerState.position,
        tools=[icon_button("Copy link", "link", key="c", data_copy_link="")],
        actions=[rx.cond(~DrawerState.is_missing, _actions())],
        sub=[rx.cond(~DrawerState.is_missing, _sub())],
        boxes=rx.cond(~DrawerState.is_missing, _boxes()),
    )


def _actions() -> rx.Component:
    primary = rx.cond(
        VIEW.primary != "",
        button(
            VIEW.primary_label,
            kind="primary",
            on_click=DrawerState.ask_move(VIEW.primary),
            key="p",
        ),
        rx.cond(
            VIEW.can_record,
            button(
                "Record payment",
                kind="primary",
                on_click=DrawerState.open_payment,
                key="m",
            ),
        ),
    )
    edit = rx.cond(
        VIEW.can_edit_draft,
        link(
            icon("pencil"),
            rx.el.span("Edit", class_name="w"),
            href=joined("/invoices/", VIEW.id.to_string(), "/edit"),
            key="e",
            class_name="btn",
        ),
    )
    return rx.fragment(edit, primary, _more())


def _more() -> rx.Component:
    pdf = joined("/invoices/", VIEW.id.to_string(), ".pdf")
    preview = joined("/invoices/", VIEW.id.to_string(), "/preview.pdf")
    return menu(
        "More options",
        rx.cond(
            VIEW.has_pdf,
            file_link(
                icon("download"),
                rx.el.span("Download PDF"),
                rx.el.kbd("d"),
                href=pdf,
                role="menuitem",
                data_menu_key="d",
            ),
        ),
        rx.cond(
            VIEW.can_make_pdf,
            menu_item("Create PDF", icon="file", on_click=DrawerState.make_pdf),
        ),
        rx.el.a(
            icon("eye"),
            rx.el.span("Preview"),
            rx.el.span(),
            href=preview,
            target="_blank",
            rel="noopener",
            role="menuitem",
        ),
        *_payment_items(),
        *send_items(),
        *_credit_items(),
        rx.cond(
            VIEW.can_push,
            menu_item("Push to accounting", icon="sync", on_click=DrawerState.push),
        ),
        menu_item("Add note…", icon="note", on_click=DrawerState.open_note),
        rx.cond(
            VIEW.can_duplicate,
            menu_item("Duplicate", icon="copy", on_click=RecurState.duplicate),
        ),
        rx.cond(
            VIEW.can_recur,
            menu_item("Make recurring…", icon="repeat", on_click=RecurState.open_recur),
        ),
        rx.cond(VIEW.more.length() > 0, menu_line()),
        rx.foreach(VIEW.more, _menu_entry),
        id="invoice-more",
    )


def _payment_items() -> list[rx.Component]:
    return [
        rx.cond(
            VIEW.can_record,
            menu_item("Record Payment…", icon="bank", on_click=DrawerState.open_payment, key="m"),
        ),
        rx.cond(
            VIEW.can_allocate,
            menu_item(
                "View Payments",
                icon="layers",
                href=joined("/payments/allocate?invoice=", VIEW.id.to_string()),
            ),
        ),
        rx.cond(
            VIEW.can_write_off,
            menu_item("Write off difference…", icon="x", on_click=DrawerState.open_write_off),
        ),
    ]


def _credit_items() -> list[rx.Component]:
    return [
        rx.cond(
            VIEW.can_credit,
            rx.fragment(
                menu_item("Credit…", icon="undo", on_click=CreditState.open_credit("credit")),
                menu_item(
                    "Credit and reopen…",
                    icon="repeat",
                    on_click=CreditState.open_credit("reopen"),
                ),
            ),
        ),
        rx.cond(
            VIEW.can_reverse,
            menu_item("Reverse…", icon="undo", on_click=CreditState.open_credit("credit")),
        ),
    ]


def _menu_entry(entry: rx.vars.ObjectVar[MenuEntry]) -> rx.Component:
    possible = rx.el.button(
        icon(entry.icon),
        rx.el.span(entry.label),
        rx.el.span(),
        type="button",
        role="menuitem",
        on_click=DrawerState.ask_move(entry.action),
    )
    impossible = rx.el.button(
        icon(entry.icon),
        rx.el.span(entry.label),
        rx.el.span(),
        rx.el.small(entry.why),
        type="button",
        role="menuitem",
        aria_disabled="true",
    )
    return rx.cond(entry.is_possible, possible, impossible)


def _sub() -> rx.Component:
    return rx.fragment(
        rx.el.span(VIEW.document_id, class_name="docid"),
        chip_button(VIEW.posting, menu="posting-menu", label="change posting status"),
        status_chip(VIEW.chip, VIEW.chip_more),
        filled(VIEW.badge, status_chip(VIEW.badge)),
        rx.cond(DrawerState.is_disputed, status_chip("Disputed")),
        filled(VIEW.sync, status_chip(VIEW.sync)),
        filled(
            VIEW.sync_error,
            rx.el.span(VIEW.sync_error, class_name="sync-error", data_testid="sync-error"),
        ),
        menu_panel(
            "Change posting status",
            rx.foreach(VIEW.menu, _menu_entry),
            id="posting-menu",
            wide=True,
        ),
    )


def _boxes() -> rx.Component:
    def figure(text: Any, minor: Any) -> rx.Component:
        return rx.el.span(text, data_minor=minor, data_currency=VIEW.currency)

    return boxes(
        [
            box("Amount", figure(VIEW.amount, VIEW.amount_minor), unit=VIEW.currency),
            box("Paid Amount", figure(VIEW.paid, VIEW.paid_minor), unit=VIEW.currency),
            box("Open Amount", figure(VIEW.open, VIEW.open_minor), unit=VIEW.currency, css="lead"),
            box("Aging", VIEW.aging, small=VIEW.aging_note, css=rx.cond(VIEW.is_late, "late", "")),
        ]
    )


def _missing() -> rx.Component:
    return empty_state(
        "no_match",
        "This invoice does not exist",
        "It may have been deleted.",
        action="Back to the list",
        href=GRID,
    )
