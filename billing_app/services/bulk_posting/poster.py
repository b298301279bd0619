"""Writes batches of finished documents, all that belongs to each in the same transaction."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from billing_app.documents.snapshot import from_json, to_json
from billing_app.persistence.inserting import add, reserve
from billing_app.persistence.search import put
from billing_app.persistence.tables import (
    AuditEntry,
    Invoice,
    InvoiceLine,
    OutboxEvent,
    Seal,
    Snapshot,
)
from billing_app.services.bulk_posting.documents import Document
from billing_app.services.bulk_posting.papers import Papers, content_of
from billing_app.services.bulk_posting.rows import (
    Entry,
    audit_row,
    carrying_rows,
    invoice_row,
    journal_entry,
    kept_columns,
    line_rows,
    outbox_row,
    searchable_row,
)
from billing_app.services.context import Context
from billing_app.services.invoices.freeze import last_seal, seal
from billing_app.services.journal.keeping import book_many


class Poster:
    """Writes for one run, on behalf of the context's actor."""

    def __init__(self, ctx: Context) -> None:
        """Begin a run."""
        self._ctx = ctx
        self._papers = Papers()

    def write(self, session: Session, documents: Sequence[Document]) -> list[int]:
        """Write the documents in the running transaction; answers their ids in order."""
        ids = reserve(session, Invoice, len(documents))
        self._papers.prepare(session, documents)
        who = self._ctx.actor.user_id
        papers = map(self._papers.of, documents)
        entries = [
            Entry(key, document, paper, kept_columns(key, document, paper), who)
            for key, document, paper in zip(ids, documents, papers, strict=True)
        ]
        posted = [entry for entry in entries if entry.document.is_posted]
        add(session, Invoice, map(invoice_row, entries))
        add(session, InvoiceLine, (row for entry in entries for row in line_rows(entry)))
        add(session, InvoiceLine, (row for entry in entries for row in carrying_rows(entry)))
        put(session, map(searchable_row, entries))
        add(session, AuditEntry, map(audit_row, entries))
        add(session, OutboxEvent, map(outbox_row, posted))
        self._freeze(session, posted)
        book_many(session, self._ctx, list(map(journal_entry, posted)))
        return ids

    def _freeze(self, session: Session, entries: Sequence[Entry]) -> None:
        """Keep what each document says, and chain its seal to the company's last one."""
        snapshots = [_snapshot_row(entry) for entry in entries]
        _refuse_other_form(snapshots)
        add(session, Snapshot, snapshots)
        last = {
            company_id: last_seal(session, company_id)
            for company_id in sorted({entry.paper.company_id for entry in entries})
        }
        seals = []
        for entry, row in zip(entries, snapshots, strict=True):
            company_id = entry.paper.company_id
            previous, digest = last[company_id], row["sha256"]
            last[company_id] = seal(self._ctx.secret, previous, digest)
            seals.append(
                {
                    "company_id": company_id,
                    "invoice_id": entry.id,
                    "payload_sha256": digest,
                    "previous": previous,
                    "seal": last[company_id],
                    "made_at": entry.document.at,
                }
            )
        add(session, Seal, seals)


def _snapshot_row(entry: Entry) -> dict[str, Any]:
    content = content_of(entry.id, entry.document, entry.paper)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {
        "invoice_id": entry.id,
        "content": content,
        "sha256": digest,
        "made_at": entry.document.at,
    }


def _refuse_other_form(snapshots: Sequence[dict[str, Any]]) -> None:
    """One of each batch is read and written by the snapshot's own functions: no byte differs."""
    for row in snapshots[:1]:
        if to_json(from_json(row["content"])) != row["content"]:
            message = "A snapshot written in bulk is not in the canonical form."
            raise AssertionError(message)
