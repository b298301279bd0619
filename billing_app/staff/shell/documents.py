"""The invoices of a record as finished strings: of an order, an opportunity, a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing_app.kit.wording import amount, day
from billing_app.services.sales.made import Made


@dataclass(frozen=True)
class DocumentRow:
    """One invoice of a record's Invoices tab."""

    id: int
    label: str
    title: str
    on: str
    due: str
    status: str
    currency: str
    total: str
    total_minor: str
    open: str
    open_minor: str


def document_rows(made: Sequence[Made]) -> list[DocumentRow]:
    """The rows of an Invoices tab."""
    return [
        DocumentRow(
            id=row.id,
            label=row.label,
            title=row.title,
            on=day(row.document_date),
            due=day(row.due_on),
            status=row.chip,
            currency=row.currency,
            total=amount(row.total_minor, row.currency),
            total_minor=str(row.total_minor),
            open=amount(row.open_minor, row.currency),
            open_minor=str(row.open_minor),
        )
        for row in made
    ]
