"""`python -m bench [group ...] [--quick] [--sizes 10000,1000000]`."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence

from bench import report
from bench.figures import Options, Row
from bench.groups import (
    clicks,
    filling,
    importing,
    load,
    paper,
    phone,
    posting,
    rating,
    reports,
    server,
    starting,
)

Measure = Callable[[Options], list[Row]]
FULL, QUICK = (10_000, 1_000_000), (2_000, 10_000)
GROUPS: dict[str, tuple[Measure, str, str]] = {
    "data": (
        filling.measure,
        "Filling databases",
        "`fill_many` writes complete invoices: lines, snapshot, seal, search, payments.",
    ),
    "server": (
        server.measure,
        "Answers of the server",
        (
            "A page of 50 rows: the use case and the finished rows, in the process; then the same "
            "through session, guard, state and raw socket, from sending the event to having the "
            "rows. Steps are those of SQLite's machine, in thousands, the same however busy the "
            "computer is. Totals of the filtered set come later and hold up nobody."
        ),
    ),
    "clicks": (
        clicks.measure,
        "From click to paint",
        (
            "In a browser, inside the page: from the click until the frame that shows its change "
            "is drawn. Searching contains its 200 ms of waiting for the next key."
        ),
    ),
    "phone": (
        phone.measure,
        "First view on a slow phone",
        (
            "The portal in a browser with an empty cache, the processor four times slower, over a "
            "line of 1.6 Mbit/s with 150 ms to the server: what travels, and when something and "
            "the most of it is painted."
        ),
    ),
    "posting": (
        posting.measure,
        "Posting",
        (
            "One invoice of three lines at a time: number, snapshot, seal, audit, "
            "search and outbox "
            "in one transaction that the disk has kept when it returns."
        ),
    ),
    "paper": (
        paper.measure,
        "Paper",
        "PDFs drawn from a stored snapshot in one process.",
    ),
    "load": (
        load.measure,
        "Load",
        (
            "One server process. Clients click again as soon as their rows are there; then one "
            "person clicks while others run the heaviest reports without a pause."
        ),
    ),
    "import": (
        importing.measure,
        "Import",
        "The online-retail development file into an empty database.",
    ),
    "usage": (
        rating.measure,
        "Usage and generation",
        (
            "Calls rated by the longest of 3,500 prefixes and summed, in one process; then one "
            "weekly draft for each customer, from 20 calls and a package, one transaction each."
        ),
    ),
    "reports": (
        reports.measure,
        "Reports",
        (
            "Sums over every document in one process, none kept from before: ages of today and of "
            "a month ago, a year's revenue, cash and tax, the dashboard."
        ),
    ),
    "start": (
        starting.measure,
        "Start",
        "From `billing serve` to an answer of /login, the front end being built.",
    ),
}


def main(arguments: Sequence[str]) -> int:
    """Measure the asked groups, keep the figures of the others, write the page."""
    asked = _parser().parse_args(arguments)
    # Being told to stop must also stop the servers that were started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sizes = asked.sizes or (QUICK if asked.quick else FULL)
    options = Options(tuple(sizes), asked.quick)
    titles = {name: (title, how) for name, (_, title, how) in GROUPS.items()}
    for name in asked.groups or GROUPS:
        began = time.perf_counter()
        print(f"{name}:", flush=True)
        rows = GROUPS[name][0](options)
        report.write(report.keep(name, rows, options), titles)
        print(report.table(rows))
        print(f"  {time.perf_counter() - began:.0f} s\n", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the product.")
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar="group")
    parser.add_argument("--quick", action="store_true", help="Small sizes, few repetitions.")
    parser.add_argument("--sizes", type=_sizes, help="Numbers of invoices, like 10000,1000000.")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
