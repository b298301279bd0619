"""What stands around and inside tables: heads, views, filters, pages, and what shows when empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from reflex.vars import NumberVar

from billing_app.kit.buttons import button, link_button
from billing_app.kit.icons import icon
from billing_app.kit.words import Child, Flag, Handler, Text, filled, joined, present

EmptyKind = Literal["nothing", "no_match", "not_allowed", "error"]
WIDTHS = ("long", "middle", "longest", "short")


@dataclass(frozen=True)
class Tab:
    """A saved view: its key, its name, how many it holds."""

    key: str
    label: str
    count: str = ""


def grid_scroll(label: str, *content: Child) -> rx.Component:
    """The place in which a grid scrolls, under its sticky head."""
    return rx.el.div(*content, class_name="scroll", tab_index=0, role="region", aria_label=label)


def grid_table(
    caption: Text, head: rx.Component, body: rx.Component, *, busy: Flag = False
) -> rx.Component:
    """A grid: `head` and `body` are the thead's and tbody's rows. Refreshing dims the old rows."""
    return rx.el.table(
        rx.el.caption(caption, class_name="sr"),
        rx.el.thead(head),
        rx.el.tbody(body),
        class_name="t grid live",
        aria_busy=busy,
    )


def sort_header(
    label: Text,
    column: Text,
    sort: Text,
    descending: Flag,
    on_sort: Handler,
    css: Text = "",
) -> rx.Component:
    """A column head that sorts; `on_sort` gets the column."""
    order = rx.cond(descending, "descending", "ascending")
    return rx.el.th(
        rx.el.button(
            label, icon("down"), type="button", class_name="sort", on_click=on_sort(column)
        ),
        scope="col",
        class_name=css,
        aria_sort=rx.cond(rx.Var.create(sort) == column, order, "none"),
    )


def head(label: Text, css: Text = "", *, hidden: bool = False) -> rx.Component:
    """A column head without sorting; a hidden one is only read out."""
    return rx.el.th(
        rx.el.span(label, class_name="sr") if hidden else label, scope="col", class_name=css
    )


def plain_table(
    caption: str, heads: Sequence[rx.Component], *body: Child, css: str = ""
) -> rx.Component:
    """A small table inside a record or an editor (`.t.small-t`); `body` is tbody and tfoot."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="sr"),
            rx.el.thead(rx.el.tr(*heads)),
            *body,
            class_name=f"t small-t {css}".strip(),
        ),
        class_name="scroll-x",
        role="region",
        aria_label=caption,
        tab_index=0,
    )


def empty_state(
    kind: EmptyKind,
    title: Text,
    text: Text = "",
    *,
    action: Text = "",
    on_action: Handler | None = None,
    href: Text = "",
    also: Child | None = None,
    reference: Text = "",
) -> rx.Component:
    """Nothing yet, no match, not allowed or an error: what is, and what to do."""
    parts: list[Child] = [rx.el.h2(title), filled(text, rx.el.p(text))]
    if present(reference):
        parts.append(filled(reference, rx.el.p("Reference ", rx.el.b(reference), class_name="ref")))
    if present(action):
        look: Any = "primary" if kind == "nothing" else "default"
        shown = (
            link_button(action, href=href, kind=look)
            if present(href)
            else button(action, on_click=on_action, kind=look)
        )
        parts.append(shown)
    if also is not None:
        parts.append(rx.el.p(also, class_name="also"))
    role = {"role": "alert"} if kind == "error" else {}
    return rx.el.div(*parts, class_name=f"empty {kind}", **role)


def skeleton_rows(columns: Sequence[str], n: int = 12) -> rx.Component:
    """Rows that only show where figures will stand; one css class a column ("c-amt num")."""
    rows = (rx.el.tr(*(_bone(css, row + at) for at, css in enumerate(columns))) for row in range(n))
    return rx.el.tbody(*rows, class_name="skel", aria_hidden="true")


def pager(
    page: NumberVar[int], pages: NumberVar[int], text: Text, on_page: Handler
) -> rx.Component:
    """The range shown ("1–50 of 68") and real page numbers; `on_page` gets the number."""
    return rx.el.nav(
        rx.el.span(text),
        rx.el.span(
            _step("Previous page", "left", page > 1, on_page(page - 1)),
            rx.cond(page > 2, _number(1, on_page)),  # noqa: PLR2004  the first page stands apart
            rx.cond(page > 3, _gap()),  # noqa: PLR2004
            rx.cond(page > 1, _number(page - 1, on_page)),
            _number(page, on_page, current=True),
            rx.cond(page < pages, _number(page + 1, on_page)),
            rx.cond(page < pages - 2, _gap()),
            rx.cond(page < pages - 1, _number(pages, on_page)),
            _step("Next page", "right", page < pages, on_page(page + 1)),
            class_name="pages",
        ),
        class_name="pager",
        aria_label="Page numbers",
    )


def filter_chip(
    label: Text, value: Text, on_clear: Handler, *, on_open: Handler | None = None, css: str = ""
) -> rx.Component:
    """A filter that holds: its name and value; the cross takes it away, the words open it."""
    words = [rx.el.span(label), " ", value]
    opener = (
        rx.el.button(*words, type="button", on_click=on_open, aria_haspopup="dialog")
        if on_open is not None
        else rx.el.span(*words, class_name="words")
    )
    cross = rx.el.button(
        icon("x", "i s"),
        type="button",
        on_click=on_clear,
        aria_label=joined("Remove filter ", label),
    )
    return rx.el.li(opener, cross, class_name=f"fc {css}".strip())


def add_filter(*, on_click: Handler | None = None, menu: str = "") -> rx.Component:
    """The dashed chip that adds a filter; `menu` is the id of a popover to open instead."""
    props: dict[str, Any] = {"custom_attrs": {"popoverTarget": menu}} if menu else {}
    if on_click is not None:
        props["on_click"] = on_click
    opener = rx.el.button(
        icon("plus", "i s"), "Filter", type="button", aria_haspopup="dialog", **props
    )
    return rx.el.li(opener, class_name="fc add")


def filters(*chips: Child, end: Sequence[Child] = ()) -> rx.Component:
    """The row of filter chips, with Columns and Export at its end."""
    return rx.el.div(
        rx.el.ul(*chips, aria_label="Filters"),
        rx.el.div(*end, class_name="end"),
        class_name="filters",
    )


def tabs(
    items: Sequence[Tab] | rx.Var[list[Tab]],
    current: Text,
    on_choose: Handler,
    label: str = "Saved views",
) -> rx.Component:
    """Saved views in a row; `on_choose` gets the key."""

    def one(tab: Any) -> rx.Component:
        return rx.el.button(
            tab.label,
            filled(tab.count, rx.el.span(tab.count)),
            type="button",
            on_click=on_choose(tab.key),
            aria_current=rx.cond(rx.Var.create(current) == tab.key, "true", "false"),
        )

    shown = [rx.foreach(items, one)] if isinstance(items, rx.Var) else [one(tab) for tab in items]
    return rx.el.nav(*shown, class_name="tabs", aria_label=label)


def bulk_bar(text: Text, sums: Text, *actions: Child, label: str = "Selected rows") -> rx.Component:
    """What can be done with the chosen rows; stands between the grid and its pages."""
    return rx.el.div(
        rx.el.p(rx.el.b(text), " ", sums, class_name="sum", aria_live="polite"),
        *actions,
        class_name="bulk",
        role="toolbar",
        aria_label=label,
    )


def _bone(css: str, at: int) -> rx.Component:
    shape = "chipbar" if "c-st" in css else WIDTHS[at % len(WIDTHS)]
    inner = [] if "check" in css else [rx.el.span(class_name=shape)]
    return rx.el.td(*inner, class_name=css)


def _number(page: Any, on_page: Handler, *, current: bool = False) -> rx.Component:
    here = {"aria_current": "page"} if current else {}
    return rx.el.button(
        page, type="button", on_click=on_page(page), aria_label=joined("Page ", _text(page)), **here
    )


def _text(page: Any) -> Text:
    return str(page) if isinstance(page, int) else page.to_string()


def _gap() -> rx.Component:
    return rx.el.span("…", class_name="gap")


def _step(label: str, name: str, possible: rx.Var[bool], handler: Handler) -> rx.Component:
    live = rx.el.button(icon(name), type="button", on_click=handler, aria_label=label)
    off = rx.el.span(
        icon(name), rx.el.span(f"{label}, not available", class_name="sr"), class_name="off"
    )
    return rx.cond(possible, live, off)
