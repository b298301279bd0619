"""A file with how it is read: as somebody chose, else as its source was read last, else as guessed.

What cannot be told by the file is asked, and stands in `questions`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from billing_app.domain.foreign.columns import Mapping, Table
from billing_app.domain.foreign.styles import Question, settled
from billing_app.integrations.imports.files.reading import read_table
from billing_app.integrations.imports.files.suggesting import fitting, suggested


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as a table, its source, how it is read, and what a person has to say."""

    table: Table
    source: str
    label: str
    mapping: Mapping
    questions: tuple[Question, ...]


def understood(
    content: bytes,
    recall: Callable[[str], Mapping | None],
    *,
    source: str = "",
    currency: str = "",
) -> Understood:
    """Read a file; `recall` tells how a source was read last.

    Raises: Invalid for what is no table, Refused for a known kind of file without invoices.
    """
    table = read_table(content)
    suggestion = suggested(table, currency=currency)
    name = source or suggestion.source
    before = recall(name)
    mapping = suggestion.mapping
    if before is not None and before.columns and set(before.columns) <= set(table.header):
        mapping = fitting(before, table)
    return with_mapping(Understood(table, name, suggestion.label, mapping, ()), mapping)


def with_mapping(found: Understood, mapping: Mapping) -> Understood:
    """The same file read as somebody chose."""
    full, questions = settled(found.table, mapping)
    return Understood(found.table, found.source, found.label, full, questions)
