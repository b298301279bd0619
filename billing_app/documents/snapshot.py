"""Everything a paper says, frozen; documents are drawn from this alone.

What is not here cannot be printed: the internal comment of an invoice has no field.
Amounts are integers in minor units of `currency`; prices, quantities and rates are Decimal.
"""

import base64
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

VERSION = "v1"

Kind = Literal["invoice", "credit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """Who issues the paper. `logo` is a PNG or JPEG file; `brand_colour` is #RRGGBB."""

    name: str
    address_lines: tuple[str, ...] = ()
    country: str = ""
    sender_line: str = ""
    vat_no: str = ""
    registration_no: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    footer_columns: tuple[tuple[str, ...], ...] = ()
    logo: bytes | None = None
    brand_colour: str = "#1F5FBF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who receives it."""

    name: str
    contact: str = ""
    department: str = ""
    address_lines: tuple[str, ...] = ()
    country: str = ""
    customer_no: str = ""
    vat_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLine:
    """One line as printed; `net` is after the line's own discount."""

    line_no: int
    name: str
    details: tuple[str, ...] = ()
    quantity: Decimal
    unit: str = ""
    unit_price: Decimal
    discount_text: str = ""
    tax_rate: Decimal | None = None
    tax_category: str = ""
    net: int
    date_from: date | None = None
    date_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTax:
    """One VAT breakdown group: a category and a rate, never merged."""

    category: str
    rate: Decimal | None
    base: int
    tax: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One document as posted (or as it stands, for a draft)."""

    version: Literal["v1"] = "v1"
    kind: Kind
    title: str
    number: str | None
    document_id: str
    document_date: date
    due_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    currency: str
    digits: int
    language: str = "en"
    seller: Seller
    buyer: Buyer
    po_number: str = ""
    order_number: str = ""
    buyer_reference: str = ""
    document_text: str = ""
    invoice_text: str = ""
    notes: str = ""
    terms: str = ""
    lines: tuple[SnapshotLine, ...] = ()
    groups: tuple[SnapshotTax, ...] = ()
    subtotal: int
    line_discounts: int = 0
    net: int
    invoice_discount: int = 0
    discount_label: str = ""
    tax_total: int
    total: int
    prepaid: int = 0
    credited_number: str | None = None
    credited_date: date | None = None
    payment_terms_text: str = ""
    exemption_notes: tuple[str, ...] = ()
    template_version: str = "1"
    total_words: str = ""
    fields_above: tuple[tuple[str, ...], ...] = ()
    """Label and value, above the lines and below the totals (DLY-44)."""
    fields_below: tuple[tuple[str, ...], ...] = ()


def to_json(snapshot: Snapshot) -> str:
    """Write the canonical text of a snapshot: the same facts always give the same characters.

    Sorted keys, no spaces, texts in NFC, amounts as integer strings, decimals without exponent,
    dates in ISO 8601, the logo in base64. A snapshot whose texts are in NFC round-trips exactly.
    """
    plain = _plain(snapshot)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Snapshot:
    """Read a snapshot written by `to_json`. Raises: ValueError for a version not known here."""
    found = json.loads(text)
    if found.get("version") != VERSION:
        message = f"A snapshot of version {found.get('version')} cannot be read here."
        raise ValueError(message)
    return _record(Snapshot, found)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _storable(value)
    if value is None:
        return None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    return _written(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _written(value: object) -> str:
    """One scalar as a string."""
    match value:
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
    message = f"{type(value).__name__} has no place in a snapshot."
    raise TypeError(message)


def _storable(text: str) -> str:
    """A text in NFC. A lone surrogate is no character and cannot be UTF-8: U+FFFD."""
    if text.isascii():
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", whole)


READERS: dict[type, Callable[[str], object]] = {
    str: str,
    int: int,
    Decimal: Decimal,
    date: date.fromisoformat,
    bytes: base64.b64decode,
}

Record = TypeVar("Record")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: type[Record], found: dict[str, Any]) -> Record:
    hints = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _read(hints[name], value) for name, value in found.items()})


def _read(hint: Any, value: Any) -> Any:  # noqa: ANN401 (the hints of the classes above)
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        return _read(next(arm for arm in get_args(hint) if arm is not NoneType), value)
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in value)
    if get_origin(hint) is Literal:
        return value
    if is_dataclass(hint):
        return _record(hint, value)  # type: ignore[arg-type]
    return READERS[hint](value)
