"""Settings by level: what counts where, each level's own values, and changing them."""

from billing_app.domain.settings import DEFAULTS
from billing_app.services.settings.levels import (
    Level,
    LevelName,
    SettingView,
    change_setting,
    clear_setting,
    global_settings,
    level_name,
    levels,
    settings_of,
)
from billing_app.services.settings.sites import site_settings
from billing_app.services.settings.values import (
    OFF_SENTENCE,
    Place,
    companies_off,
    invoices_are_off,
    is_on,
    is_wanted,
    place_of_customer,
    require_invoices,
    setting,
    settings_at,
)

__all__ = [
    "DEFAULTS",
    "OFF_SENTENCE",
    "Level",
    "LevelName",
    "Place",
    "SettingView",
    "change_setting",
    "clear_setting",
    "companies_off",
    "global_settings",
    "invoices_are_off",
    "is_on",
    "is_wanted",
    "level_name",
    "levels",
    "place_of_customer",
    "require_invoices",
    "setting",
    "settings_at",
    "settings_of",
    "site_settings",
]
