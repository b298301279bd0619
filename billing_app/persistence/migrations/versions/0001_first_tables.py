"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "app_user",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("email_key", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("staff_level", sa.Integer(), nullable=False),
        sa.Column("partner_view", sa.Boolean(), nullable=False),
        sa.Column("vessel_view", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'external', 'system')", name="ck_kind"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_key"),
    )
    op.create_table(
        "company",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("street", sa.String(length=255), nullable=False),
        sa.Column("postcode", sa.String(length=32), nullable=False),
        sa.Column("city", sa.String(length=128), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("website", sa.String(length=255), nullable=False),
        sa.Column("tax_id", sa.String(length=64), nullable=False),
        sa.Column("registration_no", sa.String(length=128), nullable=False),
        sa.Column("base_currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("bank_name", sa.String(length=128), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("payment_details", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "customer_group",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "document_type",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sign_restriction", sa.String(length=16), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.CheckConstraint("direction IN ('out', 'in')", name="ck_direction"),
        sa.CheckConstraint(
            "kind IN ('invoice', 'credit', 'receipt', 'payment', 'advance')", name="ck_kind"
        ),
        sa.CheckConstraint(
            "sign_restriction IN ('any', 'positive', 'negative')", name="ck_sign_restriction"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "imported_record",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system", "kind", "external_id"),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("email_key", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_login_failure_address", ["address", "at"], unique=False)
        batch_op.create_index("ix_login_failure_email", ["email_key", "at"], unique=False)

    op.create_table(
        "outbox_event",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_event_waiting", ["done_at", "due_at"], unique=False)

    op.create_table(
        "package",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("cost", types.ScaledDecimal(5), nullable=False),
        sa.Column("retail", types.ScaledDecimal(5), nullable=False),
        sa.Column("setup_cost", types.ScaledDecimal(5), nullable=False),
        sa.Column("setup_retail", types.ScaledDecimal(5), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("frequency_match", sa.String(length=128), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minimum_days", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("destination_patterns", sa.Text(), nullable=False),
        sa.Column("minimum_spend", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "frequency IN ('none', 'daily', 'weekly', 'monthly')", name="ck_frequency"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "product",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku"),
    )
    op.create_table(
        "setting",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "scope IN ('global', 'company', 'site', 'group', 'customer', 'user')", name="ck_scope"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", "scope", "scope_id"),
    )
    op.create_table(
        "vessel",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", types.Identity, nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_record", ["entity", "entity_id", "id"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("street", sa.String(length=255), nullable=False),
        sa.Column("postcode", sa.String(length=32), nullable=False),
        sa.Column("city", sa.String(length=128), nullable=False),
        sa.Column("county", sa.String(length=128), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("uin", sa.String(length=64), nullable=False),
        sa.Column("vat_no", sa.String(length=64), nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("group_id", types.Identity, nullable=True),
        sa.Column("parent_id", types.Identity, nullable=True),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=False),
        sa.Column("payment_term_days", sa.Integer(), nullable=False),
        sa.Column("invoice_schedule", sa.String(length=16), nullable=False),
        sa.Column("create_invoice_on_payment", sa.Boolean(), nullable=False),
        sa.Column("line_grouping", sa.String(length=16), nullable=False),
        sa.Column("ext_accounting_id", sa.String(length=64), nullable=False),
        sa.Column("debit_limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("is_supplier", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "invoice_schedule IN ('none', 'daily', 'weekly', 'monthly')", name="ck_invoice_schedule"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["group_id"], ["customer_group.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_customer_name_id", ["name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "done_request",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("actor_id", types.Identity, nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "number_series",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("document_type_id", types.Identity, nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("next_value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["document_type_id"], ["document_type.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("company_id", "document_type_id", "period"),
    )
    op.create_table(
        "office",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_company_id"), ["company_id"], unique=False)

    op.create_table(
        "portal_site",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("relative_url", sa.String(length=128), nullable=False),
        sa.Column("settings_json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("portal_site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portal_site_company_id"), ["company_id"], unique=False)

    op.create_table(
        "saved_layout",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "page"),
    )
    op.create_table(
        "voyage",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("vessel_id", types.Identity, nullable=True),
        sa.Column("business_unit", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "status IN ('Estimate', 'Unallocated', 'Allocated', 'Nominated', 'Operational', 'Operationally Closed', 'Invoiced', 'Closed')",
            name="ck_status",
        ),
        sa.ForeignKeyConstraint(["vessel_id"], ["vessel.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_table(
        "contact",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("is_billing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "external_access",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("days_back", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint("scope IN ('own', 'department', 'corporate')", name="ck_scope"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "user_id"),
    )
    with op.batch_alter_table("external_access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_access_user_id"), ["user_id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index("ix_login_session_user", ["user_id"], unique=False)

    op.create_table(
        "package_assignment",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("package_id", types.Identity, nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("auto_decrement", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("package_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_package_assignment_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_package_assignment_package_id"), ["package_id"], unique=False
        )

    op.create_table(
        "payment",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("gateway_ref", sa.String(length=128), nullable=False),
        sa.Column("refund_of_id", types.Identity, nullable=True),
        sa.Column("created_by_id", types.Identity, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("deleted_by_id", types.Identity, nullable=True),
        sa.CheckConstraint("direction IN ('out', 'in')", name="ck_direction"),
        sa.CheckConstraint("kind IN ('receipt', 'payment', 'refund', 'purchase')", name="ck_kind"),
        sa.CheckConstraint("status IN ('PENDING', 'COMPLETED', 'CANCELLED')", name="ck_status"),
        sa.CheckConstraint(
            "fee_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_fee_minor"
        ),
        sa.CheckConstraint(
            "total_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_total_minor"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["refund_of_id"], ["payment.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "sales_order",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("type_name", sa.String(length=64), nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "amount_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_amount_minor"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sales_order_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "opportunity",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("contact_id", types.Identity, nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opportunity_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "invoice",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("number", sa.String(length=50), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("document_type_id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("office_id", types.Identity, nullable=True),
        sa.Column("portal_site_id", types.Identity, nullable=True),
        sa.Column("customer_id", types.Identity, nullable=False),
        sa.Column("customer_name", sa.String(length=255), nullable=False),
        sa.Column("contact_id", types.Identity, nullable=True),
        sa.Column("customer_user_id", types.Identity, nullable=True),
        sa.Column("owner_id", types.Identity, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_sort", sa.Date(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("po_number", sa.String(length=255), nullable=False),
        sa.Column("external_document_no", sa.String(length=64), nullable=False),
        sa.Column("account_no", sa.String(length=64), nullable=False),
        sa.Column("document_text", sa.String(length=512), nullable=False),
        sa.Column("invoice_text", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("internal_comment", sa.Text(), nullable=False),
        sa.Column("discount_type", sa.String(length=8), nullable=False),
        sa.Column("discount_value", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_mode", sa.String(length=8), nullable=False),
        sa.Column("tax_value", types.ScaledDecimal(5), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), nullable=False),
        sa.Column("posting_status", sa.String(length=20), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by_id", types.Identity, nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("assembled_at", types.UtcDateTime(), nullable=True),
        sa.Column("assembled_by_id", types.Identity, nullable=True),
        sa.Column("posted_at", types.UtcDateTime(), nullable=True),
        sa.Column("posted_by_id", types.Identity, nullable=True),
        sa.Column("cancelled_at", types.UtcDateTime(), nullable=True),
        sa.Column("cancelled_by_id", types.Identity, nullable=True),
        sa.Column("voided_at", types.UtcDateTime(), nullable=True),
        sa.Column("voided_by_id", types.Identity, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("opportunity_id", types.Identity, nullable=True),
        sa.Column("credited_invoice_id", types.Identity, nullable=True),
        sa.Column("external_system", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=False),
        sa.Column("external_payment_page", sa.String(length=512), nullable=False),
        sa.Column("forced_payment_status", sa.String(length=24), nullable=False),
        sa.Column("accounting_id", sa.String(length=64), nullable=False),
        sa.Column("accounting_status", sa.String(length=16), nullable=False),
        sa.Column("guest_token", sa.String(length=64), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("settled_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_status", sa.String(length=24), nullable=False),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.Column("status_rank", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "discount_type IN ('none', 'percent', 'fixed')", name="ck_discount_type"
        ),
        sa.CheckConstraint(
            "posting_status IN ('DRAFT', 'ASSEMBLED', 'READY_FOR_POSTING', 'POSTED', 'CANCELLED', 'VOID')",
            name="ck_posting_status",
        ),
        sa.CheckConstraint("tax_mode IN ('line', 'rate', 'fixed')", name="ck_tax_mode"),
        sa.CheckConstraint("due_on IS NULL OR due_on >= document_date", name="ck_due_on"),
        sa.CheckConstraint(
            "open_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_open_minor"
        ),
        sa.CheckConstraint(
            "settled_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_settled_minor"
        ),
        sa.CheckConstraint(
            "subtotal_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_subtotal_minor"
        ),
        sa.CheckConstraint(
            "tax_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_tax_minor"
        ),
        sa.CheckConstraint(
            "total_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_total_minor"
        ),
        sa.ForeignKeyConstraint(["assembled_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["credited_invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["customer_user_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["document_type_id"], ["document_type.id"]),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"]),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunity.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["portal_site_id"], ["portal_site.id"]),
        sa.ForeignKeyConstraint(["posted_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["voided_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invoice_by_account_no",
            ["account_no", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_company_id",
            ["company_id", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_currency",
            ["currency", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_customer_name",
            ["customer_name", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_document_date",
            ["document_date", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_document_type_id",
            ["document_type_id", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_due_sort",
            ["due_sort", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_external_document_no",
            ["external_document_no", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_label",
            ["label", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_open_minor",
            ["open_minor", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_payment_status",
            ["payment_status", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_po_number",
            ["po_number", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_posting_status",
            ["posting_status", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_settled_minor",
            ["settled_minor", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_status_rank",
            ["status_rank", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_title",
            ["title", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_total_minor",
            ["total_minor", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoice_by_updated_at",
            ["updated_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_credited_invoice_id"), ["credited_invoice_id"], unique=False
        )
        batch_op.create_index("ix_invoice_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index(
            "ix_invoice_facets", ["document_type_id", "currency", "status_rank", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_owed",
            ["due_sort", "id"],
            unique=False,
            sqlite_where=sa.text(
                "open_minor > 0 AND posting_status IN ('READY_FOR_POSTING', 'POSTED')"
            ),
            postgresql_where=sa.text(
                "open_minor > 0 AND posting_status IN ('READY_FOR_POSTING', 'POSTED')"
            ),
        )
        batch_op.create_index(
            "ix_invoice_rank_date", ["status_rank", "document_date", "id"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_sums",
            ["currency", "status_rank", "document_type_id", "total_minor", "open_minor"],
            unique=False,
        )
        batch_op.create_index(
            "uq_invoice_number",
            ["company_id", "document_type_id", "number"],
            unique=True,
            sqlite_where=sa.text("number <> ''"),
            postgresql_where=sa.text("number <> ''"),
        )

    op.create_table(
        "opportunity_line",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("opportunity_id", types.Identity, nullable=False),
        sa.Column("product_id", types.Identity, nullable=True),
        sa.Column("description", sa.String(length=1024), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunity.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("opportunity_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_opportunity_line_opportunity_id"), ["opportunity_id"], unique=False
        )

    op.create_table(
        "allocation",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("payment_id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", types.Identity, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_allocation_positive"),
        sa.CheckConstraint(
            "amount_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_amount_minor"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "credit_application",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("credit_id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", types.Identity, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_credit_application_positive"),
        sa.CheckConstraint(
            "amount_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_amount_minor"
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["credit_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("credit_application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_credit_application_credit_id"), ["credit_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_credit_application_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "delivery_event",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=255), nullable=False),
        sa.Column("is_success", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'marked', 'portal_view', 'portal_download')", name="ck_channel"
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_event_invoice", ["invoice_id", "at"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", types.Identity, nullable=True),
        sa.Column("package_id", types.Identity, nullable=True),
        sa.Column("voyage_id", types.Identity, nullable=True),
        sa.Column("description", sa.String(length=1024), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", types.ScaledDecimal(3), nullable=False),
        sa.Column("unit_price", types.ScaledDecimal(5), nullable=False),
        sa.Column("discount_type", sa.String(length=8), nullable=False),
        sa.Column("discount_value", types.ScaledDecimal(5), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
        sa.Column("tax_category", sa.String(length=2), nullable=False),
        sa.Column("tax_description", sa.String(length=128), nullable=False),
        sa.Column("date_from", sa.Date(), nullable=True),
        sa.Column("date_to", sa.Date(), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("share_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "discount_type IN ('none', 'percent', 'fixed')", name="ck_discount_type"
        ),
        sa.CheckConstraint(
            "net_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_net_minor"
        ),
        sa.CheckConstraint(
            "tax_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_tax_minor"
        ),
        sa.CheckConstraint(
            "total_minor BETWEEN -99999999999999 AND 99999999999999", name="ck_total_minor"
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.ForeignKeyConstraint(["voyage_id"], ["voyage.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_line_invoice", ["invoice_id", "line_no"], unique=True)
        batch_op.create_index(batch_op.f("ix_invoice_line_voyage_id"), ["voyage_id"], unique=False)

    op.create_table(
        "invoice_order",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"]),
        sa.PrimaryKeyConstraint("invoice_id", "order_id"),
    )
    with op.batch_alter_table("invoice_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_order_order_id"), ["order_id"], unique=False)

    op.create_table(
        "pdf_document",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invoice_id", "type"),
    )
    op.create_table(
        "seal",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=80), nullable=False),
        sa.Column("seal", sa.String(length=80), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invoice_id"),
        sa.UniqueConstraint("seal"),
    )
    op.create_table(
        "snapshot",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("invoice_id"),
    )
    op.create_table(
        "staff_note",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("author_id", types.Identity, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["app_user.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("staff_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_note_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "print_log",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("user_id", types.Identity, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("pdf_id", types.Identity, nullable=True),
        sa.CheckConstraint(
            "kind IN ('preview', 'staff_download', 'portal_download', 'email', 'print', 'export')",
            name="ck_kind",
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["pdf_id"], ["pdf_document.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("print_log", schema=None) as batch_op:
        batch_op.create_index("ix_print_log_invoice", ["invoice_id", "kind", "at"], unique=False)
