"""The invoice: one table for every document that asks for or credits money (SPEC 6.2)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from billing_app.persistence.tables.columns import (
    bounded,
    identity,
    instant,
    minor,
    one_of,
    prose,
    refers_to,
    scaled,
    words,
)

NO_DUE_DATE = date(9999, 12, 31)  # sorts after every real due date
IS_NUMBERED = text("number <> ''")
IS_KEPT = text("deleted_at IS NULL")  # so that paging skips along the index alone
IS_OWED = text("open_minor > 0 AND posting_status IN ('READY_FOR_POSTING', 'POSTED')")
IS_POSTED = text("status_rank BETWEEN 30 AND 60 AND deleted_at IS NULL")
IS_OWING = text("open_signed <> 0 AND status_rank BETWEEN 30 AND 60 AND deleted_at IS NULL")
SORTED_COLUMNS = (
    "label",
    "customer_name",
    "title",
    "status_rank",
    "posting_status",
    "payment_status",
    "document_type_id",
    "document_date",
    "due_sort",
    "total_signed",
    "settled_signed",
    "open_signed",
    "currency",
    "po_number",
    "external_document_no",
    "account_no",
    "company_id",
    "updated_at",
)


class Invoice(SQLModel, table=True):
    """A document with its facts; figures a list needs are kept beside them and re-proved."""

    __tablename__ = "invoice"
    __table_args__ = (
        one_of(
            "posting_status",
            ["DRAFT", "ASSEMBLED", "READY_FOR_POSTING", "POSTED", "CANCELLED", "VOID"],
        ),
        one_of("discount_type", ["none", "percent", "fixed"]),
        one_of("tax_mode", ["line", "rate", "fixed"]),
        *bounded("subtotal_minor", "total_minor", "tax_minor", "settled_minor", "open_minor"),
        CheckConstraint("due_on IS NULL OR due_on >= document_date", name="ck_due_on"),
        Index(
            "uq_invoice_number",
            "company_id",
            "document_type_id",
            "number",
            unique=True,
            sqlite_where=IS_NUMBERED,
            postgresql_where=IS_NUMBERED,
        ),
        Index("ix_invoice_customer", "customer_id", "id"),
        Index("ix_invoice_owed", "due_sort", "id", sqlite_where=IS_OWED, postgresql_where=IS_OWED),
        # What the reports read, and nothing else: SQLite reads the columns of the condition too.
        Index(
            "ix_invoice_owing",
            "currency",
            "customer_id",
            "due_sort",
            "open_signed",
            "document_type_id",
            "company_id",
            "document_date",
            "status_rank",
            "deleted_at",
            sqlite_where=IS_OWING,
            postgresql_where=IS_OWING,
        ),
        Index(
            "ix_invoice_posted",
            "document_date",
            "currency",
            "document_type_id",
            "company_id",
            "due_sort",
            "sign",
            "total_minor",
            "tax_minor",
            "status_rank",
            "deleted_at",
            sqlite_where=IS_POSTED,
            postgresql_where=IS_POSTED,
        ),
        Index("ix_invoice_origin", "origin", "id", sqlite_where=IS_KEPT, postgresql_where=IS_KEPT),
        *(
            Index(
                f"ix_invoice_currency_{name}",
                "currency",
                f"{name}_signed",
                "id",
                sqlite_where=IS_KEPT,
                postgresql_where=IS_KEPT,
            )
            for name in ("total", "open")
        ),
        Index("ix_invoice_facets", "document_type_id", "currency", "status_rank", "id"),
        Index("ix_invoice_rank_date", "status_rank", "document_date", "id"),
        Index(
            "ix_invoice_sums",
            "currency",
            "status_rank",
            "document_type_id",
            "total_minor",
            "open_minor",
        ),
        *(
            Index(
                f"ix_invoice_by_{name}", name, "id", sqlite_where=IS_KEPT, postgresql_where=IS_KEPT
            )
            for name in SORTED_COLUMNS
        ),
    )
    id: int | None = identity()
    number: str = words(50)
    label: str = words(64)  # the number, or the document id until there is one
    document_type_id: int = refers_to("document_type.id")
    company_id: int = refers_to("company.id")
    office_id: int | None = refers_to("office.id", optional=True)
    portal_site_id: int | None = refers_to("portal_site.id", optional=True)
    customer_id: int = refers_to("customer.id")
    customer_name: str = words(255)  # follows the customer's name, to sort by it
    contact_id: int | None = refers_to("contact.id", optional=True)
    customer_user_id: int | None = refers_to("app_user.id", optional=True)
    owner_id: int = refers_to("app_user.id")
    title: str = words(255)
    document_date: date
    due_on: date | None = None
    due_sort: date = NO_DUE_DATE
    period_from: date | None = None
    period_to: date | None = None
    currency: str = words(3)
    po_number: str = words(255)
    external_document_no: str = words(64)
    account_no: str = words(64)
    document_text: str = words(512)
    invoice_text: str = prose()
    notes: str = prose()
    terms: str = prose()
    internal_comment: str = prose()
    discount_type: str = Field(default="none", max_length=8)
    discount_value: Decimal = scaled(5)
    tax_mode: str = Field(default="line", max_length=8)
    tax_value: Decimal = scaled(5)
    prices_include_tax: bool = False
    # the one stored status, and when it moved
    posting_status: str = Field(default="DRAFT", max_length=20)
    created_at: datetime = instant()
    created_by_id: int = refers_to("app_user.id")
    updated_at: datetime = instant()
    assembled_at: datetime | None = instant(optional=True)
    assembled_by_id: int | None = refers_to("app_user.id", optional=True)
    posted_at: datetime | None = instant(optional=True)
    posted_by_id: int | None = refers_to("app_user.id", optional=True)
    cancelled_at: datetime | None = instant(optional=True)
    cancelled_by_id: int | None = refers_to("app_user.id", optional=True)
    voided_at: datetime | None = instant(optional=True)
    voided_by_id: int | None = refers_to("app_user.id", optional=True)
    end_reason: str = prose()
    deleted_at: datetime | None = instant(optional=True)
    # where it comes from
    origin: str = Field(default="manual", max_length=16)
    opportunity_id: int | None = refers_to("opportunity.id", optional=True, index=True)
    credited_invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    replaced_invoice_id: int | None = refers_to("invoice.id", optional=True, index=True)
    external_system: str = words(64)
    external_id: str = words(128)
    external_payment_page: str = words(512)
    forced_payment_status: str = words(24)
    gateway_outcome: str = words(16)  # how the last try to pay online ended; empty for none
    accounting_id: str = words(64)
    accounting_status: str = Field(default="none", max_length=16)
    accounting_error: str = prose()
    guest_token: str = words(64)
    # computed on save, frozen after DRAFT
    subtotal_minor: int = minor()
    discount_minor: int = minor()
    tax_minor: int = minor()
    total_minor: int = minor()
    line_count: int = 0
    # maintained in the transaction that changes them, re-proved by `billing verify`
    settled_minor: int = minor()
    refunded_minor: int = minor()
    open_minor: int = minor()
    sign: int = 1  # -1 for a credit: amounts are stored positive, lists sort them signed
    total_signed: int = minor()
    settled_signed: int = minor()
    open_signed: int = minor()
    payment_status: str = Field(default="pending", max_length=24)
    is_delivered: bool = False
    status_rank: int = 10
    version: int = 1


class InvoiceLine(SQLModel, table=True):
    """A line of an invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        one_of("discount_type", ["none", "percent", "fixed"]),
        *bounded("net_minor", "tax_minor", "total_minor"),
        Index("ix_invoice_line_invoice", "invoice_id", "line_no", unique=True),
    )
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id")
    line_no: int
    product_id: int | None = refers_to("product.id", optional=True)
    package_id: int | None = refers_to("package.id", optional=True)
    voyage_id: int | None = refers_to("voyage.id", optional=True, index=True)
    description: str = words(1024)
    unit: str = words(32)
    quantity: Decimal = scaled(3, Decimal(1))
    unit_price: Decimal = scaled(5)
    discount_type: str = Field(default="none", max_length=8)
    discount_value: Decimal = scaled(5)
    tax_rate: Decimal | None = scaled(2, None)
    tax_category: str = Field(default="S", max_length=2)
    tax_description: str = words(128)
    date_from: date | None = None
    date_to: date | None = None
    account: str = words(64)
    calls: int | None = None  # of a usage line, to inform
    billed_s: int | None = None
    credited_line_no: int | None = None  # of a correction: the line of its original
    tax_shift_minor: int = minor()  # so that corrections together meet their original's tax
    gross_minor: int = minor()
    discount_minor: int = minor()
    share_minor: int = minor()
    net_minor: int = minor()
    tax_minor: int = minor()
    total_minor: int = minor()


class StaffNote(SQLModel, table=True):
    """A note staff wrote on an invoice; never in the portal (ORO-6)."""

    __tablename__ = "staff_note"
    id: int | None = identity()
    invoice_id: int = refers_to("invoice.id", index=True)
    author_id: int = refers_to("app_user.id")
    at: datetime = instant()
    text: str = prose()
