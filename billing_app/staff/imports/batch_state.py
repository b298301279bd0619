"""One import: how its file is read, what it changes, bringing it in, undoing it."""

import re
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid, NotFound, Refused
from billing_app.domain.foreign.columns import Mapping, refuse_unmapped
from billing_app.domain.foreign.reading import read_invoices
from billing_app.integrations.imports.files.understanding import (
    Understood,
    understood,
    with_mapping,
)
from billing_app.kit.tables import Tab
from billing_app.kit.wording import count, page_range
from billing_app.persistence.tables import ImportBatch
from billing_app.security.acting import ask, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.services.context import Context
from billing_app.services.foreign.batches import (
    PAGE,
    file_of,
    list_items,
    main_currency,
    open_batch,
    remembered,
    source_name,
)
from billing_app.services.foreign.checking import check_batch
from billing_app.services.foreign.committing import bring_in
from billing_app.services.foreign.undoing import undo
from billing_app.staff.imports.rows import (
    STATES,
    ColumnRow,
    ItemRow,
    column_rows,
    facts_of,
    item_row,
    reading_of,
    tabs_of,
)

ADDRESS = re.compile(r"/imports/([0-9]{1,15})/?")


class BatchState(rx.State):
    """The page."""

    batch_id: int = 0
    heading: str = "Import"
    facts: str = ""
    state_word: str = ""
    source: str = ""
    columns: list[ColumnRow] = []
    currency: str = ""
    customer: str = ""
    status: str = "stated"
    in_minor: bool = False
    includes_tax: bool = False
    problems: list[str] = []
    attempt: int = 0
    form_key: str = "0"
    views: list[Tab] = []
    view: str = ""
    items: list[ItemRow] = []
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    waiting: int = 0
    refused: int = 0
    is_readable: bool = False
    is_compared: bool = False
    can_bring: bool = False
    can_undo: bool = False
    can_compare: bool = True
    asks_to_bring: bool = False
    asks_to_undo: bool = False
    is_running: bool = False
    done_count: int = 0
    total_count: int = 0
    report: str = ""
    is_loaded: bool = False

    @action(Permission.IMPORT_RUN)
    async def load(self) -> None:
        """Open the import that the address names."""
        found = ADDRESS.fullmatch(str(self.router.url.path))
        if found is None:
            raise NotFound("This import does not exist.")
        self.batch_id, self.is_loaded, self.is_readable = int(found[1]), False, False
        self.problems, self.columns, self.view = [], [], ""
        self.asks_to_bring = self.asks_to_undo = self.is_running = False
        batch = await ask(open_batch, self.batch_id)
        self.heading, self.report, self.facts = batch.name, batch.report, batch.source
        if not batch.report:
            try:
                read = await reckon(read_batch, self.batch_id)
            except (Invalid, Refused) as error:
                self.problems, self.facts = [error.sentence], ""
            else:
                self._show_reading(batch, read)
        await self._show(1)
        self.is_loaded = True

    @action(Permission.IMPORT_RUN)
    async def compare(self, form: dict[str, str]) -> None:
        """Compare the file, read as the form says, with what is here."""
        self.attempt += 1
        batch = await ask(open_batch, self.batch_id)
        try:
            read = await reckon(read_batch, self.batch_id, form)
            self._show_reading(batch, read)
            self.source = form.get("source", "")
            source_name(self.source)
            refuse_unmapped(read.mapping)
        except Invalid as error:
            self.problems = list(error.fields.values())
            return
        self.problems = [question.sentence for question in read.questions]
        if not self.problems:
            await reckon(compare_batch, self.batch_id, self.source, read)
            self.view = ""
        await self._show(1)

    @action(Permission.IMPORT_RUN)
    async def choose_view(self, key: str) -> None:
        """Show items of one kind, or all."""
        self.view = key
        await self._show(1)

    @action(Permission.IMPORT_RUN)
    async def go_to(self, number: int) -> None:
        """Show a page of the items."""
        await self._show(max(1, min(number, self.page_count)))

    @local()
    async def ask_to_bring(self) -> None:
        """Open the review before anything comes in."""
        self.asks_to_bring = True

    @local()
    async def ask_to_undo(self) -> None:
        """Open the review of the undo."""
        self.asks_to_undo = True

    @local()
    async def close_review(self) -> None:
        """Do nothing."""
        self.asks_to_bring = self.asks_to_undo = False

    @action(Permission.IMPORT_RUN)
    async def start(self) -> Any:
        """Bring the invoices in; the page shows how far it is."""
        self.asks_to_bring, self.is_running = False, True
        self.done_count, self.total_count = 0, self.waiting
        return BatchState.run

    @action(Permission.IMPORT_RUN, background=True)
    async def run(self) -> None:
        """Bring in a few at a time until none is left."""
        async with self:
            batch_id = self.batch_id
        is_finished = False
        while not is_finished:
            progress = await reckon(bring_in, batch_id)
            is_finished = progress.is_finished
            async with self:
                if self.batch_id == batch_id:
                    self.done_count, self.total_count = progress.done, progress.total
        async with self:
            self.is_running = False
            if self.batch_id == batch_id:
                await self._show(1)
            await notify(self, f"{count(progress.done, 'invoice')} brought in.")

    @action(Permission.IMPORT_RUN)
    async def start_undo(self) -> Any:
        """Undo the import; the page shows how far it is."""
        self.asks_to_undo, self.is_running = False, True
        self.done_count, self.total_count = 0, self.done_count
        return BatchState.run_undo

    @action(Permission.IMPORT_RUN, background=True)
    async def run_undo(self) -> None:
        """Undo a few at a time until none is left."""
        async with self:
            batch_id = self.batch_id
        after, undone, kept, is_finished = 0, 0, 0, False
        while not is_finished:
            result = await reckon(undo, batch_id, after=after)
            after, is_finished = result.after, result.is_finished
            undone, kept = undone + result.undone, kept + result.kept
            async with self:
                self.done_count = undone + kept
        async with self:
            self.is_running = False
            await self._show(1)
            stays = f" {count(kept, 'invoice')} stayed; each says why." if kept else ""
            await notify(self, f"{count(undone, 'invoice')} undone.{stays}")

    def _show_reading(self, batch: ImportBatch, read: Understood) -> None:
        mapping = read.mapping
        self.is_readable, self.facts = True, facts_of(batch, read)
        self.source = batch.source or read.source
        self.columns = column_rows(read)
        self.currency, self.customer = mapping.currency, mapping.customer
        self.status, self.in_minor = str(mapping.status), mapping.in_minor
        self.includes_tax = mapping.prices_include_tax
        self.problems = [question.sentence for question in read.questions]
        self.form_key = f"{self.batch_id}-{self.attempt}"

    async def _show(self, page: int) -> None:
        batch = await ask(open_batch, self.batch_id)
        self.state_word, self.views = STATES[batch.state], tabs_of(batch)
        self.is_compared, self.refused = batch.state != "new" and not batch.report, batch.refused
        self.can_compare = batch.state in {"new", "checked"}
        self.waiting = batch.new + batch.changed - batch.done
        self.can_bring = batch.state in {"checked", "running"} and self.waiting > 0
        self.can_undo = batch.state in {"running", "done"} and batch.done > 0
        self.done_count = batch.done
        found = await ask(list_items, self.batch_id, self.view, page)
        self.items, self.page_no = [item_row(item) for item in found.items], found.page
        every = sum(int(tab.count.replace(",", "")) for tab in self.views if tab.key == self.view)
        self.page_count = max(1, -(-every // PAGE))
        self.range_text = page_range(found.page, PAGE, len(found.items), every)


def read_batch(ctx: Context, batch_id: int, form: dict[str, str] | None = None) -> Understood:
    """A batch's file, read as the form says, as it was compared, or as its source was last."""
    batch = open_batch(ctx, batch_id)
    read = understood(
        file_of(ctx, batch_id),
        lambda name: remembered(ctx, name),
        source=batch.source,
        currency=main_currency(ctx),
    )
    if form is not None:
        return with_mapping(read, reading_of(form, read))
    return with_mapping(read, Mapping.from_json(batch.mapping)) if batch.mapping else read


def compare_batch(ctx: Context, batch_id: int, source: str, read: Understood) -> ImportBatch:
    """Keep what each of the file's invoices would come to."""
    groups = read_invoices(read.table, read.mapping)
    return check_batch(ctx, batch_id, source, groups, table=read.table, mapping=read.mapping)
