"""Which level decides, and what a value may be (SPEC 6.8)."""

from itertools import product

import pytest

from billing_app.domain.errors import Invalid
from billing_app.domain.features import OF_PORTAL, OF_STAFF, withheld_in_portal
from billing_app.domain.permissions import PORTAL_MATRIX, STAFF_MATRIX, Permission
from billing_app.domain.setting_facts import SETTINGS, Kind, Scope
from billing_app.domain.settings import DEFAULTS, checked_value, deciding, pairs_of

G, C, S, R, K, U = Scope
EVERYWHERE = {G, C, S, R, K}
# SPEC 6.8, written down a second time on purpose
LEVELS = {
    "enable_invoices": {G, C},
    "invoice_number_prefix": {G, C},
    "number_assigned_at": {G, C},
    "number_generator": {G},
    "show_invoices_in_portal": EVERYWHERE,
    "generate_pdf_when_posted": {G, C, S},
    "enable_pdf_download_in_portal": {G, C, S},
    "enable_invoice_payments": {G, C, S},
    "invoice_payment_method": {G, C, S},
    "restrict_self_assembled_posting": {G},
    "autofill_external_document_no": {G},
    "total_in_words": {G, C},
    "printed_fields_above": {G, C},
    "printed_fields_below": {G, C},
    "auto_run_invoice_schedule": {G},
    "package_charge_notification_days": {G},
    "seller_name": {G, C, S},
    "seller_tax_id": {G, C, S},
    "accounting_posts": {G, C},
    "overdue_notification": {G, U},
}


@pytest.mark.spec("6.8", "ORO-21", "ORO-22")
@pytest.mark.parametrize("key", LEVELS)
def test_a_setting_has_the_levels_of_the_specification(key):
    assert set(SETTINGS[key].scopes) == LEVELS[key]


@pytest.mark.spec("CXS-48")
@pytest.mark.parametrize("key", [key for key in SETTINGS if key.endswith("_in_portal")])
def test_a_section_of_the_portal_is_switched_per_site_and_overridden_per_customer(key):
    if key != "enable_pdf_download_in_portal":
        assert {S, K} <= set(SETTINGS[key].scopes)


@pytest.mark.spec("ORO-23")
@pytest.mark.parametrize("which", list(product([False, True], repeat=5)))
def test_the_most_specific_level_that_is_set_decides(which):
    own = {
        scope: f"by {scope}" for scope, is_set in zip((G, C, S, R, K), which, strict=True) if is_set
    }
    value, scope = deciding("show_invoices_in_portal", own)
    expected = next((level for level in (K, R, S, C, G) if level in own), None)
    assert scope == expected
    assert value == (own[expected] if expected else "on")


def test_a_level_that_a_setting_does_not_have_decides_nothing():
    assert deciding("enable_invoices", {K: "off", S: "off"}) == ("on", None)
    with pytest.raises(Invalid, match="per global, company only"):
        checked_value("enable_invoices", "off", "customer")


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_is_told_in_words_and_its_default_may_be_set(key):
    facts = SETTINGS[key]
    assert facts.key == key
    assert facts.label
    assert facts.sentence.endswith(".")
    assert G in facts.scopes
    assert checked_value(key, facts.default, "global") == facts.default == DEFAULTS[key]
    assert bool(facts.choices) == (facts.kind in {Kind.SWITCH, Kind.CHOICE})


@pytest.mark.spec("DLY-44")
def test_printed_fields_are_labels_with_values_eight_above_and_four_below():
    kept = checked_value("printed_fields_above", " Terminal : Hamburg\r\n\n Berth:7:b ", "global")
    assert kept == "Terminal: Hamburg\nBerth: 7:b"
    assert pairs_of(kept) == (("Terminal", "Hamburg"), ("Berth", "7:b"))
    for key, most in (("printed_fields_above", 8), ("printed_fields_below", 4)):
        checked_value(key, "\n".join(["a: b"] * most), "global")
        with pytest.raises(Invalid, match=f"At most {most}"):
            checked_value(key, "\n".join(["a: b"] * (most + 1)), "global")
    for wrong in ("Terminal", "Terminal:", ": Hamburg", f"a: {'b' * 120}"):
        with pytest.raises(Invalid, match="Label: value"):
            checked_value("printed_fields_above", wrong, "global")


@pytest.mark.spec("ORO-1")
def test_what_is_withheld_is_all_of_invoices_and_stands_in_the_matrices():
    assert Permission.INVOICE_VIEW in OF_STAFF
    assert {name for name in STAFF_MATRIX if name.startswith("invoice:")} == OF_STAFF
    for key, lost in OF_PORTAL.items():
        assert key in SETTINGS
        assert lost <= set(PORTAL_MATRIX)
    everything_on = dict.fromkeys(SETTINGS, "on")
    assert withheld_in_portal(everything_on) == frozenset()
    assert withheld_in_portal(dict(DEFAULTS)) == {Permission.PORTAL_PAY}
    off = withheld_in_portal(everything_on | {"enable_invoices": "off"})
    assert {Permission.PORTAL_INVOICES, Permission.PORTAL_DOWNLOAD} <= off
    assert Permission.PORTAL_ORDERS not in off
