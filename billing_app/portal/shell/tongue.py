"""The customer's language: the portal's words, days, amounts and counts in English or German.

English sentences are the keys of the catalogue, `catalogue/de.po`. A sentence without a
translation stays English; a test demands that there is none.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from billing_app.kit import wording
from billing_app.kit.wording import UNKNOWN

CATALOGUE = Path(__file__).parent / "catalogue" / "de.po"
GERMAN = "de"
LANGUAGES = ("en", GERMAN)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SWAPPED = str.maketrans({",": ".", ".": ","})


@lru_cache(maxsize=1)
def german() -> dict[str, str]:
    """Each English sentence with its German one."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=GERMAN)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string
    }


def language_of(chosen: str) -> str:
    """The portal's language for a customer's: German for German, English for any other."""
    return GERMAN if chosen.casefold().startswith(GERMAN) else "en"


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language says things."""

    language: str = "en"

    def say(self, text: str, **facts: object) -> str:
        """The sentence in this language, its places filled with facts."""
        said = german().get(text, text) if self.language == GERMAN else text
        for name, fact in facts.items():
            said = said.replace("{" + name + "}", str(fact))
        return said

    def count(self, how_many: int, one: str, many: str) -> str:
        """A count with its noun; both sentences have the place {count}."""
        return self.say(one if how_many == 1 else many, count=self.figure(how_many))

    def figure(self, value: int) -> str:
        """A whole number with its thousands apart."""
        return self._marked(f"{value:,}".replace("-", "\u2212"))

    def number(self, value: Decimal, least: int = 0) -> str:
        """A quantity or price."""
        return self._marked(wording.number(value, least))

    def percent(self, rate: Decimal | None) -> str:
        """A rate like "19 %"."""
        return self._marked(wording.percent(rate))

    def amount(self, minor: int, code: str) -> str:
        """An amount without its currency: "1,234.50", "1.234,50"."""
        return self._marked(wording.amount(minor, code))

    def money(self, minor: int, code: str) -> str:
        """An amount with its currency: "EUR 1,234.50", "1.234,50 EUR"."""
        figure = self.amount(minor, code)
        return f"{figure} {code}" if self.language == GERMAN else f"{code} {figure}"

    def day(self, when: date | None) -> str:
        """A day: "21 Nov 2026", "21.11.2026"; the dash for none."""
        if self.language == GERMAN and when is not None:
            return f"{when:%d.%m.%Y}"
        return wording.day(when)

    def moment(self, when: datetime | None, zone: str) -> str:
        """An instant in a zone, to the minute."""
        if when is None:
            return UNKNOWN
        there = when.astimezone(ZoneInfo(zone))
        return f"{self.day(there.date())}, {there:%H:%M}"

    def month(self, year: int, month: int) -> str:
        """A month: "November 2026"."""
        return f"{self.say(_MONTHS[month - 1])} {year}"

    def span(self, start: date | None, end: date | None) -> str:
        """A range of days; empty for none."""
        if self.language != GERMAN:
            return wording.span(start, end)
        ends = [self.day(one) for one in dict.fromkeys((start, end)) if one is not None]
        return " – ".join(ends)

    def _marked(self, text: str) -> str:
        return text.translate(_SWAPPED) if self.language == GERMAN else text
