"""The settings page's questions: what each level says, what counts there, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound
from billing_app.domain.setting_facts import SETTINGS, Scope, SettingFacts
from billing_app.domain.settings import checked_value, deciding
from billing_app.persistence.tables import Company, Customer, CustomerGroup, PortalSite, Setting
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.settings.values import (
    Place,
    forget,
    own_values,
    place_of_customer,
    settings_at,
)

HIDDEN = "Hidden"
RECORDS: Mapping[Scope, type[Any]] = MappingProxyType(
    {
        Scope.COMPANY: Company,
        Scope.SITE: PortalSite,
        Scope.GROUP: CustomerGroup,
        Scope.CUSTOMER: Customer,
    }
)
"""The table of each level that has records; each has an id and a name."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level with its record: a company, a site, a group, a customer; id 0 for global."""

    scope: Scope = Scope.GLOBAL
    id: int = 0


@dataclass(frozen=True, slots=True)
class LevelName:
    """A level with its name for people."""

    level: Level
    name: str


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting at one level: what the level says itself, what counts there and why."""

    facts: SettingFacts
    own: str | None
    value: str
    decided_by: str
    """The level that decides, in words: "Company Aldermoor GmbH"; "" for the default."""


def change_setting(
    ctx: Context, key: str, value: str, *, scope: str = "global", scope_id: int = 0
) -> None:
    """Set a value at one level. Raises: Invalid at the key, NotFound for an unknown level."""
    _allow(ctx, key)
    cleaned = checked_value(key, value, scope)
    with ctx.write() as session:
        _refuse_absent(session, Level(Scope(scope), scope_id))
        row = _row(session, key, scope, scope_id) or Setting(
            key=key, scope=scope, scope_id=scope_id
        )
        before = row.value if row.id else None
        row.value = cleaned
        session.add(row)
        session.flush()
        _record(session, ctx, row, before=before, after=cleaned)


def clear_setting(ctx: Context, key: str, *, scope: str = "global", scope_id: int = 0) -> None:
    """Let a more general level decide again; nothing happens where nothing was set."""
    _allow(ctx, key)
    with ctx.write() as session:
        row = _row(session, key, scope, scope_id)
        if row is None:
            return
        session.delete(row)
        _record(session, ctx, row, before=row.value, after=None)


def settings_of(ctx: Context, level: Level) -> list[SettingView]:
    """The settings a level has, in the order of the page. Raises: NotFound for an unknown one."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        place = place_of(session, level)
        names = {Level(scope, key): name for scope, key, name in _names(session, ctx, place)}
        own = own_values(session, place)
        ids = place.keys()
    views = []
    for facts in SETTINGS.values():
        if level.scope not in facts.scopes or not facts.is_offered:
            continue
        said = own.get(facts.key, {})
        value, scope = deciding(facts.key, said)
        decided = names[Level(scope, ids[scope])] if scope else ""
        views.append(SettingView(facts, said.get(level.scope), value, decided))
    return views


def global_settings(ctx: Context) -> Mapping[str, str]:
    """Every setting's value where no company, site or customer says otherwise."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        return settings_at(session, Place())


def levels(ctx: Context) -> list[LevelName]:
    """The levels to choose from: global, each company, site and group; customers are searched."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        found = [LevelName(Level(), Scope.GLOBAL.label)]
        for scope in (Scope.COMPANY, Scope.SITE, Scope.GROUP):
            kind = RECORDS[scope]
            rows = session.exec(select(kind).order_by(col(kind.id))).all()
            found += [
                LevelName(Level(scope, row.id or 0), f"{scope.label} {row.name}") for row in rows
            ]
    return found


def level_name(ctx: Context, level: Level) -> str:
    """A level in words: "Customer Halvorsen Dairy". Raises: NotFound for an unknown one."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        place = place_of(session, level)
        return next(name for scope, _, name in _names(session, ctx, place) if scope == level.scope)


def place_of(session: Session, level: Level) -> Place:
    """The levels above and with one level. Raises: NotFound for an unknown one."""
    _refuse_absent(session, level)
    match level.scope:
        case Scope.COMPANY:
            return Place(company_id=level.id)
        case Scope.SITE:
            site = session.get_one(PortalSite, level.id)
            return Place(company_id=site.company_id, site_id=level.id)
        case Scope.GROUP:
            return Place(group_id=level.id)
        case Scope.CUSTOMER:
            return place_of_customer(session, session.get_one(Customer, level.id))
        case Scope.USER:
            return Place(user_id=level.id)
    return Place()


def _names(session: Session, ctx: Context, place: Place) -> list[tuple[Scope, int, str]]:
    found = [(Scope.GLOBAL, 0, Scope.GLOBAL.label)]
    for scope, kind in RECORDS.items():
        key = place.keys().get(str(scope), 0)
        row = session.get(kind, key) if key else None
        if row is not None:
            is_hidden = scope is Scope.CUSTOMER and not ctx.actor.sees_partner
            found.append((scope, key, f"{scope.label} {HIDDEN if is_hidden else row.name}"))
    return found


def _allow(ctx: Context, key: str) -> None:
    ctx.require(Permission.SETTINGS_EDIT)
    facts = SETTINGS.get(key)
    if facts is None:
        raise Invalid.of("key", "There is no such setting.")
    ctx.require(facts.permission)


def _refuse_absent(session: Session, level: Level) -> None:
    if level.scope == Scope.GLOBAL and level.id == 0:
        return
    kind = RECORDS.get(level.scope)
    if kind is None or session.get(kind, level.id) is None:
        raise NotFound("This level does not exist.")


def _row(session: Session, key: str, scope: str, scope_id: int) -> Setting | None:
    return session.exec(
        select(Setting)
        .where(
            col(Setting.key) == key,
            col(Setting.scope) == scope,
            col(Setting.scope_id) == scope_id,
        )
        .with_for_update()
    ).first()


def _record(
    session: Session, ctx: Context, row: Setting, *, before: str | None, after: str | None
) -> None:
    forget(session)
    where = {"scope": row.scope, "scope_id": row.scope_id}
    record(
        session,
        ctx,
        entity="setting",
        entity_id=row.id or 0,
        action="changed" if after is not None else "cleared",
        before={row.key: before, **where},
        after={row.key: after, **where},
    )
