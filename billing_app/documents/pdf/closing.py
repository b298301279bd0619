"""The texts after the amount: terms of payment, the seller's words, reasons of exemption."""

from dataclasses import dataclass

from billing_app.documents.pdf.canvas import LEFT, RIGHT, SMALL
from billing_app.documents.pdf.sheet import Sheet
from billing_app.documents.pdf.wrap import Type, lines_of

GAP_BELOW_AMOUNT = 8.0
BODY_PITCH, SMALL_PITCH, PARAGRAPH = 4.7, 3.7, 2.0
LAST_LINE = 255.0


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the closing texts and how far it stands under the line before."""

    text: str
    setting: Type
    drop: float


def notes_of(sheet: Sheet) -> list[Note]:
    """The closing texts, broken into lines of the full width."""
    facts, canvas = sheet.snapshot, sheet.canvas
    below = "\n".join(f"{label}: {value}" for label, value in facts.fields_below)
    texts = [
        (facts.total_words, canvas.regular(), BODY_PITCH),
        (below, canvas.regular(SMALL), SMALL_PITCH),
        (facts.invoice_text, canvas.regular(), BODY_PITCH),
        (facts.payment_terms_text, canvas.regular(), BODY_PITCH),
        (exemptions(sheet), canvas.regular(SMALL), SMALL_PITCH),
        (facts.notes, canvas.regular(SMALL), SMALL_PITCH),
        (facts.terms, canvas.regular(SMALL), SMALL_PITCH),
    ]
    notes: list[Note] = []
    for text, setting, pitch in texts:
        for at, line in enumerate(lines_of(text, setting, RIGHT - LEFT) if text.strip() else ()):
            notes.append(Note(line, setting, pitch if at else pitch + PARAGRAPH))
    return notes


def exemptions(sheet: Sheet) -> str:
    """Why a group bears no tax, by its category; what the law asks for beside it."""
    reasons = [
        f"{group.category}: {group.reason.rstrip('.')}." if group.category else group.reason
        for group in sheet.snapshot.groups
        if group.reason
    ]
    return " ".join(dict.fromkeys((*reasons, *sheet.snapshot.exemption_notes)))


def height(notes: list[Note]) -> float:
    """The room under the amount that all of them need."""
    if not notes:
        return 0.0
    return GAP_BELOW_AMOUNT + sum(note.drop for note in notes[1:])


def draw(sheet: Sheet, notes: list[Note], y: float, limit: float) -> list[Note]:
    """Write what fits above `limit`; answers what is left for a page of its own."""
    for at, note in enumerate(notes):
        below = y + (note.drop if at else GAP_BELOW_AMOUNT)
        if below > limit:
            return notes[at:]
        y = below
        sheet.canvas.text((LEFT, y), note.text, note.setting)
    return []


def pages_of(notes: list[Note], top: float) -> list[list[Note]]:
    """Spread what is left over pages of its own."""
    pages: list[list[Note]] = []
    y = LAST_LINE + 1
    for note in notes:
        y += note.drop
        if y > LAST_LINE:
            pages.append([])
            y = top
        pages[-1].append(note)
    return pages
