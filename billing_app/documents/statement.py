"""What a statement of account says on paper."""

from dataclasses import dataclass
from datetime import date

from billing_app.domain.statement import Account


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """Everything that is printed; amounts in minor units, each account with its currency."""

    seller: str
    seller_line: str
    buyer: str
    buyer_lines: tuple[str, ...]
    buyer_number: str
    language: str
    dated: date
    from_on: date | None
    to_on: date | None
    accounts: tuple[Account, ...]
