"""What stands around the lines: head, window, meta block, title, footer, marks of the sheet."""

import re

from billing_app.documents.pdf.canvas import BODY, LEFT, RIGHT, SMALL, TITLE
from billing_app.documents.pdf.sheet import Sheet, fitting, in_lines
from billing_app.documents.pdf.wrap import Type, lines_of, one_line

WINDOW_WIDTH = 80.0
ADDRESS_LINES, ADDRESS_TOP, ADDRESS_PITCH, ADDRESS_ROOM = 6, 66.6, 4.5, 22.5
SENDER, SENDER_LINES = 60.6, 3
# Dropped from a sender line that is too long for the window.
LEGAL_FORM = re.compile(
    r" (?:GmbH(?: & Co\. KG)?|mbH|AG|KG|SE|UG|Ltd\.?|Limited|LLC|Inc\.?|PLC|S\.?A\.?S?|B\.?V\.?"
    r"|S\.r\.l\.|AB|A/S|Oy|Sp\. z o\.o\.)(?= ·|,|$)"
)
META_LABEL, META_VALUE, META_TOP, META_PITCH, META_ROWS = 125.0, 152.0, 53.5, 5.0, 7
TITLE_BASELINE, TITLE_PITCH, TEXT_PITCH = 104.0, 6.5, 4.7
FOOTER_RULE, FOOTER_TOP, FOOTER_PITCH, FOOTER_LINES = 267.5, 272.0, 3.7, 6
PAGE_LINE = 264.4
MARKS = ((105.0, 8.0), (148.5, 10.0), (210.0, 8.0))
FOLLOWING_HEAD = 33.0
WIDEST_LOGO = 60.0
DRAFT_SIZE, DRAFT_CENTRE = 118.0, (105.0, 165.0)
TURNED_38 = "0.78801 0.61566 -0.61566 0.78801"  # cosine and sine of 38 degrees


def first_head(sheet: Sheet) -> float:
    """Draw page 1 down to its title and texts; answers the baseline of the table head."""
    for y, end in MARKS:
        sheet.canvas.rule((4.0, end), y)
    seller_mark(sheet, (16.0, 23.4), 11.0, TITLE)
    window(sheet)
    meta_block(sheet)
    return title_and_texts(sheet)


def seller_mark(sheet: Sheet, tops: tuple[float, float], height: float, size: float) -> None:
    """Logo and name; `tops` are the top of the logo and the baseline of the name."""
    x = LEFT
    if sheet.logo_shape is not None:
        width = min(height * sheet.logo_shape, WIDEST_LOGO)
        tall = width / sheet.logo_shape
        sheet.canvas.logo((x, tops[0] + (height - tall) / 2), (width, tall))
        x += width + (3.5 if size == TITLE else 2.5)
    sizes = (size, 11.0, SMALL) if size == TITLE else (size, SMALL)
    settings = tuple(sheet.canvas.semibold(size) for size in sizes)
    room = (RIGHT if size == TITLE else 85.0) - x
    setting, lines = in_lines(sheet.snapshot.seller.name, settings, room, 1)
    sheet.canvas.text((x, tops[1]), lines[0] if lines else "", setting)


def window(sheet: Sheet) -> None:
    """Sender and address, inside the window of a form B envelope."""
    canvas, seller = sheet.canvas, sheet.snapshot.seller
    small = canvas.regular(SMALL)
    sender = seller.sender_line or " · ".join((seller.name, *seller.address_lines))
    if small.width(one_line(sender)) > WINDOW_WIDTH:
        sender = LEGAL_FORM.sub("", sender)
    lines = lines_of(one_line(sender), small, WINDOW_WIDTH)[:SENDER_LINES]
    for at, line in enumerate(reversed(lines)):
        canvas.text((LEFT, SENDER - at * FOOTER_PITCH), line, small)
    rows = address(sheet)
    pitch = min(ADDRESS_PITCH, ADDRESS_ROOM / max(1, len(rows) - 1))
    for index, (line, setting) in enumerate(rows):
        canvas.text((LEFT, ADDRESS_TOP + index * pitch), line, setting)


def address(sheet: Sheet) -> list[tuple[str, Type]]:
    """The lines of the address; joined, then smaller, before any would leave the window."""
    buyer, canvas = sheet.snapshot.buyer, sheet.canvas
    abroad = buyer.country.strip().casefold() != sheet.snapshot.seller.country.strip().casefold()
    country = (buyer.country.upper(),) if buyer.country and abroad else ()
    sizes = (canvas.medium(), canvas.medium(SMALL))
    name_type, name = in_lines(buyer.name, sizes, WINDOW_WIDTH, 2)
    people = [text for text in (buyer.department, buyer.contact) if text]
    if len(name) + len(people) + len(buyer.address_lines) + len(country) > ADDRESS_LINES:
        people = [" · ".join(people)] if people else []
    rows = [(line, name_type) for line in name]
    for text in (*people, *(line for line in buyer.address_lines if line), *country):
        sizes = (canvas.regular(), canvas.regular(SMALL))
        setting, lines = in_lines(text, sizes, WINDOW_WIDTH, 1)
        if setting.width(text) > WINDOW_WIDTH:
            lines = lines_of(text, setting, WINDOW_WIDTH)
        rows += [(line, setting) for line in lines]
    return rows[: ADDRESS_LINES + 3]


def meta_rows(sheet: Sheet) -> list[tuple[str, str]]:
    """Label and value, what is unknown left out, a missing number shown as such."""
    facts, words = sheet.snapshot, sheet.words
    numbered = words.credit_no if sheet.is_credit else words.invoice_no
    spans = facts.period_from != facts.period_to and facts.period_from and facts.period_to
    rows = [
        (words.document, facts.document_id if sheet.is_draft else ""),
        (numbered, "—" if sheet.is_draft else (facts.number or "—")),
        (words.dated, words.dated_on(facts.document_date)),
        (words.credits_invoice, facts.credited_number or ""),
        (words.invoice_date, words.dated_on(facts.credited_date) if facts.credited_date else ""),
        (words.due, words.dated_on(facts.due_on) if facts.due_on and not sheet.is_credit else ""),
        (words.customer_no, facts.buyer.customer_no),
        (words.reference, facts.buyer_reference),
        (words.purchase_order, facts.po_number),
        (words.order, facts.order_number),
        (
            words.period if spans else words.service_date,
            words.span(facts.period_from, facts.period_to),
        ),
        (words.buyer_vat, facts.buyer.vat_no),
    ]
    return [(label, value) for label, value in rows if value]


def meta_block(sheet: Sheet) -> None:
    """The facts beside the window; more than seven rows begin higher."""
    canvas = sheet.canvas
    drawn: list[tuple[str, str, Type]] = []
    for label, value in meta_rows(sheet):
        sizes = (canvas.medium(), canvas.medium(SMALL))
        setting, lines = in_lines(value, sizes, RIGHT - META_VALUE, 1)
        if setting.width(value) > RIGHT - META_VALUE:
            lines = lines_of(value, setting, RIGHT - META_VALUE)[:2]
        drawn += [(label if not at else "", line, setting) for at, line in enumerate(lines)]
    y = META_TOP - META_PITCH * max(0, len(drawn) - META_ROWS)
    for label, value, setting in drawn:
        canvas.text((META_LABEL, y), label, canvas.regular(SMALL))
        canvas.text((META_VALUE, y), value, setting)
        y += META_PITCH


def title_and_texts(sheet: Sheet) -> float:
    """The title and the text before the lines."""
    canvas = sheet.canvas
    big = canvas.semibold(TITLE)
    title = one_line(sheet.full_title)
    lines = [title]
    if big.width(title) > RIGHT - LEFT:
        lines = [line for part in (sheet.heading, sheet.snapshot.number or "")
                 for line in lines_of(part, big, RIGHT - LEFT)]  # fmt: skip
    y = TITLE_BASELINE
    for at, line in enumerate(lines[:3]):
        y = TITLE_BASELINE + at * TITLE_PITCH
        canvas.text((LEFT, y), line, big)
    texts = lines_of(sheet.snapshot.document_text, canvas.regular(), RIGHT - LEFT)
    for at, line in enumerate(texts):
        y += 7.0 if at == 0 else TEXT_PITCH
        canvas.text((LEFT, y), line, canvas.regular())
    return fields(sheet, y) + 12.0


def fields(sheet: Sheet, y: float) -> float:
    """The seller's own labels with their values, two columns under the text (DLY-44)."""
    pairs = sheet.snapshot.fields_above
    small = sheet.canvas.regular(SMALL)
    width = (RIGHT - LEFT) / 2
    for at, (label, value) in enumerate(pairs):
        y += 0.0 if at % 2 else (7.0 if at == 0 else TEXT_PITCH)
        line = one_line(f"{label}: {value}")
        x = LEFT + width * (at % 2)
        sheet.canvas.text((x, y), line, fitting(line, small, width - 3.0))
    return y


def following_head(sheet: Sheet) -> float:
    """The head of every page after the first; answers the baseline of the table head."""
    canvas, facts = sheet.canvas, sheet.snapshot
    seller_mark(sheet, (15.5, 20.2), 7.0, BODY)
    parts = [sheet.full_title, sheet.words.dated_on(facts.document_date), facts.buyer.name]
    if sheet.is_draft:
        parts.insert(1, sheet.reference)
    small = canvas.regular(SMALL)
    while len(parts) > 1 and small.width(one_line(" · ".join(parts))) > RIGHT - 85.0:
        parts.pop()
    line = one_line(" · ".join(parts))
    canvas.text((RIGHT, 20.2), line, fitting(line, small, RIGHT - 85.0), "right")
    return FOLLOWING_HEAD


def foot(sheet: Sheet, page: int, pages: int) -> None:
    """Page line and footer, on every page."""
    canvas, words = sheet.canvas, sheet.words
    line = words.page.format(page=page, pages=pages, reference=sheet.reference)
    if sheet.is_draft:
        line = f"{line} · {words.draft_note}"
    canvas.text((RIGHT, PAGE_LINE), line, canvas.regular(SMALL), "right")
    canvas.rule((LEFT, RIGHT), FOOTER_RULE)
    columns = footer_columns(sheet)
    setting = canvas.regular(SMALL)
    widths = [max((setting.width(one_line(text)) for text in column), default=0.0)
              for column in columns]  # fmt: skip
    scale = min(1.0, (RIGHT - LEFT - 3.0 * (len(columns) - 1)) / max(sum(widths), 1.0))
    setting = setting.at(int(SMALL * scale * 20) / 20)
    gap = (RIGHT - LEFT - scale * sum(widths)) / max(1, len(columns) - 1)
    x = LEFT
    for column, width in zip(columns, widths, strict=True):
        for at, text in enumerate(column[:FOOTER_LINES]):
            canvas.text((x, FOOTER_TOP + at * FOOTER_PITCH), text, setting)
        x += width * scale + gap


def footer_columns(sheet: Sheet) -> list[tuple[str, ...]]:
    """The seller's own columns, or who, register, tax and ways to reach."""
    seller = sheet.snapshot.seller
    if seller.footer_columns:
        return [column for column in seller.footer_columns if any(column)]
    vat = f"{sheet.words.vat_id} {seller.vat_no}" if seller.vat_no else ""
    made = (
        (seller.name, *seller.address_lines, seller.country),
        (seller.registration_no, vat),
        (seller.phone, seller.email, seller.website),
    )
    return [kept for column in made if (kept := tuple(text for text in column if text))]


def draft_mark(sheet: Sheet) -> None:
    """The word across the page, under everything else."""
    word = sheet.words.draft_mark
    size = DRAFT_SIZE * min(1.0, 5 / len(word) * 1.1)
    sheet.canvas.turned(word, DRAFT_CENTRE, sheet.canvas.semibold(size), TURNED_38)
