"""The config of a customer: schedule, grouping, tax, due days."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing_app.domain.errors import Invalid
from billing_app.services.customers import CustomerFacts, get_customer, save_customer

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
