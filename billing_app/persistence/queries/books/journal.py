"""The journal against what it books: nothing without its entries, no entry without its cause."""

from billing_app.persistence.queries.books.proof import COUNTED, Proof, invoices, money

# what is owed by a document, as its journal has it
WAY = "CASE WHEN t.direction = 'in' THEN -1 ELSE 1 END * i.sign"
CONTROL = "('receivables', 'payables', 'advances_asked')"
# money in, or out; a refund goes the other way than what it gives back
INWARD = (
    "CASE WHEN p.kind = 'payment' OR p.kind = 'refund' AND o.kind <> 'payment' THEN -1 ELSE 1 END"
)


def _documents(key: str, promise: str, finding: str, roles: str, expected: str) -> Proof:
    """The posting of a document on some roles, against one of its own figures."""
    return money(
        key,
        promise,
        finding,
        f"""WITH booked AS (
              SELECT e.invoice_id AS id, SUM(CASE WHEN l.role IN {roles} THEN l.amount_minor
                     ELSE 0 END) AS minor
                FROM journal_entry e LEFT JOIN journal_line l ON l.entry_id = e.id
               WHERE e.kind = 'document' GROUP BY e.invoice_id)
            SELECT i.id, i.label, i.currency, b.minor, {expected} FROM invoice i
              JOIN document_type t ON t.id = i.document_type_id JOIN booked b ON b.id = i.id
             WHERE b.minor <> {expected}""",
    )


def _payments(key: str, promise: str, finding: str, roles: str, expected: str) -> Proof:
    """Where a payment stands on some roles, against its own figures."""
    return money(
        key,
        promise,
        finding,
        f"""WITH booked AS (
              SELECT e.payment_id AS id, SUM(CASE WHEN l.role IN {roles} THEN l.amount_minor
                     ELSE 0 END) AS minor
                FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id
               WHERE e.kind = 'payment' GROUP BY e.payment_id),
            settled AS (SELECT payment_id AS id, SUM(amount_minor) AS minor FROM allocation
                         GROUP BY payment_id),
            standing AS (
              SELECT p.id, p.number, p.currency, COALESCE(b.minor, 0) AS found,
                     CASE WHEN {COUNTED} THEN {expected} ELSE 0 END AS expected
                FROM payment p LEFT JOIN payment o ON o.id = p.refund_of_id
                LEFT JOIN booked b ON b.id = p.id LEFT JOIN settled s ON s.id = p.id)
            SELECT id, number, currency, found, expected FROM standing WHERE found <> expected""",
        entity="payment",
    )


JOURNAL = (
    Proof(
        "journal-balanced",
        "Every entry of the journal sums to zero.",
        "journal",
        "does not balance",
        "SELECT entry_id, 'Entry ' || CAST(entry_id AS VARCHAR) FROM journal_line "
        "GROUP BY entry_id HAVING SUM(amount_minor) <> 0",
    ),
    invoices(
        "journal-posted",
        "Every posted document stands in the journal, and no other.",
        "is posted or not, and the journal says otherwise",
        "(i.posted_at IS NOT NULL) <> EXISTS (SELECT 1 FROM journal_entry e "
        "WHERE e.invoice_id = i.id AND e.kind = 'document')",
    ),
    invoices(
        "journal-void",
        "Every void document has the mirror of its entry, and no other.",
        "is void or not, and the journal says otherwise",
        "(i.posting_status = 'VOID') <> EXISTS (SELECT 1 FROM journal_entry e "
        "WHERE e.invoice_id = i.id AND e.kind = 'void')",
    ),
    Proof(
        "journal-fits",
        "An entry has the currency and the company of what it books.",
        "journal",
        "has another currency or company than what it books",
        "SELECT e.id, 'Entry ' || CAST(e.id AS VARCHAR) FROM journal_entry e "
        "LEFT JOIN invoice i ON i.id = e.invoice_id LEFT JOIN payment p ON p.id = e.payment_id "
        "WHERE e.currency <> COALESCE(i.currency, p.currency, '') "
        "OR e.company_id <> COALESCE(i.company_id, e.company_id) "
        "OR (e.invoice_id IS NULL) = (e.payment_id IS NULL)",
    ),
    _documents(
        "journal-total",
        "A document is booked with its total.",
        "the journal's total is",
        CONTROL,
        f"({WAY}) * i.total_minor",
    ),
    _documents(
        "journal-tax",
        "A document is booked with its tax.",
        "the journal's tax is",
        "('output_tax', 'input_tax')",
        f"CASE WHEN t.kind IN ('invoice', 'credit') THEN -({WAY}) * i.tax_minor ELSE 0 END",
    ),
    money(
        "journal-mirror",
        "A void document comes to nothing on every account.",
        "the journal still has",
        "SELECT i.id, i.label, i.currency, SUM(l.amount_minor), 0 FROM journal_entry e "
        "JOIN journal_line l ON l.entry_id = e.id JOIN invoice i ON i.id = e.invoice_id "
        "WHERE i.posting_status = 'VOID' GROUP BY i.id, i.label, i.currency, l.role, l.account "
        "HAVING SUM(l.amount_minor) <> 0",
    ),
    _payments(
        "journal-money",
        "A payment that counts is booked with its amount, any other with nothing.",
        "the journal has money of",
        "('bank', 'write_off', 'revenue', 'expenses')",
        "CASE WHEN p.kind = 'purchase' THEN CASE WHEN p.direction = 'out' THEN 1 ELSE -1 END "
        f"* p.total_minor ELSE ({INWARD}) * p.total_minor END",
    ),
    _payments(
        "journal-settled",
        "A payment is booked against what it settles.",
        "the journal has settled",
        "('receivables', 'payables')",
        f"-({INWARD}) * COALESCE(s.minor, 0)",
    ),
)
