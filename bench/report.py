"""Keeps the figures of every group in one JSON file and writes them as one page."""

import json
import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.databases import HOME
from bench.figures import Options, Row, spread

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE / "RESULTS.md"
SYNCS = 50


def kept() -> dict[str, Any]:
    """The figures of all groups as they were last taken."""
    if not RESULTS.is_file():
        return {}
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def keep(name: str, rows: Sequence[Row], options: Options) -> dict[str, Any]:
    """Put a group's new figures in place of its old ones; answers those of all groups."""
    results = kept()
    results[name] = {
        "taken_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "is_quick": options.is_quick,
        "sizes": list(options.sizes),
        "machine": machine(),
        "rows": [asdict(row) for row in rows],
    }
    RESULTS.write_text(
        json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )
    return results


def machine() -> dict[str, str]:
    """What the figures depend on, without naming the machine."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": f"Python {platform.python_version()}",
        "sqlite": f"SQLite {sqlite3.sqlite_version}",
        "disk": f"fsync p50 {_fsync_ms():.2f} ms",
        "load": f"load average {os.getloadavg()[0]:.1f} at the end of the group",
    }


def page(results: dict[str, Any], titles: dict[str, tuple[str, str]]) -> str:
    """The page: one section for each group, in the order of `titles`."""
    parts = [
        "# Measurements\n",
        (
            "Written by `make bench`; the bare figures are in `results.json`. Times are "
            "milliseconds "
            "as p50 / p95 / max unless a unit stands there. A column is a number of "
            "invoices in the "
            "database or says what else it is. **no** marks what is not yet as wanted.\n"
        ),
    ]
    for name, (title, how) in titles.items():
        if name in results:
            parts.append(_section(title, how, results[name]))
    return "\n".join(parts)


def write(results: dict[str, Any], titles: dict[str, tuple[str, str]]) -> None:
    """Write the page."""
    PAGE.write_text(page(results, titles), encoding="utf-8")


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table: one line for each `what`, one column for each `at`."""
    columns = list(dict.fromkeys(row.at for row in rows))
    lines = [
        f"| | {' | '.join(columns)} | wanted | met |",
        f"|---|{'---:|' * len(columns)}---|---|",
    ]
    for what in dict.fromkeys(row.what for row in rows):
        own = {row.at: row for row in rows if row.what == what}
        cells = [own[at].cell if at in own else "" for at in columns]
        wanted = next((row.wanted for row in own.values() if row.wanted), "")
        lines.append(f"| {what} | {' | '.join(cells)} | {wanted} | {_met(list(own.values()))} |")
    return "\n".join(lines)


def _section(title: str, how: str, group: dict[str, Any]) -> str:
    rows = [Row(**row) for row in group["rows"]]
    facts = "; ".join(group["machine"].values())
    sizes = ", ".join(f"{size:,}" for size in group["sizes"])
    quick = ", a quick run with few repetitions" if group["is_quick"] else ""
    return (
        f"## {title}\n\n{how}\n\n{table(rows)}\n\n"
        f"Taken {group['taken_at'][:10]}, sizes {sizes}{quick}. {facts}.\n"
    )


def _met(rows: Sequence[Row]) -> str:
    answers = [row.is_met for row in rows if row.is_met is not None]
    if not answers:
        return ""
    return "yes" if all(answers) else "**no**"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return "memory unknown"
    return f"{size / 2**30:.0f} GiB of memory"


def _fsync_ms() -> float:
    """How long the disk takes to keep one small write: it bounds every posting."""
    HOME.mkdir(parents=True, exist_ok=True)
    path = HOME / "sync"
    samples = []
    with path.open("wb") as file:
        for _ in range(SYNCS):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            file.flush()
            os.fsync(file.fileno())
            samples.append((time.perf_counter() - began) * 1_000)
    path.unlink()
    return spread(samples)["p50"]
