"""Search, and the triggers that keep posted documents and the trails as they are.

A document is frozen by its snapshot: from then on its lines cannot be added, changed or removed,
and what its paper says cannot change. Payments, delivery and the posting status may.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FROZEN = (
    "id", "number", "document_type_id", "company_id", "customer_id", "contact_id", "title",
    "document_date", "due_on", "period_from", "period_to", "currency", "po_number",
    "document_text", "invoice_text", "notes", "terms", "discount_type", "discount_value",
    "tax_mode", "tax_value", "prices_include_tax", "posted_at", "posted_by_id", "subtotal_minor",
    "discount_minor", "tax_minor", "total_minor", "line_count", "created_at", "created_by_id",
)  # fmt: skip
APPEND_ONLY = ("snapshot", "seal", "audit_entry", "pdf_document", "print_log")
SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE invoice_search USING fts5(words, partner, vessel, "
    "tokenize='unicode61 remove_diacritics 2', prefix='1 2 3 4', detail=column)"
)
POSTGRES_SEARCH = (
    "CREATE TABLE invoice_search (invoice_id BIGINT PRIMARY KEY, words tsvector NOT NULL, "
    "partner tsvector NOT NULL, vessel tsvector NOT NULL)",
    "CREATE INDEX ix_invoice_search_words ON invoice_search USING gin (words)",
    "CREATE INDEX ix_invoice_search_partner ON invoice_search USING gin (partner)",
    "CREATE INDEX ix_invoice_search_vessel ON invoice_search USING gin (vessel)",
)


def upgrade() -> None:
    """Apply."""
    statements = (
        sqlite_statements() if op.get_bind().dialect.name == "sqlite" else postgres_statements()
    )
    for statement in statements:
        op.execute(statement)


def sqlite_statements() -> list[str]:
    """FTS5 and RAISE(ABORT) triggers."""
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in FROZEN)
    statements = [
        SQLITE_SEARCH,
        "CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice WHEN OLD.posted_at IS NOT NULL "
        f"AND ({changed}) BEGIN SELECT RAISE(ABORT, 'a posted invoice does not change'); END",
        "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice WHEN OLD.posted_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a posted invoice is not deleted'); END",
    ]
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        frozen = " OR ".join(
            f"EXISTS (SELECT 1 FROM snapshot WHERE invoice_id = {row}.invoice_id)" for row in rows
        )
        statements.append(
            f"CREATE TRIGGER invoice_line_frozen_{verb.lower()} BEFORE {verb} ON invoice_line "
            f"WHEN {frozen} BEGIN SELECT RAISE(ABORT, 'lines of a posted invoice do not change'); END"
        )
    statements += [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    return statements


def postgres_statements() -> list[str]:
    """Tsvector and plpgsql triggers."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FROZEN)
    refuse = "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    lines = (
        "IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM snapshot WHERE invoice_id = OLD.invoice_id) "
        "OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM snapshot WHERE invoice_id = NEW.invoice_id) "
        "THEN RAISE EXCEPTION 'lines of a posted invoice do not change'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    )
    statements = [
        *POSTGRES_SEARCH,
        refuse.format(
            name="invoice_frozen",
            body=f"IF OLD.posted_at IS NOT NULL AND ({changed}) THEN "
            "RAISE EXCEPTION 'a posted invoice does not change'; END IF; RETURN NEW;",
        ),
        refuse.format(
            name="invoice_kept",
            body="IF OLD.posted_at IS NOT NULL THEN "
            "RAISE EXCEPTION 'a posted invoice is not deleted'; END IF; RETURN OLD;",
        ),
        refuse.format(name="invoice_line_frozen", body=lines),
        refuse.format(
            name="only_added_to", body="RAISE EXCEPTION '% is only added to', TG_TABLE_NAME;"
        ),
        "CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice "
        "FOR EACH ROW EXECUTE FUNCTION invoice_frozen()",
        "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice "
        "FOR EACH ROW EXECUTE FUNCTION invoice_kept()",
        "CREATE TRIGGER invoice_line_frozen BEFORE INSERT OR UPDATE OR DELETE ON invoice_line "
        "FOR EACH ROW EXECUTE FUNCTION invoice_line_frozen()",
    ]
    statements += [
        f"CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION only_added_to()"
        for table in APPEND_ONLY
    ]
    statements += [  # emptying a table asks no row's trigger
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "EXECUTE FUNCTION only_added_to()"
        for table in (*APPEND_ONLY, "invoice", "invoice_line")
    ]
    return statements
