"""The journal: tables that are only added to, and the entries of what was booked before.

And why accounting did not take a document.

What was posted and paid before stands on the accounts that are the defaults. A cancelled or
deleted payment comes to nothing, so it needs no entry. Each statement reads every table once, so a
million documents take a minute or two.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from billing_app.persistence import types

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("journal_entry", "journal_line")
DOCUMENTS = """
    INSERT INTO journal_entry
      (company_id, kind, invoice_id, payment_id, currency, booked_on, made_at, made_by_id)
    SELECT company_id, 'document', id, NULL, currency, document_date, posted_at,
           COALESCE(posted_by_id, created_by_id)
      FROM invoice WHERE posted_at IS NOT NULL ORDER BY id
"""
VOIDS = """
    INSERT INTO journal_entry
      (company_id, kind, invoice_id, payment_id, currency, booked_on, made_at, made_by_id)
    SELECT company_id, 'void', id, NULL, currency, CAST({voided_on} AS {date}), voided_at,
           COALESCE(voided_by_id, created_by_id)
      FROM invoice WHERE posting_status = 'VOID' ORDER BY id
"""
PAYMENTS = """
    INSERT INTO journal_entry
      (company_id, kind, invoice_id, payment_id, currency, booked_on, made_at, made_by_id)
    SELECT c.company_id, 'payment', NULL, p.id, p.currency, p.paid_on, p.created_at,
           p.created_by_id
      FROM payment p JOIN customer c ON c.id = p.customer_id
     WHERE p.status = 'COMPLETED' AND p.deleted_at IS NULL AND p.total_minor <> 0 ORDER BY p.id
"""
# the way of a document: out or in, invoice or credit; a void is the mirror
WAY = (
    "CASE WHEN e.kind = 'void' THEN -1 ELSE 1 END * CASE WHEN t.kind = 'credit' THEN -1 ELSE 1 END "
    "* CASE WHEN t.direction = 'out' THEN 1 ELSE -1 END"
)
BOOKED = "t.kind IN ('invoice', 'credit')"
RATE = (
    "CASE WHEN l.tax_rate IS NULL AND l.tax_category = 'S' AND i.tax_mode = 'rate' "
    "THEN i.tax_value / 1000 ELSE l.tax_rate END"
)
OF_DOCUMENTS = (
    f"""
    SELECT e.id AS entry_id, 1 AS place, CASE WHEN t.direction = 'out' THEN 'receivables'
           ELSE 'payables' END AS role, CASE WHEN t.direction = 'out' THEN '1200' ELSE '3300' END
           AS account, {WAY} * i.total_minor AS minor, '' AS category, CAST(NULL AS BIGINT) AS rate
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id WHERE {BOOKED}
    """,
    f"""
    SELECT e.id, 2, CASE WHEN t.direction = 'out' THEN 'revenue' ELSE 'expenses' END,
           CASE WHEN t.direction = 'out' THEN '4000' ELSE '5000' END,
           -({WAY}) * (i.total_minor - i.tax_minor), '', CAST(NULL AS BIGINT)
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id WHERE {BOOKED}
    """,
    f"""
    SELECT e.id, 3, CASE WHEN t.direction = 'out' THEN 'output_tax' ELSE 'input_tax' END,
           CASE WHEN t.direction = 'out' THEN '3800' ELSE '1400' END,
           -({WAY}) * SUM(l.tax_minor), l.tax_category, {RATE}
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id
      JOIN invoice_line l ON l.invoice_id = i.id WHERE {BOOKED} AND i.tax_mode <> 'fixed'
     GROUP BY e.id, e.kind, t.direction, t.kind, l.tax_category, {RATE}
    """,
    f"""
    SELECT e.id, 3, CASE WHEN t.direction = 'out' THEN 'output_tax' ELSE 'input_tax' END,
           CASE WHEN t.direction = 'out' THEN '3800' ELSE '1400' END,
           -({WAY}) * i.tax_minor, 'S', CAST(NULL AS BIGINT)
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id
     WHERE {BOOKED} AND i.tax_mode = 'fixed'
    """,
    f"""
    SELECT e.id, 1, 'advances_asked', '9100',
           CASE WHEN e.kind = 'void' THEN -1 ELSE 1 END * i.total_minor, '', CAST(NULL AS BIGINT)
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id WHERE NOT ({BOOKED})
    """,
    f"""
    SELECT e.id, 2, 'advances_owed', '9200',
           CASE WHEN e.kind = 'void' THEN 1 ELSE -1 END * i.total_minor, '', CAST(NULL AS BIGINT)
      FROM journal_entry e JOIN invoice i ON i.id = e.invoice_id
      JOIN document_type t ON t.id = i.document_type_id WHERE NOT ({BOOKED})
    """,
)
# money comes in, or goes out; a refund goes the other way than what it gives back
INWARD = (
    "CASE WHEN p.kind = 'payment' OR p.kind = 'refund' AND o.kind <> 'payment' THEN -1 ELSE 1 END"
)
PAID = """
      FROM journal_entry e JOIN payment p ON p.id = e.payment_id
      LEFT JOIN payment o ON o.id = p.refund_of_id
      LEFT JOIN (SELECT payment_id, SUM(amount_minor) AS minor FROM allocation GROUP BY payment_id)
        a ON a.payment_id = p.id
"""
SETTLED = "COALESCE(a.minor, 0)"
MONEY = "CASE WHEN p.method = 'write_off' THEN '{}' ELSE '{}' END"
CREDIT = (
    "CASE WHEN p.direction = 'out' THEN 'customer_credit' ELSE 'supplier_credit' END",
    "CASE WHEN p.direction = 'out' THEN '3250' ELSE '1180' END",
)
OF_PAYMENTS = (
    f"SELECT e.id, 1, {MONEY.format('write_off', 'bank')}, {MONEY.format('6900', '1800')}, "
    f"{INWARD} * p.total_minor, '', CAST(NULL AS BIGINT) {PAID} WHERE p.kind <> 'purchase'",
    "SELECT e.id, 2, CASE WHEN p.direction = 'out' THEN 'receivables' ELSE 'payables' END, "
    "CASE WHEN p.direction = 'out' THEN '1200' ELSE '3300' END, "
    f"-({INWARD}) * {SETTLED}, '', CAST(NULL AS BIGINT) {PAID} WHERE p.kind <> 'purchase'",
    f"SELECT e.id, 3, {CREDIT[0]}, {CREDIT[1]}, "
    f"-({INWARD}) * (p.total_minor - {SETTLED}), '', CAST(NULL AS BIGINT) {PAID} WHERE p.kind <> 'purchase'",
    f"SELECT e.id, 1, {CREDIT[0]}, {CREDIT[1]}, "
    "CASE WHEN p.direction = 'out' THEN -1 ELSE 1 END * p.total_minor, '', CAST(NULL AS BIGINT) "
    f"{PAID} WHERE p.kind = 'purchase'",
    "SELECT e.id, 2, CASE WHEN p.direction = 'out' THEN 'revenue' ELSE 'expenses' END, "
    "CASE WHEN p.direction = 'out' THEN '4000' ELSE '5000' END, "
    "CASE WHEN p.direction = 'out' THEN 1 ELSE -1 END * p.total_minor, '', CAST(NULL AS BIGINT) "
    f"{PAID} WHERE p.kind = 'purchase'",
)
LINES = """
    INSERT INTO journal_line
      (entry_id, line_no, role, account, amount_minor, tax_category, tax_rate)
    SELECT entry_id, ROW_NUMBER() OVER (PARTITION BY entry_id ORDER BY place, category, rate),
           role, account, minor, category, rate
      FROM ({}) AS every_line WHERE minor <> 0
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "invoice", sa.Column("accounting_error", sa.Text(), nullable=False, server_default="")
    )
    _make_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(DOCUMENTS)
    voided_on = "DATE(voided_at)" if is_sqlite else "voided_at"
    op.execute(VOIDS.format(voided_on=voided_on, date="TEXT" if is_sqlite else "DATE"))
    op.execute(PAYMENTS)
    op.execute(LINES.format(" UNION ALL ".join((*OF_DOCUMENTS, *OF_PAYMENTS))))
    for statement in _seals(is_sqlite=is_sqlite):
        op.execute(statement)


def _make_tables() -> None:
    bound = 99_999_999_999_999
    op.create_table(
        "journal_entry",
        sa.Column("id", types.Identity, nullable=False),
        sa.Column("company_id", types.Identity, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("invoice_id", types.Identity, nullable=True),
        sa.Column("payment_id", types.Identity, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("made_by_id", types.Identity, nullable=False),
        sa.CheckConstraint("kind IN ('document', 'void', 'payment')", name="ck_kind"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.ForeignKeyConstraint(["made_by_id"], ["app_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    of_invoice, of_payment = sa.text("invoice_id IS NOT NULL"), sa.text("payment_id IS NOT NULL")
    op.create_index(
        "uq_journal_entry_invoice",
        "journal_entry",
        ["invoice_id", "kind"],
        unique=True,
        sqlite_where=of_invoice,
        postgresql_where=of_invoice,
    )
    op.create_index(
        "ix_journal_entry_payment",
        "journal_entry",
        ["payment_id"],
        sqlite_where=of_payment,
        postgresql_where=of_payment,
    )
    op.create_index("ix_journal_entry_period", "journal_entry", ["company_id", "booked_on", "id"])
    op.create_table(
        "journal_line",
        sa.Column("entry_id", types.Identity, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", sa.String(length=2), nullable=False),
        sa.Column("tax_rate", types.ScaledDecimal(2), nullable=True),
        sa.CheckConstraint(f"amount_minor BETWEEN -{bound} AND {bound}", name="ck_amount_minor"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"]),
        sa.PrimaryKeyConstraint("entry_id", "line_no"),
    )


def _seals(*, is_sqlite: bool) -> list[str]:
    """The triggers of 0002 for these tables too: nothing of the journal is changed or removed."""
    if is_sqlite:
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
            for table in TABLES
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        statement
        for table in TABLES
        for statement in (
            f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added_to()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "EXECUTE FUNCTION only_added_to()",
        )
    ]
