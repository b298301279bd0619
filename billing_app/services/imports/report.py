"""What an import read, made and left out, and whether the money adds up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal

# wide enough for every sum of products; the usual 28 digits would round on the way
EXACT = Context(prec=60)
EXAMPLES = 5


@dataclass(slots=True)
class Reason:
    """Why rows or documents were left out, how many, and a few of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """Counts and control totals of one run; amounts in the file's currency, credits negative."""

    currency: str
    digits: int
    rules: Sequence[str]
    is_dry_run: bool = False
    rows_read: int = 0
    lines_made: int = 0
    customers_made: int = 0
    invoices_made: int = 0
    credits_made: int = 0
    same: int = 0
    left_out: dict[str, Reason] = field(default_factory=dict)
    remarks: dict[str, Reason] = field(default_factory=dict)
    exact_read: Decimal = Decimal(0)
    """The sum of quantity x price of every row that could be read."""
    exact_in: Decimal = Decimal(0)
    """The same, of the documents that are in the product now."""
    posted_minor: int = 0
    rounded_lines: int = 0

    @property
    def moved_by_rounding(self) -> Decimal:
        """Posted total less exact sum."""
        posted = Decimal(self.posted_minor).scaleb(-self.digits)
        return EXACT.subtract(posted, self.exact_in)

    def leave_out(self, reason: str, example: str) -> None:
        """Count something that did not get in."""
        count_reason(self.left_out, reason, example)

    def remark(self, what: str, example: str) -> None:
        """Count something worth knowing."""
        count_reason(self.remarks, what, example)

    def text(self) -> str:
        """The report for people."""
        return "\n".join(
            [
                *self._counts(),
                "",
                *listed("Left out", self.left_out, "nothing"),
                *listed("Worth knowing", self.remarks, "nothing"),
                "",
                *self._control_totals(),
                "",
                "Rules by which gaps of the file are filled:",
                *(f"- {rule}" for rule in self.rules),
            ]
        )

    def _counts(self) -> list[str]:
        made = "Would make" if self.is_dry_run else "Made"
        return [
            f"Rows read: {self.rows_read:,}",
            f"{made}: {self.customers_made:,} customers",
            f"{made}: {self.invoices_made:,} invoices and {self.credits_made:,} credit notes",
            f"{made}: {self.lines_made:,} lines",
            f"Imported before and the same: {self.same:,} documents",
            *(["This was a dry run: nothing is written."] if self.is_dry_run else []),
        ]

    def _control_totals(self) -> list[str]:
        posted = Decimal(self.posted_minor).scaleb(-self.digits)
        out = EXACT.subtract(self.exact_read, self.exact_in)
        moved = _exact(self.moved_by_rounding, self.digits)
        rows = (
            ("quantity x price of all rows read", _exact(self.exact_read, self.digits)),
            ("of which left out", _exact(out, self.digits)),
            ("quantity x price of the documents", _exact(self.exact_in, self.digits)),
            ("posted totals of the documents", _exact(posted, self.digits)),
            ("moved by rounding to cents", f"{moved} from {self.rounded_lines:,} lines"),
        )
        return [
            f"Control totals in {self.currency}, credit notes negative:",
            *(f"  {what:<34} {figure}" for what, figure in rows),
        ]


def count_reason(reasons: dict[str, Reason], what: str, example: str) -> None:
    """Count one more of a kind, and keep a few examples."""
    reason = reasons.setdefault(what, Reason())
    reason.count += 1
    if len(reason.examples) < EXAMPLES:
        reason.examples.append(example)


def listed(title: str, reasons: dict[str, Reason], nothing: str) -> list[str]:
    """The kinds with their counts and examples, as lines."""
    if not reasons:
        return [f"{title}: {nothing}"]
    return [f"{title}:"] + [
        f"- {what}: {reason.count:,} ({', '.join(reason.examples)}"
        f"{', ...' if reason.count > len(reason.examples) else ''})"
        for what, reason in reasons.items()
    ]


def _exact(value: Decimal, digits: int) -> str:
    """Every decimal there is, and at least the currency's."""
    bare = value.normalize(EXACT)
    decimals = max(digits, -int(bare.as_tuple().exponent))
    return f"{bare:,.{decimals}f}" if bare else f"{0:.{digits}f}"
