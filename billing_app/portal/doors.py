"""Every page of the portal: its address, its title, what it demands and what it loads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.portal.account.factor_state import OwnFactorState
from billing_app.portal.account.page import account_page
from billing_app.portal.account.state import OwnAccountState
from billing_app.portal.document.dispute_state import DocumentDisputes
from billing_app.portal.document.page import document_page
from billing_app.portal.document.state import DocumentState
from billing_app.portal.due.page import due_page
from billing_app.portal.home.page import home_page
from billing_app.portal.home.state import HomeState
from billing_app.portal.invoices.page import documents_page
from billing_app.portal.order.page import order_page
from billing_app.portal.order.state import OrderState
from billing_app.portal.orders.page import orders_page
from billing_app.portal.packages.page import packages_page
from billing_app.portal.payments.page import payments_page
from billing_app.portal.profile.page import profile_page
from billing_app.portal.profile.state import ProfileState
from billing_app.portal.shell.table_state import TableState
from billing_app.portal.statement.page import statement_page
from billing_app.portal.statement.state import StatementState
from billing_app.portal.users.page import users_page
from billing_app.portal.users.state import PeopleState

_P = Permission


@dataclass(frozen=True, slots=True)
class Door:
    """One page."""

    route: str
    page: Callable[[], rx.Component]
    title: str
    permission: Permission
    loads: tuple[Any, ...]


PORTAL_PAGES = (
    Door("/portal", home_page, "Home", _P.PORTAL_HOME, (HomeState.load,)),
    Door("/portal/invoices", documents_page, "Invoices", _P.PORTAL_INVOICES, (TableState.load,)),
    Door(
        "/portal/invoices/[document_id]", document_page, "Invoice", _P.PORTAL_INVOICES,
        (DocumentState.load, DocumentDisputes.load),
    ),
    Door("/portal/due", due_page, "Due Payments", _P.PORTAL_DUE, (TableState.load,)),
    Door(
        "/portal/payments", payments_page, "Payment History", _P.PORTAL_PAYMENTS,
        (TableState.load,),
    ),
    Door(
        "/portal/statement", statement_page, "Statement", _P.PORTAL_STATEMENT,
        (StatementState.load,),
    ),
    Door("/portal/orders", orders_page, "Orders", _P.PORTAL_ORDERS, (TableState.load,)),
    Door(
        "/portal/orders/[order_id]", order_page, "Order", _P.PORTAL_ORDERS, (OrderState.load,)
    ),
    Door("/portal/packages", packages_page, "Packages", _P.PORTAL_PACKAGES, (TableState.load,)),
    Door(
        "/portal/profile", profile_page, "Customer Profile", _P.PORTAL_PROFILE,
        (ProfileState.load,),
    ),
    Door("/portal/users", users_page, "User Management", _P.PORTAL_USERS, (PeopleState.load,)),
    Door(
        "/portal/account", account_page, "Your account", _P.PORTAL_ACCOUNT,
        (OwnAccountState.load, OwnFactorState.load),
    ),
)  # fmt: skip
