"""The posting life cycle with everything a move brings along, in one transaction or not at all."""

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import event
from sqlmodel import select

from billing_app.documents.snapshot import from_json
from billing_app.domain.errors import (
    BillingError,
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    PostingNotAllowed,
    Refused,
)
from billing_app.domain.lifecycle import TRANSITIONS, Action, Posting
from billing_app.persistence.queries.invoices.filters import InvoiceFilter
from billing_app.persistence.queries.invoices.grid import Order
from billing_app.persistence.tables import (
    Allocation,
    AuditEntry,
    DocumentType,
    Invoice,
    NumberSeries,
    OutboxEvent,
    Payment,
    Seal,
    Snapshot,
    Voyage,
)
from billing_app.services.invoices.freeze import FIRST, seal
from billing_app.services.invoices.listing import list_invoices
from billing_app.services.invoices.moves import move_invoice, offers
from billing_app.services.settings import change_setting
from tests.services.worldmaking import NOW, SECRET, TODAY, TinyWorld, a_line

BUILT = {action for action in Action if action is not Action.REVERSE}


def in_status(w: TinyWorld, status: Posting, assembler: str = "billing") -> int:
    """A document brought to a status by the people who do that."""
    invoice_id = w.draft()
    steps = {
        Posting.DRAFT: (),
        Posting.ASSEMBLED: ((assembler, Action.ASSEMBLE),),
        Posting.READY: ((assembler, Action.ASSEMBLE), ("accounting", Action.READY)),
        Posting.POSTED: ((assembler, Action.ASSEMBLE), ("accounting", Action.POST)),
        Posting.CANCELLED: ((assembler, Action.CANCEL),),
        Posting.VOID: (
            (assembler, Action.ASSEMBLE),
            ("accounting", Action.POST),
            ("accounting", Action.VOID),
        ),
    }
    for who, action in steps[status]:
        w.move(who, invoice_id, action, reason="because", confirmed=True)
    return invoice_id


def audit(w: TinyWorld, invoice_id: int) -> list[AuditEntry]:
    with w.database.read() as session:
        chosen = select(AuditEntry).where(
            AuditEntry.entity == "invoice", AuditEntry.entity_id == invoice_id
        )
        return list(session.exec(chosen.order_by(AuditEntry.id)).all())


def chain_is_whole(w: TinyWorld) -> bool:
    """Re-derive every seal from the stored snapshots."""
    contents = {row.invoice_id: row.content for row in w.all(Snapshot)}
    last = FIRST
    for row in sorted(w.all(Seal), key=lambda row: row.id):
        digest = hashlib.sha256(contents[row.invoice_id].encode()).hexdigest()
        if (row.previous, row.payload_sha256, row.seal) != (
            last,
            digest,
            seal(SECRET, last, digest),
        ):
            return False
        last = row.seal
    return True


@pytest.mark.spec("6.3-T3", "DLY-2")
def test_assembling_names_the_assembler_and_freezes_nothing_yet(w):
    invoice_id = in_status(w, Posting.ASSEMBLED)
    row = w.invoice(invoice_id)
    assert (row.posting_status, row.assembled_by_id) == ("ASSEMBLED", w.people["billing"].user_id)
    assert (row.assembled_at, row.number, row.posted_at, row.version) == (NOW, "", None, 2)
    assert w.all(Snapshot) == w.all(Seal) == w.all(OutboxEvent) == []


@pytest.mark.spec("6.3-T5")
def test_ready_for_posting_takes_no_number(w):
    row = w.invoice(in_status(w, Posting.READY))
    assert (row.posting_status, row.number, row.posted_at) == ("READY_FOR_POSTING", "", None)


@pytest.mark.spec("6.3-T6", "6.3-T7", "6.16-3")
@pytest.mark.parametrize("way", [Posting.DRAFT, Posting.ASSEMBLED, Posting.READY])
def test_posting_brings_number_snapshot_seal_audit_and_outbox(w, way):
    invoice_id = in_status(w, way)
    moved = w.move("accounting2", invoice_id, Action.POST)
    row = w.invoice(invoice_id)
    assert moved.sentence == "INV-2026-11-00001 is posted."
    assert (row.number, row.label, row.posting_status) == ("INV-2026-11-00001",) * 2 + ("POSTED",)
    assert (row.posted_at, row.posted_by_id) == (NOW, w.people["accounting2"].user_id)
    snapshot = w.all(Snapshot)[0]
    frozen = from_json(snapshot.content)
    assert (frozen.number, frozen.total, frozen.buyer.name) == (
        row.number,
        row.total_minor,
        "Halvorsen Dairy",
    )
    assert snapshot.sha256 == hashlib.sha256(snapshot.content.encode()).hexdigest()
    assert chain_is_whole(w)
    assert [(event.topic, event.entity_id) for event in w.all(OutboxEvent)] == [
        ("invoice.posted", invoice_id)
    ]
    last = audit(w, invoice_id)[-1]
    assert (last.action, json.loads(last.after)["number"]) == ("post", row.number)
    assert json.loads(last.before) == {"posting_status": str(way)}


@pytest.mark.spec("6.3-T9")
def test_posting_a_draft_makes_the_actor_its_assembler(w):
    row = w.invoice(w.posted("accounting"))
    assert row.assembled_by_id == row.posted_by_id == w.people["accounting"].user_id


@pytest.mark.spec("6.3-T8", "DLY-4")
def test_back_and_forth_keeps_number_time_snapshot_and_seal(w):
    invoice_id = in_status(w, Posting.POSTED)
    before, seals = w.invoice(invoice_id), w.all(Seal)
    w.clock.instant = NOW + timedelta(days=40)
    w.move("accounting", invoice_id, Action.UNPOST)
    assert w.invoice(invoice_id).posting_status == "READY_FOR_POSTING"
    w.move("accounting2", invoice_id, Action.POST)
    after = w.invoice(invoice_id)
    assert (after.number, after.posted_at, after.posted_by_id) == (
        before.number,
        before.posted_at,
        before.posted_by_id,
    )
    assert w.all(Seal) == seals
    assert len(w.all(Snapshot)) == len(w.all(OutboxEvent)) == 1


def test_what_accounting_took_over_is_set_back_only_when_confirmed(w):
    invoice_id = in_status(w, Posting.POSTED)
    w.change(Invoice, invoice_id, accounting_status="synced")
    with pytest.raises(Refused, match="Confirm that it is set back"):
        w.move("accounting", invoice_id, Action.UNPOST)
    w.move("accounting", invoice_id, Action.UNPOST, confirmed=True)


@pytest.mark.spec("6.3-T10")
@pytest.mark.parametrize("status", [Posting.DRAFT, Posting.ASSEMBLED])
def test_cancelling_keeps_the_record_with_its_reason(w, status):
    invoice_id = in_status(w, status)
    with pytest.raises(Refused, match=r"Give a reason\."):
        w.move("billing", invoice_id, Action.CANCEL, reason="  ")
    w.move("billing", invoice_id, Action.CANCEL, reason="ordered twice")
    row = w.invoice(invoice_id)
    assert (row.posting_status, row.end_reason, row.cancelled_by_id) == (
        "CANCELLED",
        "ordered twice",
        w.people["billing"].user_id,
    )
    assert json.loads(audit(w, invoice_id)[-1].after)["reason"] == "ordered twice"


@pytest.mark.spec("6.3-T11")
def test_voiding_keeps_the_number_and_is_asked_twice(w):
    invoice_id = in_status(w, Posting.POSTED)
    with pytest.raises(Refused, match=r"Give a reason\."):
        w.move("accounting", invoice_id, Action.VOID, confirmed=True)
    with pytest.raises(Refused, match="cannot be undone"):
        w.move("accounting", invoice_id, Action.VOID, reason="wrong customer")
    w.move("accounting", invoice_id, Action.VOID, reason="wrong customer", confirmed=True)
    row = w.invoice(invoice_id)
    assert (row.posting_status, row.number, row.end_reason) == (
        "VOID",
        "INV-2026-11-00001",
        "wrong customer",
    )


def test_a_paid_invoice_is_not_voided(w):
    invoice_id = in_status(w, Posting.POSTED)
    w.change(Invoice, invoice_id, settled_minor=6476, open_minor=0, payment_status="full")
    with pytest.raises(Refused, match="is paid, so it cannot be voided"):
        w.move("accounting", invoice_id, Action.VOID, reason="x", confirmed=True)


def test_an_allocated_invoice_is_not_cancelled(w):
    invoice_id = in_status(w, Posting.ASSEMBLED)
    payment = w.add(
        Payment(
            number="P-1",
            customer_id=w.customers["a"],
            currency="EUR",
            total_minor=100,
            paid_on=TODAY,
            created_by_id=w.people["accounting"].user_id,
            created_at=NOW,
        )
    )
    w.add(
        Allocation(
            payment_id=payment,
            invoice_id=invoice_id,
            amount_minor=100,
            created_by_id=w.people["accounting"].user_id,
            created_at=NOW,
        )
    )
    with pytest.raises(Refused, match="A payment is allocated"):
        w.move("billing", invoice_id, Action.CANCEL, reason="x")


@pytest.mark.spec("6.3-T13")
@pytest.mark.parametrize("status", [Posting.DRAFT, Posting.CANCELLED])
def test_deleting_is_soft_and_leaves_the_search_and_every_list(w, status):
    invoice_id = in_status(w, status)
    assert list_invoices(w.ctx("viewer"), InvoiceFilter(search="Halvorsen"), Order()).rows
    w.move("billing", invoice_id, Action.DELETE)
    assert w.invoice(invoice_id).deleted_at == NOW
    assert len(w.lines(invoice_id)) == 1
    for chosen in (
        InvoiceFilter(),
        InvoiceFilter(search="Halvorsen"),
        InvoiceFilter(search=f"{invoice_id:06d}"),
    ):
        assert list_invoices(w.ctx("viewer"), chosen, Order()).rows == ()
    for attempt in (Action.DELETE, Action.POST, Action.CANCEL):
        with pytest.raises(NotFound):
            w.move("owner", invoice_id, attempt, reason="x")


def test_the_number_of_a_deleted_draft_is_not_given_again(w):
    invoice_id = w.draft(number="RE-1")
    w.move("billing", invoice_id, Action.DELETE)
    with pytest.raises(Invalid, match="already taken"):
        w.draft(number="RE-1")


@pytest.mark.spec("6.7", "6.3-T13", "6.3-T10")
def test_sales_cancels_and_deletes_own_drafts_only(w):
    for action in (Action.CANCEL, Action.DELETE):
        with pytest.raises(Forbidden):
            w.move("sales", w.draft("sales2"), action, reason="x")
        w.move("sales", w.draft("sales"), action, reason="x")


COMPLEMENT = [
    (status, action)
    for status in Posting
    for action in sorted(BUILT)
    if (status, action) not in TRANSITIONS
]


@pytest.mark.spec("6.3", "RELIABILITY-P8")
@pytest.mark.parametrize(("status", "action"), COMPLEMENT)
def test_a_move_outside_the_table_is_refused_and_writes_nothing(lite, status, action):
    invoice_id = in_status(lite, status)
    before, row = lite.footprint(), lite.invoice(invoice_id)
    with pytest.raises(IllegalTransition):
        lite.move("owner", invoice_id, action, reason="x", confirmed=True)
    assert lite.footprint() == before
    assert lite.invoice(invoice_id) == row


TOO_LOW = {
    Action.ASSEMBLE: ("viewer", "sales"),
    Action.READY: ("viewer", "sales", "billing"),
    Action.POST: ("viewer", "sales", "billing"),
    Action.UNPOST: ("viewer", "sales", "billing"),
    Action.CANCEL: ("viewer",),
    Action.VOID: ("viewer", "sales", "billing"),
    Action.DELETE: ("viewer",),
    Action.DISSOLVE: ("viewer", "sales"),
}


@pytest.mark.spec("6.7")
@pytest.mark.parametrize(("status", "action"), [pair for pair in TRANSITIONS if pair[1] in BUILT])
def test_nobody_below_the_level_and_no_customer_moves_an_invoice(lite, status, action):
    invoice_id = in_status(lite, status)
    before, row = lite.footprint(), lite.invoice(invoice_id)
    for who in (*TOO_LOW[action], "a10", "a40", "a90", "b90"):
        with pytest.raises(Forbidden):
            lite.move(who, invoice_id, action, reason="x", confirmed=True)
    assert lite.footprint() == before
    assert lite.invoice(invoice_id) == row


def test_an_action_that_is_not_built_is_refused_with_a_sentence(lite):
    invoice_id = in_status(lite, Posting.POSTED)
    before = lite.footprint()
    with pytest.raises(BillingError):
        lite.move("owner", invoice_id, Action.REVERSE, reason="x", confirmed=True)
    assert lite.footprint() == before


@pytest.mark.spec("6.14-V15", "DLY-6")
def test_who_assembled_it_posts_nothing_where_four_eyes_are_asked(w):
    change_setting(w.ctx("admin"), "restrict_self_assembled_posting", "on")
    invoice_id = in_status(w, Posting.ASSEMBLED, assembler="accounting")
    for action in (Action.READY, Action.POST):
        with pytest.raises(PostingNotAllowed) as refused:
            w.move("accounting", invoice_id, action)
        assert "You assembled D-" in refused.value.sentence
    w.move("accounting2", invoice_id, Action.READY)
    w.move("accounting", invoice_id, Action.POST)  # T7 and T8 never ask
    w.move("accounting", invoice_id, Action.UNPOST)
    w.move("accounting", invoice_id, Action.POST)
    other = in_status(w, Posting.ASSEMBLED, assembler="accounting")
    w.move("accounting2", other, Action.POST)


@pytest.mark.spec("DLY-6", "6.3-T9")
@pytest.mark.parametrize("who", ["accounting", "admin", "owner"])
def test_four_eyes_bar_everybody_from_posting_a_draft_at_once(w, who):
    change_setting(w.ctx("admin"), "restrict_self_assembled_posting", "on")
    invoice_id = w.draft()
    with pytest.raises(PostingNotAllowed, match="somebody else has to post it"):
        w.move(who, invoice_id, Action.POST)
    assert w.invoice(invoice_id).posting_status == "DRAFT"


@pytest.mark.spec("6.14-V16", "DLY-9", "DLY-48")
def test_a_closed_voyage_locks_every_status_change(w):
    lines = lambda x, y: (a_line(voyage_id=x), a_line(voyage_id=y))  # noqa: E731
    for status, actions in {
        Posting.DRAFT: (Action.ASSEMBLE, Action.POST, Action.CANCEL),
        Posting.ASSEMBLED: (Action.READY, Action.POST, Action.CANCEL),
        Posting.READY: (Action.POST,),
        Posting.POSTED: (Action.UNPOST, Action.VOID),
    }.items():
        x, y = w.voyage(f"X-{status}"), w.voyage(f"Y-{status}")
        invoice_id = w.draft(lines=lines(x, y))
        if status is not Posting.DRAFT:
            w.move("billing", invoice_id, Action.ASSEMBLE)
        if status in {Posting.READY, Posting.POSTED}:
            w.move(
                "accounting", invoice_id, Action.READY if status is Posting.READY else Action.POST
            )
        w.change(Voyage, y, status="Closed")
        for action in actions:
            with pytest.raises(Refused, match=f"Voyage Y-{status} is closed") as refused:
                w.move("owner", invoice_id, action, reason="x", confirmed=True)
            assert refused.value.code == "invoice.voyage_closed"
        w.change(Voyage, y, status="Operational")
        w.move("owner", invoice_id, actions[0], reason="x", confirmed=True)


@pytest.mark.spec("ERP-50", "6.3-T3")
@pytest.mark.parametrize("action", [Action.ASSEMBLE, Action.POST])
def test_a_document_without_lines_or_with_quantity_zero_stays_a_draft(w, action):
    for lines, why in (
        ((), "has no lines"),
        ((a_line(), a_line(quantity=Decimal(0))), "has the quantity 0"),
    ):
        invoice_id = w.draft(lines=lines)
        with pytest.raises(Refused, match=why):
            w.move("accounting", invoice_id, action)
        assert w.invoice(invoice_id).posting_status == "DRAFT"


@pytest.mark.spec("ERP-52", "DLY-47")
@pytest.mark.parametrize(
    ("code", "rule", "quantity"),
    [
        ("INO", "positive", -3),
        ("INO", "negative", 3),
        ("CRO", "negative", -3),
        ("CRO", "positive", 3),
    ],
)
def test_the_sign_rule_of_the_document_type_holds(w, code, rule, quantity):
    w.change(DocumentType, w.type_id(code), sign_restriction=rule)
    invoice_id = w.draft(
        document_type_id=w.type_id(code), lines=(a_line(quantity=Decimal(quantity)),)
    )
    with pytest.raises(Refused, match=f"allows only {rule} amounts"):
        w.move("accounting", invoice_id, Action.POST)
    fitting = w.draft(
        document_type_id=w.type_id(code), lines=(a_line(quantity=Decimal(-quantity)),)
    )
    w.move("accounting", fitting, Action.POST)


def test_a_stale_version_is_refused_with_who_was_faster(w):
    invoice_id = w.draft()
    w.move("billing", invoice_id, Action.ASSEMBLE, version=1)
    with pytest.raises(Conflict, match="Birte Billing changed this invoice at 09:00 UTC"):
        w.move("accounting", invoice_id, Action.POST, version=1)


@pytest.mark.spec("RELIABILITY-P9", "RELIABILITY-B13")
def test_the_same_request_twice_has_the_effect_of_one(w):
    invoice_id = w.draft()
    first = w.move("accounting", invoice_id, Action.POST, version=1, key="k")
    before = w.footprint()
    assert w.move("accounting", invoice_id, Action.POST, version=1, key="k") == first
    assert w.footprint() == before


@pytest.mark.spec("RELIABILITY-P9")
def test_a_key_of_somebody_else_or_for_something_else_is_refused(w):
    first, second = w.draft(), w.draft()
    w.move("accounting", first, Action.ASSEMBLE, key="k")
    for who, invoice_id, action in (
        ("accounting2", first, Action.ASSEMBLE),
        ("accounting", first, Action.POST),
        ("accounting", second, Action.ASSEMBLE),
    ):
        with pytest.raises(Conflict):
            w.move(who, invoice_id, action, key="k")
    assert w.invoice(second).posting_status == "DRAFT"


@pytest.mark.spec("RELIABILITY-B4")
def test_twenty_clicks_at_once_post_once_and_all_hear_the_same(w):
    invoice_id, answers, start = w.draft(), [], Barrier(8)

    def click():
        start.wait()
        for _ in range(3):
            try:
                answers.append(
                    w.move("accounting", invoice_id, Action.POST, key="one intention").sentence
                )
            except Exception as error:
                answers.append(repr(error))

    threads = [Thread(target=click) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert set(answers) == {"INV-2026-11-00001 is posted."}
    assert w.footprint()["numbers taken"] == w.footprint()["seal"] == 1


@pytest.mark.spec("RELIABILITY-B4")
def test_two_people_posting_at_once_give_one_number(w):
    for _ in range(25):
        invoice_id, outcomes, start = w.draft(), [], Barrier(2)

        def post(who, invoice_id=invoice_id, outcomes=outcomes, start=start):
            start.wait()
            try:
                outcomes.append(w.move(who, invoice_id, Action.POST).label)
            except BillingError as error:
                outcomes.append(error)

        threads = [Thread(target=post, args=(who,)) for who in ("accounting", "accounting2")]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len([answer for answer in outcomes if isinstance(answer, str)]) == 1
    assert w.footprint()["numbers taken"] == w.footprint()["seal"] == 25
    assert chain_is_whole(w)


class PulledPlug(Exception):
    """The machine stops here."""


def statements_of_posting(w: TinyWorld, invoice_id: int, fail_at: int) -> int:
    """Post, failing before the statement `fail_at`; answers how many there were."""
    seen = 0

    def count(*_arguments):
        nonlocal seen
        seen += 1
        if seen == fail_at:
            raise PulledPlug

    event.listen(w.database.writer, "before_cursor_execute", count)
    try:
        move_invoice(w.ctx("accounting"), invoice_id, Action.POST, version=1, key="fault")
    except PulledPlug:
        pass
    finally:
        event.remove(w.database.writer, "before_cursor_execute", count)
    return seen


@pytest.mark.spec("RELIABILITY-P3", "6.3-T7")
def test_a_failure_at_any_statement_leaves_nothing_half_posted(w):
    w.posted()
    invoice_id = w.draft()
    before, row, series = w.footprint(), w.invoice(invoice_id), w.all(NumberSeries)
    fail_at = 1
    while True:
        seen = statements_of_posting(w, invoice_id, fail_at)
        if seen < fail_at:
            break
        assert w.footprint() == before, f"after statement {fail_at}"
        assert w.invoice(invoice_id) == row
        assert w.all(NumberSeries) == series
        fail_at += 1
    assert fail_at > 12  # it did fail at every one of them
    assert w.invoice(invoice_id).number == "INV-2026-11-00002"
    assert chain_is_whole(w)


@pytest.mark.spec("RELIABILITY-P3")
def test_a_failing_commit_leaves_nothing_half_posted(w):
    invoice_id = w.draft()
    before = w.footprint()

    def fail(_connection):
        raise PulledPlug

    event.listen(w.database.writer, "commit", fail)
    with pytest.raises(PulledPlug):
        move_invoice(w.ctx("accounting"), invoice_id, Action.POST)
    event.remove(w.database.writer, "commit", fail)
    assert w.footprint() == before


@pytest.mark.spec("6.14-V12", "ORO-26")
def test_numbers_count_per_month_of_the_document_and_per_type(w):
    march = {"document_date": date(2025, 3, 5), "due_on": date(2025, 4, 5)}
    numbers = [
        w.invoice(w.posted(**changes)).number
        for changes in (march, {}, march, {"document_type_id": w.type_id("CRO")}, {})
    ]
    assert numbers == [
        "INV-2025-03-00001",
        "INV-2026-11-00001",
        "INV-2025-03-00002",
        "CRN-2026-11-00001",
        "INV-2026-11-00002",
    ]


def test_a_number_typed_by_hand_is_passed_over(w):
    w.draft(number="INV-2026-11-00002")
    assert [w.invoice(w.posted()).number for _ in range(3)] == [
        f"INV-2026-11-0000{n}" for n in (1, 3, 4)
    ]


def test_the_prefix_of_numbers_follows_the_setting(w):
    change_setting(w.ctx("admin"), "invoice_number_prefix", "RE-")
    change_setting(w.ctx("admin"), "number_generator", "id")
    assert w.invoice(w.posted()).number == "RE-00001"


def test_the_menu_offers_only_what_would_be_done(lite):
    """For every status and level: an offer is allowed exactly when the move then works."""
    w = lite
    for status in Posting:
        for who in ("viewer", "billing", "accounting"):
            invoice_id = in_status(w, status)
            for offer in offers(w.ctx(who), invoice_id):
                if offer.action not in BUILT:
                    continue
                fresh = in_status(w, status)
                try:
                    w.move(who, fresh, offer.action, reason="x", confirmed=True)
                    worked = True
                except BillingError as error:
                    worked = False
                    assert (
                        offer.why.replace(f"D-{invoice_id:06d}", "")
                        == error.sentence.replace(f"D-{fresh:06d}", "")
                        or "INV-" in offer.why
                    )
                assert offer.allowed == worked, (status, who, offer)


@pytest.mark.parametrize("who", ["a10", "a40", "a90", "b40"])
def test_a_customer_is_not_told_what_could_be_done(w, who):
    invoice_id = w.draft()
    with pytest.raises((Forbidden, NotFound)):
        offers(w.ctx(who), invoice_id)


def test_a_hostile_reason_is_refused(w):
    invoice_id = w.draft()
    for text in ("a\0b", "a\u202eb", "x" * 501, "\ud800"):
        with pytest.raises(Invalid):
            w.move("billing", invoice_id, Action.CANCEL, reason=text)
    assert w.invoice(invoice_id).posting_status == "DRAFT"
