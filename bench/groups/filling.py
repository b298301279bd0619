"""How fast large databases are filled."""

from bench.databases import filled
from bench.figures import Options, Row, amount, rate, sized


def measure(options: Options) -> list[Row]:
    """Fill what is not there yet; of complete ones the rate is remembered."""
    rows = []
    for size in options.sizes:
        done = filled(size)
        rows += [
            rate("invoices", sized(size), done.per_second),
            amount("time", sized(size), done.seconds, "s"),
            amount("database", sized(size), done.megabytes, "MB"),
        ]
    return rows
