"""Every page of the portal on a narrow phone, in large text, under a thumb, without scripts."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from billing_app.domain.files import FileAccess, FileOwner
from billing_app.persistence.tables import InvoiceOrder, SalesOrder
from billing_app.portal.doors import PORTAL_PAGES
from billing_app.services.files import attach_file, change_file_access
from tests.e2e.browsers import PHONE, Tabs
from tests.e2e.store import CUSTOMER_A, Store

pytestmark = pytest.mark.e2e
NARROW, TARGET = (320, 700), 44
TWICE = """() => {
  const all = [...document.querySelectorAll('body, body *')];
  const sizes = all.map((one) => parseFloat(getComputedStyle(one).fontSize));
  all.forEach((one, at) => one.style.setProperty('font-size', `${sizes[at] * 2}px`, 'important'));
}"""
WIDER = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (one) => one && (getComputedStyle(one).overflowX !== 'visible' ||
    getComputedStyle(one).position === 'fixed' || scrolls(one.parentElement));
  const over = [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > width + 1 && !scrolls(one.parentElement);
  });
  return [document.scrollingElement.scrollWidth - width,
    ...over.slice(0, 5).map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`)];
}"""
# WCAG 2.5.5: a target within a sentence is as tall as the line; one that is not drawn is none.
SMALL = """(least) => {
  const seen = (one) => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' &&
      one.checkVisibility() && !one.closest('.sr, .skip') && !style.clipPath.startsWith('inset(50');
  };
  const inline = (one) => getComputedStyle(one).display === 'inline' &&
    [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => seen(one) && !inline(one)).flatMap((one) => {
      const label = one.closest('label') || (one.id && document.querySelector(`label[for="${one.id}"]`));
      const boxes = [one, ...(one.matches('[type=checkbox], [type=radio]') && label ? [label] : [])]
        .map((part) => part.getBoundingClientRect());
      const fits = boxes.some((box) => box.width >= least - 0.5 && box.height >= least - 0.5);
      const name = one.getAttribute('aria-label') || one.textContent.trim() || one.name;
      return fits ? [] : [`${one.tagName} ${name.slice(0, 40)} ` +
        boxes.map((box) => `${box.width.toFixed(0)}x${box.height.toFixed(0)}`)];
    });
}"""


@pytest.fixture(scope="module")
def addresses(store: Store) -> list[str]:
    """Each page of the portal; those of one record with a full one."""
    invoice_id = store.posted(
        title="A title that is rather long for a phone", po_number="PO-2026/0815-Halvorsen",
        lines=(store.line("Tug assistance, inbound, night tariff with surcharge"),) * 3,
    )  # fmt: skip
    ctx = store.ctx("billing")
    file_id = attach_file(
        ctx, FileOwner.INVOICE, invoice_id, "Berth plan for the north quay.pdf", b"%PDF-1.4 plan"
    )
    change_file_access(ctx, file_id, FileAccess.EXTERNAL)
    with store.world.database.write() as session:
        order = SalesOrder(
            number="SO-LOOK-2026-000001", ordered_on=ctx.today(), type_name="Service order",
            customer_id=store.customers[CUSTOMER_A], currency="EUR", amount_minor=123_456_789,
            status="Confirmed", notes="Everything by noon, please.",
        )  # fmt: skip
        session.add(order)
        session.flush()
        session.add(InvoiceOrder(invoice_id=invoice_id, order_id=order.id or 0))
        order_id = order.id
    found = [
        door.route.replace("[document_id]", str(invoice_id)).replace("[order_id]", str(order_id))
        for door in PORTAL_PAGES
    ]
    assert not [route for route in found if "[" in route]
    return [*found, f"/portal/pay/{invoice_id}"]


@dataclass
class Walk:
    """What was measured on each page of one walk through the portal."""

    wide: dict[str, list[object]] = field(default_factory=dict)
    twice: dict[str, list[object]] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)


SIZES = {"narrow": NARROW, "phone": PHONE, "desk": (1280, 800)}
_WALKS: dict[str, Walk] = {}


@pytest.fixture(params=SIZES)
def walk(request: pytest.FixtureRequest, tabs: Tabs, addresses: list[str]) -> Walk:
    """Every page opened once at this size, and everything measured there."""
    name = request.param
    if name not in _WALKS:
        page = tabs.sign_in("l90a", SIZES[name])
        _WALKS[name] = _walked(page, addresses)
    return _WALKS[name]


def _walked(page: Page, addresses: list[str]) -> Walk:
    walk = Walk()
    for address in addresses:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Opening…")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        walk.wide[address] = page.evaluate(WIDER)
        walk.small[address] = page.evaluate(SMALL, TARGET)
        walk.offered |= set(
            page.eval_on_selector_all(
                "a[download]", "all => all.map((one) => one.getAttribute('href'))"
            )
        )
        page.evaluate(TWICE)
        walk.twice[address] = page.evaluate(WIDER)
    return walk


def test_no_page_scrolls_sideways(walk: Walk) -> None:
    assert {address: found for address, found in walk.wide.items() if found != [0]} == {}


@pytest.mark.parametrize("walk", ["phone", "desk"], indirect=True)
def test_no_page_scrolls_sideways_with_text_twice_as_large(walk: Walk) -> None:
    assert {address: found for address, found in walk.twice.items() if found[0] > 0} == {}


def test_every_target_has_room_for_a_thumb(walk: Walk) -> None:
    assert {address: found for address, found in walk.small.items() if found} == {}


@pytest.mark.parametrize("walk", ["phone"], indirect=True)
def test_every_download_is_a_plain_link_that_needs_no_script(tabs: Tabs, walk: Walk) -> None:
    page = tabs.sign_in("l90a", PHONE)
    kinds = {"/invoices/", "/files/", "/portal/exports/"}
    assert {kind for kind in kinds if any(one.startswith(kind) for one in walk.offered)} == kinds
    plain = tabs.browser.new_context(
        base_url=tabs.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    try:
        for address in sorted(walk.offered):
            answer = plain.request.get(address)
            assert answer.status == 200, address
            assert answer.headers["content-disposition"].startswith("attachment"), address
            assert answer.body()
    finally:
        plain.close()
