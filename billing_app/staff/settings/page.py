"""The settings page: each setting with what it does, what counts here and which level decides."""

from typing import Any

import reflex as rx

from billing_app.domain.setting_facts import SETTINGS, Kind, Section, SettingFacts
from billing_app.kit.buttons import button, link_button
from billing_app.kit.fields import field, search_combo, select_input, text_area, text_input
from billing_app.kit.words import joined
from billing_app.staff.settings.state import SettingsState
from billing_app.staff.shell.page import staff_page

LINES = {Kind.ADDRESS: 3, Kind.PAIRS: 4, Kind.ACCOUNTS: 3}


def settings_page() -> rx.Component:
    """The page."""
    return staff_page(
        rx.cond(
            SettingsState.is_loaded,
            rx.el.div(_levels(), *map(_section, Section), class_name="e-wrap one settings"),
            rx.el.p("Opening…", role="status"),
        ),
        title="Settings",
        current="/settings",
        layout="editor",
        new=rx.fragment(),
        actions=[
            link_button("Company", href="/settings/company", kind="quiet"),
            link_button("Portal sites", href="/settings/sites", kind="quiet"),
            link_button("Webhooks", href="/settings/webhooks", kind="quiet"),
            link_button("Numbers and document types", href="/settings/numbers", kind="quiet"),
        ],
    )


def _levels() -> rx.Component:
    choice = select_input(
        SettingsState.levels,
        value=SettingsState.level,
        on_change=SettingsState.choose_level,
    )
    search = search_combo(
        SettingsState.customers,
        id="level-customer",
        label="Customers found",
        on_search=SettingsState.find_customer.debounce(200),
        on_choose=SettingsState.choose_customer,
        placeholder="Name or number",
        key=SettingsState.level,
    )
    return rx.el.section(
        rx.el.header(rx.el.h2("Level")),
        rx.el.p(
            "The most specific level that is set decides: customer, then group, portal site, "
            "company, global.",
            class_name="muted",
        ),
        rx.el.div(
            field("Settings of", choice, id="level", css="s3"),
            field("A customer's settings", search, id="level-customer", css="s3", optional=True),
            class_name="e-row",
        ),
        class_name="e-sec",
    )


def _section(section: Section) -> rx.Component:
    offered = [facts for facts in SETTINGS.values() if facts.is_offered]
    found = [facts for facts in offered if facts.section is section]
    if not found:
        return rx.fragment()
    is_shown = _is_here(found[0])
    for facts in found[1:]:
        is_shown = is_shown | _is_here(facts)
    return rx.cond(
        is_shown,
        rx.el.section(
            rx.el.header(rx.el.h2(section.value)),
            rx.el.div(*map(_setting, found), class_name="stack"),
            class_name="e-sec",
        ),
    )


def _is_here(facts: SettingFacts) -> Any:
    return SettingsState.rows[facts.key].key != ""


def _setting(facts: SettingFacts) -> rx.Component:
    row = SettingsState.rows[facts.key]
    control = field(
        facts.label,
        _control(facts, row),
        id=f"s-{facts.key}",
        help=facts.sentence,
        error=SettingsState.errors.get(facts.key, ""),
    )
    says = rx.el.p(
        rx.el.span(row.says),
        rx.cond(
            row.is_set,
            button(
                "Clear",
                small=True,
                kind="quiet",
                aria_label=f"Clear {facts.label}",
                on_click=SettingsState.clear(facts.key),
            ),
        ),
        class_name="decides",
        data_testid="decides",
    )
    return rx.cond(
        _is_here(facts),
        rx.el.div(control, says, class_name="setting", data_testid="setting", data_id=facts.key),
    )


def _control(facts: SettingFacts, row: Any) -> rx.Component:
    key = joined(SettingsState.stamp, facts.key)
    if facts.choices:
        return select_input(
            [("", "Not set here"), *facts.choices],
            value=row.own,
            on_change=lambda chosen: SettingsState.change(facts.key, chosen),
        )
    typed: dict[str, Any] = {
        "default_value": row.own,
        "on_blur": lambda text: SettingsState.change(facts.key, text),
        "placeholder": "Not set here",
        "key": key,
    }
    if facts.kind in LINES:
        return text_area(rows=LINES[facts.kind], **typed)
    return text_input(**typed)
