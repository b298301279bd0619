"""Buttons. One primary button on a view; a key belongs to the button it presses."""

from typing import Any, Literal

import reflex as rx

from billing_app.kit.icons import icon as draw
from billing_app.kit.links import link
from billing_app.kit.words import Flag, Handler, Text

Kind = Literal["default", "primary", "quiet", "danger"]
CLASSES = {
    "default": "btn",
    "primary": "btn primary",
    "quiet": "btn quiet",
    "danger": "btn danger",
}


def button(
    label: Text,
    *,
    kind: Kind = "default",
    icon: Text | None = None,
    key: str | None = None,
    on_click: Handler | None = None,
    type: Literal["button", "submit", "reset"] = "button",
    busy: Flag = False,
    small: bool = False,
    **props: Any,
) -> rx.Component:
    """A button; while busy it keeps its width, shows a spinner and takes no presses."""
    props |= _handled(on_click) | keyed(key) | _busied(busy)
    props["class_name"] = _classes(kind, small=small, more=props.pop("class_name", ""))
    return rx.el.button(*_face(label, icon), type=type, **props)


def link_button(
    label: Text,
    *,
    href: Text,
    kind: Kind = "default",
    icon: Text | None = None,
    key: str | None = None,
    small: bool = False,
    **props: Any,
) -> rx.Component:
    """A link that looks like a button."""
    props["class_name"] = _classes(kind, small=small, more=props.pop("class_name", ""))
    return link(*_face(label, icon), href=href, **keyed(key), **props)


def icon_button(
    label: Text,
    icon: Text,
    *,
    key: str | None = None,
    on_click: Handler | None = None,
    small: bool = False,
    **props: Any,
) -> rx.Component:
    """A button with an icon only; the label is its name and its tooltip."""
    props |= _handled(on_click) | keyed(key)
    more = props.pop("class_name", "")
    shape = " ".join(part for part in ("icon-btn", "small" if small else "", more) if part)
    props.setdefault("title", label)
    return rx.el.button(
        draw(icon, "i s" if small else "i"),
        type="button",
        aria_label=label,
        class_name=shape,
        **props,
    )


def shortcut(key: str) -> rx.Component:
    """A key as it stands on a keyboard."""
    return rx.el.kbd(key.replace("mod+", "Ctrl ").replace("enter", "Enter"), class_name="key")


def keyed(key: str | None) -> dict[str, str]:
    """The attributes that tie a key to a button; alternatives stand after commas."""
    if not key:
        return {}
    spoken: list[str] = []
    for one in key.split(","):
        if one.startswith("mod+"):
            rest = one.removeprefix("mod+").capitalize()
            spoken += [f"Control+{rest}", f"Meta+{rest}"]
        elif " " not in one:
            spoken.append(one)
    named = {"aria_keyshortcuts": " ".join(spoken)} if spoken else {}
    return {"data_key": key, **named}


def _face(label: Text, icon: Text | None) -> list[rx.Component]:
    drawn = [draw(icon)] if icon is not None else []
    return [*drawn, rx.el.span(label, class_name="w")]


def _classes(kind: Kind, *, small: bool, more: str) -> str:
    parts = (CLASSES[kind], "small" if small else "", more)
    return " ".join(part for part in parts if part)


def _handled(on_click: Handler | None) -> dict[str, Any]:
    return {} if on_click is None else {"on_click": on_click}


def _busied(busy: Flag) -> dict[str, Any]:
    return {} if busy is False else {"aria_busy": busy, "aria_disabled": busy}
