"""What kinds of documents there are, which way they go and which sign their amounts have."""

from enum import StrEnum


class Direction(StrEnum):
    """Who issued the document: we to the customer (out), or the supplier to us (in)."""

    OUT = "out"
    IN = "in"


class DocumentKind(StrEnum):
    """What a document is on paper."""

    INVOICE = "invoice"
    CREDIT = "credit"
    RECEIPT = "receipt"
    PAYMENT = "payment"
    ADVANCE = "advance"


class SignRestriction(StrEnum):
    """The signs a document type allows for its line and total amounts (SPEC ERP-52)."""

    ANY = "any"
    POSITIVE = "positive"
    NEGATIVE = "negative"


def sign(kind: DocumentKind | str) -> int:
    """-1 for credit documents, +1 otherwise: amounts are stored positive and shown times this."""
    return -1 if kind == DocumentKind.CREDIT else 1


def opposite(kind: DocumentKind) -> DocumentKind:
    """The kind that reverses this one: credit for invoice and back (SPEC 6.3, T12)."""
    return DocumentKind.INVOICE if kind is DocumentKind.CREDIT else DocumentKind.CREDIT
