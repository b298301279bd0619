"""The posting life cycle: the whole table, its whole complement, every guard's sentence."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.access import StaffLevel
from billing_app.domain.document_types import DocumentKind, SignRestriction, opposite, sign
from billing_app.domain.errors import Forbidden, IllegalTransition, PostingNotAllowed, Refused
from billing_app.domain.lifecycle import (
    TRANSITIONS,
    Action,
    ActorFacts,
    InvoiceFacts,
    Posting,
    available,
    move,
)

DRAFT, ASSEMBLED, READY, POSTED = Posting.DRAFT, Posting.ASSEMBLED, Posting.READY, Posting.POSTED
CANCELLED, VOID = Posting.CANCELLED, Posting.VOID
ANNA, BEN = 7, 8

# SPEC 6.3 written out a second time: number, from, action, to, least level
TABLE = [
    ("T3", DRAFT, Action.ASSEMBLE, ASSEMBLED, StaffLevel.BILLING),
    ("T4", ASSEMBLED, Action.DISSOLVE, ASSEMBLED, StaffLevel.BILLING),
    ("T5", ASSEMBLED, Action.READY, READY, StaffLevel.ACCOUNTING),
    ("T6", ASSEMBLED, Action.POST, POSTED, StaffLevel.ACCOUNTING),
    ("T7", READY, Action.POST, POSTED, StaffLevel.ACCOUNTING),
    ("T8", POSTED, Action.UNPOST, READY, StaffLevel.ACCOUNTING),
    ("T9", DRAFT, Action.POST, POSTED, StaffLevel.ACCOUNTING),
    ("T10", DRAFT, Action.CANCEL, CANCELLED, StaffLevel.BILLING),
    ("T10", ASSEMBLED, Action.CANCEL, CANCELLED, StaffLevel.BILLING),
    ("T11", POSTED, Action.VOID, VOID, StaffLevel.ACCOUNTING),
    ("T12", POSTED, Action.REVERSE, POSTED, StaffLevel.ACCOUNTING),
    ("T13", DRAFT, Action.DELETE, DRAFT, StaffLevel.BILLING),
    ("T13", CANCELLED, Action.DELETE, CANCELLED, StaffLevel.BILLING),
]
COMPLETENESS = [
    (DRAFT, Action.ASSEMBLE),
    (ASSEMBLED, Action.READY),
    (ASSEMBLED, Action.POST),
    (DRAFT, Action.POST),
]


def outside(table):
    """Every pair of status and action that has no row."""
    return [pair for pair in product(Posting, Action) if pair not in table]


def an_invoice(status=DRAFT, **changes):
    """An invoice every guard is content with."""
    facts = InvoiceFacts(
        status,
        "D-000123",
        line_count=2,
        total_minor=12530,
        has_positive_line=True,
        document_date=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
        assembled_by=ANNA,
        created_by=ANNA,
        reason="Sent twice",
        confirmed=True,
    )
    return replace(facts, **changes)


def a_person(level=StaffLevel.ACCOUNTING, user_id=BEN):
    return ActorFacts(user_id, level)


def test_the_table_has_exactly_the_rows_of_the_specification():
    rows = {(status, action): (to, least) for _, status, action, to, least in TABLE}
    assert {pair: (row.to, row.least) for pair, row in TRANSITIONS.items()} == rows


@pytest.mark.spec("DLY-2", "DLY-3", "DLY-4", "6.3")
@pytest.mark.parametrize(("status", "action", "to", "least"), [row[1:] for row in TABLE])
def test_a_move_of_the_table_leads_to_its_status(status, action, to, least):
    assert move(an_invoice(status), action, a_person(least)) is to


@pytest.mark.spec("6.3")
@pytest.mark.parametrize(("status", "action"), outside(TRANSITIONS))
def test_a_move_outside_the_table_is_refused(status, action):
    with pytest.raises(IllegalTransition) as refused:
        move(an_invoice(status), action, a_person(StaffLevel.OWNER))
    sentence = refused.value.sentence
    assert sentence.startswith(f"D-000123 is {status.label}, so it cannot be {action.done}.")


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("status", [CANCELLED, VOID])
def test_cancelled_and_void_are_final(status, action):
    if (status, action) != (CANCELLED, Action.DELETE):
        with pytest.raises(IllegalTransition):
            move(an_invoice(status), action, a_person(StaffLevel.OWNER))


@pytest.mark.spec("DLY-3")
def test_from_ready_for_posting_only_posted_can_be_chosen():
    possible = {offer.to for offer in available(an_invoice(READY), a_person()) if offer.allowed}
    assert possible == {POSTED}


@pytest.mark.spec("DLY-2")
def test_from_assembled_one_may_dissolve_make_ready_post_or_cancel():
    offers = available(an_invoice(ASSEMBLED), a_person())
    assert {offer.action for offer in offers if offer.allowed} == {
        Action.DISSOLVE,
        Action.READY,
        Action.POST,
        Action.CANCEL,
    }


@pytest.mark.parametrize(("status", "action", "least"), [(r[1], r[2], r[4]) for r in TABLE])
def test_a_level_below_the_least_is_forbidden(status, action, least):
    for level in StaffLevel:
        actor = a_person(level)
        if level < least:
            with pytest.raises(Forbidden, match=f"level {least.label}"):
                move(an_invoice(status), action, actor)
        else:
            move(an_invoice(status), action, actor)


@pytest.mark.spec("6.7")
@pytest.mark.parametrize("action", [Action.CANCEL, Action.DELETE])
def test_sales_cancels_and_deletes_its_own_drafts_only(action):
    sales = a_person(StaffLevel.SALES, user_id=ANNA)
    assert move(an_invoice(created_by=ANNA), action, sales)
    with pytest.raises(Forbidden):
        move(an_invoice(created_by=BEN), action, sales)
    with pytest.raises((Forbidden, IllegalTransition)):
        move(an_invoice(ASSEMBLED, created_by=ANNA), action, sales)
    with pytest.raises(Forbidden):
        move(an_invoice(created_by=ANNA), action, a_person(StaffLevel.VIEWER, user_id=ANNA))


@pytest.mark.spec("ERP-50", "ORO-47")
@pytest.mark.parametrize(("status", "action"), COMPLETENESS)
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"line_count": 0}, "D-000123 has no lines. Add at least one line first."),
        (
            {"any_zero_quantity": True},
            "A line of D-000123 has the quantity 0. Give it a quantity or remove it.",
        ),
        (
            {"sign_restriction": SignRestriction.NEGATIVE},
            (
                "The document type of D-000123 allows only negative amounts. "
                "Correct its lines or choose another type."
            ),
        ),
        (
            {"due_on": date(2026, 10, 31)},
            "D-000123 would be due before its invoice date. Correct one of the two dates.",
        ),
        (
            {"closed_voyages": ("NL-2622",)},
            (
                "Voyage NL-2622 is closed, so the status of D-000123 cannot be changed. "
                "Reopen it first."
            ),
        ),
    ],
)
def test_an_incomplete_invoice_is_not_finalised(status, action, changes, sentence):
    with pytest.raises(Refused) as refused:
        move(an_invoice(status, **changes), action, a_person())
    assert refused.value.sentence == sentence


def test_the_first_failing_guard_speaks():
    empty_and_closed = an_invoice(line_count=0, closed_voyages=("X",))
    with pytest.raises(Refused, match="has no lines"):
        move(empty_and_closed, Action.ASSEMBLE, a_person())


def test_an_invoice_without_dates_is_judged_by_its_lines_alone():
    assert move(an_invoice(due_on=None), Action.ASSEMBLE, a_person()) is ASSEMBLED
    assert move(an_invoice(document_date=None), Action.ASSEMBLE, a_person()) is ASSEMBLED


@pytest.mark.spec("6.14-V16", "DLY-9")
@pytest.mark.parametrize(
    ("status", "action"), [pair for pair in TRANSITIONS if pair[1] is not Action.DELETE]
)
def test_a_closed_voyage_locks_every_status_change(status, action):
    facts = an_invoice(status, closed_voyages=("Y", "Z"))
    with pytest.raises(Refused, match=r"Voyages Y, Z are closed.* Reopen them first"):
        move(facts, action, a_person())


@pytest.mark.spec("6.14-V15", "DLY-6", "DLY-8")
@pytest.mark.parametrize("level", [StaffLevel.ACCOUNTING, StaffLevel.ADMIN, StaffLevel.OWNER])
@pytest.mark.parametrize("action", [Action.READY, Action.POST])
def test_who_assembled_an_invoice_does_not_post_it(action, level):
    facts = an_invoice(ASSEMBLED, restrict_self_assembled=True)
    with pytest.raises(PostingNotAllowed) as refused:
        move(facts, action, a_person(level, ANNA))
    assert refused.value.sentence == (
        "You assembled D-000123, so somebody else has to make it ready for posting or post it."
    )
    assert move(facts, action, a_person(level, BEN))
    assert move(replace(facts, restrict_self_assembled=False), action, a_person(level, ANNA))


@pytest.mark.spec("6.14-V15", "DLY-7")
def test_the_assembler_may_still_switch_between_ready_and_posted():
    anna = a_person(user_id=ANNA)
    assert move(an_invoice(READY, restrict_self_assembled=True), Action.POST, anna) is POSTED
    assert move(an_invoice(POSTED, restrict_self_assembled=True), Action.UNPOST, anna) is READY


@pytest.mark.spec("6.16-12", "DLY-6")
def test_posting_a_draft_makes_the_actor_its_assembler_so_four_eyes_refuses_it():
    facts = an_invoice(DRAFT, assembled_by=None, restrict_self_assembled=True)
    with pytest.raises(PostingNotAllowed, match="Assemble it and ask a colleague"):
        move(facts, Action.POST, a_person())
    assert move(facts, Action.ASSEMBLE, a_person()) is ASSEMBLED
    assert move(replace(facts, restrict_self_assembled=False), Action.POST, a_person()) is POSTED


def test_what_a_machine_assembled_bars_nobody():
    system = ActorFacts(1, StaffLevel.OWNER, is_system=True)
    facts = an_invoice(ASSEMBLED, assembled_by=1, restrict_self_assembled=True)
    assert move(facts, Action.POST, system) is POSTED
    assert move(facts, Action.POST, a_person()) is POSTED


@pytest.mark.parametrize(
    ("status", "action", "changes", "sentence"),
    [
        (DRAFT, Action.CANCEL, {"reason": "  "}, "Give a reason."),
        (POSTED, Action.VOID, {"reason": ""}, "Give a reason."),
        (
            POSTED,
            Action.VOID,
            {"confirmed": False},
            "Voiding D-000123 cannot be undone. Confirm it first.",
        ),
        (
            ASSEMBLED,
            Action.DISSOLVE,
            {"allocated": True},
            "A payment is allocated to D-000123. Release it first.",
        ),
        (
            ASSEMBLED,
            Action.CANCEL,
            {"allocated": True},
            "A payment is allocated to D-000123. Release it first.",
        ),
        (
            POSTED,
            Action.VOID,
            {"is_fully_paid": True},
            "D-000123 is paid, so it cannot be voided. Refund it or make a credit note.",
        ),
        (
            POSTED,
            Action.VOID,
            {"has_unrefunded_gateway": True},
            "An online payment of D-000123 is not refunded. Refund it first.",
        ),
        (
            POSTED,
            Action.UNPOST,
            {"is_synced": True, "confirmed": False},
            "Accounting has already taken over D-000123. Confirm that it is set back nevertheless.",
        ),
        (
            POSTED,
            Action.REVERSE,
            {"kind": DocumentKind.ADVANCE},
            "D-000123 is neither an invoice nor a credit note, so it cannot be reversed.",
        ),
        (
            CANCELLED,
            Action.DELETE,
            {"imported_and_posted": True},
            "D-000123 was posted by another system, so it cannot be deleted.",
        ),
    ],
)
def test_each_guard_says_what_is_wrong_and_what_to_do(status, action, changes, sentence):
    with pytest.raises(Refused) as refused:
        move(an_invoice(status, **changes), action, a_person())
    assert refused.value.sentence == sentence
    assert refused.value.facts["label"] == "D-000123"
    assert refused.value.code.startswith("invoice.")


def test_a_synced_invoice_is_set_back_when_confirmed_and_others_without_asking():
    assert move(an_invoice(POSTED, is_synced=True), Action.UNPOST, a_person()) is READY
    assert move(an_invoice(POSTED, confirmed=False), Action.UNPOST, a_person()) is READY


@pytest.mark.spec("CRM-8")
def test_a_partly_paid_invoice_can_be_voided():
    assert move(an_invoice(POSTED, allocated=True), Action.VOID, a_person()) is VOID


@pytest.mark.parametrize(
    ("status", "action", "hint"),
    [
        (ASSEMBLED, Action.DELETE, "Dissolve it instead."),
        (POSTED, Action.DELETE, "Void or credit it instead."),
        (READY, Action.DELETE, "Void or credit it instead."),
        (POSTED, Action.DISSOLVE, "Dissolving is possible while Assembled only."),
        (DRAFT, Action.VOID, "Cancel it instead."),
    ],
)
@pytest.mark.spec("CRM-16")
def test_where_another_way_exists_the_refusal_names_it(status, action, hint):
    with pytest.raises(IllegalTransition) as refused:
        move(an_invoice(status), action, a_person())
    assert refused.value.sentence.endswith(hint)


@pytest.mark.spec("ERP-52")
@pytest.mark.parametrize(
    ("restriction", "kind", "positive", "negative", "allowed"),
    [
        (SignRestriction.ANY, DocumentKind.INVOICE, True, True, True),
        (SignRestriction.POSITIVE, DocumentKind.INVOICE, True, False, True),
        (SignRestriction.POSITIVE, DocumentKind.INVOICE, True, True, False),
        (SignRestriction.NEGATIVE, DocumentKind.INVOICE, True, False, False),
        (SignRestriction.NEGATIVE, DocumentKind.CREDIT, True, False, True),
        (SignRestriction.NEGATIVE, DocumentKind.CREDIT, True, True, False),
        (SignRestriction.POSITIVE, DocumentKind.CREDIT, True, False, False),
        (SignRestriction.POSITIVE, DocumentKind.INVOICE, False, False, True),
    ],
)
def test_the_document_type_restricts_the_sign_of_amounts_as_shown(
    restriction, kind, positive, negative, allowed
):
    facts = an_invoice(
        sign_restriction=restriction,
        kind=kind,
        has_positive_line=positive,
        has_negative_line=negative,
        total_minor=100 if positive else 0,
    )
    if allowed:
        assert move(facts, Action.ASSEMBLE, a_person()) is ASSEMBLED
    else:
        with pytest.raises(Refused) as refused:
            move(facts, Action.ASSEMBLE, a_person())
        assert refused.value.code == "invoice.sign"


def test_a_negative_total_breaks_a_positive_type():
    facts = an_invoice(
        sign_restriction=SignRestriction.POSITIVE, total_minor=-1, has_positive_line=False
    )
    with pytest.raises(Refused, match="only positive amounts"):
        move(facts, Action.ASSEMBLE, a_person())


def test_a_credit_note_counts_negative_and_reverses_to_an_invoice():
    assert [sign(kind) for kind in DocumentKind] == [1, -1, 1, 1, 1]
    assert opposite(DocumentKind.INVOICE) is DocumentKind.CREDIT
    assert opposite(DocumentKind.CREDIT) is DocumentKind.INVOICE


def test_the_menu_offers_what_the_dialog_will_ask_and_says_why_not():
    offers = {
        offer.action: offer
        for offer in available(
            an_invoice(POSTED, reason="", confirmed=False, is_synced=True), a_person()
        )
    }
    void, unpost, post = offers[Action.VOID], offers[Action.UNPOST], offers[Action.POST]
    assert (void.allowed, void.needs_reason, void.needs_confirmation) == (True, True, True)
    assert (unpost.allowed, unpost.needs_reason, unpost.needs_confirmation) == (True, False, True)
    assert (post.allowed, post.to) == (False, None)
    assert post.why == "D-000123 is Posted, so it cannot be posted."


def test_the_menu_repeats_the_guards_sentence():
    offers = available(an_invoice(ASSEMBLED, restrict_self_assembled=True), a_person(user_id=ANNA))
    ready = next(offer for offer in offers if offer.action is Action.READY)
    assert not ready.allowed
    assert ready.why.startswith("You assembled D-000123")


@given(
    st.builds(
        InvoiceFacts,
        status=st.sampled_from(Posting),
        label=st.just("D-1"),
        kind=st.sampled_from(DocumentKind),
        sign_restriction=st.sampled_from(SignRestriction),
        line_count=st.integers(0, 2),
        any_zero_quantity=st.booleans(),
        total_minor=st.integers(-1, 1),
        closed_voyages=st.sampled_from([(), ("X",)]),
        allocated=st.booleans(),
        is_fully_paid=st.booleans(),
        assembled_by=st.sampled_from([ANNA, BEN, None]),
        created_by=st.sampled_from([ANNA, BEN]),
        restrict_self_assembled=st.booleans(),
        reason=st.just("because"),
        confirmed=st.just(value=True),
    ),
    st.sampled_from(StaffLevel),
)
def test_the_menu_and_the_move_always_agree(facts, level):
    actor = a_person(level)
    for offer in available(facts, actor):
        if offer.allowed:
            assert move(facts, offer.action, actor) is offer.to
        else:
            with pytest.raises((Refused, Forbidden)) as refused:
                move(facts, offer.action, actor)
            assert refused.value.sentence == offer.why


def test_statuses_and_actions_have_their_words():
    assert [status.label for status in Posting] == [
        "Draft",
        "Assembled",
        "Ready for Posting",
        "Posted",
        "Cancelled",
        "Void",
    ]
    assert Posting("READY_FOR_POSTING") is READY
    assert Action.UNPOST.label == "Back to Ready for Posting"
