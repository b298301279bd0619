"""Every status has its look: an icon, a word and a tone."""

import re

import pytest

from billing_app.domain.lifecycle import Posting
from billing_app.domain.status import Chip, Delivery, PaymentStatus, PortalWord
from billing_app.kit.chips import LOOKS
from tests.structure.source import ASSETS

TONES = {"neutral", "info", "success", "warning", "danger", "violet"}
WORDS = {
    *(posting.label for posting in Posting),
    *(chip.value for chip in Chip),
    *(word.value for word in PortalWord),
    *(delivery.value for delivery in Delivery if delivery is not Delivery.NOT_SENT),
    "Due soon",
    "Pending",
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_status_has_a_look(word):
    assert word in LOOKS


def test_every_look_is_drawn():
    icons = set(re.findall(r'<symbol id="i-([\w-]+)"', (ASSETS / "icons.svg").read_text()))
    icons |= set(re.findall(r'<symbol id="([\w-]+)"', (ASSETS / "icons.svg").read_text()))
    assert {look.icon for look in LOOKS.values()} <= icons
    assert {look.tone for look in LOOKS.values()} <= TONES


def test_every_payment_status_has_a_word():
    assert all(status.value for status in PaymentStatus)
