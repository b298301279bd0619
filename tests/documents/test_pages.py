"""Long papers: what is carried from page to page, and where pages break."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from billing_app.documents.pdf import render_invoice
from billing_app.documents.snapshot import to_json

CARRIED = re.compile(r"Carried forward to page (\d+)\s+([\d,.]+)")
BROUGHT = re.compile(r"Brought forward from page (\d+)\s+([\d,.]+)")
ROW = re.compile(r"^(\d+) Article", re.MULTILINE)


def cents(figure):
    return int(figure.replace(",", "").replace(".", ""))


@pytest.mark.parametrize("count", [1, 8, 12, 16, 17, 18, 19, 20, 40, 137])
def test_carried_sums_add_up_and_pages_are_counted(an_invoice, a_line, pages_of, count):
    lines = tuple(
        a_line(
            at, name=f"Article {at:05d}", details=() if at % 3 else ("two", "more"), net=1000 + at
        )
        for at in range(1, count + 1)
    )
    pages = pages_of(render_invoice(an_invoice(lines=lines)))
    seen = so_far = 0
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)} · INV-2026-10-00031" in page
        assert "Amount, EUR" in page
        brought = BROUGHT.search(page)
        assert (brought is not None) == (number > 1)
        if brought:
            assert (int(brought[1]), cents(brought[2])) == (number - 1, so_far)
        found = [int(row) for row in ROW.findall(page)]
        assert found == list(range(seen + 1, seen + len(found) + 1))
        seen += len(found)
        so_far = sum(line.net for line in lines[:seen])
        carried = CARRIED.search(page)
        assert (carried is not None) == (number < len(pages))
        if carried:
            assert (int(carried[1]), cents(carried[2])) == (number + 1, so_far)
    assert seen == count
    assert "Amount to pay" in pages[-1]
    assert "Please pay" in pages[-1]


@pytest.mark.parametrize("count", range(7, 13))
def test_the_totals_take_at_least_two_rows_along(an_invoice, a_line, pages_of, count):
    lines = tuple(a_line(at, name=f"Article {at}") for at in range(1, count + 1))
    pages = pages_of(render_invoice(an_invoice(lines=lines)))
    if len(pages) > 1:
        assert len(ROW.findall(pages[-1])) >= 2


def test_a_row_taller_than_a_page_is_split_and_loses_nothing(an_invoice, a_line, pages_of):
    details = tuple(f"detail {at:03d}" for at in range(200))
    lines = (a_line(10), a_line(20, details=details, net=777), a_line(30))
    pages = pages_of(render_invoice(an_invoice(lines=lines)))
    text = "\n".join(pages)
    assert [f"detail {at:03d}" for at in range(200)] == re.findall(r"detail \d{3}", text)
    assert text.count("7.77") == 1
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_long_terms_continue_on_pages_of_their_own(an_invoice, pages_of):
    terms = "\n".join(f"Clause {at:03d} of the terms." for at in range(150))
    pages = pages_of(render_invoice(an_invoice(terms=terms)))
    text = "\n".join(pages)
    assert re.findall(r"Clause (\d{3})", text) == [f"{at:03d}" for at in range(150)]
    assert "Please pay" in pages[0]
    assert all(f"of {len(pages)} ·" in page for page in pages)


def test_a_long_document_text_moves_the_lines_down_not_away(an_invoice, text_of):
    text = text_of(render_invoice(an_invoice(document_text="A sentence of some length. " * 19)))
    assert "Calibration of pH electrode" in text


def test_an_invoice_of_ten_thousand_lines_is_drawn(an_invoice, a_line):
    lines = tuple(a_line(at, name=f"Article {at}", net=at) for at in range(1, 10_001))
    file = render_invoice(an_invoice(lines=lines))
    assert file.startswith(b"%PDF-1.7")
    assert file.rstrip().endswith(b"%%EOF")
    pages = re.search(rb"/Count (\d+)", file)
    assert pages is not None
    assert int(pages[1]) > 400


def test_an_invoice_without_lines_is_drawn(an_invoice, text_of):
    assert "€ 0.00" in text_of(render_invoice(an_invoice(lines=(), groups=())))


@pytest.mark.spec("ORO-15")
@pytest.mark.parametrize("draft", [False, True])
def test_the_same_snapshot_always_gives_the_same_bytes(an_invoice, a_line, draft):
    lines = (a_line(10), a_line(20, name="株式会社 تجربة Ελλάδα Україна 🎉 שלום"))
    invoice = an_invoice(lines=lines)
    assert render_invoice(invoice, draft=draft) == render_invoice(replace(invoice), draft=draft)


@pytest.mark.spec("ORO-15")
def test_other_processes_give_the_same_bytes(an_invoice, a_line, tmp_path):
    lines = (a_line(10), a_line(20, name="株式会社 تجربة Ελλάδα Україна 🎉 שלום"))
    invoice = an_invoice(lines=lines)
    stored = tmp_path / "snapshot.json"
    stored.write_text(to_json(invoice), encoding="utf-8")
    program = (
        "import sys; from pathlib import Path;"
        "from billing_app.documents.pdf import render_invoice;"
        "from billing_app.documents.snapshot import from_json;"
        "sys.stdout.buffer.write(render_invoice(from_json(Path(sys.argv[1]).read_text('utf-8'))))"
    )
    for seed in ("1", "2"):
        made = subprocess.run(
            [sys.executable, "-c", program, str(stored)],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland", "PATH": ""},
        )
        assert made.stdout == render_invoice(invoice)
