"""What the sources of the portal's tables share: tables, whose rows, and codes in words."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, case, or_

from billing_app.domain.access import AccessScope, PortalScope
from billing_app.persistence.inserting import table_of
from billing_app.persistence.tables import (
    Allocation,
    DocumentType,
    Invoice,
    InvoiceOrder,
    Payment,
    SalesOrder,
)

INVOICES, TYPES, PAYMENTS = table_of(Invoice), table_of(DocumentType), table_of(Payment)
ORDERS, LINKS, SHARES = table_of(SalesOrder), table_of(InvoiceOrder), table_of(Allocation)
TYPE_NAME = case((TYPES.c.is_default, "Invoice"), else_=TYPES.c.name)


def of_customers(column: ColumnElement[int], scope: PortalScope) -> ColumnElement[bool]:
    """The rows of the customer one works for, and under "corporate" of those below it."""
    if scope.scope is AccessScope.CORPORATE and scope.sub_customer_ids:
        return or_(column == scope.customer_id, column.in_(scope.sub_customer_ids))
    return column == scope.customer_id


def worded(column: ColumnElement[str], words: Mapping[str, str]) -> ColumnElement[str]:
    """The column's codes in words, so that what is read is what is searched and sorted."""
    return case(*((column == code, word) for code, word in words.items()), else_=column)
