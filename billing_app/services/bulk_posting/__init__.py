"""Writing many finished documents at once: the one body of imports and of large demo data.

Everything that posting one invoice writes is written here for thousands in a few statements:
lines, snapshot, seal, audit entry, search, outbox row and the kept columns. The arithmetic is
`domain.totals.compute`, the seal is `freeze.seal`, the snapshot has the form of
`documents.snapshot.to_json`.
"""

from billing_app.persistence.inserting import add, reserve
from billing_app.services.bulk_posting.documents import Carried, Document, Line, reckoned
from billing_app.services.bulk_posting.poster import Poster

__all__ = ["Carried", "Document", "Line", "Poster", "add", "reckoned", "reserve"]
