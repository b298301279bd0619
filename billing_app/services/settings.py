"""Settings by scope: the most specific one that is set wins (SPEC 6.8)."""

import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, bindparam, or_, select
from sqlmodel import Session, col

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import Setting
from billing_app.services.audit import record
from billing_app.services.context import Context

MAX_VALUE = 24  # a prefix of 24 leaves room for month and counter in a number of 50
SCOPES = ("customer", "group", "site", "company", "global")
MOST_DAYS = 3650
MOST_PERCENT = 10_000
DEFAULTS: dict[str, str] = {
    "enable_invoices": "on",
    "invoice_number_prefix": "INV-",
    "number_assigned_at": "posting",
    "number_generator": "monthly",
    "show_invoices_in_portal": "on",
    "generate_pdf_when_posted": "on",
    "enable_pdf_download_in_portal": "on",
    "enable_invoice_payments": "off",
    "restrict_self_assembled_posting": "off",
    "autofill_external_document_no": "off",
    "default_payment_term_days": "30",
    "invoice_line_grouping": "day",
    "auto_run_invoice_schedule": "off",
    "rehearsal_jump_percent": "50",
    "package_charge_notification_days": "0",
}
CHOICES: dict[str, tuple[str, ...]] = {
    "number_assigned_at": ("posting", "creation"),
    "number_generator": ("monthly", "id"),
    "invoice_line_grouping": ("day", "destination"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting is asked for: ids of the scopes that apply; 0 for none."""

    company_id: int = 0
    site_id: int = 0
    group_id: int = 0
    customer_id: int = 0

    def keys(self) -> dict[str, int]:
        """The scopes with their ids, without those that do not apply."""
        asked = {
            "customer": self.customer_id,
            "group": self.group_id,
            "site": self.site_id,
            "company": self.company_id,
        }
        return {"global": 0} | {scope: key for scope, key in asked.items() if key}


def setting(session: Session, key: str, place: Place = Place()) -> str:
    """The value that counts at a place."""
    return settings_at(session, place, key)[key]


def settings_at(session: Session, place: Place, *keys: str) -> dict[str, str]:
    """Several values at once, in one query."""
    wanted = keys or tuple(DEFAULTS)
    asked = place.keys()
    rows = list(session.connection().execute(_values(wanted, tuple(asked)), asked))
    found = {key: DEFAULTS.get(key, "") for key in wanted}
    rows.sort(key=lambda row: -SCOPES.index(row[1]))
    return found | {key: value for key, _, value in rows}


@lru_cache(maxsize=256)
def _values(keys: tuple[str, ...], scopes: tuple[str, ...]) -> Select[str, str, str]:
    return select(col(Setting.key), col(Setting.scope), col(Setting.value)).where(
        col(Setting.key).in_(keys),
        or_(
            *(
                (col(Setting.scope) == scope) & (col(Setting.scope_id) == bindparam(scope))
                for scope in scopes
            )
        ),
    )


def is_on(session: Session, key: str, place: Place = Place()) -> bool:
    """Whether a switch is on at a place."""
    return setting(session, key, place) == "on"


def is_wanted(session: Session, key: str) -> bool:
    """Whether a switch is on, or a number of days is more than none."""
    return setting(session, key) not in {"off", "0", ""}


def change_setting(
    ctx: Context, key: str, value: str, *, scope: str = "global", scope_id: int = 0
) -> None:
    """Set a value at one scope. Raises: Invalid for an unknown key or value."""
    ctx.require(Permission.SETTINGS_EDIT)
    _check(key, value, scope)
    with ctx.write() as session:
        row = session.scalars(
            select(Setting).where(
                col(Setting.key) == key,
                col(Setting.scope) == scope,
                col(Setting.scope_id) == scope_id,
            )
        ).first() or Setting(key=key, scope=scope, scope_id=scope_id)
        before, row.value = row.value, value
        session.add(row)
        session.flush()
        record(
            session,
            ctx,
            entity="setting",
            entity_id=row.id or 0,
            action="changed",
            before={key: before, "scope": scope, "scope_id": scope_id},
            after={key: value},
        )


def _check(key: str, value: str, scope: str) -> None:
    if key not in DEFAULTS or scope not in SCOPES:
        raise Invalid.of("key", "There is no such setting.")
    clean_text(value, field=key, maximum=MAX_VALUE)
    default = DEFAULTS[key]
    allowed = ("on", "off") if default in {"on", "off"} else CHOICES.get(key)
    if allowed and value not in allowed:
        raise Invalid.of(key, f"Choose one of: {', '.join(allowed)}.")
    if key.endswith("_days") and not (
        value.isascii() and value.isdigit() and len(value) < 6 and int(value) <= MOST_DAYS  # noqa: PLR2004
    ):
        raise Invalid.of(key, f"Give a number of days from 0 to {MOST_DAYS}.")
    if key.endswith("_percent") and not (
        value.isascii() and value.isdigit() and len(value) < 6 and 0 < int(value) <= MOST_PERCENT  # noqa: PLR2004
    ):
        raise Invalid.of(key, f"Give a whole number from 1 to {MOST_PERCENT:,}.")


def site_settings(text: str) -> dict[str, object]:
    """A portal site's settings. Raises: Invalid (CC008) for anything but one JSON object."""
    if not text.strip():
        return {}
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid.of(
            "settings_json", f"CC008: The settings are not valid JSON ({error.msg})."
        ) from error
    if not isinstance(parsed, dict):
        raise Invalid.of("settings_json", "CC008: The settings must be one JSON object.")
    for key in ("InvoiceDocumentTypes", "OrderDocumentTypes"):
        value = parsed.get(key)
        if value is not None and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            raise Invalid.of("settings_json", f"CC008: {key} must be an array of texts.")
    return parsed


def global_settings(ctx: Context) -> dict[str, str]:
    """Every setting's global value."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        return settings_at(session, Place())
