"""Comparing a file with what is here: one item for each of its invoices, nothing brought in."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Session, col, delete, select

from billing_app.domain.access import Permission
from billing_app.domain.errors import Refused
from billing_app.domain.foreign.columns import Mapping, Table
from billing_app.domain.foreign.invoices import Group
from billing_app.persistence.inserting import add
from billing_app.persistence.tables import Company, ImportBatch, ImportItem, ImportSource
from billing_app.services.audit import record
from billing_app.services.context import Context
from billing_app.services.foreign.batches import existing_batch, recount, source_name
from billing_app.services.foreign.deciding import REFUSED, Decision, decide

AT_ONCE = 200
MAX_ROWS_SHOWN = 32


def check_batch(
    ctx: Context,
    batch_id: int,
    source: str,
    groups: Sequence[Group],
    *,
    table: Table,
    mapping: Mapping,
    progress: Callable[[int], object] | None = None,
) -> ImportBatch:
    """Keep what each invoice of a file would come to; answers the batch with its counts.

    `groups` are the table read by the mapping, which is remembered for the source.
    Raises: Forbidden, NotFound, Invalid for the source's name, Refused once it is brought in.
    """
    ctx.require(Permission.IMPORT_RUN)
    source = source_name(source)
    decisions = compared(ctx, source, groups, progress)
    rows = [
        _item(batch_id, place, group, decision)
        for place, (group, decision) in enumerate(zip(groups, decisions, strict=True), 1)
    ]
    return _kept(ctx, batch_id, source, table, mapping, rows)


def compared(
    ctx: Context,
    source: str,
    groups: Sequence[Group],
    progress: Callable[[int], object] | None = None,
) -> list[Decision]:
    """What each invoice of a file would come to; nothing is written. Raises: Forbidden, Refused."""
    ctx.require(Permission.IMPORT_RUN)
    decisions: list[Decision] = []
    with ctx.read() as session:
        if session.exec(select(Company.id).limit(1)).first() is None:
            raise Refused("Set up the company first: it issues the documents.")
    for at in range(0, len(groups), AT_ONCE):
        with ctx.read() as session:
            decisions += [_decision(session, source, group) for group in groups[at : at + AT_ONCE]]
        if progress:
            progress(min(AT_ONCE, len(groups) - at))
    return decisions


def _decision(session: Session, source: str, group: Group) -> Decision:
    if group.invoice is not None:
        return decide(session, source, group.invoice)
    said = "; ".join(group.problems)
    return Decision(REFUSED, f"{said[:1].upper()}{said[1:]}.")


def _kept(
    ctx: Context,
    batch_id: int,
    source: str,
    table: Table,
    mapping: Mapping,
    rows: list[dict[str, Any]],
) -> ImportBatch:
    with ctx.write() as session:
        batch = existing_batch(session, batch_id, lock=True)
        if batch.state not in {"new", "checked"}:
            raise Refused("This file is being brought in already. Upload it again to compare it.")
        session.exec(delete(ImportItem).where(col(ImportItem.batch_id) == batch_id))
        add(session, ImportItem, rows)
        batch.source, batch.state, batch.mapping = source, "checked", mapping.to_json()
        batch.header = json.dumps(table.header, ensure_ascii=False)
        recount(session, batch)
        session.merge(ImportSource(name=source, mapping=batch.mapping, used_at=ctx.now()))
        counts = {name: getattr(batch, name) for name in ("new", "changed", "same", "refused")}
        record(
            session,
            ctx,
            entity="import_batch",
            entity_id=batch_id,
            action="checked",
            after={"source": source, **counts},
        )
        return batch


def _item(batch_id: int, place: int, group: Group, decision: Decision) -> dict[str, Any]:
    invoice = group.invoice
    return {
        "batch_id": batch_id,
        "position": place,
        "external_id": group.key[:128],
        "number": group.number[:64],
        "customer": (invoice.customer.shown if invoice else group.customer)[:255],
        "rows": group.span[:MAX_ROWS_SHOWN],
        "currency": invoice.currency if invoice else "",
        "total_minor": _signed(group),
        "action": decision.action,
        "reason": decision.reason,
        "content": invoice.to_json() if invoice else "",
        "content_sha256": invoice.sha256 if invoice else "",
        "cells": json.dumps([row.cells for row in group.rows], ensure_ascii=False),
        "invoice_id": decision.invoice_id,
    }


def _signed(group: Group) -> int:
    invoice = group.invoice
    if invoice is None:
        return 0
    return -invoice.total_minor if invoice.kind == "credit" else invoice.total_minor
