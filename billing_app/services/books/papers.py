"""What was frozen at posting: snapshots, seals, stored PDFs and the numbers given."""

import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from sqlmodel import Session

from billing_app.persistence.queries.books import facts
from billing_app.services.books.violations import Violation

FIRST = "$1$"  # the scheme of seals, before the first one
IN_SERIES = re.compile(r"(?:(?P<period>\d{4}-\d{2})-)?(?P<counter>\d{5,})$")
FROZEN = (("number", "number"), ("currency", "currency"), ("document_date", "document_date"),
          ("due_on", "due_on"))  # fmt: skip
FROZEN_MINORS = (("total", "total"), ("tax_total", "tax"))


def broken_snapshots(session: Session) -> Iterator[Violation]:
    """Frozen documents that are not what was sealed, or not what the document says now."""
    for fact in facts.snapshots(session):
        digest = hashlib.sha256(fact.content.encode()).hexdigest()
        if digest != fact.sha256 or digest != fact.sealed_sha256:
            yield _of(fact.id, f"{fact.label}: what was frozen at posting has been changed.")
            continue
        said = json.loads(fact.content)
        for key, name in FROZEN:
            now = getattr(fact, name)
            if (said.get(key) or "") != (now or ""):
                yield _of(
                    fact.id, f"{fact.label}: {key} is {now}, and {said.get(key)} on its paper."
                )
        for key, name in FROZEN_MINORS:
            if int(said[key]) != getattr(fact, name):
                yield _of(
                    fact.id,
                    f"{fact.label}: {key} is {getattr(fact, name)}, and {said[key]} on its paper, "
                    "in minor units.",
                )


def broken_chain(session: Session, secret: bytes) -> Iterator[Violation]:
    """Seals that do not follow from the one before; after a break the chain goes on from there."""
    for _, links in groupby(facts.seals(session), key=lambda fact: fact.company_id):
        previous = FIRST
        for link in links:
            mac = hmac.new(secret, f"{link.previous}|{link.payload_sha256}".encode(), "sha256")
            if link.previous != previous:
                yield _of(
                    link.invoice_id,
                    f"{_named(link)}: its seal does not follow the one before; a document was "
                    "taken out, put in or moved.",
                )
            elif not hmac.compare_digest(link.seal, FIRST + mac.hexdigest()):
                yield _of(link.invoice_id, f"{_named(link)}: its seal is not ours.")
            previous = link.seal


def broken_papers(session: Session) -> Iterator[Violation]:
    """Stored PDFs whose bytes have changed."""
    for fact in facts.papers(session):
        if hashlib.sha256(fact.content).hexdigest() != fact.sha256:
            yield _of(fact.invoice_id, f"{fact.label}: the stored PDF has been changed.")


def gaps(session: Session) -> Iterator[Violation]:
    """Numbers that a series has given and no document has."""
    given: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    for company, kind, number in facts.numbers(session):
        found = IN_SERIES.search(number)
        if found:
            given[company, kind, ""].add(int(found["counter"]))
            given[company, kind, found["period"] or ""].add(int(found["counter"]))
    for company, kind, period, first, following in facts.series(session):
        there = given[company, kind, period]
        missing = [counter for counter in range(first, following) if counter not in there]
        for counter in missing[:100]:
            label = f"{period}-{counter:05d}".removeprefix("-")
            yield Violation(
                "gapless", "series", company, f"No document has number {label} of its series."
            )


def _named(link: facts.SealFact) -> str:
    return link.label or f"Document {link.invoice_id}, which is gone"


def _of(invoice_id: int, sentence: str) -> Violation:
    return Violation("", "invoice", invoice_id, sentence)
