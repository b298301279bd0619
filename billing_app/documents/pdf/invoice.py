"""One document from its snapshot: measure, plan the pages, draw them, write the file."""

from billing_app.documents.pdf import closing, columns, frame, plan, rows, settlement, totals
from billing_app.documents.pdf.canvas import HAIRLINE, LEFT, RIGHT, Canvas
from billing_app.documents.pdf.columns import Columns
from billing_app.documents.pdf.plan import Plan, RowPage
from billing_app.documents.pdf.sheet import Sheet
from billing_app.documents.pdf.totals import Totals
from billing_app.documents.pdf.words import words_of
from billing_app.documents.pdf.wrap import one_line
from billing_app.documents.pdf.writer import Facts, read_logo, write
from billing_app.documents.snapshot import Snapshot

KANA = range(0x3040, 0x3100)
HANGUL = range(0xAC00, 0xD7A4)
REGIONS = {"JP": "jp", "JAPAN": "jp", "KR": "kr", "KOREA": "kr", "SOUTH KOREA": "kr"}


def render_invoice(snapshot: Snapshot, *, draft: bool = False) -> bytes:
    """Draw an invoice or credit note as PDF.

    The same snapshot always gives the same bytes. With `draft` it carries no number, no payment
    details and the word DRAFT; such a paper is for a look, never for the post.
    """
    logo = read_logo(snapshot.seller.logo) if snapshot.seller.logo else None
    sheet = Sheet(
        snapshot=snapshot,
        words=words_of(snapshot.language),
        canvas=Canvas(region_of(snapshot)),
        is_draft=draft,
        logo_shape=logo.shape if logo else None,
    )
    draw(sheet)
    facts = Facts(
        title=one_line(sheet.full_title),
        author=one_line(snapshot.seller.name),
        language=snapshot.language,
        dated=snapshot.document_date,
    )
    return write(sheet.canvas, facts, logo)


def region_of(snapshot: Snapshot) -> str:
    """Whose forms of shared Han characters: the buyer's country, else what the texts show."""
    buyer = snapshot.buyer
    country = REGIONS.get(buyer.country.strip().upper())
    if country:
        return country
    names = "".join((buyer.name, *buyer.address_lines, *(line.name for line in snapshot.lines)))
    if names.isascii():
        return "cn"
    codes = set(map(ord, names))
    if not codes.isdisjoint(KANA):
        return "jp"
    return "cn" if codes.isdisjoint(HANGUL) else "kr"


def draw(sheet: Sheet) -> None:
    """Draw all pages."""
    start(sheet)
    head = frame.first_head(sheet)
    cells = [columns.cells_of(sheet, line) for line in sheet.snapshot.lines]
    table = columns.columns_of(sheet, cells)
    laid = [
        rows.row_of(sheet, table, line, cell)
        for line, cell in zip(sheet.snapshot.lines, cells, strict=True)
    ]
    figures = totals.totals_of(sheet)
    planned = plan.plan_of(sheet, laid, head + columns.HEAD_RULE, figures)
    for at, page in enumerate(planned.row_pages):
        if at:
            frame.foot(sheet, at, planned.pages)
            start(sheet)
            head = frame.following_head(sheet)
        end = draw_row_page(sheet, table, page, head)
    draw_close(sheet, planned, figures, end)


def start(sheet: Sheet) -> None:
    """Begin a page; what lies under everything else comes first."""
    sheet.canvas.new_page()
    if sheet.is_draft:
        frame.draft_mark(sheet)


def draw_row_page(sheet: Sheet, table: Columns, page: RowPage, head: float) -> float:
    """One page of lines, with the sums that tie it to its neighbours."""
    number = len(sheet.canvas.pages)
    y = columns.draw_head(sheet, table, head)
    if page.brought is not None:
        text = sheet.words.brought.format(page=number - 1)
        rows.draw_carried(sheet, table, y, text, page.brought)
        y += rows.CARRIED
        if page.rows:
            sheet.canvas.rule((LEFT, RIGHT), y, 0.1, HAIRLINE)
    y = rows.draw_rows(sheet, table, page.rows, y)
    if page.carried is not None:
        text = sheet.words.carried.format(page=number + 1)
        rows.draw_carried(sheet, table, y, text, page.carried)
    return y


def draw_close(sheet: Sheet, planned: Plan, figures: Totals, y: float) -> None:
    """Totals, amount, texts, settlement block, and the pages that only continue them."""
    y = totals.draw(sheet, figures, planned.group_chunks[0], y)
    for chunk in planned.group_chunks[1:]:
        y = totals.draw(sheet, figures, chunk, turn(sheet, planned))
    amount = totals.draw_amount(sheet, figures, y)
    limit = settlement.LIMIT[settlement.form_of(sheet)]
    closing.draw(sheet, planned.notes_on_page, amount, limit)
    settlement.draw(sheet)
    for notes in planned.note_pages:
        top = turn(sheet, planned) - closing.GAP_BELOW_AMOUNT
        closing.draw(sheet, notes, top, closing.LAST_LINE)
    frame.foot(sheet, len(sheet.canvas.pages), planned.pages)


def turn(sheet: Sheet, planned: Plan) -> float:
    """Finish a page that continues the one before and begin the next; answers its first line."""
    frame.foot(sheet, len(sheet.canvas.pages), planned.pages)
    start(sheet)
    return frame.following_head(sheet)
