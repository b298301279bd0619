"""The jobs page: jobs, runs, one run's items, the rehearsal."""

import re
import secrets
from datetime import timedelta

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.jobs import JOBS
from billing_app.domain.parsing import parse_date
from billing_app.kit.wording import day, page_range
from billing_app.security.acting import ask, context, reckon
from billing_app.security.notices import notify
from billing_app.security.policy import action, local
from billing_app.security.tabs import listen
from billing_app.services.generation.rehearsal import rehearse
from billing_app.services.jobs.asking import ask_for_run, job_named
from billing_app.services.jobs.listing import PAGE, list_jobs, list_runs, open_run
from billing_app.staff.jobs.rows import (
    DraftRow,
    ItemRow,
    JobRow,
    OddRow,
    RunRow,
    draft_rows,
    item_row,
    job_row,
    odd_rows,
    run_row,
    summary,
)

RUN = re.compile("[0-9]{1,15}")


class JobsState(rx.State):
    """The page."""

    jobs: list[JobRow] = []
    runs: list[RunRow] = []
    items: list[ItemRow] = []
    shown_run: int = 0
    shown_title: str = ""
    page_no: int = 1
    page_count: int = 1
    range_text: str = ""
    oddities: list[OddRow] = []
    drafts: list[DraftRow] = []
    rehearsed: str = ""
    rehearsal_day: str = ""
    rehearsal_error: str = ""
    is_busy: bool = False
    asked: str = ""
    asked_label: str = ""
    asked_day: str = ""
    asked_error: str = ""
    is_loaded: bool = False
    _key: str = ""

    @action(Permission.JOB_RUN)
    async def load(self) -> None:
        """Fill the page; tomorrow is offered for rehearsal."""
        listen(self.router.session.client_token)
        self.rehearsal_day = day(context().today() + timedelta(days=1))
        self.oddities, self.drafts, self.rehearsed, self.rehearsal_error = [], [], "", ""
        self.shown_run, self.items, self.asked, self.is_busy = self._named(), [], "", False
        await self._show()
        self.is_loaded = True

    @local(supersedes=True)
    async def remote_change(self) -> None:
        """Something was done: show how far the runs are, where somebody looks at them.

        Every open page is told, also of people who may run no job: they are not refused aloud.
        """
        if self.is_loaded and str(self.router.url.path).startswith("/jobs"):
            await self._show()

    @action(Permission.JOB_RUN)
    async def rehearse(self, form: dict[str, str]) -> None:
        """Rehearse the run of a day."""
        try:
            as_of = parse_date(form.get("day", ""), field="day")
        except Invalid as error:
            self.rehearsal_error = error.fields["day"]
            return
        self.rehearsal_error, self.rehearsal_day = "", day(as_of)
        found = await reckon(rehearse, as_of)
        self.rehearsed = summary(found)
        self.oddities, self.drafts = odd_rows(found), draft_rows(found)

    @action(Permission.JOB_RUN)
    async def ask_to_run(self, name: str) -> None:
        """Open the review of running a job now."""
        facts = job_named(name)
        self.asked, self.asked_label, self.asked_error = name, facts.label, ""
        self.asked_day, self._key = day(context().today()), secrets.token_hex(16)

    @local()
    async def close_review(self) -> None:
        """Run nothing."""
        self.asked = ""

    @action(Permission.JOB_RUN)
    async def run_now(self, form: dict[str, str]) -> None:
        """Ask the clock for the run; it begins within a second."""
        try:
            as_of = parse_date(form.get("day", ""), field="day")
        except Invalid as error:
            self.asked_error = error.fields["day"]
            return
        run_id = await ask(ask_for_run, self.asked, as_of, key=self._key)
        self.asked, self.shown_run, self.page_no = "", run_id, 1
        await notify(self, f"{self.asked_label} is asked for.")
        await self._show()

    @action(Permission.JOB_RUN)
    async def show_run(self, run_id: int) -> None:
        """Show what a run did."""
        self.shown_run, self.page_no = run_id, 1
        await self._show()

    @action(Permission.JOB_RUN)
    async def go_to(self, number: int) -> None:
        """Show another page of what the run did."""
        self.page_no = max(1, min(number, self.page_count))
        await self._show()

    def _named(self) -> int:
        """The run that the address names; 0 for none."""
        named = str(self.router.url.query_parameters.get("run", ""))
        return int(named) if RUN.fullmatch(named) else 0

    async def _show(self) -> None:
        zone = context().zone
        self.runs = [
            run_row(view, JOBS[view.run.job].label, zone)
            for view in await ask(list_runs)
            if view.run.job in JOBS
        ]
        self.jobs = [
            job_row(view, zone, f"{view.latest.state} as of {day(view.latest.as_of)}"
                    if view.latest else "never ran")
            for view in await ask(list_jobs)
        ]  # fmt: skip
        if self.shown_run:
            view, found = await ask(open_run, self.shown_run, page=self.page_no)
            row = run_row(view, JOBS[view.run.job].label, zone)
            self.shown_title = (
                f"{row.job} as of {row.as_of}: {row.state.lower()}, {row.progress} looked at, "
                f"{row.made} made, {row.failed} failed"
            )
            self.items = [item_row(one) for one in found.rows]
            self.page_count = max(1, -(-found.count // PAGE))
            self.range_text = page_range(self.page_no, PAGE, len(found.rows), found.count)
