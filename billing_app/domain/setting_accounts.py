"""The settings of the books: which account takes what, and until when the books are closed.

An account stands in a journal line as it was when the line was written; a changed setting changes
nothing of the past.
"""

from billing_app.domain.setting_model import Kind, Scope, Section, SettingFacts

CLOSED_UNTIL = "books_closed_until"
_LEVELS = (Scope.GLOBAL, Scope.COMPANY)


def _account(key: str, label: str, default: str, sentence: str) -> SettingFacts:
    return SettingFacts(
        f"account_{key}", label, sentence, Section.ACCOUNTS, Kind.ACCOUNT, default, _LEVELS
    )


def _by(key: str, label: str, sentence: str) -> SettingFacts:
    return SettingFacts(
        f"accounts_{key}", label, sentence, Section.ACCOUNTS, Kind.ACCOUNTS, "", _LEVELS
    )


ACCOUNT_SETTINGS = (
    SettingFacts(
        CLOSED_UNTIL, "Books closed until",
        "Up to this day nothing is booked any more: no posting, no payment, no void.",
        Section.BOOKS, Kind.DAY, "", _LEVELS,
    ),
    _account("receivables", "Receivables", "1200", "What customers owe."),
    _account("payables", "Payables", "3300", "What is owed to suppliers."),
    _account("revenue", "Revenue", "4000", "What is sold, unless a list below says otherwise."),
    _by("revenue_by_product", "Revenue by product", "One a line, SKU and account: CRANE-1: 4010."),
    _by("revenue_by_rate", "Revenue by tax rate", "One a line, percent and account: 7: 4300."),
    _account("expenses", "Expenses", "5000", "What is bought."),
    _account("output_tax", "Output tax", "3800", "Tax on sales, unless the list below has it."),
    _by("tax_by_rate", "Output tax by rate", "One a line, percent and account: 7: 3801."),
    _by("tax_types_by_rate", "Xero tax types", "One a line, percent and type: 19: OUTPUT2."),
    _account("input_tax", "Input tax", "1400", "Tax on purchases."),
    _account("bank", "Bank", "1800", "Where money comes, unless the list below has it."),
    _by("bank_by_method", "Bank by method", "One a line, method and account: cash: 1600."),
    _account("write_off", "Write-offs", "6900", "Small differences."),
    _account("customer_credit", "Customer credit", "3250", "Money of customers not yet allocated."),
    _account("supplier_credit", "Paid in advance", "1180", "Money at suppliers not yet allocated."),
    _account("advances_asked", "Requested advances", "9100", "Asked for; no revenue yet."),
    _account("advances_owed", "Advances to invoice", "9200", "The other side of those requests."),
)  # fmt: skip
