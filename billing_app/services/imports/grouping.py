"""Lines of a file gathered into documents, with a bounded memory.

The lines of one invoice stand together in the file, but now and then another invoice stands
between them. So a document is held back until `HELD` others have begun after it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from billing_app.services.imports.source import BadLine, SourceLine

HELD = 500


@dataclass(slots=True)
class Group:
    """All lines of one invoice number."""

    invoice_no: str
    lines: list[SourceLine] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """The hash of what the file says, row numbers apart."""
        said = "\n".join(repr(tuple(map(str, line[1:]))) for line in self.lines)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def grouped(lines: Iterable[SourceLine | BadLine]) -> Iterator[Group]:
    """The documents in the order in which they begin; bad rows without a number come alone."""
    open_groups: dict[str, Group] = {}
    for line in lines:
        if not line.invoice_no:
            yield Group("", bad=[line] if isinstance(line, BadLine) else [])
            continue
        group = open_groups.get(line.invoice_no)
        if group is None:
            if len(open_groups) >= HELD:
                yield open_groups.pop(next(iter(open_groups)))
            group = open_groups[line.invoice_no] = Group(line.invoice_no)
        if isinstance(line, BadLine):
            group.bad.append(line)
        else:
            group.lines.append(line)
    yield from open_groups.values()


def in_batches(groups: Iterable[Group], size: int) -> Iterator[list[Group]]:
    """So many documents at a time."""
    rest = iter(groups)
    while batch := list(islice(rest, size)):
        yield batch
