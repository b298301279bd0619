"""Which page demands what. A page that is not in the list does not exist for anybody."""

from dataclasses import dataclass

from billing_app.domain.access import Permission
from billing_app.services.context import Actor


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """A page's address, its kind of person and the permission it demands."""

    route: str
    kind: str  # staff, external, anyone
    permission: Permission | None = None


_PAGES: dict[str, PagePolicy] = {}


def register_page(policy: PagePolicy) -> None:
    """Add a page to the list."""
    _PAGES[policy.route] = policy


def pages() -> tuple[PagePolicy, ...]:
    """Every page with its policy."""
    return tuple(_PAGES.values())


def page_at(path: str) -> PagePolicy | None:
    """The page that answers at an address; None when there is none."""
    wanted = [part for part in path.split("/") if part]
    exact = _PAGES.get("/" + "/".join(wanted))
    if exact is not None:
        return exact
    for policy in _PAGES.values():
        parts = [part for part in policy.route.split("/") if part]
        if len(parts) == len(wanted) and all(
            part == given or part.startswith("[") for part, given in zip(parts, wanted, strict=True)
        ):
            return policy
    return None


def may_open(policy: PagePolicy, actor: Actor | None) -> bool:
    """Whether this person gets the page."""
    if policy.kind == "anyone":
        return True
    if actor is None or actor.kind != policy.kind:
        return False
    return policy.permission is None or actor.may(policy.permission)
