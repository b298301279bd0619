"""Which account takes what: the mapping of a company, read from its settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

_ACCOUNT = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)
_NONE: Mapping[str, str] = MappingProxyType({})


class Role(StrEnum):
    """What an account is for; the type of account follows from it."""

    RECEIVABLES = "receivables"
    PAYABLES = "payables"
    REVENUE = "revenue"
    EXPENSES = "expenses"
    OUTPUT_TAX = "output_tax"
    INPUT_TAX = "input_tax"
    BANK = "bank"
    WRITE_OFF = "write_off"
    CUSTOMER_CREDIT = "customer_credit"
    SUPPLIER_CREDIT = "supplier_credit"
    ADVANCES_ASKED = "advances_asked"
    ADVANCES_OWED = "advances_owed"

    @property
    def type(self) -> str:
        """The type of account, as bookkeeping programs call it."""
        return _TYPES[self]


_TYPES: Mapping[Role, str] = MappingProxyType(
    {
        Role.RECEIVABLES: "Assets",
        Role.PAYABLES: "Liabilities",
        Role.REVENUE: "Income",
        Role.EXPENSES: "Expenses",
        Role.OUTPUT_TAX: "Liabilities",
        Role.INPUT_TAX: "Assets",
        Role.BANK: "Assets",
        Role.WRITE_OFF: "Expenses",
        Role.CUSTOMER_CREDIT: "Liabilities",
        Role.SUPPLIER_CREDIT: "Assets",
        Role.ADVANCES_ASKED: "Assets",
        Role.ADVANCES_OWED: "Liabilities",
    }
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a company; a list decides before the role's own account."""

    by_role: Mapping[Role, str]
    revenue_by_product: Mapping[str, str] = field(default_factory=lambda: _NONE)
    revenue_by_rate: Mapping[Decimal, str] = field(default_factory=dict)
    tax_by_rate: Mapping[Decimal, str] = field(default_factory=dict)
    bank_by_method: Mapping[str, str] = field(default_factory=lambda: _NONE)

    def revenue(self, sku: str, rate: Decimal | None) -> str:
        """The account of something sold: by product, by rate, else the common one."""
        by_product = self.revenue_by_product.get(sku) if sku else None
        by_rate = self.revenue_by_rate.get(rate) if rate is not None else None
        return by_product or by_rate or self.by_role[Role.REVENUE]

    def output_tax(self, rate: Decimal | None) -> str:
        """The account of tax on sales."""
        by_rate = self.tax_by_rate.get(rate) if rate is not None else None
        return by_rate or self.by_role[Role.OUTPUT_TAX]

    def bank(self, method: str) -> str:
        """The account that money of this method comes to."""
        return self.bank_by_method.get(method) or self.by_role[Role.BANK]


def is_account(code: str) -> bool:
    """Whether a text is an account's code: capital letters, digits, hyphens; at most 32."""
    return _ACCOUNT.fullmatch(code) is not None


def accounts_of(chosen: Mapping[str, str]) -> Accounts:
    """The accounts that a company's settings name."""
    return Accounts(
        {role: chosen[f"account_{role}"] for role in Role},
        listed(chosen["accounts_revenue_by_product"]),
        _by_rate(chosen["accounts_revenue_by_rate"]),
        _by_rate(chosen["accounts_tax_by_rate"]),
        listed(chosen["accounts_bank_by_method"]),
    )


def listed(text: str) -> Mapping[str, str]:
    """Lines of a key and its account, which the last colon parts."""
    if not text:
        return _NONE
    lines = (line.rpartition(":") for line in text.splitlines() if line.strip())
    return {key.strip(): code.strip() for key, _, code in lines}


def _by_rate(text: str) -> Mapping[Decimal, str]:
    return {Decimal(rate): code for rate, code in listed(text).items()}
