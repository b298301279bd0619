"""The rule by which a setting counts, and what its value may be (SPEC 6.8).

The most specific level that is set wins: person, customer, group, site, company, global
(SPEC ORO-23). Where nothing is set, the default counts.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from billing_app.domain.accounts import is_account, listed
from billing_app.domain.errors import Invalid
from billing_app.domain.payments import RECORDED_METHODS
from billing_app.domain.setting_facts import MAX_WORDS, SETTINGS, Kind, Scope, SettingFacts
from billing_app.domain.texts import clean_text

MOST_DAYS = 3650
MOST_PERCENT = 10_000
MAX_PAIR = 120  # characters of a label with its value
MAX_ACCOUNTS_TEXT = 20_000  # a line for each of some hundred products
MAX_RATE = 6
BY_RATE = frozenset(
    {"accounts_revenue_by_rate", "accounts_tax_by_rate", "accounts_tax_types_by_rate"}
)
BY_METHOD = "accounts_bank_by_method"
ACCOUNT_FORM = "An account is capital letters, digits and hyphens, at most 32, like 4000."
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


def _a_day(facts: SettingFacts, value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat() if value.strip() else ""
    except ValueError:
        raise Invalid.of(facts.key, "Write the day like 2026-09-30.") from None


def _an_account(facts: SettingFacts, value: str) -> str:
    code = value.strip()
    if not is_account(code):
        raise Invalid.of(facts.key, ACCOUNT_FORM)
    return code


def _several_accounts(facts: SettingFacts, value: str) -> str:
    text = clean_text(value, field=facts.key, maximum=MAX_ACCOUNTS_TEXT, multiline=True)
    accounts = listed(text)
    if len(accounts) < sum(1 for line in text.splitlines() if line.strip()):
        raise Invalid.of(facts.key, "Two lines begin alike. Keep one of them.")
    for key, code in accounts.items():
        if not key or not is_account(code):
            raise Invalid.of(facts.key, f"{facts.sentence} {ACCOUNT_FORM}")
        if facts.key in BY_RATE and not _is_rate(key):
            raise Invalid.of(facts.key, "Begin each line with a rate in percent, like 19: 4400.")
        if facts.key == BY_METHOD and key not in set(RECORDED_METHODS):
            words = ", ".join(RECORDED_METHODS)
            raise Invalid.of(facts.key, f"There is no {key} here. Begin each line with: {words}.")
    return "\n".join(f"{key}: {code}" for key, code in accounts.items())


def _is_rate(text: str) -> bool:
    whole, _, rest = text.partition(".")
    parts = (whole, rest or "0")
    return len(text) <= MAX_RATE and all(part.isascii() and part.isdigit() for part in parts)


_CHECKS: Mapping[Kind, Callable[[SettingFacts, str], str]] = MappingProxyType(
    {
        Kind.SWITCH: _chosen,
        Kind.CHOICE: _chosen,
        Kind.DAYS: _figure(0, MOST_DAYS, "number of days"),
        Kind.PERCENT: _figure(1, MOST_PERCENT, "whole number"),
        Kind.WORDS: _worded,
        Kind.ADDRESS: _addressed,
        Kind.PAIRS: _paired,
        Kind.DAY: _a_day,
        Kind.ACCOUNT: _an_account,
        Kind.ACCOUNTS: _several_accounts,
    }
)
