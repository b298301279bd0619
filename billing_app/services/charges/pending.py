"""The pending lists as staff ask for them: groups, their parts, their lines (SPEC DLY-26, DLY-27).

Names of business partners and vessels are masked here for who may not see them, so no page can
show them by mistake.
"""

from dataclasses import dataclass, replace

from billing_app.domain.access import Permission
from billing_app.domain.charges import MAX_CHARGES, PendingList, PendingView
from billing_app.domain.errors import Invalid, NotFound
from billing_app.persistence.queries import charges as queries
from billing_app.persistence.queries.charges import Group, Part, Place, Sum, Waiting
from billing_app.persistence.search import Sight
from billing_app.services.context import Actor, Context
from billing_app.services.generation.release import holdings

PAGE = 50
HIDDEN = "Hidden"


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups; there is a next one when `has_next`."""

    groups: tuple[Group, ...]
    has_next: bool


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of a part's lines."""

    rows: tuple[Waiting, ...]
    has_next: bool


def pending_groups(
    ctx: Context, listed: PendingList, view: PendingView, *, search: str = "", page: int = 1
) -> GroupPage:
    """The voyages, vessels or partners with something waiting, 50 a page."""
    ctx.require(Permission.CHARGE_VIEW)
    _check_view(listed, view)
    wanted = search.replace("\0", "").strip()
    with ctx.read() as session:
        found = queries.groups(
            session,
            listed,
            view,
            sight=_sight(ctx.actor),
            search=wanted,
            limit=PAGE + 1,
            offset=PAGE * (max(1, page) - 1),
        )
        shown = found[:PAGE]
        loose = queries.loose_ends(session, listed, view) if page <= 1 and not wanted else None
    named = [_masked_group(one, view, ctx.actor) for one in shown]
    first = [replace(loose, name=f"No {view}")] if loose else []
    return GroupPage((*first, *named), len(found) > PAGE)


def pending_parts(ctx: Context, listed: PendingList, view: PendingView, key: int) -> list[Part]:
    """A group's business partners and currencies (SPEC DLY-27)."""
    ctx.require(Permission.CHARGE_VIEW)
    _check_view(listed, view)
    with ctx.read() as session:
        found = queries.parts(session, listed, view, key)
    if ctx.actor.sees_partner:
        return found
    masked = [replace(part, customer_name=HIDDEN) for part in found]
    return sorted(masked, key=lambda part: (part.customer_id, part.currency))


def pending_lines(ctx: Context, place: Place, page: int = 1) -> LinePage:
    """The lines of a part, oldest first, 50 a page."""
    ctx.require(Permission.CHARGE_VIEW)
    with ctx.read() as session:
        found = queries.waiting(session, place, limit=PAGE + 1, offset=PAGE * (max(1, page) - 1))
    rows = tuple(masked(row, ctx.actor) for row in found[:PAGE])
    return LinePage(rows, len(found) > PAGE)


def pending_amounts(ctx: Context, place: Place) -> dict[int, int]:
    """The amounts of all lines of a part by their ids, at most as many as a document takes."""
    ctx.require(Permission.CHARGE_VIEW)
    with ctx.read() as session:
        return queries.amounts(session, place, limit=MAX_CHARGES)


def pending_sums(ctx: Context, listed: PendingList) -> list[Sum]:
    """Everything that waits in a list, by currency."""
    ctx.require(Permission.CHARGE_VIEW)
    with ctx.read() as session:
        return queries.tallies(session, listed)


def pending_charge(ctx: Context, charge_id: int) -> Waiting:
    """One charge that waits. Raises: NotFound where it waits no more."""
    ctx.require(Permission.CHARGE_VIEW)
    with ctx.read() as session:
        found = queries.with_names(session, [charge_id])
    if not found or found[0].charge.status != "PENDING":
        raise NotFound("This line is no longer pending. Reload the list.")
    return masked(found[0], ctx.actor)


def charges_behind(ctx: Context, invoice_id: int) -> int:
    """How many charges stand on an invoice."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        return queries.billed(session, invoice_id)


def takings_behind(ctx: Context, invoice_id: int) -> int:
    """How many charges, periods of usage and package charges voiding can give back."""
    ctx.require(Permission.INVOICE_VIEW)
    with ctx.read() as session:
        return queries.billed(session, invoice_id) + holdings(session, invoice_id)


def masked(row: Waiting, actor: Actor) -> Waiting:
    """The charge as this person may see it."""
    if not actor.sees_partner:
        row = replace(row, customer_name=HIDDEN)
    if not actor.sees_vessel and row.vessel:
        row = replace(row, vessel=HIDDEN)
    return row


def _masked_group(group: Group, view: PendingView, actor: Actor) -> Group:
    if view is PendingView.PARTNER and not actor.sees_partner:
        return replace(group, name=HIDDEN)
    if view is PendingView.VESSEL and not actor.sees_vessel:
        return replace(group, name=HIDDEN)
    return replace(group, vessel=HIDDEN) if group.vessel and not actor.sees_vessel else group


def _check_view(listed: PendingList, view: PendingView) -> None:
    if view not in listed.views:
        raise Invalid.of("view", f"{listed.label} cannot be viewed by {view}.")


def _sight(actor: Actor) -> Sight:
    return Sight(actor.sees_partner, actor.sees_vessel)
