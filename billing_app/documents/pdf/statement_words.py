"""The words of a statement of account, one set for each language of the paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from billing_app.domain.statement import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWords:
    """Words with {} take the named fact."""

    title: str
    until: str
    account: str
    kind: str
    number: str
    text: str
    balance: str
    opening: str
    closing: str
    nothing: str
    page: str
    kinds: Mapping[EntryKind, str]


ENGLISH = StatementWords(
    title="Statement of account",
    until="Until {day}",
    account="Account in {currency}",
    kind="Kind",
    number="Number",
    text="Reference",
    balance="Balance",
    opening="Opening balance",
    closing="Closing balance",
    nothing="Nothing was asked for or paid in this period.",
    page="Page {page} of {pages}",
    kinds={
        EntryKind.INVOICE: "Invoice",
        EntryKind.CREDIT: "Credit note",
        EntryKind.RECEIPT: "Receipt",
        EntryKind.PAYMENT: "Payment",
        EntryKind.REFUND: "Refund",
        EntryKind.PURCHASE: "Purchase",
        EntryKind.WRITE_OFF: "Write-off",
    },
)
GERMAN = StatementWords(
    title="Kontoauszug",
    until="Bis {day}",
    account="Konto in {currency}",
    kind="Art",
    number="Nummer",
    text="Referenz",
    balance="Saldo",
    opening="Anfangssaldo",
    closing="Endsaldo",
    nothing="In diesem Zeitraum wurde nichts berechnet oder bezahlt.",
    page="Seite {page} von {pages}",
    kinds={
        EntryKind.INVOICE: "Rechnung",
        EntryKind.CREDIT: "Gutschrift",
        EntryKind.RECEIPT: "Eingang",
        EntryKind.PAYMENT: "Zahlung",
        EntryKind.REFUND: "Erstattung",
        EntryKind.PURCHASE: "Kauf",
        EntryKind.WRITE_OFF: "Ausbuchung",
    },
)


def statement_words(language: str) -> StatementWords:
    """The words of a language; English where there is no such set."""
    return GERMAN if language.lower().startswith("de") else ENGLISH
