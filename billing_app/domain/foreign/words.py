"""The words other systems have for status, kind, tax and currency."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.currencies import CURRENCIES
from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.figures import FigureStyle, is_figure, is_nothing, read_figure

DRAFT, POSTED, ENDED = "draft", "posted", "ended"
_STATUSES: Mapping[str, str] = {
    word: status
    for status, words in {
        DRAFT: "draft entwurf brouillon unsent submitted pending_approval created saved borrador",
        POSTED: "posted sent paid open unpaid overdue viewed partial partially_paid authorised "
        "authorized approved awaiting_payment closed issued finalized finalised uncollectible "
        "invoiced final due outstanding past_due bezahlt offen versendet gebucht überfällig "
        "teilbezahlt fakturiert payée émise auto_paid autopaid disputed complete completed "
        "succeeded",
        ENDED: "void voided cancelled canceled deleted storniert annulé written_off refunded "
        "failed declined",
    }.items()
    for word in words.split()
}
_PAID = frozenset(["paid", "bezahlt", "payée", "auto_paid", "autopaid"])
_CREDITS = ("credit", "gutschrift", "refund", "avoir", "rechnungskorrektur", "storno")
_BILLS = ("accpay", "bill", "purchase", "eingangsrechnung", "payable")
_PERCENT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*%")
_CODE = re.compile(r"\b[A-Z]{3}\b")
_NAMES: Mapping[str, str] = {
    "us dollar": "USD", "dollar": "USD", "euro": "EUR", "euros": "EUR", "british pound": "GBP",
    "pound sterling": "GBP", "british pound sterling": "GBP", "canadian dollar": "CAD",
    "australian dollar": "AUD", "new zealand dollar": "NZD", "swiss franc": "CHF",
    "hong kong dollar": "HKD", "singapore dollar": "SGD", "japanese yen": "JPY", "yen": "JPY",
    "indian rupee": "INR", "swedish krona": "SEK", "norwegian krone": "NOK",
    "danish krone": "DKK", "polish zloty": "PLN", "south african rand": "ZAR", "€": "EUR",
    "£": "GBP",
}  # fmt: skip

_UNTAXED = (
    ("AE", ("reverse",)),
    ("E", ("exempt", "steuerfrei")),
    ("O", ("out of scope", "outside")),
    ("Z", ("none", "no", "zero rated", "zero-rated", "no vat", "no tax", "tax free", "gst free",
           "untaxed", "non-taxable", "nontaxable", "not taxable")),
)  # fmt: skip


class Tax(NamedTuple):
    """A line's tax as stated: a rate in percent, or only a word's category."""

    rate: Decimal | None
    category: str


def status_of(word: str) -> str:
    """Draft, posted or ended; empty for no word. Raises: Invalid for one that is not known."""
    plain = re.sub(r"[\s_-]+", "_", word.strip().lower())
    if not plain:
        return ""
    found = _STATUSES.get(plain) or _STATUSES.get(plain.split("_")[0])
    if found is None:
        raise Invalid.of(
            "status", f'the status "{word[:40]}" is not known; say that all are drafts or posted'
        )
    return found


def is_paid(word: str) -> bool:
    """Whether the status says that nothing is open any more."""
    plain = re.sub(r"[\s_-]+", "_", word.strip().lower())
    return plain in _PAID or plain.split("_")[0] in _PAID


def kind_of(word: str) -> str:
    """Invoice or credit; empty for no word. Raises: Invalid for a supplier's bill."""
    plain = word.strip().lower()
    if any(plain.startswith(name) for name in _BILLS):
        raise Invalid.of("kind", "it is a supplier's bill, no invoice of ours")
    if any(name in plain for name in _CREDITS):
        return "credit"
    return "invoice" if plain else ""


def currency_of(word: str) -> str:
    """The code of a currency's code or name. Raises: Invalid for one that is not known."""
    plain = word.strip()
    named = [code for code in _CODE.findall(plain) if code in CURRENCIES]  # "Euro - EUR"
    code = _NAMES.get(plain.lower(), named[0] if len(named) == 1 else plain.upper())
    if code and code not in CURRENCIES:
        raise Invalid.of("currency", f'"{plain[:40]}" is no currency like EUR')
    return code


def tax_of(word: str, style: FigureStyle) -> Tax | None:
    """What a tax cell says; None for an empty one or a name that tells no rate.

    0.19 without a percent sign is 19 %, as spreadsheets keep it.
    """
    plain = word.strip()
    lowered = plain.lower()
    if "reverse" not in lowered and (found := _PERCENT.search(plain)):
        return _rated(Decimal(found[1].replace(",", ".")))
    for category, words in _UNTAXED:
        if lowered in words or any(len(name) > 4 and name in lowered for name in words):  # noqa: PLR2004
            return Tax(Decimal(0), category)
    if is_nothing(plain) or not is_figure(plain):
        return None
    rate = read_figure(plain, style, field="tax_rate") or Decimal(0)
    return _rated(rate * 100 if 0 < rate < 1 else rate)


def _rated(rate: Decimal) -> Tax:
    return Tax(rate, "S" if rate else "Z")
