"""An entry of the audit trail as differences that people read; what nobody may see is masked."""

from collections.abc import Mapping
from dataclasses import dataclass

from billing_app.domain.setting_facts import SETTINGS, Scope

HIDDEN, SECRET, NOTHING = "Hidden", "••••••", "nothing"
SECRET_WORDS = ("password", "token", "secret", "hash", "api_key")
PARTNER_FIELDS = frozenset({"customer", "customer_name", "partner", "user", "contact"})
PARTNER_RECORDS = frozenset({"customer"})
VESSEL_FIELDS = frozenset({"vessel", "vessel_id", "vessel_name"})
WORDS = {
    "staff_level": "Level",
    "posting_status": "Status",
    "is_active": "Active",
    "partner_view": "Sees partners",
    "vessel_view": "Sees vessels",
    "days_back": "Days back",
    "scope_id": "",
}
VERBS = {
    "sessions_ended": "All sessions ended",
    "session_ended": "Session ended",
    "password_set": "Password set",
    "password_link_made": "Password link made",
    "set_up": "Set up",
    "post": "Posted",
    "unpost": "Back to Ready for Posting",
    "ready": "Ready for posting",
    "assemble": "Assembled",
    "dissolve": "Dissolved",
    "cancel": "Cancelled",
    "void": "Voided",
    "delete": "Deleted",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose names the reader may see."""

    partners: bool = True
    vessels: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its name in words, what it was and what it is; "nothing" for none."""

    field: str
    was: str
    now: str


def differences(
    entity: str, before: Mapping[str, object], after: Mapping[str, object], sight: Sight
) -> tuple[Change, ...]:
    """What an entry changed, field by field; what stayed the same tells where, and comes last."""
    keys = list(dict.fromkeys([*after, *before]))
    changed = [key for key in keys if before.get(key) != after.get(key)]
    same = [key for key in keys if key not in changed]
    found = (
        Change(
            field_words(key),
            _shown(entity, key, before.get(key), sight),
            _shown(entity, key, after.get(key), sight),
        )
        for key in (*changed, *same)
    )
    return tuple(change for change in found if change.field)


def verb_words(action: str) -> str:
    """What was done, in people's words: "Password set"."""
    return VERBS.get(action, action.replace("_", " ").capitalize())


def field_words(key: str) -> str:
    """A field in people's words; amounts say that they are in minor units."""
    if key in WORDS:
        return WORDS[key]
    if key in SETTINGS:
        return SETTINGS[key].label
    if key.endswith("_minor"):
        return f"{key.removesuffix('_minor').replace('_', ' ').capitalize()} (minor units)"
    return key.removesuffix("_id").replace("_", " ").capitalize()


def _shown(entity: str, key: str, value: object, sight: Sight) -> str:
    if value is None or value == "":
        return NOTHING
    if any(word in key for word in SECRET_WORDS):
        return SECRET
    is_partner = key in PARTNER_FIELDS or entity in PARTNER_RECORDS
    if (is_partner and not sight.partners) or (key in VESSEL_FIELDS and not sight.vessels):
        return HIDDEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "scope" and value in set(Scope):
        return Scope(str(value)).label
    return str(value)
