"""A statement of account on paper: the look of the invoice, one table for each currency."""

from dataclasses import dataclass

from billing_app.documents.pdf import figures
from billing_app.documents.pdf.canvas import (
    BODY,
    HAIRLINE,
    HEADING,
    LEFT,
    RIGHT,
    SMALL,
    TITLE,
    Canvas,
)
from billing_app.documents.pdf.sheet import fitting
from billing_app.documents.pdf.statement_words import StatementWords, statement_words
from billing_app.documents.pdf.words import Words, words_of
from billing_app.documents.pdf.wrap import Type, one_line
from billing_app.documents.pdf.writer import Facts, write
from billing_app.documents.statement import StatementPaper
from billing_app.domain.currencies import currency
from billing_app.domain.statement import Account, Running

REGION = "cn"
NAME, SENDER, ADDRESS, ADDRESS_PITCH = 23.4, 60.6, 66.6, 4.5
TITLE_BASELINE, PERIOD_BASELINE, FIRST_TABLE = 104.0, 110.0, 120.0
FOLLOWING_TABLE, LAST_ROW, PAGE_LINE = 33.0, 252.0, 264.4
PITCH, HEAD_RULE, BASELINE, BETWEEN = 6.4, 2.3, 4.5, 9.0
DATE, KIND, NUMBER, TEXT, TEXT_END = LEFT, 47.0, 70.0, 105.0, 136.0
AMOUNT, BALANCE = 163.0, RIGHT


@dataclass(slots=True)
class Pen:
    """The paper being drawn, and how far down its page the pen is."""

    paper: StatementPaper
    canvas: Canvas
    words: Words
    said: StatementWords
    y: float = FIRST_TABLE


def render_statement(paper: StatementPaper) -> bytes:
    """Draw a statement. The same facts always give the same bytes."""
    words = words_of(paper.language)
    pen = Pen(paper, Canvas(REGION), words, statement_words(paper.language))
    pen.canvas.new_page()
    _head(pen)
    for account in paper.accounts:
        _account(pen, account)
    if not paper.accounts:
        pen.canvas.text((LEFT, pen.y), pen.said.nothing, pen.canvas.regular())
    _page_numbers(pen)
    title = f"{pen.said.title} {one_line(paper.buyer)}"
    facts = Facts(
        title=title, author=one_line(paper.seller), language=paper.language, dated=paper.dated
    )
    return write(pen.canvas, facts, None)


def _head(pen: Pen) -> None:
    canvas, paper, words = pen.canvas, pen.paper, pen.words
    canvas.text((LEFT, NAME), paper.seller, canvas.semibold(TITLE))
    sender = " · ".join(part for part in (paper.seller, paper.seller_line) if part)
    _fit(pen, (LEFT, SENDER), sender, canvas.regular(SMALL), 80.0)
    for at, line in enumerate((paper.buyer, *paper.buyer_lines)):
        _fit(pen, (LEFT, ADDRESS + at * ADDRESS_PITCH), line, canvas.regular(), 80.0)
    facts = ((words.dated, words.dated_on(paper.dated)), (words.customer_no, paper.buyer_number))
    for at, (label, value) in enumerate(facts):
        canvas.text((125.0, 53.5 + at * 5.0), label, canvas.regular())
        canvas.text((152.0, 53.5 + at * 5.0), value, canvas.medium())
    canvas.text((LEFT, TITLE_BASELINE), pen.said.title, canvas.semibold(TITLE))
    canvas.text((LEFT, PERIOD_BASELINE), _period(pen), canvas.regular())


def _period(pen: Pen) -> str:
    first, last, words = pen.paper.from_on, pen.paper.to_on, pen.words
    end = last or pen.paper.dated
    if first is None:
        return pen.said.until.format(day=words.dated_on(end))
    return words.span(first, end) if first <= end else words.dated_on(first)


def _account(pen: Pen, account: Account) -> None:
    """One currency: its opening balance, its rows, its closing balance."""
    _room(pen, BETWEEN + 4 * PITCH, account)
    _table_head(pen, account)
    _sum(pen, account, pen.said.opening, account.opening_minor)
    for row in account.rows:
        if pen.y + PITCH > LAST_ROW:
            _turn(pen)
            _table_head(pen, account)
        _row(pen, account, row)
    pen.canvas.rule((LEFT, RIGHT), pen.y, 0.25)
    _sum(pen, account, pen.said.closing, account.closing_minor)
    pen.y += BETWEEN


def _table_head(pen: Pen, account: Account) -> None:
    canvas, said = pen.canvas, pen.said
    setting = canvas.medium(SMALL)
    columns = ((DATE, pen.words.dated), (KIND, said.kind), (NUMBER, said.number), (TEXT, said.text))
    for x, label in columns:
        canvas.text((x, pen.y), label, setting)
    amount = pen.words.amount.format(currency=account.currency)
    canvas.text((AMOUNT, pen.y), amount, setting, "right")
    canvas.text((BALANCE, pen.y), said.balance, setting, "right")
    canvas.rule((LEFT, RIGHT), pen.y + HEAD_RULE, 0.25)
    pen.y += HEAD_RULE


def _row(pen: Pen, account: Account, row: Running) -> None:
    canvas, entry, y = pen.canvas, row.entry, pen.y + BASELINE
    body = canvas.regular()
    canvas.text((DATE, y), pen.words.dated_on(entry.on), body)
    canvas.text((KIND, y), pen.said.kinds[entry.kind], body)
    _fit(pen, (NUMBER, y), entry.number, body, TEXT - NUMBER - 1.5)
    _fit(pen, (TEXT, y), _cut(entry.text, canvas.regular(SMALL)), canvas.regular(SMALL), 60.0)
    _figure(pen, (AMOUNT, y), account, entry.amount_minor, body)
    _figure(pen, (BALANCE, y), account, row.balance_minor, body)
    pen.y += PITCH
    canvas.rule((LEFT, RIGHT), pen.y, 0.1, HAIRLINE)


def _sum(pen: Pen, account: Account, label: str, minor: int) -> None:
    y = pen.y + BASELINE
    setting = pen.canvas.semibold(BODY)
    pen.canvas.text((KIND, y), label, setting)
    _figure(pen, (BALANCE, y), account, minor, setting)
    pen.y += PITCH
    pen.canvas.rule((LEFT, RIGHT), pen.y, 0.1, HAIRLINE)


def _figure(pen: Pen, at: tuple[float, float], account: Account, minor: int, setting: Type) -> None:
    text = figures.money(minor, currency(account.currency).digits, pen.words)
    pen.canvas.text(at, text, fitting(text, setting, BALANCE - AMOUNT - 1.0), "right")


def _fit(pen: Pen, at: tuple[float, float], text: str, setting: Type, width: float) -> None:
    shown = one_line(text)
    if shown:
        pen.canvas.text(at, shown, fitting(shown, setting, width))


def _cut(text: str, setting: Type) -> str:
    """As much of a text as stands in its column; a text is cut where a figure never is."""
    shown = one_line(text)
    if setting.width(shown) <= TEXT_END - TEXT:
        return shown
    while shown and setting.width(f"{shown}…") > TEXT_END - TEXT:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"


def _room(pen: Pen, needed: float, account: Account) -> None:
    """Turn the page where a table would begin at its very end."""
    if pen.y + needed > LAST_ROW:
        _turn(pen)
    title = pen.said.account.format(currency=account.currency)
    pen.canvas.text((LEFT, pen.y), title, pen.canvas.medium(HEADING))
    pen.y += BETWEEN - 2.0


def _turn(pen: Pen) -> None:
    pen.canvas.new_page()
    pen.canvas.text((LEFT, NAME), pen.paper.seller, pen.canvas.semibold(BODY))
    pen.canvas.text((RIGHT, NAME), pen.said.title, pen.canvas.regular(SMALL), "right")
    pen.y = FOLLOWING_TABLE


def _page_numbers(pen: Pen) -> None:
    """Written last, when the pages are counted."""
    pages = pen.canvas.pages
    every = list(pages)
    for at, page in enumerate(every, start=1):
        pages[:] = [*every[: at - 1], page]  # the pen writes on the last of them
        pen.canvas.forget_setting()
        text = pen.said.page.format(page=at, pages=len(every))
        pen.canvas.text((RIGHT, PAGE_LINE), text, pen.canvas.regular(SMALL), "right")
    pages[:] = every
