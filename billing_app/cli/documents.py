"""Documents from the command line: post them, draw their paper, export the list."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from billing_app.services.context import Context


@click.command()
@click.argument("documents", nargs=-1)
@click.option("--ready", is_flag=True, help="Post every document that is Ready for Posting.")
def post(documents: tuple[str, ...], *, ready: bool) -> None:
    """Post DOCUMENTS, named by number or document id (D-000123). Ends with 1 if one is refused."""
    from billing_app.services.bulk.planning import do_row, plan  # noqa: PLC0415
    from billing_app.services.invoices.naming import ready_for_posting  # noqa: PLC0415

    if bool(documents) == ready:
        raise click.UsageError("Name the documents, or say --ready.")
    ctx = _context()
    ids = ready_for_posting(ctx) if ready else [_id(ctx, name) for name in documents]
    refused = 0
    for row in plan(ctx, "post", ids):
        if row.why_not:
            refused += 1
            click.echo(f"{row.label}: {row.why_not}", err=True)
            continue
        said, is_done = do_row(ctx, "post", row, key=f"cli-{row.version}")
        refused += not is_done
        click.echo(f"{row.label}: {said}", err=not is_done)
    if refused:
        raise click.ClickException(f"{refused:,} of {len(ids):,} were not posted.")


@click.command()
@click.argument("document")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def render(document: str, out: Path | None) -> None:
    """Write the PDF of DOCUMENT: the stored one, or a marked preview while it is not posted."""
    from billing_app.domain.errors import Refused  # noqa: PLC0415
    from billing_app.services.papers import preview, staff_paper  # noqa: PLC0415

    ctx = _context()
    invoice_id = _id(ctx, document)
    try:
        paper = staff_paper(ctx, invoice_id)
    except Refused:
        paper = preview(ctx, invoice_id)
    target = out or Path(paper.name)
    target.write_bytes(paper.content)
    click.echo(f"{target}: {len(paper.content):,} bytes.")


OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)


@click.group(invoke_without_command=True)
@OUT
@click.option("--search", default="", help="Only documents with these words.")
@click.option("--status", default="", help="Only documents of this posting status.")
@click.pass_context
def export(click_ctx: click.Context, out: Path | None, search: str, status: str) -> None:
    """Write the invoices as CSV, or the journal, to a file or to the standard output."""
    if click_ctx.invoked_subcommand is not None:
        return
    from billing_app.persistence.queries.invoices.filters import InvoiceFilter  # noqa: PLC0415
    from billing_app.persistence.queries.invoices.grid import Order  # noqa: PLC0415
    from billing_app.services.invoices.listing import export_csv  # noqa: PLC0415

    chosen = InvoiceFilter(search=search, posting_status=status.upper().replace(" ", "_"))
    _write(export_csv(_context(), chosen, Order("created", descending=False)), out)


@export.command()
@OUT
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--to", "to_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day.")
@click.option("--company", default=0, type=click.IntRange(0), help="The company's id; 0 for all.")
@click.option("--beancount", is_flag=True, help="As beancount text instead of CSV.")
def journal(
    out: Path | None,
    from_on: datetime | None,
    to_on: datetime | None,
    company: int,
    *,
    beancount: bool,
) -> None:
    """Write a period of the journal, to a file or to the standard output."""
    from billing_app.services.journal.export import (  # noqa: PLC0415
        Period,
        journal_beancount,
        journal_csv,
    )

    period = Period(from_on.date() if from_on else None, to_on.date() if to_on else None, company)
    _write((journal_beancount if beancount else journal_csv)(_context(), period), out)


def _write(rows: Iterable[bytes], out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.writelines(rows)
        return
    with out.open("wb") as file:
        file.writelines(rows)
    click.echo(f"{out}: {out.stat().st_size:,} bytes.")


def _context() -> "Context":
    from billing_app.bootstrap import world  # noqa: PLC0415

    return world().system()


def _id(ctx: "Context", name: str) -> int:
    from billing_app.services.invoices.naming import named  # noqa: PLC0415

    return named(ctx, name)
