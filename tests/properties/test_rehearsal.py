"""A rehearsal and the run agree exactly on the same data, in random worlds."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as daytime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from billing_app.domain.lifecycle import Action
from billing_app.persistence.tables import (
    Customer,
    Invoice,
    InvoicedPeriod,
    InvoiceLine,
    Payment,
)
from billing_app.services.generation.invoicing import first_days, generate_all
from billing_app.services.generation.rehearsal import coming_drafts, rehearse
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.packages.charging import charge_packages
from billing_app.services.settings import change_setting
from tests.services.chargemaking import a_charge
from tests.services.test_generation import having, used
from tests.services.worldmaking import a_world

FIRST = date(2026, 9, 20)
DAYS = st.integers(0, 60).map(lambda at: FIRST + timedelta(at))
PRICES = st.decimals("0", "90", places=3)
CALLS = st.tuples(DAYS, PRICES, st.sampled_from(["44", "33"]), st.integers(1, 400), st.booleans())
PACKAGES = st.fixed_dictionaries(
    {
        "retail": st.decimals("0", "80", places=2),
        "setup_retail": st.decimals("0", "9", places=2),
        "frequency": st.sampled_from(["none", "daily", "weekly", "monthly"]),
        "minimum_spend": st.booleans(),
        "type": st.sampled_from(["none", "free_minutes"]),
        "destination_patterns": st.just("44"),
    }
)
ASSIGNED = st.fixed_dictionaries(
    {
        "start_on": DAYS,
        "quantity": st.sampled_from([Decimal(1), Decimal("2.5")]),
        "minutes": st.integers(1, 9),
        "auto_decrement": st.booleans(),
    }
)
CHARGES = st.fixed_dictionaries(
    {
        "unit_price": st.decimals("0", "99", places=2),
        "quantity": st.sampled_from([Decimal(1), Decimal(3), Decimal(-1)]),
        "date_from": DAYS,
        "kind": st.sampled_from(["manual", "manual", "voyage"]),
        "discount_value": st.sampled_from([Decimal(0), Decimal(10)]),
    }
)
CUSTOMERS = st.fixed_dictionaries(
    {
        "schedule": st.sampled_from(["daily", "weekly", "monthly", "none"]),
        "grouping": st.sampled_from(["", "day", "destination"]),
        "calls": st.lists(CALLS, max_size=12),
        "packages": st.lists(st.tuples(PACKAGES, ASSIGNED), max_size=2),
        "charges": st.lists(CHARGES, max_size=3),
        "term": st.sampled_from([14, 14, 14, 9_999]),
    }
)
ENDINGS = st.lists(st.sampled_from([None, Action.CANCEL, Action.DELETE, Action.DISSOLVE]))


def fill(w, key, facts):
    """One customer with everything that can be invoiced."""
    w.change(
        Customer,
        w.customers[key],
        invoice_schedule=facts["schedule"],
        line_grouping=facts["grouping"],
        tax_rate=Decimal(20),
        payment_term_days=facts["term"],
    )
    for on, charge, prefix, billed, is_rated in facts["calls"]:
        used(w, key, on, charge if is_rated else 0, prefix, billed,
             destination=prefix + "20", is_rated=is_rated,
             started_at=datetime.combine(on, daytime(12), UTC))  # fmt: skip
    for package, assigned in facts["packages"]:
        having(w, key, package, **assigned)
    for at, charge in enumerate(facts["charges"]):
        more = {"discount_type": "percent" if charge["discount_value"] else "none"}
        a_charge(w, f"Charge {at}", customer_id=w.customers[key], **charge | more)


def documents(w, as_of):
    """What is rehearsed, word by word."""
    ctx = w.ctx("admin")
    firsts = first_days(ctx)
    failed = {one.customer_id for one in rehearse(ctx, as_of).oddities if one.kind == "failed"}
    with w.database.read() as session:
        due = session.exec(select(Customer.id).where(Customer.invoice_schedule != "none")).all()
    return Counter(
        (
            one.document.customer_id,
            one.document.period_from,
            one.document.document_date,
            one.document.due_on,
            one.document.totals.total,
            tuple(
                (line.description, line.quantity, line.unit_price, line.tax_rate, amounts.net)
                for line, amounts in zip(one.document.lines, one.document.totals.lines, strict=True)
            ),
        )
        for key in due
        if key not in failed
        for one in coming_drafts(ctx, key, as_of, firsts.get(key))
    ), failed


def drafts(w, after):
    """What the run wrote, word by word."""
    with w.database.read() as session:
        return Counter(
            (
                one.customer_id,
                one.period_from,
                one.document_date,
                one.due_on,
                one.total_minor,
                tuple(
                    (
                        line.description,
                        line.quantity,
                        line.unit_price,
                        line.tax_rate,
                        line.net_minor,
                    )
                    for line in session.exec(
                        select(InvoiceLine)
                        .where(InvoiceLine.invoice_id == one.id)
                        .order_by(InvoiceLine.line_no)
                    )
                ),
            )
            for one in session.exec(select(Invoice).where(Invoice.id > after))
        )


@pytest.mark.spec("6.9", "CXS-17")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    people=st.lists(CUSTOMERS, min_size=1, max_size=3),
    earlier=DAYS,
    endings=ENDINGS,
    ahead=st.integers(0, 12),
    numbered=st.booleans(),
)
def test_a_rehearsal_and_the_run_agree_exactly(people, earlier, endings, ahead, numbered):
    with a_world("sqlite") as w:
        for key, facts in zip("abc", people, strict=False):
            fill(w, key, facts)
        if numbered:
            change_setting(w.ctx("admin"), "number_assigned_at", "creation")
        made = generate_all(w.ctx("admin"), as_of=earlier).invoice_ids
        for invoice_id, ending in zip(made, endings, strict=False):
            if ending is Action.DISSOLVE:
                move_invoice(w.ctx("billing"), invoice_id, Action.ASSEMBLE)
            if ending:
                move_invoice(w.ctx("billing"), invoice_id, ending, reason="x")
        as_of = (w.clock.instant + timedelta(ahead)).date()
        before, taken = w.footprint(), len(w.all(InvoicedPeriod))
        rehearsed, failed = documents(w, as_of)
        whole = rehearse(w.ctx("admin"), as_of)
        assert (w.footprint(), len(w.all(InvoicedPeriod))) == (before, taken)
        last = max((one.id for one in w.all(Invoice)), default=0)
        payments = len(w.all(Payment))
        w.clock.instant += timedelta(ahead)
        booked, _ = charge_packages(w.ctx("admin"), as_of=as_of)
        run = generate_all(w.ctx("admin"), as_of=as_of)
        assert drafts(w, last) == rehearsed
        assert len(run.invoice_ids) == len(whole.drafts) == sum(rehearsed.values())
        assert len(run.failures) == len(failed)
        assert booked == len(whole.purchases)
        amounts = Counter(-one.total_minor for one in w.all(Payment)[payments:])
        assert amounts == Counter(
            one.amount_minor for _, one in whole.purchases if one.amount_minor
        )
        assert rehearse(w.ctx("admin"), as_of).drafts == []
