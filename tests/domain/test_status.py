"""What is computed and never stored: payment status, chip, aging, delivery, the customer's word."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_app.domain.document_types import DocumentKind
from billing_app.domain.lifecycle import Posting
from billing_app.domain.status import (
    Aging,
    Chip,
    Delivery,
    DeliveryFacts,
    GatewayOutcome,
    PaymentStatus,
    PaymentTerm,
    PortalBadge,
    PortalWord,
    Settlement,
    aging,
    delivery,
    due_for_aging,
    lifecycle_chip,
    payment_status,
    portal_badge,
    portal_words,
)

TODAY = date(2025, 3, 10)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.spec("6.14-V8", "DLY-11", "CRM-6")
@pytest.mark.parametrize(
    ("due", "days", "text"),
    [
        (date(2025, 3, 15), -5, "due in 5 days"),
        (date(2025, 3, 11), -1, "due in 1 day"),
        (date(2025, 3, 10), 0, "due today"),
        (date(2025, 3, 9), 1, "1 day overdue"),
        (date(2025, 3, 1), 9, "9 days overdue"),
        (date(2020, 3, 1), 1835, "1,835 days overdue"),
    ],
)
def test_aging_counts_the_days_to_and_from_the_due_date(due, days, text):
    assert aging(due, TODAY, 1) == Aging(days, text)


def test_aging_has_no_days_when_settled_or_without_due_date():
    assert aging(YESTERDAY, TODAY, 0) == Aging(None, "Settled")
    assert aging(None, TODAY, 0) == Aging(None, "Settled")
    assert aging(None, TODAY, 1) == Aging(None, "no due date")


@pytest.mark.spec("ORO-40", "ORO-41")
@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (Settlement(100, forced=PaymentStatus.INVOICED, refunds=100), PaymentStatus.INVOICED),
        (Settlement(100, paid=0, refunds=100), PaymentStatus.REFUNDED),
        (Settlement(100, paid=60, refunds=40), PaymentStatus.REFUNDED_PARTIALLY),
        (Settlement(100, paid=60, credits=40), PaymentStatus.FULL),
        (Settlement(0), PaymentStatus.FULL),
        (Settlement(0, is_posted=False), PaymentStatus.PENDING),
        (Settlement(100, paid=99), PaymentStatus.PARTIALLY),
        (Settlement(100, paid=1, has_open_authorization=True), PaymentStatus.PARTIALLY),
        (
            Settlement(100, has_open_authorization=True, last_gateway=GatewayOutcome.CANCELED),
            PaymentStatus.AUTHORIZED,
        ),
        (Settlement(100, last_gateway=GatewayOutcome.CANCELED), PaymentStatus.CANCELED),
        (Settlement(100, last_gateway=GatewayOutcome.DECLINED), PaymentStatus.DECLINED),
        (Settlement(100, last_gateway=GatewayOutcome.SUCCEEDED), PaymentStatus.PENDING),
        (Settlement(100), PaymentStatus.PENDING),
        (Settlement(-100), PaymentStatus.PENDING),
    ],
)
def test_the_payment_status_is_the_first_that_matches(facts, status):
    assert payment_status(facts) is status


@pytest.mark.spec("ORO-42")
def test_payment_statuses_have_their_labels():
    labels = {status: status.label for status in PaymentStatus}
    assert len(labels) == 11
    assert labels[PaymentStatus.FULL] == "Paid in full"
    assert labels[PaymentStatus.PARTIALLY] == "Paid partially"
    assert labels[PaymentStatus.PENDING] == "Pending payment"
    assert labels[PaymentStatus.DECLINED] == "Payment declined"
    assert labels[PaymentStatus.REFUNDED_PARTIALLY] == "Refunded partially"


@pytest.mark.spec("ORO-43")
def test_there_is_nothing_to_pay_when_full_authorized_or_refunded():
    assert {status for status in PaymentStatus if status.counts_as_paid} == {
        PaymentStatus.FULL,
        PaymentStatus.AUTHORIZED,
        PaymentStatus.REFUNDED,
        PaymentStatus.REFUNDED_PARTIALLY,
    }


@pytest.mark.parametrize(
    ("facts", "badge"),
    [
        (Settlement(100, paid=100), PortalBadge.PAID),
        (Settlement(100, pending=50), PortalBadge.PENDING),
        (Settlement(100, paid=10, pending=50), PortalBadge.UNPAID),
        (Settlement(100), PortalBadge.UNPAID),
    ],
)
def test_the_portal_badge_is_pending_only_while_nothing_else_is_allocated(facts, badge):
    assert portal_badge(facts) is badge


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], Delivery.NOT_SENT),
        ([DeliveryFacts("email", success=False)], Delivery.NOT_SENT),
        ([DeliveryFacts("email")], Delivery.SENT),
        ([DeliveryFacts("marked")], Delivery.SENT),
        ([DeliveryFacts("portal_view"), DeliveryFacts("email")], Delivery.VIEWED),
        ([DeliveryFacts("portal_download"), DeliveryFacts("portal_view")], Delivery.DOWNLOADED),
        ([DeliveryFacts("pigeon")], Delivery.NOT_SENT),
    ],
)
@pytest.mark.spec("CRM-3", "CRM-23")
def test_a_document_is_delivered_by_mail_by_mark_or_by_being_seen(events, status):
    assert delivery(events) is status
    assert status.is_delivered == (status is not Delivery.NOT_SENT)


def chip(posting, settlement, due=None, *, delivered=False):
    return lifecycle_chip(posting, settlement, due, TODAY, delivered=delivered)


@pytest.mark.spec("6.14-V13", "CRM-5")
def test_a_delivered_part_paid_invoice_past_due_is_overdue_and_the_badge_stays():
    facts = Settlement(10000, paid=4000)
    assert chip(Posting.POSTED, facts, YESTERDAY, delivered=True) is Chip.OVERDUE
    assert payment_status(facts).label == "Paid partially"
    assert facts.open == 6000


@pytest.mark.spec("6.14-V14")
def test_the_same_invoice_undelivered_is_partially_paid():
    facts = Settlement(10000, paid=4000)
    assert chip(Posting.POSTED, facts, YESTERDAY) is Chip.PARTIALLY_PAID
    assert aging(YESTERDAY, TODAY, facts.open).days == 1


@pytest.mark.spec("CRM-1", "6.16-2")
@pytest.mark.parametrize(
    ("posting", "settlement", "due", "delivered", "expected"),
    [
        (Posting.CANCELLED, Settlement(100, paid=100), None, True, Chip.CANCELLED),
        (Posting.VOID, Settlement(100, paid=100), YESTERDAY, True, Chip.VOID),
        (Posting.DRAFT, Settlement(0), None, False, Chip.DRAFT),
        (Posting.ASSEMBLED, Settlement(100), YESTERDAY, True, Chip.DRAFT),
        (Posting.POSTED, Settlement(100, credits=100), YESTERDAY, True, Chip.PAID),
        (Posting.POSTED, Settlement(0), None, False, Chip.PAID),
        (Posting.POSTED, Settlement(100, refunds=100), YESTERDAY, True, Chip.PAID),
        (Posting.READY, Settlement(100, paid=40), TODAY, True, Chip.PARTIALLY_PAID),
        (Posting.POSTED, Settlement(100), TODAY, True, Chip.SENT),
        (Posting.POSTED, Settlement(100), None, True, Chip.SENT),
        (Posting.READY, Settlement(100), YESTERDAY, True, Chip.OVERDUE),
        (Posting.READY, Settlement(100), YESTERDAY, False, Chip.DRAFT),
        (Posting.POSTED, Settlement(100), YESTERDAY, False, Chip.POSTED),
    ],
)
def test_the_chip_is_the_first_that_matches(posting, settlement, due, delivered, expected):
    assert chip(posting, settlement, due, delivered=delivered) is expected


@given(
    st.sampled_from(Posting),
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(-5, 5),
    st.booleans(),
)
def test_only_a_delivered_invoice_past_its_day_with_something_open_is_overdue(
    posting, total, paid, days, delivered
):
    due = TODAY - timedelta(days=days)
    facts = Settlement(total, paid=paid)
    is_overdue = chip(posting, facts, due, delivered=delivered) is Chip.OVERDUE
    assert is_overdue == (
        posting in {Posting.READY, Posting.POSTED} and delivered and days > 0 and total > paid
    )


@pytest.mark.spec("DLY-45")
def test_aging_uses_the_earliest_term_that_is_not_paid():
    first, second = date(2025, 3, 1), date(2025, 4, 1)
    terms = [PaymentTerm(Decimal(70), second), PaymentTerm(Decimal(30), first)]
    assert due_for_aging(terms, None, 10000, 0) == first
    assert due_for_aging(terms, None, 10000, 2999) == first
    assert due_for_aging(terms, None, 10000, 3000) == second
    assert due_for_aging(terms, None, 10000, 10000) == second
    assert due_for_aging([], YESTERDAY, 10000, 0) == YESTERDAY
    assert due_for_aging([], None, 10000, 0) is None


@pytest.mark.spec("6.16-10")
@pytest.mark.parametrize(
    ("posting", "kind", "settlement", "due_in", "word"),
    [
        (Posting.VOID, DocumentKind.INVOICE, Settlement(100), -5, PortalWord.VOID),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100), -1, PortalWord.OVERDUE),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100, paid=1), -1, PortalWord.OVERDUE),
        (
            Posting.POSTED,
            DocumentKind.INVOICE,
            Settlement(100, paid=1),
            3,
            PortalWord.PARTIALLY_PAID,
        ),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100), 0, PortalWord.DUE_SOON),
        (Posting.READY, DocumentKind.INVOICE, Settlement(100), 7, PortalWord.DUE_SOON),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100), 8, PortalWord.OPEN),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100), None, PortalWord.OPEN),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100, paid=100), -5, PortalWord.PAID),
        (
            Posting.POSTED,
            DocumentKind.INVOICE,
            Settlement(100, credits=100),
            5,
            PortalWord.CREDITED,
        ),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100, 60, 40), 5, PortalWord.PAID),
        (Posting.POSTED, DocumentKind.INVOICE, Settlement(100, refunds=100), 5, PortalWord.PAID),
        (Posting.POSTED, DocumentKind.CREDIT, Settlement(100, paid=100), None, PortalWord.CREDITED),
        (Posting.POSTED, DocumentKind.CREDIT, Settlement(100), -9, PortalWord.OPEN),
    ],
)
def test_the_customer_reads_a_word_of_his_own(posting, kind, settlement, due_in, word):
    due = None if due_in is None else TODAY + timedelta(days=due_in)
    age = aging(due, TODAY, settlement.open)
    assert portal_words(posting, kind, settlement, age) is word
