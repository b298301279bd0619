"""The operator's settings: what is wrong stops the start with a sentence."""

import pytest

from billing_app.settings import Settings, SettingsError, refuse_unknown, settings


@pytest.fixture
def fresh():
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_misspelt_setting_is_not_passed_over(monkeypatch, fresh):
    monkeypatch.setenv("BILLING_DATABSE_URL", "sqlite://")
    with pytest.raises(SettingsError, match="There is no setting BILLING_DATABSE_URL"):
        settings()


def test_every_setting_is_known():
    refuse_unknown(f"BILLING_{name.upper()}" for name in Settings.model_fields)
    refuse_unknown(["BILLING_WORKERS", "BILLING_ORIGINS", "BILLING_BUILD_PORT", "PATH"])


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:3000", "https://a.example"],
)
def test_an_address_that_is_safe_is_taken(monkeypatch, fresh, address):
    monkeypatch.setenv("BILLING_PUBLIC_URL", address)
    assert settings().public_url == address


@pytest.mark.parametrize("address", ["http://billing.example", "http://192.168.1.9:3000"])
def test_plain_http_is_for_this_machine_only(monkeypatch, fresh, address):
    monkeypatch.setenv("BILLING_PUBLIC_URL", address)
    with pytest.raises(SettingsError, match="^BILLING_PUBLIC_URL must begin with https"):
        settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "PUBLIC_URL",
            "billing.example",
            "BILLING_PUBLIC_URL must be like https://billing.example",
        ),
        ("SECRET_KEY", "changeme", "BILLING_SECRET_KEY must be at least 32 characters"),
        ("CLOCK", "2026-11-21T10:00:00", "BILLING_CLOCK fixes the time"),
        ("EVENTS_PER_SECOND", "0", "BILLING_EVENTS_PER_SECOND: "),
        ("STRIPE_SECRET_KEY", "sk_test_1", "BILLING_STRIPE_SECRET_KEY and BILLING_STRIPE_PUBL"),
        ("DEMO", "perhaps", "BILLING_DEMO: "),
    ],
)
def test_what_is_wrong_is_a_sentence(monkeypatch, fresh, name, value, said):
    monkeypatch.setenv(f"BILLING_{name}", value)
    with pytest.raises(SettingsError) as caught:
        settings()
    assert str(caught.value).startswith(said)
    assert "changeme" not in str(caught.value)
