"""What floats: dialogs, the drawer, menus. `keys.js` keeps the focus in and gives it back."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from billing_app.kit.buttons import icon_button, shortcut
from billing_app.kit.icons import icon as draw
from billing_app.kit.links import link
from billing_app.kit.words import Child, Flag, Handler, Text, filled, joined, present, when

DialogKind = Literal["dialog", "alertdialog"]


def dialog(  # noqa: PLR0913  a dialog has these parts
    title: Text,
    *body: Child,
    open: Flag,
    on_close: Handler,
    actions: Sequence[Child] = (),
    say: Child | None = None,
    lead: Text = "",
    kind: DialogKind = "dialog",
    wide: bool = False,
    id: str = "dialog",
) -> rx.Component:
    """A window over the page: reviews, refusals, line editing. Esc and the cross close it.

    Mark the safe action with `data_autofocus=""`; otherwise the title takes the focus.
    `say` stands at the left of the actions. Give it to `staff_frame(overlays=...)`.
    """
    named: dict[str, Any] = {"aria_labelledby": f"{id}-title"}
    if present(lead):
        named["aria_describedby"] = f"{id}-lead"
    window = rx.el.div(
        _dialog_head(title, lead, id, on_close),
        rx.el.div(*body, class_name="body"),
        *([_dialog_foot(actions, say)] if actions else []),
        role=kind,
        aria_modal="true",
        class_name="dlg wide" if wide else "dlg",
        data_trap="",
        id=id,
        **named,
    )
    return when(open, rx.el.div(window, class_name="scrim"))


def facts(pairs: Sequence[tuple[Text, Child]]) -> rx.Component:
    """What a review shows before it acts: names and values, one under the other."""
    return rx.el.dl(
        *(rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in pairs),
        class_name="facts-list",
    )


def drawer(  # noqa: PLR0913  the parts of the record beside the grid
    title: Text,
    *content: Child,
    open: Flag,
    on_close: Handler,
    on_previous: Handler | None = None,
    on_next: Handler | None = None,
    position: Text = "",
    tools: Sequence[Child] = (),
    actions: Sequence[Child] = (),
    sub: Sequence[Child] = (),
    boxes: rx.Component | None = None,
    busy: Flag = False,
) -> rx.Component:
    """The record right of the grid; a dialog below 1280 px. Goes to `staff_frame(aside=...)`.

    `tools` stand at the right of the top line, `actions` beside the title, `sub` below it (id and
    chips), `boxes` is `dialogs.boxes`. The content is one scroll of `section`s.
    """
    head = rx.el.div(
        _drawer_nav(on_close, on_previous, on_next, position, tools),
        rx.el.div(
            rx.el.h2(title, id="drawer-title", tab_index=-1, data_autofocus=""),
            rx.el.div(*actions, class_name="right"),
            class_name="d-title",
        ),
        rx.el.div(*sub, class_name="d-sub"),
        *([boxes] if boxes is not None else []),
        class_name="d-head",
    )
    body = rx.el.div(
        *content,
        class_name="d-body",
        tab_index=0,
        role="region",
        aria_label=joined("Record ", title),
        aria_busy=busy,
    )
    place = rx.el.section(
        head, body, class_name="drawer", aria_labelledby="drawer-title", data_trap="narrow"
    )
    return when(open, place)


def boxes(entries: Sequence[rx.Component]) -> rx.Component:
    """The four figures of the drawer's head, made with `box`."""
    return rx.el.dl(*entries, class_name="boxes")


def box(
    name: Text, value: Child, *, unit: Text = "", small: Text = "", css: Text = ""
) -> rx.Component:
    """One figure: css "lead" makes it the largest, "late" red."""
    return rx.el.div(
        rx.el.dt(name, filled(unit, rx.el.span(" ", unit))),
        rx.el.dd(value, filled(small, rx.el.small(small))),
        class_name=css,
    )


def section(
    heading: str,
    *content: Child,
    id: str,
    count: Text = "",
    frozen: Text = "",
    tools: Sequence[Child] = (),
) -> rx.Component:
    """A part of the drawer; `frozen` is the sentence with the lock."""
    lock = rx.el.span(draw("lock", "i s"), frozen, class_name="right frozen")
    head = rx.el.header(
        rx.el.h3(heading, id=id),
        filled(count, rx.el.span(count, class_name="n")),
        *([filled(frozen, lock)] if present(frozen) else []),
        *([rx.el.span(*tools, class_name="right")] if tools else []),
    )
    return rx.el.section(head, *content, class_name="sec", aria_labelledby=id)


def pairs(entries: Sequence[tuple[Text, Child]], wide: Sequence[Text] = ()) -> rx.Component:
    """Names and values in two columns (`.kv`); those named in `wide` take both."""
    return rx.el.dl(
        *(
            rx.el.div(rx.el.dt(name), rx.el.dd(value), class_name="wide" if name in wide else "")
            for name, value in entries
        ),
        class_name="kv",
    )


def menu(
    label: Text,
    *items: rx.Component,
    id: Text,
    icon: str = "more",
    text: Child | None = None,
    css: str = "icon-btn",
    wide: bool = False,
) -> rx.Component:
    """A button with a menu of `menu_item`s; arrows move, Esc closes, it lies above everything."""
    opener = rx.el.button(
        text if text is not None else draw(icon),
        type="button",
        class_name=css,
        aria_label=label,
        aria_haspopup="menu",
        custom_attrs={"popoverTarget": id},
    )
    return rx.fragment(opener, menu_panel(label, *items, id=id, wide=wide))


def menu_panel(label: Text, *items: rx.Component, id: Text, wide: bool = False) -> rx.Component:
    """The floating part of a menu, for a button of one's own with `popoverTarget`."""
    return rx.el.div(
        *items,
        id=id,
        role="menu",
        aria_label=label,
        class_name="menu wide" if wide else "menu",
        custom_attrs={"popover": "auto"},
    )


def menu_item(
    label: Text,
    *,
    icon: Text = "",
    on_click: Handler | None = None,
    href: Text = "",
    key: str = "",
    note: Text = "",
    disabled: Flag = False,
    danger: bool = False,
    **props: Any,
) -> rx.Component:
    """An entry of a menu; a disabled one says why in `note`. Its key works without opening."""
    parts = [
        filled(icon, draw(icon)) if present(icon) else rx.el.span(),
        rx.el.span(label),
        shortcut(key) if key else rx.el.span(),
        filled(note, rx.el.small(note)),
    ]
    props |= {"role": "menuitem", "class_name": "danger" if danger else ""}
    if key:
        props["data_menu_key"] = key
    if disabled is not False:
        props["aria_disabled"] = disabled
    if present(href):
        return link(*parts, href=href, **props)
    if on_click is not None:
        props["on_click"] = on_click
    return rx.el.button(*parts, type="button", **props)


def menu_line() -> rx.Component:
    """The line between two groups of a menu."""
    return rx.el.hr()


def _dialog_head(title: Text, lead: Text, id: str, on_close: Handler) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.h2(title, id=f"{id}-title", tab_index=-1),
            icon_button("Close", "x", on_click=on_close, data_escape=""),
            class_name="dlg-top",
        ),
        filled(lead, rx.el.p(lead, id=f"{id}-lead")),
    )


def _dialog_foot(actions: Sequence[Child], say: Child | None) -> rx.Component:
    words = [rx.el.span(say, class_name="say")] if say is not None else []
    return rx.el.footer(*words, *actions)


def _drawer_nav(
    on_close: Handler,
    on_previous: Handler | None,
    on_next: Handler | None,
    position: Text,
    tools: Sequence[Child],
) -> rx.Component:
    steps = []
    if on_previous is not None:
        steps.append(icon_button("Previous record", "up", key="[", on_click=on_previous))
    if on_next is not None:
        steps.append(icon_button("Next record", "down", key="]", on_click=on_next))
    return rx.el.div(
        icon_button("Close", "x", on_click=on_close, data_escape=""),
        *steps,
        rx.el.span(position, class_name="pos"),
        rx.el.span(*tools, class_name="right"),
        class_name="d-nav",
    )
