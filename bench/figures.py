"""What a measurement comes to, and whether that is what was wanted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MILLISECONDS = 1_000.0


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of a table: `what` is its line, `at` its column, like a number of invoices."""

    what: str
    at: str
    cell: str
    wanted: str = ""
    is_met: bool | None = None
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How much to measure."""

    sizes: tuple[int, ...]
    is_quick: bool

    def times(self, full: int) -> int:
        """How many repetitions, of which a quick run needs a fifth."""
        return max(3, full // 5) if self.is_quick else full

    def seconds(self, full: float) -> float:
        """How long one loop may take."""
        return full / 4 if self.is_quick else full


def repeat(act: Callable[[], object], *, times: int, seconds: float, warm: int = 1) -> list[float]:
    """Milliseconds of each call, at most `times` and about `seconds`."""
    for _ in range(warm):
        act()
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while len(samples) < times and (not samples or time.perf_counter() < end):
        began = time.perf_counter()
        act()
        samples.append((time.perf_counter() - began) * MILLISECONDS)
    return samples


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Percentiles of the samples, by nearest rank."""
    ordered = sorted(samples)
    last = len(ordered) - 1

    def rank(share: float) -> float:
        return round(ordered[min(last, int(len(ordered) * share))], 3)

    return {
        "n": len(ordered),
        "p50": rank(0.5),
        "p95": rank(0.95),
        "p99": rank(0.99),
        "max": round(ordered[last], 3),
    }


def timing(
    what: str, at: str, samples: Sequence[float], *, most_ms: float | None = None, also: str = ""
) -> Row:
    """Milliseconds as "p50 / p95 / max"; wanted is a p95 below `most_ms`."""
    if not samples:
        return Row(what, at, "no answer", _below(most_ms), is_met=False)
    found = spread(samples)
    cell = f"{found['p50']:,.1f} / {found['p95']:,.1f} / {found['max']:,.1f}"
    return Row(
        what,
        at,
        f"{cell}{also}",
        _below(most_ms),
        None if most_ms is None else found["p95"] < most_ms,
        found,
    )


def rate(what: str, at: str, per_second: float, *, least: float | None = None) -> Row:
    """So many a second."""
    cell = f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:,.2f}/s"
    return Row(
        what,
        at,
        cell,
        "" if least is None else f"≥ {least:,.0f}/s",
        None if least is None else per_second >= least,
        {"per_second": round(per_second, 3)},
    )


def amount(what: str, at: str, value: float, unit: str, *, most: float | None = None) -> Row:
    """One figure with its unit."""
    return Row(
        what,
        at,
        f"{value:,.1f} {unit}",
        "" if most is None else f"≤ {most:,.0f} {unit}",
        None if most is None else value <= most,
        {unit: round(value, 3)},
    )


def sized(size: int) -> str:
    """The column of a database of that size."""
    return f"{size:,}"


def _below(most_ms: float | None) -> str:
    return "" if most_ms is None else f"p95 < {most_ms:,.0f} ms"
