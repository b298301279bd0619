"""One class per noun: the SQLModel tables, with their constraints and indexes beside them."""

from billing_app.persistence.tables.bulk import BulkRow, BulkRun
from billing_app.persistence.tables.catalog import DocumentType, NumberSeries, Product
from billing_app.persistence.tables.charges import ChargeLine, ServiceOrder
from billing_app.persistence.tables.companies import Company, Office, PortalSite
from billing_app.persistence.tables.customers import Contact, Customer, CustomerGroup
from billing_app.persistence.tables.disputes import Dispute, DisputeLine
from billing_app.persistence.tables.files import FileAttachment, FileContent
from billing_app.persistence.tables.imports import (
    ImportBatch,
    ImportFile,
    ImportItem,
    ImportSource,
)
from billing_app.persistence.tables.invoices import Invoice, InvoiceLine, StaffNote
from billing_app.persistence.tables.jobs import JobItem, JobRun
from billing_app.persistence.tables.journal import JournalEntry, JournalLine
from billing_app.persistence.tables.ledger import (
    AuditEntry,
    DoneRequest,
    ImportedRecord,
    OutboxEvent,
    Seal,
)
from billing_app.persistence.tables.mail import MailMessage, MailRecipient, MailTemplate
from billing_app.persistence.tables.notifications import MutedKind, Notification
from billing_app.persistence.tables.packages import Package, PackageAssignment, PackageCharge
from billing_app.persistence.tables.papers import DeliveryEvent, PdfDocument, PrintLog, Snapshot
from billing_app.persistence.tables.paying import (
    GatewayEvent,
    GatewayTransaction,
    GuestLink,
    GuestVisit,
)
from billing_app.persistence.tables.payments import (
    Allocation,
    CreditApplication,
    Payment,
    PaymentInvoice,
)
from billing_app.persistence.tables.recurrence import (
    RecurrenceChange,
    RecurrenceExtra,
    RecurrenceMade,
    RecurrencePlan,
    RecurrencePrice,
)
from billing_app.persistence.tables.sales import (
    InvoiceOrder,
    Opportunity,
    OpportunityLine,
    SalesOrder,
    SalesOrderLine,
)
from billing_app.persistence.tables.second_factor import (
    LoginChallenge,
    RecoveryCode,
    SecondFactor,
)
from billing_app.persistence.tables.settings import SavedLayout, Setting
from billing_app.persistence.tables.usage import (
    InvoicedPeriod,
    Rate,
    RateCard,
    UsageImport,
    UsageProblem,
    UsageRecord,
)
from billing_app.persistence.tables.users import (
    ExternalAccess,
    LoginFailure,
    LoginSession,
    PasswordLink,
    User,
)
from billing_app.persistence.tables.voyages import Vessel, Voyage
from billing_app.persistence.tables.webhooks import WebhookDelivery, WebhookSubscription

__all__ = [
    "Allocation",
    "AuditEntry",
    "BulkRow",
    "BulkRun",
    "ChargeLine",
    "Company",
    "Contact",
    "CreditApplication",
    "Customer",
    "CustomerGroup",
    "DeliveryEvent",
    "Dispute",
    "DisputeLine",
    "DocumentType",
    "DoneRequest",
    "ExternalAccess",
    "FileAttachment",
    "FileContent",
    "GatewayEvent",
    "GatewayTransaction",
    "GuestLink",
    "GuestVisit",
    "ImportBatch",
    "ImportFile",
    "ImportItem",
    "ImportSource",
    "ImportedRecord",
    "Invoice",
    "InvoiceLine",
    "InvoiceOrder",
    "InvoicedPeriod",
    "JobItem",
    "JobRun",
    "JournalEntry",
    "JournalLine",
    "LoginChallenge",
    "LoginFailure",
    "LoginSession",
    "MailMessage",
    "MailRecipient",
    "MailTemplate",
    "MutedKind",
    "Notification",
    "NumberSeries",
    "Office",
    "Opportunity",
    "OpportunityLine",
    "OutboxEvent",
    "Package",
    "PackageAssignment",
    "PackageCharge",
    "PasswordLink",
    "Payment",
    "PaymentInvoice",
    "PdfDocument",
    "PortalSite",
    "PrintLog",
    "Product",
    "Rate",
    "RateCard",
    "RecoveryCode",
    "RecurrenceChange",
    "RecurrenceExtra",
    "RecurrenceMade",
    "RecurrencePlan",
    "RecurrencePrice",
    "SalesOrder",
    "SalesOrderLine",
    "SavedLayout",
    "Seal",
    "SecondFactor",
    "ServiceOrder",
    "Setting",
    "Snapshot",
    "StaffNote",
    "UsageImport",
    "UsageProblem",
    "UsageRecord",
    "User",
    "Vessel",
    "Voyage",
    "WebhookDelivery",
    "WebhookSubscription",
]
