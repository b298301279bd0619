"""What a setting is: its levels, its kinds, where it stands on the page (SPEC 6.8)."""

from dataclasses import dataclass
from enum import StrEnum

from billing_app.domain.permissions import Permission

MAX_WORDS = 255


class Scope(StrEnum):
    """A level at which a setting may be set, the most general first."""

    GLOBAL = "global"
    COMPANY = "company"
    SITE = "site"
    GROUP = "group"
    CUSTOMER = "customer"
    USER = "user"

    @property
    def label(self) -> str:
        """The level's name on screens."""
        names = {self.SITE: "Portal site", self.GROUP: "Customer group", self.USER: "Person"}
        return names.get(self, self.value.capitalize())


class Kind(StrEnum):
    """What a setting's value is."""

    SWITCH = "switch"
    CHOICE = "choice"
    DAYS = "days"
    PERCENT = "percent"
    WORDS = "words"
    ADDRESS = "address"
    PAIRS = "pairs"
    DAY = "day"
    ACCOUNT = "account"
    ACCOUNTS = "accounts"


class Section(StrEnum):
    """Where a setting stands on its page."""

    INVOICES = "Invoices"
    NUMBERS = "Numbers"
    PAPER = "Paper"
    SELLER = "Seller"
    PORTAL = "Portal"
    GENERATED = "Generated invoices"
    BOOKS = "Books"
    ACCOUNTS = "Accounts of the journal"
    OTHERS = "Accounting and notifications"


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """One setting: its name for programs and for people, what it is, where it may be set."""

    key: str
    label: str
    sentence: str
    section: Section
    kind: Kind
    default: str
    scopes: tuple[Scope, ...]
    choices: tuple[tuple[str, str], ...] = ()
    """What may be chosen: the value and its word."""
    permission: Permission = Permission.SETTINGS_EDIT
    maximum: int = MAX_WORDS
    """The most characters of words, the most pairs of pairs."""
    is_offered: bool = True
    """Whether its page offers it: one whose feature is not there yet is known and kept only."""
