"""Settings as finished strings."""

from dataclasses import dataclass

from billing_app.domain.setting_facts import Kind, Scope, SettingFacts
from billing_app.services.settings import Level, SettingView

LINES = {Kind.ADDRESS, Kind.PAIRS, Kind.ACCOUNTS}


@dataclass(frozen=True)
class SettingRow:
    """One setting at the chosen level: `own` is what the level says itself, "" for nothing."""

    key: str
    own: str
    says: str
    is_set: bool


def setting_row(view: SettingView) -> SettingRow:
    """A setting; `says` names what counts and which level decides."""
    counts = spoken(view.facts, view.value)
    if view.own is not None:
        says = f"Set here: {counts}."
    elif view.decided_by:
        says = f"{view.decided_by} decides: {counts}."
    else:
        says = f"By default: {counts}."
    return SettingRow(view.facts.key, view.own or "", says, view.own is not None)


def spoken(facts: SettingFacts, value: str) -> str:
    """A value in people's words."""
    if facts.choices:
        return dict(facts.choices).get(value, value)
    if not value:
        return "empty"
    if facts.kind in LINES:
        return " · ".join(value.splitlines())
    return value


def level_key(level: Level) -> str:
    """A level as it stands in an address: "company-1"."""
    return f"{level.scope}-{level.id}"


def level_of(key: str) -> Level:
    """The level that an address names; global for anything else."""
    scope, _, number = key.partition("-")
    is_number = number.isascii() and number.isdigit() and len(number) < 16  # noqa: PLR2004
    known = {Scope.COMPANY, Scope.SITE, Scope.GROUP, Scope.CUSTOMER}
    return Level(Scope(scope), int(number)) if scope in known and is_number else Level()
