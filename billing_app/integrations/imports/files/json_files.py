"""JSON: the invoices are found wherever they stand, and laid flat, one row for each line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from billing_app.domain.errors import Invalid
from billing_app.domain.foreign.columns import Row, Table, unique_heads
from billing_app.domain.foreign.figures import is_figure
from billing_app.integrations.imports.files.csv_files import decoded
from billing_app.integrations.imports.files.limits import MAX_COLUMNS, MAX_ROWS, clean_cell

DEEPEST = 5
LINES = ("lineitems", "lines", "items", "invoicelines", "line", "positions", "rows", "entries")
INVOICES = ("invoice", "invoices", "creditnote", "creditnotes", "creditmemo", "creditmemos")
HINTS = frozenset(
    {"number", "invoicenumber", "invoiceno", "invoiceid", "id", "total", "totalamount", "amount",
     "amountdue", "lineitems", "lines", "items", "duedate", "date", "invoicedate", "issuedate",
     "customer", "contact", "client", "currency", "currencycode", "customername",
     "creditnotenumber", "created"}
)  # fmt: skip
ENOUGH_HINTS = 3


@dataclass(slots=True)
class Found:
    """Objects that may be invoices, and what they are called."""

    kind: str
    objects: list[dict[str, Any]]


class Number(str):
    """A number of the file as its digits; it is no text there."""

    __slots__ = ()


def read_json(content: bytes) -> Table:
    """A JSON file as a table. Raises: Invalid for what is none, or holds no list of objects."""
    text, _ = decoded(content)
    objects = _invoices(_loaded(text))
    once = {json.dumps(one, sort_keys=True, default=str): one for one in objects}
    flat = [row for one in once.values() for row in _rows(one)]
    if len(flat) > MAX_ROWS:
        raise Invalid.of("file", f"The file has more than {MAX_ROWS:,} lines. Split it.")
    heads = [
        head
        for head in dict.fromkeys(head for row in flat for head in row)
        if any(row.get(head) for row in flat)
    ]
    notes = [f"JSON, {len(once):,} objects"]
    if len(heads) > MAX_COLUMNS:
        notes.append(f"only the first {MAX_COLUMNS} of {len(heads):,} fields are used")
    heads = heads[:MAX_COLUMNS]
    rows = tuple(
        Row(no, tuple(clean_cell(row.get(head, "")) for head in heads))
        for no, row in enumerate(flat, 1)
    )
    typed = frozenset(head for head in heads if _is_typed(row.get(head, "") for row in flat))
    return Table(unique_heads(heads), rows, typed, tuple(notes))


def _loaded(text: str) -> Any:  # noqa: ANN401  whatever the file holds
    try:
        return _parsed(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines):
            try:  # one object a line
                return [_parsed(line) for line in lines]
            except (ValueError, RecursionError):
                pass
        raise Invalid.of("file", "This is no JSON: it breaks off or has a mistake.") from error


def _parsed(text: str) -> Any:  # noqa: ANN401  whatever the file holds
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _invoices(node: Any) -> list[dict[str, Any]]:  # noqa: ANN401  whatever the file holds
    found = list(_found(node, "", 0))
    named = [one for one in found if one.kind in INVOICES]
    if named:
        return [single for one in named for single in one.objects]
    likely = [one for one in found if one.objects and _is_likely(one.objects[0])]
    if not likely:
        raise Invalid.of("file", "No list of invoices was found in the file.")
    best = max(likely, key=lambda one: len(one.objects))
    return best.objects


def _found(node: Any, kind: str, depth: int) -> Iterator[Found]:  # noqa: ANN401  as above
    if depth > DEEPEST:
        return
    if isinstance(node, list):
        objects = [one for one in node if isinstance(one, dict)]
        told = {_plain(str(one["object"])) for one in objects if isinstance(one.get("object"), str)}
        if objects:
            yield Found(told.pop() if len(told) == 1 else kind, objects)
        return
    if not isinstance(node, dict):
        return
    own = _plain(str(node["object"])) if isinstance(node.get("object"), str) else kind
    if _is_likely(node) and own != "list":
        yield Found(own, [node])
        return
    for key, inner in node.items():
        yield from _found(inner, kind if _plain(key) == "data" else _plain(key), depth + 1)


def _is_likely(node: dict[str, Any]) -> bool:
    return len({_plain(key) for key in node} & HINTS) >= ENOUGH_HINTS


def _rows(one: dict[str, Any]) -> Iterator[dict[str, str]]:
    """An invoice laid flat: all it says once for each line, with what the line says."""
    lines_key, lines = _lines(one)
    flat: dict[str, str] = {}
    _flatten({key: value for key, value in one.items() if key != lines_key}, "", flat, 0)
    if not lines:
        yield flat
    for line in lines:
        own: dict[str, str] = {}
        _flatten(line, f"{lines_key}.", own, 0)
        yield flat | own


def _lines(one: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    for name in LINES:
        for key, value in one.items():
            inner = value.get("data") if isinstance(value, dict) else value
            if _plain(key) == name and isinstance(inner, list):
                return key, [line for line in inner if isinstance(line, dict)]
    return "", []


def _flatten(node: dict[str, Any], prefix: str, into: dict[str, str], depth: int) -> None:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < DEEPEST:
            if _plain(key) != "metadata":
                _flatten(value, f"{name}.", into, depth + 1)
        elif isinstance(value, Number):
            into[name] = Number(_digits(value))
        elif isinstance(value, str):
            into[name] = value
        elif isinstance(value, bool):
            into[name] = "true" if value else "false"


def _digits(number: str) -> str:
    """A number without an exponent, as long as it is none of a hundred digits."""
    value = Decimal(number)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > 40 or value.adjusted() > 40:  # noqa: PLR2004
        return number
    whole = value.to_integral_value()
    return f"{whole:f}" if whole == value else f"{value.normalize():f}"


def _is_typed(cells: Iterator[str]) -> bool:
    """Whether a field holds numbers, and no text that looks like one."""
    told = [isinstance(cell, Number) for cell in cells if cell and is_figure(cell)]
    return bool(told) and all(told)


def _plain(key: str) -> str:
    return "".join(sign for sign in key.lower() if sign.isalnum())
