"""Checking the books, with its progress."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.wording import count, moment
from billing_app.security.acting import context, reckon
from billing_app.security.policy import action
from billing_app.services.books.verify import count_of_proofs, verify
from billing_app.services.books.violations import Proved

SHOWN = 20


@dataclass(frozen=True)
class PromiseRow:
    """One promise, and the first rows for which it does not hold."""

    promise: str
    status: str
    findings: list[str]
    more: str


class IntegrityState(rx.State):
    """The page."""

    rows: list[PromiseRow] = []
    verdict: str = ""
    is_right: bool = False
    is_checking: bool = False
    done_count: int = 0
    total_count: int = 0

    @action(Permission.INTEGRITY_VIEW)
    async def load(self) -> Any:
        """Check at once: that is what the page is for."""
        if self.is_checking:
            return None
        self.rows, self.verdict, self.is_right = [], "", False
        return IntegrityState.check

    @action(Permission.INTEGRITY_VIEW, background=True)
    async def check(self) -> None:
        """Prove every promise, and show how far it is."""
        async with self:
            if self.is_checking:
                return
            self.is_checking, self.done_count = True, 0
            self.total_count = count_of_proofs(context())
        try:
            found = await reckon(verify)
        finally:
            async with self:
                self.is_checking = False
        async with self:
            now = context().now()
            wrong = sum(one.count for one in found)
            ordered = sorted(found, key=lambda one: not one.count)
            self.rows = [_row(one) for one in ordered]
            self.is_right = not wrong
            self.verdict = (
                f"{count(wrong, 'thing')} to look at."
                if wrong
                else f"The books are right: {len(found)} promises hold."
            ) + f" Checked {moment(now, context().zone)}."


def _row(one: Proved) -> PromiseRow:
    said = [violation.sentence for violation in one.violations[:SHOWN]]
    more = f"and {one.count - len(said):,} more" if one.count > len(said) else ""
    return PromiseRow(one.promise, "Broken" if one.count else "Holds", said, more)
