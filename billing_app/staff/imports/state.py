"""The list of imports."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.security.acting import ask, context
from billing_app.security.policy import action
from billing_app.services.foreign.batches import list_batches
from billing_app.staff.imports.rows import BatchRow, batch_row

PROBLEMS = {
    "empty": "The file is empty. Choose another one, or paste its rows.",
    "large": "The file is larger than 20 MB. Split it.",
}


class ImportsState(rx.State):
    """The list."""

    rows: list[BatchRow] = []
    problem: str = ""
    is_loaded: bool = False

    @action(Permission.IMPORT_RUN)
    async def load(self) -> None:
        """Fill the list; say why the last upload was not kept."""
        self.problem = PROBLEMS.get(str(self.router.url.query_parameters.get("problem", "")), "")
        zone = context().zone
        self.rows = [batch_row(view, zone) for view in await ask(list_batches)]
        self.is_loaded = True
