"""The audit trail: who did what to which record, only ever added to.

`max(id)` of it is also how other browsers learn that something changed.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from billing_app.persistence.inserting import add
from billing_app.persistence.tables import AuditEntry
from billing_app.services.context import Context


def record(
    session: Session,
    ctx: Context,
    *,
    entity: str,
    entity_id: int,
    action: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry in the running transaction."""
    entry = {
        "at": ctx.now(),
        "actor_id": ctx.actor.user_id,
        "entity": entity,
        "entity_id": entity_id,
        "action": action,
        "before": as_json(before),
        "after": as_json(after),
    }
    add(session, AuditEntry, [entry])


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the fields that differ, as they were and as they are."""
    differing = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in differing}, {key: after[key] for key in differing}


def as_json(facts: Mapping[str, Any] | None) -> str:
    """Facts as one JSON object; empty for none."""
    return json.dumps(facts, default=_plain, ensure_ascii=False, sort_keys=True) if facts else ""


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime, Decimal)):
        return str(value)
    message = f"{type(value).__name__} has no place in the audit trail."
    raise TypeError(message)
