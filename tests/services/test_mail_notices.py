"""Mails that nobody writes: payment confirmations and package charge notices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing_app.cli.clock import run_now
from billing_app.domain.errors import Forbidden
from billing_app.jobs.mailing import deliver_mail
from billing_app.jobs.outbox import deliver
from billing_app.jobs.running import run_due
from billing_app.persistence.tables import (
    Contact,
    Customer,
    JobRun,
    MailMessage,
    MailRecipient,
    MailTemplate,
    OutboxEvent,
    PackageAssignment,
    Payment,
)
from billing_app.services.mail.notices import noticed_customers, queue_charge_notices, queue_receipt
from billing_app.services.mail.stock import NOTICE
from billing_app.services.settings import change_setting
from tests.services.test_generation import MONDAY, having
from tests.services.test_mail import Post
from tests.services.worldmaking import NOW, TODAY


def received(w, **changes):
    """A payment with the outbox row that recording it writes."""
    facts = {
        "number": "PMI-1",
        "customer_id": w.customers["a"],
        "currency": "EUR",
        "total_minor": 123_45,
        "paid_on": TODAY,
        "reference": "R-7",
        "created_by_id": 1,
        "created_at": NOW,
    }
    payment_id = w.add(Payment(**(facts | changes)))
    event = OutboxEvent(topic="payment.received", entity_id=payment_id, made_at=NOW, due_at=NOW)
    w.add(event)
    return payment_id


def contact(w, name, email, key="a", **more):
    w.add(Contact(customer_id=w.customers[key], name=name, email=email, **more))


def addresses(w):
    return sorted(row.address for row in w.all(MailRecipient))


@pytest.mark.spec("CXS-33")
def test_all_contacts_hear_of_a_payment_once_however_often_the_event_comes(w):
    contact(w, "Ida", "ida@customer.example")
    contact(w, "Otto", "otto@customer.example")
    contact(w, "Otto again", "OTTO@customer.example")
    contact(w, "No mail", "")
    contact(w, "Stranger", "x@other.example", key="b")
    payment_id = received(w)
    assert deliver(w.ctx()) == 1
    assert addresses(w) == ["OTTO@customer.example", "ida@customer.example"]
    assert queue_receipt(w.ctx(), payment_id) == 0
    assert len(w.all(MailMessage)) == 2
    post = Post()
    while deliver_mail(w.ctx(), post):
        pass
    letter = post.letters[0][1]
    assert letter.is_automatic
    assert letter.to == ("ida@customer.example",)
    assert letter.subject == "We received your payment PMI-1"
    assert "EUR 123.45 on 21 Nov 2026" in letter.text
    assert "R-7" in letter.text


@pytest.mark.spec("CXS-33")
def test_without_contacts_the_customers_own_address_hears_of_it(w):
    w.change(Customer, w.customers["a"], email="office@customer.example")
    received(w)
    deliver(w.ctx())
    assert addresses(w) == ["office@customer.example"]


@pytest.mark.parametrize(
    "changes", [{"status": "PENDING"}, {"status": "CANCELLED"}, {"deleted_at": NOW}]
)
def test_a_payment_that_does_not_count_is_not_confirmed(w, changes):
    contact(w, "Ida", "ida@customer.example")
    received(w, **changes)
    assert deliver(w.ctx()) == 1
    assert w.all(MailMessage) == []
    assert queue_receipt(w.ctx(), 999) == 0
    with pytest.raises(Forbidden):
        queue_receipt(w.ctx("accounting"), 1)


def test_the_outbox_run_by_hand_tells_of_a_receipt(w):
    contact(w, "Ida", "ida@customer.example")
    received(w)
    assert run_now(w.ctx(), "outbox", None)[0].endswith("1 looked at, 1 made, 0 failed.")
    assert len(w.all(MailMessage)) == 1


def warned(w, days="3"):
    change_setting(w.ctx("admin"), "package_charge_notification_days", days)


@pytest.mark.spec("CXS-44", "6.8", "6.9")
def test_a_customer_hears_of_a_charge_so_many_days_before_and_once(w):
    contact(w, "Ida", "ida@customer.example", is_billing=True)
    having(w, "a", {"setup_retail": Decimal(5)}, quantity=Decimal(2))  # charged on Mondays
    assert noticed_customers(w.ctx()) == []
    while run_due(w.ctx()):
        pass
    assert "package-notices" not in {run.job for run in w.all(JobRun)}
    warned(w, "1")
    while run_due(w.ctx()):
        pass
    assert w.all(MailMessage) == []  # today is Saturday: Monday is two days away
    w.clock.instant += timedelta(days=1)
    for _ in range(2):
        while run_due(w.ctx()):
            pass
        queue_charge_notices(w.ctx(), w.customers["a"], w.ctx().today())
    (mail,) = w.all(MailMessage)
    assert addresses(w) == ["ida@customer.example"]
    assert mail.subject == "Line rental will be charged on 23 Nov 2026"
    assert "EUR 60.00" in mail.text
    w.clock.instant += timedelta(days=7)
    while run_due(w.ctx()):
        pass
    assert len(w.all(MailMessage)) == 2


@pytest.mark.spec("CXS-44")
def test_what_was_charged_or_removed_is_not_told_and_setup_is_told_with_the_first_rent(w):
    contact(w, "Ida", "ida@customer.example")
    warned(w, "14")
    key = having(w, "a", {"setup_retail": Decimal(5)}, start_on=date(2026, 11, 30))
    assert queue_charge_notices(w.ctx(), w.customers["a"], TODAY) == 1
    assert "EUR 35.00" in w.all(MailMessage)[0].text
    assert queue_charge_notices(w.ctx(), w.customers["a"], MONDAY) == 0
    w.change(PackageAssignment, key, removed_at=NOW)
    w.clock.instant += timedelta(days=7)
    assert queue_charge_notices(w.ctx(), w.customers["a"], w.ctx().today()) == 0
    with pytest.raises(Forbidden):
        queue_charge_notices(w.ctx("accounting"), w.customers["a"], TODAY)


def test_who_has_no_address_is_told_in_the_run_and_stops_no_other(w):
    contact(w, "Bea", "bea@other.example", key="b")
    for key in ("a", "b"):
        having(w, key)
    warned(w)
    said, failures = run_now(w.ctx(), "package-notices", None)
    assert said.endswith("2 looked at, 1 made, 1 failed.")
    assert failures == ["Halvorsen Dairy: There is no e-mail address to tell it to."]
    assert addresses(w) == ["bea@other.example"]


def test_a_broken_template_is_told_and_the_mail_comes_when_it_is_mended(w):
    contact(w, "Ida", "ida@customer.example")
    having(w, "a")
    warned(w)
    broken = w.add(MailTemplate(name=NOTICE, scope="global", subject="S", text="{{#if"))
    assert "1 failed" in run_now(w.ctx(), "package-notices", None)[0]
    w.change(MailTemplate, broken, text="Soon {{package.name}}")
    assert queue_charge_notices(w.ctx(), w.customers["a"], TODAY) == 1
