"""What every part of the paper needs at hand: the facts, the words, the pen."""

from dataclasses import dataclass

from billing_app.documents.pdf import figures
from billing_app.documents.pdf.canvas import BODY, SMALL, Canvas
from billing_app.documents.pdf.words import Words
from billing_app.documents.pdf.wrap import Type, lines_of
from billing_app.documents.snapshot import Snapshot

SMALLEST = 4.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document being drawn. `logo_shape` is width by height of the logo, if there is one."""

    snapshot: Snapshot
    words: Words
    canvas: Canvas
    is_draft: bool
    logo_shape: float | None

    @property
    def is_credit(self) -> bool:
        """Whether this is a credit note."""
        return self.snapshot.kind == "credit"

    @property
    def to_pay(self) -> int:
        """What is left to pay, in minor units."""
        return self.snapshot.total - self.snapshot.prepaid

    @property
    def reference(self) -> str:
        """How the paper is called where there is room for one word."""
        if self.is_draft:
            return self.snapshot.document_id
        return self.snapshot.number or self.snapshot.document_id

    @property
    def heading(self) -> str:
        """The title of the paper, without its number."""
        title = self.snapshot.title
        return self.words.draft(title) if self.is_draft else title

    @property
    def full_title(self) -> str:
        """The title of the paper with its number."""
        number = None if self.is_draft else self.snapshot.number
        return f"{self.heading} {number}" if number else self.heading

    def money(self, minor: int) -> str:
        """An amount in the document's currency, without its sign or code."""
        return figures.money(minor, self.snapshot.digits, self.words)


def fitting(text: str, setting: Type, width: float) -> Type:
    """The same setting, smaller if the text is wider than `width`: a figure is never cut."""
    for size in (setting.size, SMALL if setting.size == BODY else setting.size):
        if setting.at(size).width(text) <= width:
            return setting.at(size)
    wide = setting.at(SMALL if setting.size == BODY else setting.size)
    return wide.at(max(SMALLEST, int(wide.size * width / wide.width(text) * 20) / 20))


def in_lines(
    text: str, settings: tuple[Type, ...], width: float, most: int
) -> tuple[Type, list[str]]:
    """Break a text in the first setting that needs no more than `most` lines; else cut the last."""
    for setting in settings:
        lines = lines_of(text, setting, width)
        if len(lines) <= most:
            return setting, lines
    return settings[-1], lines[:most]
