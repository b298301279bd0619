"""The config of a customer: schedule, grouping, tax, due days."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.errors import Forbidden, Invalid
from billing_app.services.customers import (
    CustomerFacts,
    get_customer,
    list_customers,
    save_customer,
    shown_name,
)

FACTS = CustomerFacts(
    name="Voice Ltd",
    currency="EUR",
    payment_term_days=14,
    tax_rate=Decimal("19.5"),
    invoice_schedule="weekly",
    line_grouping="destination",
    ext_accounting_id="X-77",
)


@pytest.mark.spec("CXS-15", "CXS-25", "CXS-27", "CXS-28")
def test_a_customers_config_is_kept(w):
    key = save_customer(w.ctx("billing"), FACTS)
    row, _ = get_customer(w.ctx("viewer"), key)
    assert (row.invoice_schedule, row.line_grouping, row.tax_rate) == (
        "weekly",
        "destination",
        Decimal("19.5"),
    )
    assert (row.payment_term_days, row.ext_accounting_id) == (14, "X-77")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("invoice_schedule", "hourly"),
        ("line_grouping", "month"),
        ("tax_rate", Decimal("100.01")),
        ("tax_rate", Decimal("1.001")),
        ("payment_term_days", -1),
    ],
)
def test_a_config_that_cannot_be_is_refused_at_its_field(lite, field, value):
    with pytest.raises(Invalid) as error:
        save_customer(lite.ctx("billing"), replace(FACTS, **{field: value}))
    assert list(error.value.fields) == [field]


@pytest.mark.spec("DLY-12")
def test_who_may_not_see_business_partners_finds_and_changes_none_by_name(lite):
    key = save_customer(lite.ctx("billing"), FACTS)
    seen, _ = get_customer(lite.ctx("billing"), key)
    blind = lite.ctx("billing").acting_as(replace(lite.people["billing"], sees_partner=False))
    assert [row.id for row in list_customers(blind, "Voice").rows] == []
    assert [row.id for row in list_customers(blind, seen.number).rows] == [key]
    assert shown_name(blind, seen) == seen.number
    with pytest.raises(Forbidden, match="cannot see business partners"):
        save_customer(
            blind, replace(FACTS, name="", ext_accounting_id=""), customer_id=key, version=1
        )
    assert get_customer(lite.ctx("billing"), key)[0].name == "Voice Ltd"
