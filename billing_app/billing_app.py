"""Builds `app`: pages, HTTP routes, guard, lifespan tasks. The only file that knows all doors."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from starlette.applications import Starlette
from starlette.types import ASGIApp

from billing_app.api import (
    bulk,
    companies,
    exports,
    files,
    health,
    papers,
    portal,
    sign_in,
    uploads,
    webhooks,
)
from billing_app.bootstrap import world
from billing_app.domain.access import Permission
from billing_app.jobs.live import (
    deliver_mails,
    deliver_outbox,
    deliver_webhooks,
    follow_charges,
    load_the_rest,
    run_bulk_actions,
    run_jobs,
    talk_to_accounting,
    watch,
)
from billing_app.kit.head import HEAD
from billing_app.portal.doors import PORTAL_PAGES
from billing_app.portal.pay.guest_state import GuestPayState
from billing_app.portal.pay.page import guest_pay_page, pay_page
from billing_app.portal.pay.state import PayState
from billing_app.portal.shell.state import SeatState
from billing_app.security.edge import Edge
from billing_app.security.guard import Gate, Guard
from billing_app.security.notices import NoticeState, unexpected
from billing_app.security.pages import PagePolicy, register_page
from billing_app.settings import settings
from billing_app.staff.account.factor_state import FactorState
from billing_app.staff.account.page import account_page
from billing_app.staff.account.state import AccountState
from billing_app.staff.account.told_state import ToldState
from billing_app.staff.bulk.page import bulk_runs_page, receipt_page
from billing_app.staff.bulk.state import BulkRunsState
from billing_app.staff.company.page import company_page
from billing_app.staff.company.state import CompanyState
from billing_app.staff.customers.list_state import CustomersState
from billing_app.staff.customers.packages_state import PackagesState
from billing_app.staff.customers.page import customer_page, customers_page
from billing_app.staff.customers.state import CustomerState
from billing_app.staff.customers.statement_parts import statement_page
from billing_app.staff.customers.statement_state import StatementState
from billing_app.staff.customers.usage_state import UsageState
from billing_app.staff.dashboard.page import dashboard_page
from billing_app.staff.dashboard.state import DashboardState
from billing_app.staff.editor.page import editor_page
from billing_app.staff.editor.state import EditorState
from billing_app.staff.entry.code import CodeState, code_page
from billing_app.staff.entry.page import first_run_page, not_found_page, sign_in_page
from billing_app.staff.entry.password import PasswordState, password_page
from billing_app.staff.entry.state import FirstRunState, SignInState
from billing_app.staff.imports.batch_state import BatchState
from billing_app.staff.imports.page import batch_page, imports_page
from billing_app.staff.imports.state import ImportsState
from billing_app.staff.integrity.page import integrity_page
from billing_app.staff.integrity.state import IntegrityState
from billing_app.staff.invoices.bulk_state import BulkState
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.invoices.page import invoices_page
from billing_app.staff.invoices.state import InvoicesState
from billing_app.staff.jobs.page import jobs_page
from billing_app.staff.jobs.state import JobsState
from billing_app.staff.log.page import log_page
from billing_app.staff.log.state import LogState
from billing_app.staff.mail.page import mail_page
from billing_app.staff.mail.state import QueueState
from billing_app.staff.notifications.page import notifications_page
from billing_app.staff.notifications.state import NotificationsState
from billing_app.staff.numbers.page import numbers_page
from billing_app.staff.numbers.state import NumbersState
from billing_app.staff.opportunities.list_state import OpportunitiesState
from billing_app.staff.opportunities.page import opportunities_page, opportunity_page
from billing_app.staff.opportunities.state import OpportunityState
from billing_app.staff.orders.list_state import OrdersState
from billing_app.staff.orders.page import order_page, orders_page
from billing_app.staff.orders.state import OrderState
from billing_app.staff.packages.list_state import PackagesListState
from billing_app.staff.packages.page import package_page, packages_page
from billing_app.staff.packages.state import PackageState
from billing_app.staff.payments.allocation_parts import allocation_page
from billing_app.staff.payments.allocation_state import AllocationState
from billing_app.staff.payments.list_state import PaymentsState
from billing_app.staff.payments.page import payments_page
from billing_app.staff.payments.payment_parts import payment_page
from billing_app.staff.payments.view_state import PaymentPageState
from billing_app.staff.pending.page import pending_page
from billing_app.staff.pending.state import PendingState
from billing_app.staff.products.list_state import ProductsState
from billing_app.staff.products.page import product_page, products_page
from billing_app.staff.products.state import ProductState
from billing_app.staff.recurring.list_state import PlansState
from billing_app.staff.recurring.page import plan_page, plans_page
from billing_app.staff.recurring.state import PlanState
from billing_app.staff.reports.page import reports_page
from billing_app.staff.reports.state import ReportsState
from billing_app.staff.settings.page import settings_page
from billing_app.staff.settings.state import SettingsState
from billing_app.staff.shell.bell_state import BellState
from billing_app.staff.shell.state import ShellState
from billing_app.staff.sites.page import sites_page
from billing_app.staff.sites.state import SitesState
from billing_app.staff.templates.page import templates_page
from billing_app.staff.templates.state import TemplatesState
from billing_app.staff.usage.page import usage_page
from billing_app.staff.usage.state import UsageListState
from billing_app.staff.users.page import users_page
from billing_app.staff.users.state import UsersState
from billing_app.staff.voyages.list_state import VoyagesState
from billing_app.staff.voyages.page import voyage_page, voyages_page
from billing_app.staff.voyages.state import VoyageState
from billing_app.staff.webhooks.page import webhooks_page
from billing_app.staff.webhooks.state import WebhooksState

ROUTES = [
    *sign_in.ROUTES,
    *papers.ROUTES,
    *bulk.ROUTES,
    *companies.ROUTES,
    *exports.ROUTES,
    *portal.ROUTES,
    *files.ROUTES,
    *uploads.ROUTES,
    *webhooks.ROUTES,
    *health.ROUTES,
]


def with_routes(inner: ASGIApp) -> ASGIApp:
    """Our HTTP routes before the framework's."""
    outer = Starlette(routes=ROUTES)
    outer.mount("", inner)
    return outer


def at_the_edge(inner: ASGIApp) -> ASGIApp:
    """The outermost wrapper."""
    return Edge(inner, settings())


def on_bug(exception: Exception) -> EventSpec | None:
    """Log a bug with its reference; what was typed stays in the page."""
    return NoticeState.show_bug(unexpected(exception))  # type: ignore[no-any-return]


app = rx.App(
    stylesheets=["/tokens.css", "/app.css", "/portal.css", "/pages.css", "/print.css"],
    html_lang="en",
    head_components=HEAD,
    api_transformer=[with_routes, at_the_edge],
    backend_exception_handler=on_bug,
    toaster=None,  # notices and the connection bar are our own
    extra_app_wraps={(5, "Overlay"): lambda _stateful: None},
)
app.add_middleware(Guard(), index=0)


def staff(
    route: str, page: Callable[[], rx.Component], title: str, permission: Permission, *loads: Any
) -> None:
    """Add a page for staff."""
    register_page(PagePolicy(route, "staff", permission))
    app.add_page(page, route=route, title=f"{title} · Billing", on_load=[ShellState.enter, *loads])


def external(
    route: str, page: Callable[[], rx.Component], title: str, permission: Permission, *loads: Any
) -> None:
    """Add a page for customers."""
    register_page(PagePolicy(route, "external", permission))
    app.add_page(page, route=route, title=title, on_load=[SeatState.enter, *loads])


register_page(PagePolicy("/login", "anyone"))
app.add_page(sign_in_page, route="/login", title="Sign in · Billing", on_load=SignInState.load)
app.add_page(not_found_page, route="404", title="Not found · Billing")
register_page(PagePolicy("/login/code", "anyone"))
app.add_page(code_page, route="/login/code", title="Code · Billing", on_load=CodeState.load)
register_page(PagePolicy("/setup", "anyone"))
app.add_page(first_run_page, route="/setup", title="Set up · Billing", on_load=FirstRunState.load)
register_page(PagePolicy("/password", "anyone"))
app.add_page(
    password_page,
    route="/password",
    title="Set a password · Billing",
    on_load=PasswordState.load,
)

staff("/", dashboard_page, "Dashboard", Permission.CUSTOMER_VIEW, DashboardState.load)
staff(
    "/invoices",
    invoices_page,
    "Invoices",
    Permission.INVOICE_VIEW,
    InvoicesState.load,
    DrawerState.sync,
)
staff("/invoices/new", editor_page, "New invoice", Permission.INVOICE_CREATE, EditorState.load)
staff(
    "/invoices/[invoice_id]/edit",
    editor_page,
    "Edit invoice",
    Permission.INVOICE_EDIT_OWN,
    EditorState.load,
)
staff(
    "/invoices/recurring",
    plans_page,
    "Recurring invoices",
    Permission.INVOICE_VIEW,
    PlansState.load,
)
staff(
    "/invoices/recurring/[plan_id]",
    plan_page,
    "Recurrence plan",
    Permission.INVOICE_VIEW,
    PlanState.load,
)
staff("/imports", imports_page, "Imports", Permission.IMPORT_RUN, ImportsState.load)
staff("/imports/[batch_id]", batch_page, "Import", Permission.IMPORT_RUN, BatchState.load)
staff("/bulk", bulk_runs_page, "Bulk actions", Permission.INVOICE_VIEW, BulkRunsState.load)
staff("/bulk/[run_id]", receipt_page, "Receipt", Permission.INVOICE_VIEW, BulkRunsState.load_one)
staff("/pending", pending_page, "Pending", Permission.CHARGE_VIEW, PendingState.load)
staff("/payments", payments_page, "Payments", Permission.PAYMENT_VIEW, PaymentsState.load)
staff(
    "/payments/allocate",
    allocation_page,
    "Allocate",
    Permission.PAYMENT_ALLOCATE,
    AllocationState.load,
)
staff(
    "/payments/[payment_id]",
    payment_page,
    "Payment",
    Permission.PAYMENT_VIEW,
    PaymentPageState.load,
)
staff("/reports", reports_page, "Reports", Permission.REPORT_VIEW, ReportsState.load)
staff("/voyages", voyages_page, "Voyages", Permission.VOYAGE_VIEW, VoyagesState.load)
staff("/voyages/new", voyage_page, "New voyage", Permission.VOYAGE_EDIT, VoyageState.load)
staff("/voyages/[voyage_id]", voyage_page, "Voyage", Permission.VOYAGE_VIEW, VoyageState.load)
staff("/orders", orders_page, "Orders", Permission.ORDER_VIEW, OrdersState.load)
staff("/orders/new", order_page, "New order", Permission.ORDER_EDIT, OrderState.load)
staff("/orders/[order_id]", order_page, "Order", Permission.ORDER_VIEW, OrderState.load)
staff(
    "/opportunities",
    opportunities_page,
    "Opportunities",
    Permission.OPPORTUNITY_VIEW,
    OpportunitiesState.load,
)
staff(
    "/opportunities/new",
    opportunity_page,
    "New opportunity",
    Permission.OPPORTUNITY_EDIT,
    OpportunityState.load,
)
staff(
    "/opportunities/[opportunity_id]",
    opportunity_page,
    "Opportunity",
    Permission.OPPORTUNITY_VIEW,
    OpportunityState.load,
)
staff("/customers", customers_page, "Customers", Permission.CUSTOMER_VIEW, CustomersState.load)
staff("/customers/new", customer_page, "New customer", Permission.CUSTOMER_EDIT, CustomerState.load)
staff(
    "/customers/[customer_id]",
    customer_page,
    "Customer",
    Permission.CUSTOMER_VIEW,
    CustomerState.load,
    UsageState.load,
    PackagesState.load,
)
staff(
    "/customers/[customer_id]/statement",
    statement_page,
    "Statement",
    Permission.STATEMENT_VIEW,
    StatementState.load,
)
staff("/products", products_page, "Products", Permission.PRODUCT_VIEW, ProductsState.load)
staff("/products/new", product_page, "New product", Permission.PRODUCT_EDIT, ProductState.load)
staff("/products/[product_id]", product_page, "Product", Permission.PRODUCT_VIEW, ProductState.load)
staff("/packages", packages_page, "Packages", Permission.PACKAGE_VIEW, PackagesListState.load)
staff("/packages/new", package_page, "New package", Permission.PACKAGE_EDIT, PackageState.load)
staff("/packages/[package_id]", package_page, "Package", Permission.PACKAGE_VIEW, PackageState.load)
staff("/usage", usage_page, "Usage", Permission.USAGE_VIEW, UsageListState.load)
staff("/jobs", jobs_page, "Jobs", Permission.JOB_RUN, JobsState.load)
staff(
    "/integrity",
    integrity_page,
    "Integrity",
    Permission.INTEGRITY_VIEW,
    IntegrityState.load,
)
staff("/mail", mail_page, "Mail", Permission.INVOICE_SEND, QueueState.load)
staff("/templates", templates_page, "Templates", Permission.TEMPLATE_EDIT, TemplatesState.load)
staff("/settings", settings_page, "Settings", Permission.SETTINGS_VIEW, SettingsState.load)
staff(
    "/settings/numbers",
    numbers_page,
    "Numbers and document types",
    Permission.SETTINGS_VIEW,
    NumbersState.load,
)
staff("/settings/company", company_page, "Company", Permission.SETTINGS_VIEW, CompanyState.load)
staff("/settings/sites", sites_page, "Portal sites", Permission.SITE_EDIT, SitesState.load)
staff(
    "/settings/webhooks",
    webhooks_page,
    "Webhooks",
    Permission.WEBHOOK_EDIT,
    WebhooksState.load,
)
staff("/users", users_page, "Users", Permission.USER_VIEW, UsersState.load)
staff("/log", log_page, "Log", Permission.LOG_VIEW, LogState.load)
staff(
    "/account",
    account_page,
    "Your account",
    Permission.ACCOUNT_EDIT,
    AccountState.load,
    ToldState.load,
    FactorState.load,
)
staff(
    "/notifications",
    notifications_page,
    "Notifications",
    Permission.ACCOUNT_EDIT,
    NotificationsState.load,
)

for one in PORTAL_PAGES:
    external(one.route, one.page, one.title, one.permission, *one.loads)
external("/portal/pay/[document_id]", pay_page, "Pay", Permission.PORTAL_PAY, PayState.load)
register_page(PagePolicy("/pay/[token]", "anyone"))
app.add_page(guest_pay_page, route="/pay/[token]", title="Pay", on_load=GuestPayState.load)


@asynccontextmanager
async def own_connections() -> AsyncIterator[None]:
    """A forked worker never uses its parent's database connections."""
    world().database.forget_connections()
    yield
    world().database.close()


async def tell_other_browsers() -> None:
    """What one posts appears in the other's grid."""
    await watch(app, LISTENERS, BELLS)


LISTENERS = (
    InvoicesState.remote_change,
    DrawerState.remote_change,
    PaymentsState.remote_change,
    PaymentPageState.remote_change,
    PendingState.remote_change,
    JobsState.remote_change,
    QueueState.remote_change,
    BulkState.remote_change,
    BulkRunsState.remote_change,
    PayState.remote_change,
)
BELLS = (BellState.ring, NotificationsState.ring)

if os.environ.get("REFLEX_MOUNT_FRONTEND_COMPILED_APP") or os.environ.get(
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP"
):
    app.register_lifespan_task(own_connections)
    app.register_lifespan_task(tell_other_browsers)
    app.register_lifespan_task(deliver_outbox)
    app.register_lifespan_task(deliver_mails)
    app.register_lifespan_task(talk_to_accounting)
    app.register_lifespan_task(follow_charges)
    app.register_lifespan_task(deliver_webhooks)
    app.register_lifespan_task(load_the_rest)
    app.register_lifespan_task(run_jobs)
    app.register_lifespan_task(run_bulk_actions)
if app.event_namespace is not None:
    Gate(app.event_namespace, settings().events_per_second)
