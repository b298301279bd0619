"""Status chips: an icon, a word and a tone, the same everywhere; never colour alone."""

from typing import Any, NamedTuple

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.words import Text, choose, filled, joined, present


class Look(NamedTuple):
    """How one status looks."""

    icon: str
    tone: str  # neutral, info, success, warning, danger, violet


LOOKS: dict[str, Look] = {
    # posting
    "Draft": Look("pencil", "neutral"),
    "Pending": Look("dotted", "neutral"),
    "Assembled": Look("layers", "info"),
    "Ready for Posting": Look("hourglass", "warning"),
    "Posted": Look("stamp", "info"),
    "Cancelled": Look("x", "neutral"),
    "Void": Look("ban", "neutral"),
    # life cycle and payment
    "Open": Look("circle", "info"),
    "Sent": Look("send", "info"),
    "Viewed": Look("eye", "info"),
    "Downloaded": Look("download", "info"),
    "Partially Paid": Look("dashed", "info"),
    "Partially paid": Look("dashed", "info"),
    "Paid": Look("check", "success"),
    "Overdue": Look("late", "danger"),
    "Due soon": Look("cal", "warning"),
    "Credited": Look("undo", "violet"),
    "Refunded": Look("undo", "violet"),
    "Partially refunded": Look("undo", "violet"),
    "Authorized": Look("dashed", "info"),
    "Invoiced": Look("invoice", "info"),
    "Declined": Look("alert", "danger"),
    "Failed": Look("alert", "danger"),
    "Mail failed": Look("warn", "danger"),
    "Failing": Look("warn", "warning"),
    # money, orders, voyages, people, jobs
    "Completed": Look("check", "success"),
    "Allocated": Look("check", "success"),
    "Partially allocated": Look("dashed", "info"),
    "Unallocated": Look("dotted", "warning"),
    "Estimate": Look("pencil", "neutral"),
    "Nominated": Look("dotted", "info"),
    "Operational": Look("ship", "info"),
    "Operationally Closed": Look("lock", "neutral"),
    "Closed": Look("lock", "neutral"),
    "Confirmed": Look("check", "info"),
    "Won": Look("check", "success"),
    "Lost": Look("x", "neutral"),
    "Active": Look("check", "success"),
    "Inactive": Look("ban", "neutral"),
    "Paused": Look("dashed", "warning"),
    "Ended": Look("x", "neutral"),
    "Skipped": Look("x", "neutral"),
    "Moved": Look("cal", "info"),
    "Invited": Look("mail", "info"),
    "Locked": Look("lock", "warning"),
    "Expired": Look("late", "neutral"),
    "Queued": Look("dotted", "neutral"),
    "Running": Look("sync", "info"),
    "Sending": Look("sync", "info"),
    "Done": Look("check", "success"),
    "Synced": Look("sync", "success"),
    "In accounting": Look("sync", "success"),
    "On its way to accounting": Look("sync", "info"),
    "Accounting failed": Look("alert", "danger"),
    "Error": Look("alert", "danger"),
    "Disputed": Look("alert", "warning"),
    "Answered": Look("note", "info"),
    "Accepted": Look("check", "success"),
    "Rejected": Look("x", "neutral"),
    "Withdrawn": Look("undo", "neutral"),
    "Holds": Look("check", "success"),
    "Broken": Look("alert", "danger"),
}
UNKNOWN = Look("dotted", "neutral")
ICONS = {key: look.icon for key, look in LOOKS.items()}
TONES = {key: look.tone for key, look in LOOKS.items()}


def status_chip(
    key: Text, extra: Text = "", *, also: bool = False, word: Text = ""
) -> rx.Component:
    """A status; `extra` follows it ("12 days"); `also`: a second one, its icon if room is short.

    `word` is how another language says it.
    """
    return rx.el.span(
        icon(choose(key, ICONS, "dotted")),
        rx.el.span(word if present(word) else key, *_more(extra), class_name="w"),
        class_name=_tone(key, "st also" if also else "st"),
    )


def look_of(word: str) -> Look:
    """How a status looks, for lists that draw many: see `drawn_chip`."""
    return LOOKS.get(word, UNKNOWN)


def drawn_chip(
    word: Text, icon_name: Text, tone: Text, extra: Text = "", *, also: bool = False
) -> rx.Component:
    """A status whose look was chosen on the server, of as few boxes as can be: grids draw many."""
    words = rx.el.span(word, *_more(extra), class_name="w") if also else word
    return rx.el.span(
        words,
        *([] if also else _more(extra)),
        class_name=joined("st pic ", "also p-" if also else "p-", icon_name, " ", tone),
    )


def tone_chip(label: Text, tone: Text = "neutral", icon_name: Text = "dotted") -> rx.Component:
    """A chip for a word that is no status of the table."""
    return rx.el.span(
        icon(icon_name), rx.el.span(label, class_name="w"), class_name=joined("st ", tone)
    )


def chip_button(
    key: Text, *, menu: Text, label: Text = "change status", **props: Any
) -> rx.Component:
    """A status that opens the menu with this id (see `dialogs.menu_panel`)."""
    return rx.el.button(
        icon(choose(key, ICONS, "dotted")),
        rx.el.span(key, class_name="w"),
        icon("down", "i s"),
        rx.el.span(", ", label, class_name="sr"),
        type="button",
        class_name=_tone(key, "st"),
        aria_haspopup="menu",
        custom_attrs={"popoverTarget": menu},
        **props,
    )


def _more(extra: Text) -> list[rx.Component]:
    if not present(extra):
        return []
    return [filled(extra, rx.el.span(" ", extra, class_name="st-more"))]


def _tone(key: Text, base: str) -> Text:
    return joined(base, " ", choose(key, TONES, "neutral"))
