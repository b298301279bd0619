"""What can be done at all, and the least level that may: one table a ladder (SPEC 6.7)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from billing_app.domain.levels import ExternalRole, StaffLevel


class Permission(StrEnum):
    """A right, written "resource:action"."""

    # what staff do with invoices
    INVOICE_VIEW = "invoice:view"
    INVOICE_EXPORT = "invoice:export"
    INVOICE_CREATE = "invoice:create"
    INVOICE_EDIT_OWN = "invoice:edit_own"
    INVOICE_CANCEL = "invoice:cancel"
    INVOICE_DELETE = "invoice:delete"
    INVOICE_NOTE = "invoice:note"
    INVOICE_SEND = "invoice:send"
    INVOICE_EDIT = "invoice:edit"
    INVOICE_TEXT = "invoice:text"
    INVOICE_FILE = "invoice:file"
    INVOICE_ASSEMBLE = "invoice:assemble"
    INVOICE_DISSOLVE = "invoice:dissolve"
    INVOICE_RECUR = "invoice:recur"
    INVOICE_READY = "invoice:ready"
    INVOICE_POST = "invoice:post"
    INVOICE_UNPOST = "invoice:unpost"
    INVOICE_VOID = "invoice:void"
    INVOICE_REVERSE = "invoice:reverse"
    INVOICE_FORCE_STATUS = "invoice:force_status"
    # with charges and what makes them
    CHARGE_VIEW = "charge:view"
    CHARGE_EDIT = "charge:edit"
    CHARGE_GENERATE = "charge:generate"
    PACKAGE_VIEW = "package:view"
    PACKAGE_EDIT = "package:edit"
    USAGE_VIEW = "usage:view"
    USAGE_EDIT = "usage:edit"
    OPPORTUNITY_VIEW = "opportunity:view"
    OPPORTUNITY_EDIT = "opportunity:edit"
    ORDER_VIEW = "order:view"
    ORDER_EDIT = "order:edit"
    VOYAGE_VIEW = "voyage:view"
    VOYAGE_EDIT = "voyage:edit"
    VOYAGE_REOPEN = "voyage:reopen"
    # with money
    PAYMENT_VIEW = "payment:view"
    PAYMENT_RECORD = "payment:record"
    PAYMENT_ALLOCATE = "payment:allocate"
    PAYMENT_DELETE = "payment:delete"
    PAYMENT_REFUND = "payment:refund"
    STATEMENT_VIEW = "statement:view"
    ACCOUNTING_PUSH = "accounting:push"
    JOURNAL_EXPORT = "journal:export"
    REPORT_VIEW = "report:view"
    # with the rest of the office
    CUSTOMER_VIEW = "customer:view"
    CUSTOMER_EDIT = "customer:edit"
    PRODUCT_VIEW = "product:view"
    PRODUCT_EDIT = "product:edit"
    IMPORT_RUN = "import:run"
    SETTINGS_VIEW = "settings:view"
    SETTINGS_EDIT = "settings:edit"
    DOCUMENT_TYPE_EDIT = "document_type:edit"
    TEMPLATE_EDIT = "template:edit"
    SEQUENCE_EDIT = "sequence:edit"
    SITE_EDIT = "site:edit"
    ACCOUNT_EDIT = "account:edit"
    USER_VIEW = "user:view"
    USER_EDIT = "user:edit"
    USER_RESET_FACTOR = "user:reset_factor"
    ACCESS_EDIT = "access:edit"
    API_KEY_EDIT = "api_key:edit"
    WEBHOOK_EDIT = "webhook:edit"
    JOB_RUN = "job:run"
    LOG_VIEW = "log:view"
    INTEGRITY_VIEW = "integrity:view"
    # the customer's portal
    PORTAL_HOME = "portal:home"
    PORTAL_PROFILE = "portal:profile"
    PORTAL_ORDERS = "portal:orders"
    PORTAL_PRICES = "portal:prices"
    PORTAL_INVOICES = "portal:invoices"
    PORTAL_DOWNLOAD = "portal:download"
    PORTAL_DUE = "portal:due"
    PORTAL_PAYMENTS = "portal:payments"
    PORTAL_STATEMENT = "portal:statement"
    PORTAL_PACKAGES = "portal:packages"
    PORTAL_PAY = "portal:pay"
    PORTAL_DISPUTE = "portal:dispute"
    PORTAL_FILES = "portal:files"
    PORTAL_UPLOAD = "portal:upload"
    PORTAL_USERS = "portal:users"
    PORTAL_ACCOUNT = "portal:account"
    PORTAL_RESET_FACTOR = "portal:reset_factor"


_P = Permission

_STAFF_BY_LEVEL: Mapping[StaffLevel, tuple[Permission, ...]] = {
    StaffLevel.VIEWER: (
        _P.INVOICE_VIEW, _P.INVOICE_EXPORT, _P.CHARGE_VIEW, _P.PACKAGE_VIEW, _P.USAGE_VIEW,
        _P.OPPORTUNITY_VIEW, _P.ORDER_VIEW, _P.VOYAGE_VIEW, _P.PAYMENT_VIEW, _P.REPORT_VIEW,
        _P.CUSTOMER_VIEW, _P.PRODUCT_VIEW, _P.ACCOUNT_EDIT,
    ),
    # cancel and delete: at this level one's own draft only, which the life cycle checks
    StaffLevel.SALES: (
        _P.INVOICE_CREATE, _P.INVOICE_EDIT_OWN, _P.INVOICE_CANCEL, _P.INVOICE_DELETE,
        _P.INVOICE_NOTE, _P.INVOICE_SEND, _P.OPPORTUNITY_EDIT, _P.ORDER_EDIT,
    ),
    StaffLevel.BILLING: (
        _P.INVOICE_EDIT, _P.INVOICE_TEXT, _P.INVOICE_FILE, _P.INVOICE_ASSEMBLE,
        _P.INVOICE_DISSOLVE, _P.INVOICE_RECUR, _P.CHARGE_EDIT, _P.CHARGE_GENERATE,
        _P.PACKAGE_EDIT, _P.USAGE_EDIT, _P.VOYAGE_EDIT, _P.CUSTOMER_EDIT, _P.PRODUCT_EDIT,
    ),
    StaffLevel.ACCOUNTING: (
        _P.INVOICE_READY, _P.INVOICE_POST, _P.INVOICE_UNPOST, _P.INVOICE_VOID,
        _P.INVOICE_REVERSE, _P.INVOICE_FORCE_STATUS, _P.PAYMENT_RECORD, _P.PAYMENT_ALLOCATE,
        _P.PAYMENT_DELETE, _P.PAYMENT_REFUND, _P.STATEMENT_VIEW, _P.ACCOUNTING_PUSH,
        _P.JOURNAL_EXPORT, _P.IMPORT_RUN,
    ),
    StaffLevel.ADMIN: (
        _P.VOYAGE_REOPEN, _P.SETTINGS_VIEW, _P.SETTINGS_EDIT, _P.DOCUMENT_TYPE_EDIT,
        _P.TEMPLATE_EDIT, _P.SEQUENCE_EDIT, _P.SITE_EDIT, _P.USER_VIEW, _P.USER_EDIT,
        _P.ACCESS_EDIT, _P.API_KEY_EDIT, _P.WEBHOOK_EDIT, _P.JOB_RUN, _P.LOG_VIEW,
        _P.INTEGRITY_VIEW,
    ),
    StaffLevel.OWNER: (_P.USER_RESET_FACTOR,),
}  # fmt: skip

_PORTAL_BY_ROLE: Mapping[ExternalRole, tuple[Permission, ...]] = {
    ExternalRole.BASIC: (_P.PORTAL_HOME, _P.PORTAL_PROFILE, _P.PORTAL_ACCOUNT),
    ExternalRole.ORDERS: (_P.PORTAL_ORDERS,),
    ExternalRole.ORDERS_WITH_PRICES: (_P.PORTAL_PRICES,),
    ExternalRole.BILLING: (
        _P.PORTAL_INVOICES, _P.PORTAL_DOWNLOAD, _P.PORTAL_DUE, _P.PORTAL_PAYMENTS,
        _P.PORTAL_STATEMENT, _P.PORTAL_PACKAGES, _P.PORTAL_PAY, _P.PORTAL_FILES, _P.PORTAL_UPLOAD,
        _P.PORTAL_DISPUTE,
    ),
    ExternalRole.ADMIN: (_P.PORTAL_USERS,),
    ExternalRole.OWNER: (_P.PORTAL_RESET_FACTOR,),
}  # fmt: skip

STAFF_MATRIX: Mapping[Permission, StaffLevel] = MappingProxyType(
    {permission: level for level, granted in _STAFF_BY_LEVEL.items() for permission in granted}
)
"""The least staff level of each permission; a permission not in it is refused to all staff."""

PORTAL_MATRIX: Mapping[Permission, ExternalRole] = MappingProxyType(
    {permission: role for role, granted in _PORTAL_BY_ROLE.items() for permission in granted}
)
"""The least external role of each permission; one not in it is refused to all customers."""


def may_staff(level: StaffLevel, permission: Permission) -> bool:
    """Whether a staff user of this level may do this at all."""
    least = STAFF_MATRIX.get(permission)
    return least is not None and level >= least


def may_portal(role: ExternalRole, permission: Permission) -> bool:
    """Whether a customer's user of this role may do this at all."""
    least = PORTAL_MATRIX.get(permission)
    return least is not None and role >= least


def least_level_name(permission: Permission) -> str:
    """The name of the least level or role that may: "Accounting"."""
    least = STAFF_MATRIX.get(permission) or PORTAL_MATRIX[permission]
    return least.label
