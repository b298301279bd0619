"""Settings by level: the most specific one that is set wins (SPEC 6.8).

What a transaction asks at one place is read once: the session remembers it until it ends, so
posting and the grid ask a single time however many of their parts look at a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import Select, bindparam, or_, select
from sqlmodel import Session, col

from billing_app.domain.errors import NotFound
from billing_app.domain.features import ENABLE_INVOICES
from billing_app.domain.setting_facts import OFF, ON, SETTINGS, Scope
from billing_app.domain.settings import DEFAULTS, deciding
from billing_app.persistence.tables import Company, Customer, PortalSite, Setting

MEMORY = "settings"  # where a session keeps what it read
OFF_MEMORY = "companies_off"
OFF_SENTENCE = (
    "Invoices are switched off here. An administrator can switch them on in the settings."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting is asked for: ids of the levels that apply; 0 for none."""

    company_id: int = 0
    site_id: int = 0
    group_id: int = 0
    customer_id: int = 0
    user_id: int = 0

    def keys(self) -> dict[str, int]:
        """The levels with their ids, without those that do not apply."""
        asked = {
            Scope.USER: self.user_id,
            Scope.CUSTOMER: self.customer_id,
            Scope.GROUP: self.group_id,
            Scope.SITE: self.site_id,
            Scope.COMPANY: self.company_id,
        }
        return {"global": 0} | {str(scope): key for scope, key in asked.items() if key}


def setting(session: Session, key: str, place: Place = Place()) -> str:
    """The value that counts at a place."""
    return settings_at(session, place)[key]


def settings_at(session: Session, place: Place, *keys: str) -> Mapping[str, str]:
    """What counts at a place, of all settings or of `keys`; one query a transaction."""
    memory: dict[Place, Mapping[str, str]] = session.info.setdefault(MEMORY, {})
    if place not in memory:
        own = own_values(session, place)
        found = {key: deciding(key, own.get(key, {}))[0] for key in SETTINGS} if own else DEFAULTS
        memory[place] = MappingProxyType(dict(found))
    known = memory[place]
    return {key: known[key] for key in keys} if keys else known


def own_values(session: Session, place: Place) -> dict[str, dict[Scope, str]]:
    """What the levels of a place say themselves, by setting."""
    asked = place.keys()
    own: dict[str, dict[Scope, str]] = {}
    for key, scope, value in session.connection().execute(_values(tuple(asked)), asked):
        if key in SETTINGS:
            own.setdefault(key, {})[Scope(scope)] = value
    return own


@lru_cache(maxsize=64)
def _values(scopes: tuple[str, ...]) -> Select[str, str, str]:
    return select(col(Setting.key), col(Setting.scope), col(Setting.value)).where(
        or_(
            *(
                (col(Setting.scope) == scope) & (col(Setting.scope_id) == bindparam(scope))
                for scope in scopes
            )
        ),
    )


def is_on(session: Session, key: str, place: Place = Place()) -> bool:
    """Whether a switch is on at a place."""
    return setting(session, key, place) == ON


def is_wanted(session: Session, key: str) -> bool:
    """Whether a switch is on, or a number of days is more than none."""
    return setting(session, key) not in {"off", "0", ""}


def companies_off(session: Session) -> tuple[int, ...]:
    """The companies without invoices (ORO-1), read once a transaction; rising ids."""
    if OFF_MEMORY not in session.info:
        session.info[OFF_MEMORY] = _companies_off(session)
    found: tuple[int, ...] = session.info[OFF_MEMORY]
    return found


def place_of_customer(session: Session, customer: Customer) -> Place:
    """A customer with the group, site and company it belongs to."""
    site = session.execute(
        select(col(PortalSite.id)).where(col(PortalSite.company_id) == customer.company_id).limit(1)
    ).scalar()
    return Place(
        company_id=customer.company_id,
        site_id=site or 0,
        group_id=customer.group_id or 0,
        customer_id=customer.id or 0,
    )


def forget(session: Session) -> None:
    """Read anew what this transaction asks next: it changed a setting."""
    session.info.pop(MEMORY, None)
    session.info.pop(OFF_MEMORY, None)


def invoices_are_off(session: Session) -> bool:
    """Whether no company has invoices; false before there is a company."""
    off = companies_off(session)
    return bool(off) and off == tuple(_company_ids(session))


def require_invoices(session: Session, company_id: int) -> None:
    """Raise NotFound where the company has no invoices (ORO-1)."""
    if not is_on(session, ENABLE_INVOICES, Place(company_id=company_id)):
        raise NotFound(OFF_SENTENCE)


def _companies_off(session: Session) -> tuple[int, ...]:
    rows = session.connection().execute(_SWITCHES).all()
    if not any(value == OFF for _, _, value in rows):
        return ()
    said = {at if scope == Scope.COMPANY else 0: value for scope, at, value in rows}
    elsewhere = said.get(0, SETTINGS[ENABLE_INVOICES].default)
    return tuple(key for key in _company_ids(session) if said.get(key, elsewhere) == OFF)


def _company_ids(session: Session) -> list[int]:
    found = session.execute(select(col(Company.id)).order_by(col(Company.id))).scalars()
    return [key or 0 for key in found]


_SWITCHES = select(col(Setting.scope), col(Setting.scope_id), col(Setting.value)).where(
    col(Setting.key) == ENABLE_INVOICES,
    col(Setting.scope).in_([str(Scope.GLOBAL), str(Scope.COMPANY)]),
)
