"""What a usage import read, rated, kept unrated and could not use."""

from dataclasses import dataclass, field

from billing_app.domain.rating import MILLION
from billing_app.services.imports.report import Reason, count_reason, listed


@dataclass(slots=True)
class UsageReport:
    """Counts and sums of one run; charges in millionths of the cards' currency."""

    currency: str
    is_dry_run: bool = False
    rows_read: int = 0
    calls_made: int = 0
    connected: int = 0
    rated: int = 0
    unrated: int = 0
    same: int = 0
    billed_s: int = 0
    duration_ms: int = 0
    charge: int = 0
    customers_made: int = 0
    rates_made: int = 0
    rates_changed: int = 0
    problems: dict[str, Reason] = field(default_factory=dict)
    warnings: dict[str, Reason] = field(default_factory=dict)

    @property
    def problem_count(self) -> int:
        """How many rows could not be used."""
        return sum(reason.count for reason in self.problems.values())

    def refuse(self, reason: str, row_no: int) -> None:
        """Count a row that cannot be used."""
        count_reason(self.problems, reason, f"row {row_no}")

    def warn(self, warning: str, prefix: str) -> None:
        """Count a rate that somebody should look at before it bills."""
        count_reason(self.warnings, warning, prefix)

    def text(self) -> str:
        """The report for people."""
        made = "Would make" if self.is_dry_run else "Made"
        return "\n".join(
            [
                f"Rows read: {self.rows_read:,}",
                f"{made}: {self.customers_made:,} customers, {self.rates_made:,} rates",
                f"Rates that changed: {self.rates_changed:,}",
                f"{made}: {self.calls_made:,} calls, {self.connected:,} connected",
                f"  rated: {self.rated:,}",
                f"  unrated, kept until their rate is known: {self.unrated:,}",
                f"Imported before: {self.same:,} calls",
                f"Billed seconds: {self.billed_s:,}",
                f"Total charge: {self.currency} {exact(self.charge)}",
                *(["This was a dry run: nothing is written."] if self.is_dry_run else []),
                "",
                *listed("Rows that cannot be used, kept with their reason", self.problems, "none"),
                *listed("Odd rates, held until somebody confirms them", self.warnings, "none"),
                "",
                "Rules: a customer that is not known is made under the number of the file, in the",
                "currency of the rates; a call keeps the charge it was first rated with.",
            ]
        )


def exact(millionths: int) -> str:
    """Millionths with all their decimals, ungrouped, as control totals are compared."""
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(millionths), MILLION)
    return f"{sign}{whole}.{rest:06d}"
