"""The two ladders: what staff and a customer's people may do grows with the level (SPEC 6.7)."""

from enum import IntEnum, StrEnum


class StaffLevel(IntEnum):
    """The staff ladder S10 to S90; each level includes the ones before."""

    NONE = 0
    VIEWER = 10
    SALES = 20
    BILLING = 30
    ACCOUNTING = 40
    ADMIN = 80
    OWNER = 90

    @property
    def label(self) -> str:
        """The level's name on screens."""
        return "No access" if self is StaffLevel.NONE else self.name.capitalize()

    @property
    def code(self) -> str:
        """The level's short form in documents: S40."""
        return f"S{self.value}"


class ExternalRole(IntEnum):
    """The customer's ladder L10 to L90, per user and customer (SPEC ERP-31)."""

    BASIC = 10
    ORDERS = 20
    ORDERS_WITH_PRICES = 30
    BILLING = 40
    ADMIN = 80
    OWNER = 90

    @property
    def label(self) -> str:
        """The role's name on screens; the portal never shows the code (SPEC 6.16, point 10)."""
        return {self.ORDERS_WITH_PRICES: "Orders with Prices"}.get(self, self.name.capitalize())

    @property
    def code(self) -> str:
        """The role's short form in documents: L40."""
        return f"L{self.value}"


class AccessScope(StrEnum):
    """How far an external user's view reaches within the customer tree (SPEC ORO-34)."""

    OWN = "own"
    DEPARTMENT = "department"
    CORPORATE = "corporate"
