"""Disputes: a customer marks what is wrong, staff decide, and the credit note is exactly that."""

import json
import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.disputes import DisputeState
from billing_app.domain.errors import BillingError, Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.lifecycle import Action
from billing_app.jobs.outbox import deliver
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Dispute,
    DisputeLine,
    Invoice,
    MailMessage,
    MailRecipient,
    Setting,
)
from billing_app.services.books.verify import verify
from billing_app.services.disputes.deciding import accept_dispute, answer_dispute, reject_dispute
from billing_app.services.disputes.opening import dispute_desk, open_dispute, withdraw_dispute
from billing_app.services.disputes.views import disputes_of
from billing_app.services.invoices.crediting import credit_invoice
from billing_app.services.invoices.listing import get_invoice
from billing_app.services.sites import list_sites, save_site
from billing_app.staff.invoices.drawer_history import happened_row
from billing_app.staff.invoices.rows import Sight
from tests.services.coherence import incoherences
from tests.services.worldmaking import SECRET, TODAY, a_line

ONE, TWO = Decimal(1), Decimal(2)
WHY = "Only one was delivered."


@pytest.fixture(autouse=True)
def proven(request):
    """Whatever a test does, the books prove themselves afterwards."""
    names = [name for name in ("w", "lite") if name in request.fixturenames]
    worlds = [request.getfixturevalue(name) for name in names]
    for world in worlds:
        switch(world, IsDisputesEnabled=True)
    yield
    for world in worlds:
        assert incoherences(world.database, SECRET) == []
        broken = [one for proved in verify(world.ctx()) for one in proved.violations]
        assert broken == []


def switch(w, **options):
    (site,), _ = list_sites(w.ctx("admin"))
    save_site(w.ctx("admin"), 1, json.dumps(options), before=site.settings_json)


def dispute(w, invoice_id, wanted=None, by="a40", reason=WHY, **more):
    return open_dispute(w.ctx(by), invoice_id, wanted, reason, **more)


def seen(w, invoice_id, by="accounting"):
    return disputes_of(w.ctx(by), invoice_id)


def accept(w, dispute_id, by="accounting", **more):
    return accept_dispute(w.ctx(by), dispute_id, **more)


def history(w, invoice_id):
    rows = w.all(AuditEntry)
    return [one.action for one in rows if (one.entity, one.entity_id) == ("invoice", invoice_id)]


@pytest.mark.spec("T12", "6.5-4", "6.5-6a")
def test_a_dispute_becomes_a_credit_note_for_exactly_that(w):
    invoice_id = w.posted(lines=(a_line(), a_line("Parts", tax_rate=Decimal(7))))
    one = dispute(w, invoice_id, {10: ONE})
    [view] = seen(w, invoice_id)
    assert (view.state, view.reason, view.opened_by) == (DisputeState.OPEN, WHY, "Person A40")
    [line] = view.lines
    assert (line.line_no, line.description, line.quantity) == (10, "Work", ONE)
    assert (line.amount_minor, view.total_minor) == (1_799, 2_159)  # 17.99 and 20 % of it
    done = accept(w, one, printed="One piece was missing.")
    assert done.status == "Ready for Posting"
    credit = w.invoice(done.credit_id)
    assert (credit.total_minor, credit.tax_minor) == (2_159, 360)
    assert credit.document_text == "One piece was missing."
    assert [line.credited_line_no for line in w.lines(credit.id)] == [10]
    w.move("accounting", credit.id, Action.POST)
    invoice = w.invoice(invoice_id)
    assert invoice.open_minor == invoice.total_minor - 2_159
    [view] = seen(w, invoice_id)
    assert (view.state, view.credit_id) == (DisputeState.ACCEPTED, credit.id)
    assert (view.is_credit_posted, view.ended_by) == (True, "Anke Accounting")
    assert {"disputed", "dispute accepted", "reverse"} <= set(history(w, invoice_id))


@pytest.mark.spec("T12", "6.14-V21")
def test_disputes_of_every_line_come_to_the_invoice_with_its_tax(w):
    line = a_line(
        quantity=ONE, unit_price=Decimal("0.35"), discount_type="none", tax_rate=Decimal(19),
        discount_value=Decimal(0),
    )  # fmt: skip
    invoice_id = w.posted(lines=(line, line, line))
    taxes = []
    for line_no in (10, 20, 30):
        done = accept(w, dispute(w, invoice_id, {line_no: ONE}))
        w.move("accounting", done.credit_id, Action.POST)
        taxes.append(w.invoice(done.credit_id).tax_minor)
    assert taxes == [7, 6, 7]
    assert w.invoice(invoice_id).open_minor == 0
    with pytest.raises(Refused, match="Nothing of INV-.* is left to dispute"):
        dispute(w, invoice_id)


@pytest.mark.spec("DLY-6")
def test_where_four_eyes_are_asked_for_a_colleague_takes_it_on(w):
    w.add(Setting(key="restrict_self_assembled_posting", scope="global", scope_id=0, value="on"))
    invoice_id = w.draft()
    w.move("billing", invoice_id, Action.ASSEMBLE)
    w.move("accounting", invoice_id, Action.POST)
    done = accept(w, dispute(w, invoice_id))
    assert done.status == "Assembled"
    w.move("accounting2", done.credit_id, Action.POST)
    assert w.invoice(invoice_id).open_minor == 0


def test_staff_answer_and_the_customer_reads_it_and_withdraws(w):
    invoice_id = w.posted()
    one = dispute(w, invoice_id, {10: TWO})
    answer_dispute(w.ctx("accounting"), one, "The note of delivery says three.")
    answer_dispute(w.ctx("accounting2"), one, "It was signed on 3 November.")
    [view] = dispute_desk(w.ctx("a40"), invoice_id).disputes
    assert (view.state, view.answer) == (DisputeState.ANSWERED, "It was signed on 3 November.")
    withdraw_dispute(w.ctx("a40"), one, version=view.version)
    [view] = seen(w, invoice_id)
    assert (view.state, view.is_undecided) == (DisputeState.WITHDRAWN, False)
    assert history(w, invoice_id)[-4:] == [
        "disputed", "dispute answered", "dispute answered", "dispute withdrawn",
    ]  # fmt: skip
    for decide in (accept, lambda w, key: reject_dispute(w.ctx("accounting"), key, "No.")):
        with pytest.raises(Refused, match="This dispute is withdrawn"):
            decide(w, one)
    assert dispute(w, invoice_id, {10: Decimal(3)}), "what was withdrawn can be disputed again"


def test_a_rejection_says_why_and_frees_what_it_was_about(w):
    invoice_id = w.posted()
    one = dispute(w, invoice_id)
    for words in ("", "   ", "\u202e", "x" * 1_001):
        with pytest.raises(Invalid):
            reject_dispute(w.ctx("accounting"), one, words)
        with pytest.raises(Invalid):
            answer_dispute(w.ctx("accounting"), one, words)
    reject_dispute(w.ctx("accounting"), one, "All three were delivered.")
    [view] = dispute_desk(w.ctx("a40"), invoice_id).disputes
    assert (view.state, view.end_reason) == (DisputeState.REJECTED, "All three were delivered.")
    assert dispute_desk(w.ctx("a40"), invoice_id).lines[0].left == 3
    assert [one for one in w.all(Invoice) if one.sign < 0] == []


def test_no_more_is_disputed_than_is_neither_credited_nor_disputed(w):
    invoice_id = w.posted()
    dispute(w, invoice_id, {10: ONE})
    credit_invoice(w.ctx("accounting"), invoice_id, {10: ONE})
    [line] = dispute_desk(w.ctx("a40"), invoice_id).lines
    assert (line.left, line.description) == (ONE, "Work")
    for quantity in (TWO, Decimal("1.001"), Decimal(0), -ONE, Decimal("0.0001")):
        with pytest.raises(Invalid) as error:
            dispute(w, invoice_id, {10: quantity})
        assert list(error.value.fields) == ["lines.10.quantity"]
    with pytest.raises(Invalid, match="left to dispute"):
        dispute(w, invoice_id, {20: ONE})
    with pytest.raises(Invalid, match="Choose at least one line"):
        dispute(w, invoice_id, {})
    with pytest.raises(Invalid, match="Say what is wrong"):
        dispute(w, invoice_id, {10: ONE}, reason=" ")
    dispute(w, invoice_id, {10: ONE})
    assert not dispute_desk(w.ctx("a40"), invoice_id).can_open
    assert len(w.all(Dispute)) == len(w.all(DisputeLine)) == 2


def test_what_was_credited_meanwhile_is_not_credited_twice(w):
    invoice_id = w.posted()
    one = dispute(w, invoice_id, {10: TWO})
    credit_invoice(w.ctx("accounting"), invoice_id, {10: TWO})
    with pytest.raises(Refused, match="has taken a part of what is disputed"):
        accept(w, one)
    assert len([one for one in w.all(Invoice) if one.sign < 0]) == 1
    assert seen(w, invoice_id)[0].state == DisputeState.OPEN


def test_a_cancelled_credit_note_leaves_the_way_to_dispute_again(w):
    invoice_id = w.posted()
    first = accept(w, dispute(w, invoice_id))
    assert not dispute_desk(w.ctx("a40"), invoice_id).can_open
    w.change(Invoice, first.credit_id, posting_status="DRAFT", status_rank=10)
    w.move("accounting", first.credit_id, Action.CANCEL, reason="Wrong.")
    second = accept(w, dispute(w, invoice_id))
    assert second.credit_id != first.credit_id


@pytest.mark.spec("6.3")
def test_only_posted_invoices_are_disputed(w):
    void = w.posted()
    w.move("accounting", void, Action.VOID, reason="Twice.", confirmed=True)
    changing = w.posted()
    w.move("accounting", changing, Action.UNPOST)
    credit = w.posted(document_type_id=w.type_id("CRO"))
    for invoice_id, said in (
        (void, "is void"),
        (changing, "being changed"),
        (credit, "no invoice"),
    ):
        with pytest.raises(Refused, match=said):
            dispute(w, invoice_id)
        desk = dispute_desk(w.ctx("a40"), invoice_id)
        assert (desk.can_open, desk.lines) == (False, ())
    with pytest.raises(NotFound, match="This document does not exist"):
        dispute(w, w.draft())


@pytest.mark.spec("6.7")
@pytest.mark.parametrize("who", ["b40", "b90", "viewer", "owner", "a10", "a20", "a30"])
def test_strangers_and_lesser_roles_open_read_and_withdraw_nothing(w, who):
    invoice_id = w.posted()
    one = dispute(w, invoice_id, {10: ONE})
    refused = NotFound if who.startswith("b") else Forbidden
    asked = [
        lambda: dispute(w, invoice_id, {10: ONE}, by=who),
        lambda: dispute_desk(w.ctx(who), invoice_id),
        lambda: withdraw_dispute(w.ctx(who), one),
    ]
    for ask in asked:
        with pytest.raises(refused):
            ask()
    with pytest.raises(refused):
        withdraw_dispute(w.ctx(who), one)
    if refused is NotFound:
        for number in (invoice_id, 999_999):  # another's document sounds like none
            with pytest.raises(NotFound, match="^This document does not exist.$"):
                dispute(w, number, by=who)
        for number in (one, 999_999):
            with pytest.raises(NotFound, match="^This dispute does not exist.$"):
                withdraw_dispute(w.ctx(who), number)
    assert [row.state for row in w.all(Dispute)] == ["open"]


@pytest.mark.spec("6.7")
@pytest.mark.parametrize("who", ["viewer", "sales", "billing", "a40", "a90"])
def test_who_may_not_credit_decides_nothing(w, who):
    one = dispute(w, w.posted())
    for decide in (
        lambda ctx: accept_dispute(ctx, one),
        lambda ctx: answer_dispute(ctx, one, "No."),
        lambda ctx: reject_dispute(ctx, one, "No."),
    ):
        with pytest.raises(Forbidden):
            decide(w.ctx(who))
    assert [row.state for row in w.all(Dispute)] == ["open"]


def test_who_does_not_see_partners_does_not_see_who_disputes(w):
    invoice_id = w.posted()
    dispute(w, invoice_id)
    blind = replace(w.people["viewer"], sees_partner=False)
    assert [view.opened_by for view in disputes_of(w.ctx(blind), invoice_id)] == ["Hidden"]
    withdraw_dispute(w.ctx("a40"), w.all(Dispute)[0].id)
    said = get_invoice(w.ctx(blind), invoice_id).history
    for partner, name in ((False, "Hidden"), (True, "Person A40")):
        rows = [happened_row(row, Sight(TODAY, "UTC", partner)) for row in said]
        assert [row.who for row in rows if row.what.startswith("Dispute")] == [name, name]


@pytest.mark.spec("ERP-13")
@pytest.mark.parametrize("options", [{}, {"IsDisputesEnabled": False}])
def test_disputes_are_off_until_a_site_has_them(w, options):
    invoice_id = w.posted()
    one = dispute(w, invoice_id)
    switch(w, **options)
    for ask in (
        lambda: dispute(w, invoice_id, {10: ONE}),
        lambda: dispute_desk(w.ctx("a40"), invoice_id),
        lambda: withdraw_dispute(w.ctx("a40"), one),
    ):
        with pytest.raises(NotFound, match="Disputes are switched off here"):
            ask()
    accept(w, one)
    assert seen(w, invoice_id)[0].state == DisputeState.ACCEPTED, "staff decide what is there"


@pytest.mark.spec("ERP-13")
def test_the_switch_is_true_or_false(w):
    with pytest.raises(Invalid, match="CC008: IsDisputesEnabled must be true or false"):
        switch(w, IsDisputesEnabled="yes")


@pytest.mark.spec("ERP-20")
def test_where_lines_are_hidden_the_whole_document_is_disputed(w):
    invoice_id = w.posted(lines=(a_line(), a_line("Parts", tax_rate=Decimal(7))))
    switch(w, IsDisputesEnabled=True, HideLines=True)
    desk = dispute_desk(w.ctx("a40"), invoice_id)
    assert (desk.hides_lines, desk.can_open, desk.lines) == (True, True, ())
    for wanted in ({10: ONE}, {99: ONE}, {}):
        with pytest.raises(Invalid, match="This portal shows no lines"):
            dispute(w, invoice_id, wanted)
    done = accept(w, dispute(w, invoice_id))
    assert w.invoice(done.credit_id).total_minor == w.invoice(invoice_id).total_minor


@pytest.mark.spec("RELIABILITY-P9")
def test_a_repeat_has_the_effect_of_one(w):
    invoice_id = w.posted()
    first = dispute(w, invoice_id, {10: ONE}, key="a")
    assert dispute(w, invoice_id, {10: ONE}, key="a") == first
    done = accept(w, first, key="b")
    assert accept(w, first, key="b") == done
    for key, decide in (("c", answer_dispute), ("d", reject_dispute)):
        again = dispute(w, invoice_id, {10: Decimal("0.5")})
        for _ in range(2):
            decide(w.ctx("accounting"), again, "No.", key=key)
    last = dispute(w, invoice_id, {10: Decimal("0.5")})
    for _ in range(2):
        withdraw_dispute(w.ctx("a40"), last, key="e")
    assert len(w.all(Dispute)) == 4
    assert len([one for one in w.all(Invoice) if one.sign < 0]) == 1


def test_who_was_slower_looks_again(w):
    one = dispute(w, w.posted())
    answer_dispute(w.ctx("accounting"), one, "We look at it.", version=1)
    for decide in (
        lambda: accept(w, one, version=1),
        lambda: reject_dispute(w.ctx("accounting"), one, "No.", version=1),
        lambda: withdraw_dispute(w.ctx("a40"), one, version=1),
    ):
        with pytest.raises(Conflict, match="This dispute changed meanwhile"):
            decide()
    assert accept(w, one, version=2)


@pytest.mark.spec("RELIABILITY-P9", "T12")
def test_raced_acceptances_make_one_credit_note(w):
    one = dispute(w, w.posted())
    answers = race(lambda: accept(w, one), 4)
    assert sorted(map(str, answers)).count(str(Refused)) == 3
    assert len([one for one in w.all(Invoice) if one.sign < 0]) == 1


def test_raced_disputes_never_exceed_the_line(w):
    invoice_id = w.posted()
    answers = race(lambda: dispute(w, invoice_id, {10: TWO}), 4)
    assert [type(one) for one in answers].count(int) == 1
    assert [(row.quantity, row.amount_minor) for row in w.all(DisputeLine)] == [(TWO, 3_598)]


def race(ask, count):
    answers, gate = [], threading.Barrier(count)

    def run():
        gate.wait()
        try:
            answers.append(ask())
        except BillingError as error:
            answers.append(type(error))

    people = [threading.Thread(target=run) for _ in range(count)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return answers


@pytest.mark.spec("6.7")
def test_somebody_with_access_to_own_documents_disputes_no_other(w):
    invoice_id = w.posted()
    mine = w.posted()
    w.change(Invoice, mine, customer_user_id=w.people["a40"].user_id)
    narrow = replace(w.people["a40"], scope="own")
    with pytest.raises(NotFound):
        open_dispute(w.ctx(narrow), invoice_id, None, WHY)
    assert open_dispute(w.ctx(narrow), mine, None, WHY)


def mails(w):
    """What waits to be sent after the outbox was worked off: address and subject."""
    deliver(w.ctx())
    to = {row.message_id: row.address for row in w.all(MailRecipient)}
    return [(to[one.id], one.subject, one.text) for one in w.all(MailMessage)]


@pytest.mark.spec("6.11")
def test_the_seller_hears_of_a_dispute_and_the_person_of_each_answer(w):
    w.change(Company, 1, email="desk@aldermoor.example")
    invoice_id = w.posted()
    label = w.invoice(invoice_id).label
    one = dispute(w, invoice_id, {10: ONE})
    [(to, subject, text)] = mails(w)
    assert (to, subject) == ("desk@aldermoor.example", f"Halvorsen Dairy disputes {label}")
    assert "EUR 21.59" in text
    assert WHY in text
    answer_dispute(w.ctx("accounting"), one, "We look at it.")
    (to, subject, text) = mails(w)[1]
    assert (to, subject) == ("l40@a.example", f"Your dispute of {label} is answered")
    assert "We look at it." in text
    assert f"/portal/invoices/{invoice_id}" in text
    reject_dispute(w.ctx("accounting"), one, "It was two.")
    assert "It was two." in mails(w)[2][2]
    deliver(w.ctx())
    assert len(mails(w)) == 3, "once for each change"


def test_nobody_is_mailed_of_a_withdrawal_or_without_an_address(w):
    w.change(Company, 1, email="")
    one = dispute(w, w.posted())
    assert mails(w) == []
    withdraw_dispute(w.ctx("a40"), one)
    assert mails(w) == []
