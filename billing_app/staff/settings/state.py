"""The settings page."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.settings import change_setting, global_settings


class SettingsState(rx.State):
    """The global values."""

    values: dict[str, str] = {}
    is_loaded: bool = False

    @action(Permission.SETTINGS_VIEW)
    async def load(self) -> None:
        """Read them."""
        self.values = await ask(global_settings)
        self.is_loaded = True

    @action(Permission.SETTINGS_EDIT)
    async def change(self, key: str, value: str) -> None:
        """Set one; it acts on the next action."""
        await ask(change_setting, key, value)
        self.values = await ask(global_settings)
        await notify(self, "The setting is saved.")
