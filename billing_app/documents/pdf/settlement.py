"""The block at the foot: how to pay, or that nothing is to be paid."""

from dataclasses import dataclass
from typing import Literal

from billing_app.documents.pdf import figures
from billing_app.documents.pdf.canvas import BODY, HEADING, LEFT, RIGHT, SMALL
from billing_app.documents.pdf.code import matrix
from billing_app.documents.pdf.sheet import Sheet, fitting
from billing_app.documents.pdf.wrap import lines_of, one_line
from billing_app.documents.snapshot import Snapshot

Form = Literal["code", "rows", "words"]

# Where the block's rule stands, and how far down the totals may come.
RULE = {"code": 220.0, "rows": 231.0, "words": 233.5}
LIMIT = {"code": 217.0, "rows": 228.0, "words": 228.0}
CODE, MODULES_MM = (LEFT, 226.0), 32.0
MOST_CENTS = 99_999_999_999  # EPC069-12: 999,999,999.99
PITCH = 5.2


@dataclass(frozen=True, slots=True)
class Places:
    """Where heading and rows stand, by whether a code stands beside them."""

    heading: tuple[float, float]
    rows: tuple[float, float]
    value: float
    pitch: float


BESIDE_CODE = Places((66.0, 228.5), (66.0, 236.5), 86.0, PITCH)
ALONE = Places((LEFT, 238.7), (LEFT, 245.5), 45.0, 4.9)


def form_of(sheet: Sheet) -> Form:
    """Which block this paper has."""
    if sheet.is_draft or sheet.is_credit or sheet.to_pay <= 0:
        return "words"
    return "code" if epc_payload(sheet.snapshot) else "rows"


def epc_payload(snapshot: Snapshot) -> str | None:
    """The text of the payment code (EPC069-12 version 002), None where the standard has none."""
    cents = snapshot.total - snapshot.prepaid
    seller = snapshot.seller
    iban = compact(seller.iban)
    if snapshot.currency != "EUR" or not iban or not 0 < cents <= MOST_CENTS:
        return None
    if snapshot.kind != "invoice" or not snapshot.number:
        return None
    fields = (
        "BCD", "002", "1", "SCT", compact(seller.bic), one_line(seller.name)[:70], iban,
        f"EUR{cents // 100}.{cents % 100:02d}", "", "", one_line(snapshot.number)[:140],
    )  # fmt: skip
    return "\n".join(fields)


def compact(code: str) -> str:
    """An IBAN or BIC as machines read it."""
    return "".join(code.split()).upper()


def grouped(iban: str) -> str:
    """An IBAN as people read it: groups of four."""
    code = compact(iban)
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def draw(sheet: Sheet) -> None:
    """Draw the block, always at the same place, so it is found like a slip."""
    form = form_of(sheet)
    sheet.canvas.rule((LEFT, RIGHT), RULE[form])
    if form == "words":
        draw_words(sheet)
        return
    if form == "code":
        draw_code(sheet)
    places = BESIDE_CODE if form == "code" else ALONE
    canvas = sheet.canvas
    heading = request(sheet)
    setting = fitting(heading, canvas.semibold(HEADING), RIGHT - places.heading[0])
    canvas.text(places.heading, heading, setting)
    x, y = places.rows
    for label, value in rows(sheet):
        canvas.text((x, y), label, canvas.regular(SMALL))
        setting = fitting(value, canvas.medium(), RIGHT - places.value)
        canvas.text((places.value, y), value, setting)
        y += places.pitch
    if form == "code":
        canvas.text((66.0, 258.0), sheet.words.scan, canvas.regular(SMALL))


def request(sheet: Sheet) -> str:
    """The one sentence of an invoice."""
    facts, words = sheet.snapshot, sheet.words
    amount = figures.with_currency(sheet.money(sheet.to_pay), facts.currency)
    if facts.due_on is None:
        return words.please_pay.format(amount=amount)
    return words.please_pay_by.format(amount=amount, date=words.dated_on(facts.due_on))


def rows(sheet: Sheet) -> list[tuple[str, str]]:
    """Whom to pay, where, and under which word."""
    seller, words = sheet.snapshot.seller, sheet.words
    bank = " · ".join(part for part in (seller.bank_name, compact(seller.bic)) if part)
    found = [
        (words.recipient, seller.name),
        ("IBAN", grouped(seller.iban)),
        (words.bank, bank),
        (words.payment_reference, sheet.reference),
    ]
    return [(label, one_line(value)) for label, value in found if value]


def draw_words(sheet: Sheet) -> None:
    """Nothing to pay, and why."""
    canvas, words = sheet.canvas, sheet.words
    heading, text = words.nothing, words.set_off if sheet.is_credit else words.settled
    if sheet.is_draft:
        heading = words.draft_credit_heading if sheet.is_credit else words.draft_heading
        text = words.draft_text
    canvas.text((LEFT, 242.0), heading, canvas.semibold(HEADING))
    for at, line in enumerate(lines_of(text, canvas.regular(), RIGHT - LEFT)):
        canvas.text((LEFT, 249.0 + at * 0.5 * BODY), line, canvas.regular())


def draw_code(sheet: Sheet) -> None:
    """The payment code as rectangles."""
    modules = matrix(epc_payload(sheet.snapshot) or "")
    sheet.canvas.modules(CODE, MODULES_MM / len(modules), modules)
