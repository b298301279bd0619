"""The rule by which a setting counts, and what its value may be (SPEC 6.8).

The most specific level that is set wins: person, customer, group, site, company, global
(SPEC ORO-23). Where nothing is set, the default counts.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from billing_app.domain.errors import Invalid
from billing_app.domain.setting_facts import MAX_WORDS, SETTINGS, Kind, Scope, SettingFacts
from billing_app.domain.texts import clean_text

MOST_DAYS = 3650
MOST_PERCENT = 10_000
MAX_PAIR = 120  # characters of a label with its value
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {key: facts.default for key, facts in SETTINGS.items()}
)
_SPECIFIC_FIRST = tuple(reversed(Scope))


def deciding(key: str, own: Mapping[Scope, str]) -> tuple[str, Scope | None]:
    """The value that counts of what the levels say, and its level; None for the default.

    A level the setting does not have decides nothing, whatever a row of it may say.
    """
    facts = SETTINGS[key]
    for scope in _SPECIFIC_FIRST:
        if scope in own and scope in facts.scopes:
            return own[scope], scope
    return facts.default, None


def checked_value(key: str, value: str, scope: str) -> str:
    """The value as it is kept. Raises: Invalid at the key, with what to write instead."""
    facts = SETTINGS.get(key)
    if facts is None:
        raise Invalid.of("key", "There is no such setting.")
    if scope not in facts.scopes:
        levels = ", ".join(level.label.lower() for level in facts.scopes)
        raise Invalid.of(key, f"{facts.label} is set per {levels} only.")
    return _CHECKS[facts.kind](facts, value)


def pairs_of(value: str) -> tuple[tuple[str, str], ...]:
    """A value of kind PAIRS as labels with their values."""
    lines = (line.partition(":") for line in value.splitlines() if line.strip())
    return tuple((label.strip(), text.strip()) for label, _, text in lines)


def _chosen(facts: SettingFacts, value: str) -> str:
    if value not in {known for known, _ in facts.choices}:
        words = ", ".join(known for known, _ in facts.choices)
        raise Invalid.of(facts.key, f"Choose one of: {words}.")
    return value


def _figure(least: int, most: int, unit: str) -> Callable[[SettingFacts, str], str]:
    def checked(facts: SettingFacts, value: str) -> str:
        digits = value.strip()
        is_figure = digits.isascii() and digits.isdigit() and len(digits) <= len(str(most))
        if not is_figure or not least <= int(digits) <= most:
            raise Invalid.of(facts.key, f"Give a {unit} from {least} to {most:,}.")
        return str(int(digits))

    return checked


def _worded(facts: SettingFacts, value: str) -> str:
    return clean_text(value, field=facts.key, maximum=facts.maximum)


def _addressed(facts: SettingFacts, value: str) -> str:
    return clean_text(value, field=facts.key, maximum=facts.maximum, multiline=True)


def _paired(facts: SettingFacts, value: str) -> str:
    text = clean_text(value, field=facts.key, maximum=4 * MAX_WORDS, multiline=True)
    pairs = pairs_of(text)
    if len(pairs) > facts.maximum:
        raise Invalid.of(facts.key, f"At most {facts.maximum} fields fit on the paper.")
    if any(not label or not words or len(label + words) > MAX_PAIR for label, words in pairs):
        raise Invalid.of(facts.key, "Write each field as Label: value, one a line.")
    return "\n".join(f"{label}: {words}" for label, words in pairs)


_CHECKS: Mapping[Kind, Callable[[SettingFacts, str], str]] = MappingProxyType(
    {
        Kind.SWITCH: _chosen,
        Kind.CHOICE: _chosen,
        Kind.DAYS: _figure(0, MOST_DAYS, "number of days"),
        Kind.PERCENT: _figure(1, MOST_PERCENT, "whole number"),
        Kind.WORDS: _worded,
        Kind.ADDRESS: _addressed,
        Kind.PAIRS: _paired,
    }
)
