"""The documents that a document corrects or replaces, and those that do so to it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, literal, select

from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import Invoice

INVOICES = table_of(Invoice)
THIS: BindParameter[int] = bindparam("invoice")
ME, OTHER = INVOICES.alias("me"), INVOICES.alias("other")


def _linked(kind: str, mine: Any, theirs: Any) -> Select[Any]:
    """The documents whose column meets this document's column."""
    named = (literal(kind), OTHER.c.id, OTHER.c.label, OTHER.c.posting_status)
    return (
        select(*named)
        .select_from(ME.join(OTHER, mine == theirs))
        .where(ME.c.id == THIS, OTHER.c.deleted_at.is_(None))
    )


LINKS = _linked("corrects", ME.c.credited_invoice_id, OTHER.c.id).union_all(
    _linked("corrected", ME.c.id, OTHER.c.credited_invoice_id),
    _linked("replaces", ME.c.replaced_invoice_id, OTHER.c.id),
    _linked("replaced", ME.c.id, OTHER.c.replaced_invoice_id),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A document that this one corrects or replaces, or that does so to it."""

    kind: str  # corrects, corrected, replaces, replaced
    id: int
    label: str
    status: str
