"""`billing import`: files of other systems, by the same use cases as the page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from billing_app.domain.errors import Refused
from billing_app.domain.foreign.columns import Mapping as Reading
from billing_app.domain.foreign.columns import StatusRule, refuse_unmapped
from billing_app.domain.foreign.days import DayStyle
from billing_app.domain.foreign.figures import FigureStyle
from billing_app.domain.foreign.reading import read_invoices
from billing_app.integrations.imports.files.understanding import (
    Understood,
    understood,
    with_mapping,
)
from billing_app.integrations.imports.online_retail import read_lines
from billing_app.integrations.imports.usage import CALLS, read_usage
from billing_app.services.context import Context
from billing_app.services.foreign.batches import (
    ACTIONS,
    keep_file,
    list_items,
    main_currency,
    open_batch,
    remembered,
    source_name,
)
from billing_app.services.foreign.checking import check_batch, compared
from billing_app.services.foreign.committing import bring_in
from billing_app.services.foreign.correcting import correctable
from billing_app.services.imports.online_retail import import_online_retail
from billing_app.services.usage.importing import import_usage

Chosen = Mapping[str, Any]
MOST_REASONS = 20


def import_invoices(ctx: Context, file: Path, chosen: Chosen) -> str:
    """Invoices of any system. Raises: Refused with what has to be said first."""
    content = file.read_bytes()
    found = _understood(ctx, content, chosen)
    groups = read_invoices(found.table, found.mapping)
    lines = [f"{found.label}: {', '.join(found.table.notes)}."]
    with click.progressbar(length=len(groups), label="Comparing") as bar:
        if chosen["dry_run"]:
            decisions = compared(ctx, found.source, groups, bar.update)
            counts = {name: sum(one.action == name for one in decisions) for name in ACTIONS}
            reasons = [
                f"{group.key or 'rows ' + group.span}: {one.reason}"
                for group, one in zip(groups, decisions, strict=True)
                if one.action in {"refused", "changed"}
            ]
            return "\n".join(
                [*lines, _told(counts), *reasons[:MOST_REASONS], "Nothing is written."]
            )
        batch_id = keep_file(ctx, file.name, content)
        check_batch(
            ctx, batch_id, found.source, groups,
            table=found.table, mapping=found.mapping, progress=bar.update,
        )  # fmt: skip
    _bring(ctx, batch_id)
    batch = open_batch(ctx, batch_id)
    lines.append(_told({name: getattr(batch, name) for name in ACTIONS}))
    if batch.refused:
        refused = list_items(ctx, batch_id, "refused").items[:MOST_REASONS]
        lines += [f"{item.external_id or 'rows ' + item.rows}: {item.reason}" for item in refused]
        lines.append(_keep_refused(ctx, batch_id, chosen["refused"]))
    return "\n".join(lines)


def _bring(ctx: Context, batch_id: int) -> None:
    progress = bring_in(ctx, batch_id)
    with click.progressbar(length=progress.total, label="Bringing in") as bar:
        bar.update(progress.done)
        while not progress.is_finished:
            before, progress = progress.done, bring_in(ctx, batch_id)
            bar.update(progress.done - before)


def _understood(ctx: Context, content: bytes, chosen: Chosen) -> Understood:
    source = source_name(chosen["source"]) if chosen["source"] else ""
    currency = chosen["currency"] or main_currency(ctx)
    found = understood(
        content, lambda name: remembered(ctx, name), source=source, currency=currency
    )
    found = with_mapping(found, _chosen(found, chosen))
    refuse_unmapped(found.mapping)
    if found.questions:
        asked = "\n".join(question.sentence for question in found.questions)
        raise Refused("{asked}\nSay it with --days or --figures.", asked=asked)
    return found


def _chosen(found: Understood, chosen: Chosen) -> Reading:
    """How the file is read, with what the command says."""
    mapping = found.mapping
    asked = {question.head: question.is_days for question in found.questions}
    days = DayStyle(chosen["days"].replace("-", "_")) if chosen["days"] else None
    style = FigureStyle(chosen["figures"]) if chosen["figures"] else None
    return replace(
        mapping,
        days={
            **mapping.days,
            **{head: days for head, is_days in asked.items() if is_days and days},
        },
        figures={
            **mapping.figures,
            **{head: style for head, is_days in asked.items() if not is_days and style},
        },
        currency=chosen["currency"] or mapping.currency,
        customer=chosen["customer"] or mapping.customer,
        status=StatusRule(chosen["status"]) if chosen["status"] else mapping.status,
    )


def _keep_refused(ctx: Context, batch_id: int, path: Path | None) -> str:
    _, content = correctable(ctx, batch_id)
    if path is None:
        return "The refused rows can be fetched on the page Imports, or with --refused FILE."
    path.write_bytes(content)
    return f"The refused rows are in {path}: correct them there and import that file."


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) + "."


def import_retail(ctx: Context, file: Path, chosen: Chosen) -> str:
    """The invoices of "Online Retail"."""
    with click.progressbar(length=file.stat().st_size, label="Reading") as bar:
        lines = read_lines(file, progress=bar.update)
        return import_online_retail(ctx, lines, dry_run=chosen["dry_run"]).text()


def import_calls(ctx: Context, folder: Path, chosen: Chosen) -> str:
    """A folder of usage."""
    calls = folder / CALLS
    size = calls.stat().st_size if calls.is_file() else 0
    with click.progressbar(length=size, label="Reading") as bar:
        source = read_usage(folder, progress=bar.update)
        return import_usage(
            ctx, source, dry_run=chosen["dry_run"], make_customers=not chosen["known_customers"]
        ).text()


IMPORTERS: Mapping[str, Callable[[Context, Path, Chosen], str]] = {
    "invoices": import_invoices,
    "online-retail": import_retail,
    "usage": import_calls,
}
