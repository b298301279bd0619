"""What must hold in the books, each as a query that finds the rows where it does not.

A query about amounts answers (id, label, currency, found, expected), amounts in minor units;
any other one answers (id, label). Both engines understand each of them.
Source: RELIABILITY 1A (P1 to P11), SPEC 6.4 and 6.5.
"""

from billing_app.persistence.queries.books.corrections import CORRECTIONS
from billing_app.persistence.queries.books.figures import FIGURES
from billing_app.persistence.queries.books.journal import JOURNAL
from billing_app.persistence.queries.books.proof import COUNTED, Proof, invoices, money, stamped

STATUSES = (
    stamped("POSTED", "posted_at"),
    stamped("CANCELLED", "cancelled_at"),
    stamped("VOID", "voided_at"),
    invoices(
        "numbered",
        "Every document that was posted has a number.",
        "was posted and has no number",
        "i.posted_at IS NOT NULL AND i.number = ''",
    ),
    Proof(
        "number-once",
        "No number stands twice.",
        "invoice",
        "has a number that another document of its type has too",
        "SELECT MAX(id), number FROM invoice WHERE number <> '' "
        "GROUP BY company_id, document_type_id, number HAVING COUNT(*) > 1",
    ),
    invoices(
        "has-lines",
        "Every posted document has lines.",
        "was posted and has no line",
        "i.posted_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM invoice_line l WHERE l.invoice_id = i.id)",
    ),
    invoices(
        "kept",
        "No document that was posted is deleted.",
        "was posted and is deleted",
        "i.posted_at IS NOT NULL AND i.deleted_at IS NOT NULL",
    ),
    invoices(
        "has-snapshot",
        "Every document that was posted has kept what it said.",
        "was posted and nothing of what it said is kept",
        "i.posted_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM snapshot s WHERE s.invoice_id = i.id)",
    ),
    invoices(
        "has-seal",
        "Every document that was posted is sealed.",
        "was posted and has no seal",
        "i.posted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM seal s WHERE s.invoice_id = i.id)",
    ),
    invoices(
        "seal-of-posted",
        "Only documents that were posted are sealed.",
        "is sealed and was never posted",
        "i.posted_at IS NULL AND EXISTS (SELECT 1 FROM seal s WHERE s.invoice_id = i.id)",
    ),
    invoices(
        "audited",
        "Every posting stands in the log.",
        "was posted and the log does not know",
        "i.posted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_entry a "
        "WHERE a.entity = 'invoice' AND a.entity_id = i.id)",
    ),
)
MONEY = (
    money(
        "payment-allocated",
        "No payment settles more than it brings.",
        "more is allocated than it brings:",
        "SELECT p.id, p.number, p.currency, SUM(a.amount_minor), ABS(p.total_minor) "
        "FROM payment p JOIN allocation a ON a.payment_id = p.id WHERE p.deleted_at IS NULL "
        "GROUP BY p.id, p.number, p.currency, p.total_minor "
        "HAVING SUM(a.amount_minor) > ABS(p.total_minor)",
        entity="payment",
    ),
    money(
        "refund-cap",
        "No payment is given back beyond what it brought.",
        "more was given back than it brought:",
        "SELECT p.id, p.number, p.currency, SUM(r.total_minor), p.total_minor FROM payment p "
        "JOIN payment r ON r.refund_of_id = p.id AND r.status = 'COMPLETED' "
        "AND r.deleted_at IS NULL GROUP BY p.id, p.number, p.currency, p.total_minor "
        "HAVING SUM(r.total_minor) > p.total_minor",
        entity="payment",
    ),
    Proof(
        "allocation-fits",
        "A payment settles only its own customer's documents, in its own currency.",
        "payment",
        "settles a document of another customer or currency",
        "SELECT DISTINCT p.id, p.number FROM allocation a JOIN payment p ON p.id = a.payment_id "
        "JOIN invoice i ON i.id = a.invoice_id "
        "WHERE p.customer_id <> i.customer_id OR p.currency <> i.currency",
    ),
    invoices(
        "allocated-to-owed",
        "Only what was made ready for posting is settled.",
        "is a draft, or ended, and payments settle it",
        f"i.posting_status IN ('DRAFT', 'ASSEMBLED', 'CANCELLED') AND EXISTS (SELECT 1 "
        "FROM allocation a JOIN payment p ON p.id = a.payment_id "
        f"WHERE a.invoice_id = i.id AND {COUNTED})",
    ),
    Proof(
        "credit-fits",
        "A credit settles only its own customer's documents, in its own currency.",
        "invoice",
        "is a credit applied to a document of another customer or currency",
        "SELECT DISTINCT c.id, c.label FROM credit_application x JOIN invoice c "
        "ON c.id = x.credit_id JOIN invoice i ON i.id = x.invoice_id "
        "WHERE c.customer_id <> i.customer_id OR c.currency <> i.currency OR c.sign <> -1 "
        "OR i.sign <> 1",
    ),
)
CHARGES = (
    Proof(
        "charge-billed",
        "A billed charge is a line of a document; a pending one is none.",
        "charge",
        "says it is billed or pending, and its document says otherwise",
        "SELECT c.id, c.text FROM charge_line c WHERE (c.status = 'BILLED') <> EXISTS "
        "(SELECT 1 FROM invoice_line l WHERE l.invoice_id = c.invoice_id "
        "AND l.line_no = c.invoice_line_no)",
    ),
    Proof(
        "charge-of-ended",
        "A cancelled document bills no charge.",
        "charge",
        "is billed by a document that was cancelled",
        "SELECT c.id, c.text FROM charge_line c JOIN invoice i ON i.id = c.invoice_id "
        "WHERE i.posting_status = 'CANCELLED'",
    ),
)
SEARCH = {
    True: "SELECT i.id, i.label FROM invoice i LEFT JOIN invoice_search_docsize s ON s.id = i.id "
    "WHERE i.deleted_at IS NULL AND s.id IS NULL",
    False: "SELECT i.id, i.label FROM invoice i LEFT JOIN invoice_search s "
    "ON s.invoice_id = i.id WHERE i.deleted_at IS NULL AND s.invoice_id IS NULL",
}


def proofs(*, is_sqlite: bool) -> tuple[Proof, ...]:
    """Every proof that is one query, in the order they are shown."""
    findable = Proof(
        "findable",
        "Every document can be found.",
        "invoice",
        "is not in the search",
        SEARCH[is_sqlite],
    )
    return (*FIGURES, findable, *STATUSES, *MONEY, *CORRECTIONS, *CHARGES, *JOURNAL)
