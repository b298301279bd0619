"""What must hold in the books, each as a query that finds the rows where it does not.

A query about amounts answers (id, label, currency, found, expected), amounts in minor units;
any other one answers (id, label). Both engines understand each of them.
Source: RELIABILITY 1A (P1 to P11), SPEC 6.4 and 6.5.
"""

from dataclasses import dataclass

COUNTED = "p.status = 'COMPLETED' AND p.deleted_at IS NULL"
SETTLING = f"""
    SELECT a.invoice_id AS id, CASE WHEN p.kind = 'refund' THEN -a.amount_minor
           ELSE a.amount_minor END AS amount
      FROM allocation a JOIN payment p ON p.id = a.payment_id WHERE {COUNTED}
    UNION ALL SELECT invoice_id, amount_minor FROM credit_application
    UNION ALL SELECT credit_id, amount_minor FROM credit_application
"""
REFUNDING = f"""
    SELECT a.invoice_id AS id, a.amount_minor AS amount
      FROM allocation a JOIN payment p ON p.id = a.payment_id
     WHERE {COUNTED} AND p.kind = 'refund'
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise of the books."""

    key: str
    promise: str
    entity: str
    finding: str
    """What is wrong with a row, as the end of a sentence after its label."""
    sql: str
    of_money: bool = False


def _money(key: str, promise: str, finding: str, sql: str, entity: str = "invoice") -> Proof:
    return Proof(key, promise, entity, finding, sql, of_money=True)


def _kept(column: str, expected: str, promise: str, finding: str) -> Proof:
    """A figure kept beside its facts on the same row."""
    return _money(
        column,
        promise,
        finding,
        f"SELECT id, label, currency, {column}_minor, {expected} FROM invoice "
        f"WHERE {column}_minor <> {expected}",
    )


def _signed(name: str) -> Proof:
    return _money(
        f"{name}-signed",
        "Lists sort amounts by their sign.",
        f"the {name} amount that lists sort by is",
        f"SELECT id, label, currency, {name}_signed, sign * {name}_minor FROM invoice "
        f"WHERE {name}_signed <> sign * {name}_minor",
    )


def _summed(column: str, rows: str, promise: str, finding: str) -> Proof:
    """A kept figure against the sum of the rows behind it."""
    return _money(
        column,
        promise,
        finding,
        f"WITH facts AS (SELECT id, SUM(amount) AS amount FROM ({rows}) AS each_one GROUP BY id) "
        f"SELECT i.id, i.label, i.currency, i.{column}_minor, COALESCE(f.amount, 0) "
        "FROM invoice i LEFT JOIN facts f ON f.id = i.id "
        f"WHERE i.{column}_minor <> COALESCE(f.amount, 0)",
    )


def _invoices(key: str, promise: str, finding: str, where: str, joins: str = "") -> Proof:
    return Proof(
        key,
        promise,
        "invoice",
        finding,
        f"SELECT i.id, i.label FROM invoice i {joins} WHERE {where}",
    )


def _stamped(status: str, column: str) -> Proof:
    return _invoices(
        f"stamp-{status.lower()}",
        "Every status says since when.",
        f"is {status.lower()} without the time when it became so",
        f"i.posting_status = '{status}' AND i.{column} IS NULL",
    )


FIGURES = (
    _kept(
        "open",
        "(total_minor - settled_minor)",
        "Open is total less settled.",
        "the open amount is",
    ),
    _signed("total"),
    _signed("settled"),
    _signed("open"),
    _summed(
        "settled",
        SETTLING,
        "Settled is what completed payments and credits allocate, less refunds.",
        "the settled amount is",
    ),
    _summed("refunded", REFUNDING, "Refunded is what refunds allocate.", "the refunded amount is"),
    _money(
        "not-oversettled",
        "No document is settled beyond its total.",
        "more is settled than it asks for:",
        "SELECT id, label, currency, settled_minor, total_minor FROM invoice "
        "WHERE settled_minor > total_minor AND settled_minor > 0 OR settled_minor < 0",
    ),
    _invoices(
        "sign",
        "A credit document counts against, any other for.",
        "has the sign of another kind of document",
        "i.sign <> CASE WHEN t.kind = 'credit' THEN -1 ELSE 1 END",
        "JOIN document_type t ON t.id = i.document_type_id",
    ),
    _invoices(
        "payment-status",
        "The payment status follows from what settles the document.",
        "has a payment status that its amounts do not give",
        """i.forced_payment_status = '' AND CASE
             WHEN i.refunded_minor > 0 AND i.refunded_minor >= i.total_minor
               THEN i.payment_status <> 'refunded'
             WHEN i.refunded_minor > 0 THEN i.payment_status <> 'refunded_partially'
             WHEN i.settled_minor >= i.total_minor
                  AND (i.total_minor > 0 OR i.total_minor = 0 AND i.posted_at IS NOT NULL)
               THEN i.payment_status <> 'full'
             WHEN i.settled_minor > 0 THEN i.payment_status <> 'partially'
             ELSE i.payment_status IN
               ('full', 'partially', 'refunded', 'refunded_partially') END""",
    ),
    _invoices(
        "status-rank",
        "Lists order documents by their status.",
        "stands in lists among documents of another status",
        """i.status_rank <> CASE i.posting_status
             WHEN 'DRAFT' THEN 10 WHEN 'ASSEMBLED' THEN 20
             WHEN 'READY_FOR_POSTING' THEN CASE WHEN i.posted_at IS NULL THEN 25 ELSE 30 END
             WHEN 'CANCELLED' THEN 70 WHEN 'VOID' THEN 80
             ELSE CASE WHEN i.payment_status = 'partially' THEN 50
                       WHEN i.payment_status IN ('full', 'refunded') THEN 60 ELSE 40 END END""",
    ),
    _invoices(
        "due-sort",
        "Lists sort by the due date.",
        "is sorted by another due date than it has",
        "i.due_sort <> COALESCE(i.due_on, '9999-12-31')",
    ),
    _invoices(
        "due-date",
        "Nothing is due before its own date.",
        "is due before its own date",
        "i.due_on < i.document_date",
    ),
    _invoices(
        "customer-name",
        "Lists show the customer's present name.",
        "is listed under another name than its customer's",
        "i.customer_name <> c.name",
        "JOIN customer c ON c.id = i.customer_id",
    ),
    _invoices(
        "label",
        "A document is called by its number, or by its document id until it has one.",
        "is called by neither its number nor its document id",
        """i.label <> CASE WHEN i.number <> '' THEN i.number
             WHEN i.id < 1000000
               THEN 'D-' || SUBSTR('000000', 1, 6 - LENGTH(CAST(i.id AS VARCHAR)))
                    || CAST(i.id AS VARCHAR)
             ELSE 'D-' || CAST(i.id AS VARCHAR) END""",
    ),
    _invoices(
        "delivered",
        "Delivered is what reached the customer.",
        "says it was delivered or not, and its events say otherwise",
        "i.is_delivered <> EXISTS (SELECT 1 FROM delivery_event e WHERE e.invoice_id = i.id "
        "AND e.is_success)",
    ),
)
STATUSES = (
    _stamped("POSTED", "posted_at"),
    _stamped("CANCELLED", "cancelled_at"),
    _stamped("VOID", "voided_at"),
    _invoices(
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
    _invoices(
        "has-lines",
        "Every posted document has lines.",
        "was posted and has no line",
        "i.posted_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM invoice_line l WHERE l.invoice_id = i.id)",
    ),
    _invoices(
        "kept",
        "No document that was posted is deleted.",
        "was posted and is deleted",
        "i.posted_at IS NOT NULL AND i.deleted_at IS NOT NULL",
    ),
    _invoices(
        "has-snapshot",
        "Every document that was posted has kept what it said.",
        "was posted and nothing of what it said is kept",
        "i.posted_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM snapshot s WHERE s.invoice_id = i.id)",
    ),
    _invoices(
        "has-seal",
        "Every document that was posted is sealed.",
        "was posted and has no seal",
        "i.posted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM seal s WHERE s.invoice_id = i.id)",
    ),
    _invoices(
        "seal-of-posted",
        "Only documents that were posted are sealed.",
        "is sealed and was never posted",
        "i.posted_at IS NULL AND EXISTS (SELECT 1 FROM seal s WHERE s.invoice_id = i.id)",
    ),
    _invoices(
        "audited",
        "Every posting stands in the log.",
        "was posted and the log does not know",
        "i.posted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM audit_entry a "
        "WHERE a.entity = 'invoice' AND a.entity_id = i.id)",
    ),
)
MONEY = (
    _money(
        "payment-allocated",
        "No payment settles more than it brings.",
        "more is allocated than it brings:",
        "SELECT p.id, p.number, p.currency, SUM(a.amount_minor), ABS(p.total_minor) "
        "FROM payment p JOIN allocation a ON a.payment_id = p.id WHERE p.deleted_at IS NULL "
        "GROUP BY p.id, p.number, p.currency, p.total_minor "
        "HAVING SUM(a.amount_minor) > ABS(p.total_minor)",
        entity="payment",
    ),
    _money(
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
    _invoices(
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
    return (*FIGURES, findable, *STATUSES, *MONEY, *CHARGES)
