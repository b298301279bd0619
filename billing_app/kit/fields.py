"""Form fields: label above, help below, error below that. Checked on blur and on submit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.vars import ArrayVar

from billing_app.kit.icons import icon
from billing_app.kit.links import here_link
from billing_app.kit.words import Child, Flag, Handler, Text, filled, joined, present

Options = Sequence[str] | Sequence[tuple[str, str]] | rx.Var[Any]
FORM_KEYS = {"auto_complete": "off", "spell_check": False}


@dataclass(frozen=True)
class FormError:
    """One thing to correct: the id of its field, the field's name, the sentence."""

    id: str
    label: str
    text: str


@dataclass(frozen=True)
class Option:
    """One choice: what is stored, what is read, what explains it."""

    value: str
    label: str
    note: str = ""


def field(
    label: Text,
    control: rx.Component,
    *,
    id: Text,
    help: Text = "",
    error: Text = "",
    optional: Flag = False,
    note: Text = "",
    css: str = "",
) -> rx.Component:
    """A label with its control, help and error; ties them together for screen readers."""
    _describe(control, id, help, error)
    return rx.el.div(
        rx.el.label(label, *_asides(optional, note), html_for=id),
        control,
        *([rx.el.small(help, id=joined(id, "-help"))] if present(help) else []),
        *([_error(id, error)] if present(error) else []),
        class_name=f"field {css}".strip(),
    )


def text_input(*, type: str = "text", on_blur: Handler | None = None, **props: Any) -> rx.Component:
    """A line of text; give `default_value` and `on_blur`, or `name` inside a form."""
    return rx.el.input(type=type, **_on(on_blur=on_blur), **props)


def amount_input(*, on_blur: Handler | None = None, **props: Any) -> rx.Component:
    """An amount, quantity or rate: takes a comma or a point, figures to the right."""
    props["class_name"] = f"num {props.pop('class_name', '')}".strip()
    return rx.el.input(
        type="text", input_mode="decimal", **FORM_KEYS, **_on(on_blur=on_blur), **props
    )


def date_input(*, on_blur: Handler | None = None, **props: Any) -> rx.Component:
    """A date as people write it: 21 Nov 2026 or 2026-11-21; read by `domain.parsing`."""
    props.setdefault("placeholder", "21 Nov 2026")
    return rx.el.input(type="text", **FORM_KEYS, **_on(on_blur=on_blur), **props)


def text_area(*, rows: int = 3, on_blur: Handler | None = None, **props: Any) -> rx.Component:
    """Several lines of text."""
    return rx.el.textarea(rows=str(rows), **_on(on_blur=on_blur), **props)


def select_input(
    options: Options, *, on_change: Handler | None = None, placeholder: str = "", **props: Any
) -> rx.Component:
    """A choice of few: words, (value, word) pairs, or a var of `Option`s."""
    first = [rx.el.option(placeholder, value="")] if placeholder else []
    return rx.el.select(*first, *_options(options), **_on(on_change=on_change), **props)


def checkbox(label: Child, *, id: Text, help: Text = "", **props: Any) -> rx.Component:
    """A box with its words beside it."""
    described = {"aria_describedby": joined(id, "-help")} if present(help) else {}
    return rx.el.div(
        rx.el.input(type="checkbox", id=id, class_name="box", **described, **props),
        rx.el.label(label, html_for=id),
        *([rx.el.small(help, id=joined(id, "-help"))] if present(help) else []),
        class_name="tick-field",
    )


def row_checkbox(label: Text, *, checked: Flag, on_change: Handler, **props: Any) -> rx.Component:
    """The box of a grid row: x and Shift-click reach it; name it after its record."""
    return rx.el.input(
        type="checkbox",
        class_name="box",
        aria_label=label,
        checked=checked,
        on_change=on_change,
        data_row_box="",
        **props,
    )


def combo(
    options: Options, *, id: Text, on_blur: Handler | None = None, **props: Any
) -> rx.Component:
    """A line of text with suggestions; anything else may be typed too."""
    known = joined(id, "-known")
    return rx.el.div(
        rx.el.input(type="text", id=id, list=known, **FORM_KEYS, **_on(on_blur=on_blur), **props),
        rx.el.datalist(*_options(options), id=known),
        class_name="combo",
    )


def search_combo(
    options: ArrayVar[list[Option]],
    *,
    id: Text,
    label: str,
    on_search: Handler,
    on_choose: Handler,
    **props: Any,
) -> rx.Component:
    """A field that searches while typing; arrows and Enter choose. `on_choose` gets the value."""
    found = joined(id, "-found")
    return rx.el.div(
        rx.el.input(
            type="text",
            id=id,
            role="combobox",
            aria_autocomplete="list",
            aria_expanded=options.length() > 0,
            aria_controls=found,
            data_combo="",
            on_change=on_search,
            **FORM_KEYS,
            **props,
        ),
        rx.el.div(
            rx.foreach(options, lambda option: _found(option, id, on_choose)),
            id=found,
            role="listbox",
            aria_label=label,
            class_name="found",
        ),
        class_name="combo",
    )


def form_errors(errors: ArrayVar[list[FormError]], attempt: Any = "") -> rx.Component:
    """What hinders saving, on top of the form, with links to the fields; takes the focus.

    `attempt` changes with every try, so that the focus comes back each time.
    """
    return rx.cond(
        errors.length() > 0,
        rx.el.div(
            rx.el.h2("This is not saved yet"),
            rx.el.ul(rx.foreach(errors, _error_line)),
            class_name="problems",
            role="group",
            aria_label="What to correct",
            tab_index=-1,
            data_autofocus=attempt,
        ),
    )


def _describe(control: rx.Component, id: Text, help: Text, error: Text) -> None:
    target: Any = control.children[0] if control.class_name in {"combo", "pair"} else control
    if getattr(target, "id", None) is None:
        target.id = id
    if getattr(target, "name", None) is None:
        target.name = id
    notes = [joined(id, "-help")] if present(help) else []
    notes += [joined(id, "-error")] if present(error) else []
    if notes:
        both = notes if len(notes) == 1 else [notes[0], " ", notes[1]]
        target.custom_attrs["aria-describedby"] = joined(*both)
    if present(error):
        target.custom_attrs["aria-invalid"] = True if isinstance(error, str) else error != ""


def _asides(optional: Flag, note: Text) -> list[rx.Component]:
    aside = [] if optional is False else [_optional(optional)]
    return [*aside, *([rx.el.span(" ", note)] if present(note) else [])]


def _optional(optional: Flag) -> rx.Component:
    word = rx.el.span(" optional")
    return word if isinstance(optional, bool) else rx.cond(optional, word)


def _error(id: Text, error: Text) -> rx.Component:
    words = filled(error, icon("alert", "i s"), rx.el.span(error))
    return rx.el.p(words, id=joined(id, "-error"), class_name="error")


def _error_line(error: rx.vars.ObjectVar[FormError]) -> rx.Component:
    return rx.el.li(
        here_link(error.label, href=joined("#", error.id), data_focus=error.id), ": ", error.text
    )


def _found(option: rx.vars.ObjectVar[Option], id: Text, on_choose: Handler) -> rx.Component:
    return rx.el.div(
        option.label,
        filled(option.note, rx.el.small(option.note)),
        id=joined(id, "-", option.value),
        role="option",
        on_click=on_choose(option.value),
        key=option.value,
    )


def _options(options: Options) -> list[rx.Component]:
    if isinstance(options, rx.Var):
        return [rx.foreach(options, _option)]
    pairs = [(one, one) if isinstance(one, str) else one for one in options]
    return [rx.el.option(label, value=value) for value, label in pairs]


def _option(option: Any) -> rx.Component:
    if issubclass(option._var_type, str):  # noqa: SLF001  what a foreach item is, Reflex says only here
        return rx.el.option(option, value=option)
    return rx.el.option(option.label, value=option.value)


def _on(**handlers: Handler | None) -> dict[str, Any]:
    return {name: handler for name, handler in handlers.items() if handler is not None}
