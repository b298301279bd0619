"""Pending charges on generated invoices: they join once, and come back once (SPEC 6.9)."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from billing_app.domain.errors import BillingError
from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    ChargeLine,
    Invoice,
    InvoicedPeriod,
    InvoiceLine,
    PackageCharge,
    UsageRecord,
)
from billing_app.services.charges.pending import charges_behind, takings_behind
from billing_app.services.generation.invoicing import auto_generate, generate_periods
from billing_app.services.invoices.drafts import read_draft, save_draft
from billing_app.services.invoices.moves import move_invoice
from tests.services.chargemaking import a_charge, assemble, charge
from tests.services.coherence import incoherences
from tests.services.test_generation import MONDAY, TUESDAY, WEEKS, configured, having, said, used
from tests.services.worldmaking import SECRET

SUNDAY = date(2026, 11, 8)


def of_week(w, text="Site visit", on=TUESDAY, **changes):
    """A charge made by hand for one day."""
    return a_charge(w, text, **({"date_from": on, "date_to": on} | changes))


def generate(w):
    return auto_generate(w.ctx("billing"), w.customers["a"]).invoice_ids


@pytest.mark.spec("6.9", "CXS-17")
def test_charges_made_by_hand_join_the_invoice_of_their_week(w):
    configured(w)
    used(w, "a", MONDAY, "1")
    visit = of_week(
        w,
        discount_type="percent",
        discount_value=Decimal(10),
        tax_description="Standard",
        account="8400",
    )
    late = of_week(w, "Second week", on=WEEKS[1])
    first, second = generate(w)
    assert said(w, first) == [("2026-11-02", 100), ("Site visit", 18000)]
    assert said(w, second) == [("Second week", 20000)]
    line = w.lines(first)[1]
    assert (line.discount_minor, line.tax_rate, line.unit) == (2000, Decimal(19), "call")
    assert (line.tax_description, line.account, line.date_to) == ("Standard", "8400", TUESDAY)
    assert (w.invoice(first).discount_minor, w.invoice(first).total_minor) == (2000, 21540)
    billed = charge(w, visit)
    assert (billed.status, billed.invoice_id, billed.invoice_line_no) == ("BILLED", first, 20)
    assert charge(w, late).invoice_line_no == 10
    assert generate(w) == []
    assert charges_behind(w.ctx("billing"), first) == 1
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("6.9")
def test_a_charge_without_days_waits_from_the_day_it_was_written(w):
    customer = configured(w)
    a_charge(w, "Written in time", created_at=datetime(2026, 11, 8, 23, 59, tzinfo=UTC))
    a_charge(w, "Of this week")
    (only,) = generate(w)
    assert said(w, only) == [("Written in time", 20000)]
    assert w.invoice(only).period_to == SUNDAY
    w.clock.instant += timedelta(7)
    (next_one,) = auto_generate(w.ctx("billing"), customer).invoice_ids
    assert said(w, next_one) == [("Of this week", 20000)]


@pytest.mark.spec("6.9")
@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "USD"},
        {"kind": "voyage"},
        {"kind": "order"},
        {"prices_include_tax": True},
        {"pending_list": "payable", "direction": "in"},
    ],
    ids=str,
)
def test_what_the_invoice_cannot_say_goes_on_waiting(lite, changes):
    configured(lite)
    used(lite, "a", MONDAY, "1")
    key = of_week(lite, **changes)
    (made,) = generate(lite)
    assert said(lite, made) == [("2026-11-02", 100)]
    assert charge(lite, key).status == "PENDING"


def test_a_closed_voyage_keeps_its_charges_back(w):
    configured(w)
    barred, billable = w.voyage("V-1", status="Closed"), w.voyage("V-2")
    kept = of_week(w, "Of a closed voyage", voyage_id=barred)
    of_week(w, "Of an open voyage", voyage_id=billable)
    (made,) = generate(w)
    assert said(w, made) == [("Of an open voyage", 20000)]
    assert w.lines(made)[0].voyage_id == billable
    assert charge(w, kept).status == "PENDING"


def test_credits_reduce_an_invoice_and_never_turn_it_around(w):
    configured(w)
    used(w, "a", MONDAY, "500")
    of_week(w, "Goodwill", quantity=Decimal(-2))
    (first,) = generate(w)
    assert w.invoice(first).subtotal_minor == 30000
    too_much = of_week(w, "All back", on=WEEKS[1], quantity=Decimal(-9))
    used(w, "a", WEEKS[1], "1")
    (second,) = generate(w)
    assert said(w, second) == [("2026-11-09", 100)]
    assert charge(w, too_much).status == "PENDING"


def test_ticked_periods_take_what_waits_by_their_end(w):
    customer = configured(w, invoice_schedule="none")
    used(w, "a", WEEKS[1], "1")
    of_week(w, "Of the week before")
    of_week(w, "Of the week after", on=date(2026, 11, 17))
    (made,) = generate_periods(w.ctx("billing"), customer, "weekly", [WEEKS[1]]).invoice_ids
    assert said(w, made) == [("2026-11-09", 100), ("Of the week before", 20000)]


@pytest.mark.spec("6.3-T10", "6.3-T11", "6.9")
@pytest.mark.parametrize("ending", [Action.CANCEL, Action.DELETE, Action.DISSOLVE])
def test_a_draft_that_ends_gives_its_charges_back_once(w, ending):
    configured(w)
    having(w, "a")
    used(w, "a", MONDAY, "1")
    key = of_week(w)
    first, _ = generate(w)
    if ending is Action.DISSOLVE:
        move_invoice(w.ctx("billing"), first, Action.ASSEMBLE)
    errors = at_once(
        w, *(lambda by=by: move_invoice(w.ctx(by), first, ending, reason="x")
             for by in ("billing", "billing2"))
    )  # fmt: skip
    assert [type(error) for error in errors if not isinstance(error, BillingError)] == []
    assert len(errors) == 1
    assert charge(w, key).status == "PENDING"
    (again,) = generate(w)
    assert sorted(said(w, again)) == sorted(
        [("Line rental", 3000), ("2026-11-02", 100), ("Site visit", 20000)]
    )
    assert w.invoice(again).period_from == MONDAY
    assert living(w) == 3000 + 3000 + 100 + 20000
    assert generate(w) == []
    assert incoherences(w.database, SECRET) == []


@pytest.mark.spec("6.3-T4")
def test_what_a_dissolved_invoice_said_is_charged_with_its_changed_text_once(w):
    configured(w)
    having(w, "a")
    used(w, "a", MONDAY, "1")
    first, _ = generate(w)
    draft, version = read_draft(w.ctx("billing"), first)
    lines = tuple(replace(line, description=f"{line.description}!") for line in draft.lines)
    save_draft(w.ctx("billing"), first, replace(draft, lines=lines), version=version)
    move_invoice(w.ctx("billing"), first, Action.ASSEMBLE)
    move_invoice(w.ctx("billing"), first, Action.DISSOLVE)
    used(w, "a", TUESDAY, "2")
    (again,) = generate(w)
    assert said(w, again) == [("2026-11-03", 200), ("Line rental!", 3000), ("2026-11-02!", 100)]
    assert len(w.all(PackageCharge)) == 2
    move_invoice(w.ctx("billing"), again, Action.DELETE)
    (once_more,) = generate(w)
    assert living(w) == 3000 + 200 + 3000 + 100
    assert len(w.lines(once_more)) == 3


@pytest.mark.spec("6.3-T11", "6.9")
@pytest.mark.parametrize("is_freed", [True, False])
def test_a_void_invoice_gives_back_what_it_took_only_on_request(w, is_freed):
    configured(w)
    having(w, "a")
    used(w, "a", MONDAY, "1")
    key = of_week(w)
    first, second = generate(w)
    assert takings_behind(w.ctx("accounting"), second) == 2  # the week, and its line rental
    move_invoice(w.ctx("accounting"), first, Action.POST)
    move_invoice(
        w.ctx("accounting"), first, Action.VOID, reason="x", confirmed=True, frees_charges=is_freed
    )
    again = generate(w)
    if is_freed:
        assert [said(w, one) for one in again] == [
            [("Line rental", 3000), ("2026-11-02", 100), ("Site visit", 20000)]
        ]
    else:
        assert again == []
        assert charge(w, key).invoice_id == first
        assert {row.invoice_id for row in w.all(UsageRecord)} == {first}
        assert len(w.all(InvoicedPeriod)) == 2


def test_charges_follow_their_lines_in_an_edited_draft(w):
    configured(w)
    keys = [of_week(w, text) for text in ("One", "Two", "Three")]
    (made,) = generate(w)
    draft, version = read_draft(w.ctx("billing"), made)
    one, two, three = draft.lines
    assert [line.charge_id for line in draft.lines] == keys
    lines = (three, replace(one, description="One, changed"))
    save_draft(w.ctx("billing"), made, replace(draft, lines=lines), version=version)
    assert [charge(w, key).invoice_line_no for key in keys] == [20, None, 10]
    assert charge(w, keys[1]).status == "PENDING"
    move_invoice(w.ctx("billing"), made, Action.CANCEL, reason="x")
    assert [charge(w, key).text for key in keys] == ["One, changed", "Two", "Three"]
    assert two.charge_id == keys[1]


@pytest.mark.spec("6.9", "RELIABILITY-P9")
def test_a_charge_that_is_generated_and_assembled_at_once_is_billed_once(w):
    customer = configured(w)
    used(w, "a", MONDAY, "1")
    keys = [of_week(w, f"Visit {at}") for at in range(8)]
    errors = at_once(
        w,
        *(lambda key=key: assemble(w, key) for key in keys),
        *[lambda: auto_generate(w.ctx("billing2"), customer)] * 2,
    )
    assert all(isinstance(error, BillingError) for error in errors), errors
    for key in keys:
        assert charge(w, key).status == "BILLED"
    assert living(w) == 100 + 8 * 20000
    with w.database.read() as session:
        pairs = session.exec(select(ChargeLine.invoice_id, ChargeLine.invoice_line_no)).all()
    assert len(set(pairs)) == 8
    assert incoherences(w.database, SECRET) == []


def living(w):
    """The net of every line that stands on a living document, in minor units."""
    with w.database.read() as session:
        return sum(
            session.exec(
                select(InvoiceLine.net_minor)
                .join(Invoice)
                .where(Invoice.deleted_at.is_(None), Invoice.posting_status != "CANCELLED")
            ).all()
        )


def at_once(w, *acts):
    """Do all of these at the same time; answers what went wrong."""
    start, errors = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            act()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
