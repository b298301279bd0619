"""Any order of writing, moving, failing and repeating leaves a whole book: a state machine."""

import hashlib
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from billing_app.domain.errors import BillingError
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    ChargeLine,
    Invoice,
    NumberSeries,
    OutboxEvent,
    Seal,
    Snapshot,
)
from billing_app.services.invoices.drafts import save_draft
from billing_app.services.invoices.fields import edit_field
from tests.services.chargemaking import a_charge, assemble
from tests.services.test_posting import BUILT, chain_is_whole, statements_of_posting
from tests.services.worldmaking import a_draft, a_line, a_world

PEOPLE = st.sampled_from(["sales", "billing", "accounting", "accounting2", "owner", "a40"])


class Book(RuleBasedStateMachine):
    """Everything people do, with the machine failing in between."""

    documents = Bundle("documents")

    @initialize()
    def open_book(self):
        self.keeper = a_world("sqlite")
        self.w = self.keeper.__enter__()
        self.posted = {}

    def teardown(self):
        self.keeper.__exit__(None, None, None)

    @rule(target=documents, by=st.sampled_from(["sales", "billing"]), lines=st.integers(0, 3))
    def write(self, by, lines):
        return self.w.draft(by, lines=(a_line(),) * lines)

    @rule(document=documents, by=PEOPLE, action=st.sampled_from(sorted(BUILT)))
    def move(self, document, by, action):
        with suppress(BillingError):
            self.w.move(by, document, action, reason="because", confirmed=True)

    @rule(document=documents, at=st.integers(1, 18))
    def fail_while_posting(self, document, at):
        with suppress(BillingError):
            statements_of_posting(self.w, document, at)

    @rule(document=documents, by=PEOPLE)
    def post_twice_with_one_key(self, document, by):
        with suppress(BillingError):
            first = self.w.move(by, document, Action.POST, key=f"k{document}{by}")
            assert self.w.move(by, document, Action.POST, key=f"k{document}{by}") == first

    @rule(document=documents, by=PEOPLE, stale=st.booleans())
    def rewrite(self, document, by, stale):
        version = self.w.invoice(document).version - stale
        with suppress(BillingError):
            save_draft(
                self.w.ctx(by),
                document,
                a_draft(self.w, lines=(a_line(), a_line())),
                version=version,
            )
            assert not stale

    @rule(
        document=documents, by=PEOPLE, field=st.sampled_from(["internal_comment", "invoice_text"])
    )
    def comment(self, document, by, field):
        with suppress(BillingError):
            edit_field(
                self.w.ctx(by), document, field, "text", version=self.w.invoice(document).version
            )

    @rule(target=documents, by=PEOPLE, most=st.integers(0, 4))
    def assemble_what_waits(self, by, most):
        waiting = [row.id for row in self.w.all(ChargeLine) if row.status == "PENDING"][:most]
        try:
            return assemble(self.w, *waiting, by=by).id
        except BillingError:
            return multiple()

    @rule()
    def charge(self):
        a_charge(self.w)

    @rule(minutes=st.integers(-60, 600))
    def time_passes(self, minutes):
        self.w.clock.instant += timedelta(minutes=minutes)

    @invariant()
    def the_book_is_whole(self):
        if not hasattr(self, "w"):
            return
        rows = {row.id: row for row in self.w.all(Invoice)}
        ever_posted = {key for key, row in rows.items() if row.posted_at is not None}
        snapshots = {row.invoice_id: row for row in self.w.all(Snapshot)}
        assert set(snapshots) == {row.invoice_id for row in self.w.all(Seal)} == ever_posted
        assert {row.entity_id for row in self.w.all(OutboxEvent)} == ever_posted
        assert chain_is_whole(self.w)
        counters = sorted(
            int(re.fullmatch(r"INV-2026-11-(\d{5})", rows[key].number)[1]) for key in ever_posted
        )
        taken = sum(row.next_value - 1 for row in self.w.all(NumberSeries))
        assert counters == list(range(1, taken + 1))
        for key in ever_posted:
            digest = hashlib.sha256(snapshots[key].content.encode()).hexdigest()
            assert self.posted.setdefault(
                key, (rows[key].number, rows[key].total_minor, digest)
            ) == (rows[key].number, rows[key].total_minor, digest)
        for charge in self.w.all(ChargeLine):
            if charge.status == "PENDING":
                assert charge.invoice_id is None
                continue
            holder = rows[charge.invoice_id]
            assert holder.deleted_at is None
            assert holder.posting_status != "CANCELLED"
            (line,) = (
                line for line in self.w.lines(holder.id) if line.line_no == charge.invoice_line_no
            )
            assert (line.quantity, line.net_minor) == (charge.quantity, charge.net_minor)
        for key, row in rows.items():
            assert row.total_minor == sum(line.total_minor for line in self.w.lines(key))
            assert row.open_minor == row.total_minor - row.settled_minor


TestBook = Book.TestCase
TestBook.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBook.pytestmark = [
    pytest.mark.spec("6.3", "RELIABILITY-P2", "RELIABILITY-P3", "RELIABILITY-P9")
]
