"""How long a real file of another system takes."""

import time
from itertools import islice

from bench.databases import ROOT, fresh
from bench.figures import Options, Row, amount, rate
from billing_app.integrations.imports.online_retail import read_lines
from billing_app.services.imports.online_retail import import_online_retail

FILE = ROOT.parent / "shared" / "data" / "online_retail" / "dev.csv.gz"
QUICK_LINES = 20_000


def measure(options: Options) -> list[Row]:
    """Import the file; a quick run takes its beginning."""
    if not FILE.is_file():
        return [Row("file", "online retail", "The file is not here, so nothing was measured.")]
    world = fresh("import")
    lines = read_lines(FILE, progress=lambda _: None)
    began = time.perf_counter()
    report = import_online_retail(
        world.system(), islice(lines, QUICK_LINES) if options.is_quick else lines
    )
    seconds = time.perf_counter() - began
    world.database.close()
    column = f"{report.rows_read:,} rows"
    documents = report.invoices_made + report.credits_made
    return [
        amount("time", column, seconds, "s"),
        rate("rows", column, report.rows_read / seconds),
        rate("documents", column, documents / seconds),
        Row("documents made", column, f"{documents:,}"),
    ]
