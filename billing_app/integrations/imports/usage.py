"""Reads a folder of usage: `cdr.csv.gz`, `ratecard.csv.gz` and `cards.json`.

Row by row, so memory stays flat. A row is one physical line: a broken quote spoils its own row
and no other. Patterns of ASCII digits decide before a figure is made, so NaN, 1e400 and decimals
that we do not keep never get in; a row that cannot be used is handed on with its reason.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import BinaryIO

from billing_app.domain.errors import Invalid
from billing_app.domain.rating import MOST_SECONDS, CardRules, Price, Rounding
from billing_app.services.usage.source import BadRow, SourceCall, SourceCard, UsageSource

CALLS, PRICES, CARDS = "cdr.csv.gz", "ratecard.csv.gz", "cards.json"
COLUMNS = (
    "call_id", "call_time_utc", "customer", "card_id", "source", "destination",
    "direction", "duration_s", "sip_code", "release_reason", "pdd_ms",
)  # fmt: skip
PRICE_HEAD = re.compile(
    r"prefix,destination,rate_per_min_([a-z]{3}),mcd_s,pulse_s,connect_cost_([a-z]{3})"
)
CALL_ID = re.compile(r"[!-~]{1,64}")
STARTED_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
DURATION = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,3}))?")
NUMBER = re.compile(r"[ -~]{0,64}")
PREFIX = re.compile(r"[0-9]{1,20}")
FIGURE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")
SECONDS = re.compile(r"[0-9]{1,5}")
TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,128}")
LONGEST_LINE = 16_384
LONGEST_JSON = 1_000_000
TOLD_EVERY = 2_000  # rows


def read_usage(folder: Path, progress: Callable[[int], object] | None = None) -> UsageSource:
    """The folder's content; `progress` is told the bytes of calls read since the last time.

    Raises: Invalid when a file is missing or is no such file.
    """
    for name in (CALLS, PRICES, CARDS):
        if not (folder / name).is_file():
            raise Invalid.of("folder", f"There is no {name} in this folder.")
    return UsageSource(
        name=folder.name or str(folder),
        currency=_price_currency(folder / PRICES),
        cards=_read_cards(folder / CARDS),
        prices=_prices(folder / PRICES),
        calls=_calls(folder / CALLS, progress),
    )


def call_of(row_no: int, line: str) -> SourceCall | BadRow:
    """One row of the call file, or why it cannot be used."""
    try:
        cells = _cells(line)
        if len(cells) != len(COLUMNS):
            raise Invalid.of("row", f"it has {len(cells)} cells where {len(COLUMNS)} belong")
        return SourceCall(
            row_no,
            _matched(CALL_ID, cells[0], "call_id"),
            _instant(cells[1]),
            _matched(NUMBER, cells[2], "customer"),
            _matched(NUMBER, cells[3], "card_id"),
            _matched(NUMBER, cells[4], "source"),
            _matched(NUMBER, cells[5], "destination"),
            _milliseconds(cells[7]),
            line,
        )
    except Invalid as error:
        return BadRow(row_no, error.sentence, line)


def price_of(row_no: int, line: str) -> Price | BadRow:
    """One row of the price file, or why it cannot be used."""
    try:
        cells = _cells(line)
        if len(cells) != 6:  # noqa: PLR2004
            raise Invalid.of("row", f"it has {len(cells)} cells where 6 belong")
        return Price(
            _matched(PREFIX, cells[0], "prefix"),
            _matched(TEXT, cells[1], "destination"),
            _millionths(cells[2], "rate_per_min"),
            int(_matched(SECONDS, cells[3], "mcd_s")),
            int(_matched(SECONDS, cells[4], "pulse_s")),
            _millionths(cells[5], "connect_cost"),
        )
    except Invalid as error:
        return BadRow(row_no, f"{PRICES}: {error.sentence}", line)


def _calls(file: Path, progress: Callable[[int], object] | None) -> Iterator[SourceCall | BadRow]:
    with file.open("rb") as raw:
        told, size = 0, file.stat().st_size
        lines = _lines(raw, CALLS)
        if next(lines, "") != ",".join(COLUMNS):
            raise Invalid.of("file", f"{CALLS} must begin with the columns {', '.join(COLUMNS)}.")
        for row_no, line in zip(count(2), lines, strict=False):
            if line:
                yield call_of(row_no, line)
            if progress is not None and row_no % TOLD_EVERY == 0:
                progress(raw.tell() - told)
                told = raw.tell()
        if progress is not None:
            progress(size - told)


def _prices(file: Path) -> Iterator[Price | BadRow]:
    with file.open("rb") as raw:
        lines = _lines(raw, PRICES)
        next(lines, "")
        for row_no, line in zip(count(2), lines, strict=False):
            if line:
                yield price_of(row_no, line)


def _price_currency(file: Path) -> str:
    with file.open("rb") as raw:
        found = PRICE_HEAD.fullmatch(next(_lines(raw, PRICES), ""))
    if found is None or found[1] != found[2]:
        raise Invalid.of("file", f"{PRICES} must name its columns and one currency in its head.")
    return found[1].upper()


def _read_cards(file: Path) -> tuple[SourceCard, ...]:
    if file.stat().st_size > LONGEST_JSON:
        raise Invalid.of("file", f"{CARDS} is too large for a list of cards.")
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return tuple(
            SourceCard(
                _matched(CALL_ID, code, "card")[:32],
                CardRules(
                    int(rules["precision_dp"]),
                    Rounding(rules["charge_rounding"]),
                    Rounding(rules["duration_rounding"]),
                ),
            )
            for code, rules in told.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid.of("file", f"{CARDS} is not a list of cards with their rounding.") from error


def _lines(raw: BinaryIO, name: str) -> Iterator[str]:
    """The lines without their ends; of one that is too long only the beginning."""
    with io.TextIOWrapper(
        gzip.GzipFile(fileobj=raw), "utf-8-sig", errors="surrogateescape", newline="\n"
    ) as text:
        try:
            while line := text.readline(LONGEST_LINE):
                yield line.rstrip("\r\n")
                while not line.endswith("\n") and line:
                    line = text.readline(LONGEST_LINE)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Invalid.of("file", f"{name} is damaged or cut off. Fetch it again.") from error


def _cells(line: str) -> list[str]:
    if len(line) >= LONGEST_LINE:
        raise Invalid.of("row", "it is too long")
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration) as error:
        raise Invalid.of("row", f"it is no row of cells ({error})") from error


def _matched(pattern: re.Pattern[str], cell: str, column: str) -> str:
    if not pattern.fullmatch(cell):
        raise Invalid.of(column, f"{column} holds what cannot be kept")
    return cell


def _instant(cell: str) -> datetime:
    _matched(STARTED_AT, cell, "call_time_utc")
    try:
        return datetime.fromisoformat(cell)
    except ValueError as error:
        raise Invalid.of("call_time_utc", "call_time_utc is no time of the calendar") from error


@lru_cache(maxsize=32_768)
def _milliseconds(cell: str) -> int:
    found = DURATION.fullmatch(cell)
    if found is None:
        is_negative = cell.startswith("-") and DURATION.fullmatch(cell[1:])
        raise Invalid.of(
            "duration_s",
            "the duration is negative" if is_negative else "the duration is no number of seconds",
        )
    if int(found[1]) > MOST_SECONDS:
        raise Invalid.of("duration_s", "the duration is longer than a month")
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))


@lru_cache(maxsize=8_192)
def _millionths(cell: str, column: str) -> int:
    found = FIGURE.fullmatch(cell)
    if found is None:
        raise Invalid.of(column, f"{column} is no figure with at most 6 decimals")
    return int(found[1]) * 10**6 + int((found[2] or "").ljust(6, "0"))
