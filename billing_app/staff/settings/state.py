"""The settings page: one level at a time, each setting with who decides it."""

from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.setting_facts import SETTINGS, Scope
from billing_app.kit.fields import Option
from billing_app.security.acting import ask, context
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.security.sessions import forget_everybody
from billing_app.services.customers import find_customers
from billing_app.services.settings import (
    Level,
    change_setting,
    clear_setting,
    level_name,
    levels,
    settings_of,
)
from billing_app.staff.settings.rows import SettingRow, level_key, level_of, setting_row

NOTHING = SettingRow("", "", "", is_set=False)
MOST_FOUND = 8
HIDDEN = "Hidden"


class SettingsState(rx.State):
    """The settings of the chosen level."""

    level: str = "global-0"
    level_name: str = "Global"
    levels: list[Option] = []
    rows: dict[str, SettingRow] = dict.fromkeys(SETTINGS, NOTHING)
    errors: dict[str, str] = {}
    customers: list[Option] = []
    stamp: str = "0"
    is_loaded: bool = False
    _level: Level = Level()
    _times: int = 0

    @action(Permission.SETTINGS_VIEW)
    async def load(self) -> None:
        """Show the level that the address names."""
        await self._open(level_of(str(self.router.url.query_parameters.get("level", ""))))
        self.levels = [Option(level_key(one.level), one.name) for one in await ask(levels)]
        if self._level.scope is Scope.CUSTOMER:
            self.levels = [*self.levels, Option(self.level, self.level_name)]
        self.is_loaded = True

    @action(Permission.SETTINGS_VIEW)
    async def choose_level(self, key: str) -> Any:
        """Show another level; the address follows."""
        return rx.redirect(f"/settings?level={level_key(level_of(key))}")

    @action(Permission.SETTINGS_VIEW, supersedes=True)
    async def find_customer(self, text: str) -> None:
        """Search the customer whose settings are wanted."""
        found = await ask(find_customers, text[:100], MOST_FOUND) if text.strip() else []
        sees = context().actor.sees_partner
        self.customers = [
            Option(str(row.id), row.name if sees else HIDDEN, row.number) for row in found
        ]

    @action(Permission.SETTINGS_VIEW)
    async def choose_customer(self, value: str) -> Any:
        """Show the customer's level."""
        self.customers = []
        return rx.redirect(f"/settings?level={level_key(level_of(f'customer-{value}'))}")

    @action(Permission.SETTINGS_EDIT)
    async def change(self, key: str, value: str) -> None:
        """Set one at this level; an empty choice lets a more general level decide."""
        if key in SETTINGS and self.rows[key].own == value and self.rows[key].is_set:
            return
        if key in SETTINGS and not value.strip():
            await self._clear(key)
            return
        scope, scope_id = str(self._level.scope), self._level.id
        try:
            await ask(change_setting, key, value, scope=scope, scope_id=scope_id)
        except Invalid as error:
            self.errors = {**self.errors, **error.fields}
            return
        await self._changed(key, f"{SETTINGS[key].label} is set for {self.level_name}.")

    @action(Permission.SETTINGS_EDIT)
    async def clear(self, key: str) -> None:
        """Let a more general level decide."""
        await self._clear(key)

    async def _clear(self, key: str) -> None:
        if key not in SETTINGS or not self.rows[key].is_set:
            self.errors = {name: text for name, text in self.errors.items() if name != key}
            return
        await ask(clear_setting, key, scope=str(self._level.scope), scope_id=self._level.id)
        await self._changed(key, f"{SETTINGS[key].label} is no longer set for {self.level_name}.")

    async def _changed(self, key: str, sentence: str) -> None:
        forget_everybody()  # what is switched off is gone from the next click on
        self.errors = {name: text for name, text in self.errors.items() if name != key}
        await self._show()
        await notify(self, sentence)

    async def _open(self, level: Level) -> None:
        try:
            self.level_name = await ask(level_name, level)
        except NotFound:
            level = Level()
            self.level_name = await ask(level_name, level)
        self._level, self.level, self.errors = level, level_key(level), {}
        await self._show()

    async def _show(self) -> None:
        found = {view.facts.key: setting_row(view) for view in await ask(settings_of, self._level)}
        self.rows = {key: found.get(key, NOTHING) for key in SETTINGS}
        self._times += 1
        self.stamp = f"{self.level}-{self._times}"
