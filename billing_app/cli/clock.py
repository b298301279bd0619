"""The clock's jobs as the operator reads and runs them."""

import secrets
from datetime import date

from billing_app.jobs.running import new_worker, perform
from billing_app.services.context import Context
from billing_app.services.jobs.asking import ask_for_run, job_named
from billing_app.services.jobs.claims import claim_run
from billing_app.services.jobs.listing import JobView, failed_items, list_jobs, open_run


def listed(ctx: Context) -> str:
    """Each job on a line."""
    return "\n".join(_job(view) for view in list_jobs(ctx))


def run_now(ctx: Context, name: str, as_of: date | None) -> tuple[str, list[str]]:
    """Run a job in this process; answers what it did, and each failure's sentence."""
    facts = job_named(name)
    day = as_of or ctx.now().date()
    run_id = ask_for_run(ctx, name, day, key=secrets.token_hex(16))
    claimed = claim_run(ctx, run_id, new_worker())
    if claimed is None or not perform(ctx, claimed):
        return f"{facts.label} as of {day} is being run by another process.", []
    view, _ = open_run(ctx, run_id)
    failures = [
        f"{one.customer or one.invoice}: {one.item.sentence}" for one in failed_items(ctx, run_id)
    ]
    run = view.run
    said = f"{facts.label} as of {day}: {run.done:,} looked at, {run.made:,} made, "
    return f"{said}{run.failed:,} failed.", failures


def _job(view: JobView) -> str:
    facts, latest = view.facts, view.latest
    when = "always running"
    if facts.at is not None:
        when = f"next {view.next_at:%Y-%m-%d %H:%M} UTC" if view.next_at else "by hand only"
    last = "never ran"
    if latest is not None:
        last = f"last as of {latest.as_of}: {latest.state}, {latest.made:,} made"
    return f"{facts.name:16} {when}; {last}. {facts.sentence}"
