"""Figures and facts that are kept beside each other, and must agree (SPEC 6.4, 6.5)."""

from billing_app.persistence.queries.books.proof import (
    COUNTED,
    invoices,
    kept,
    money,
    signed,
    summed,
)

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

FIGURES = (
    kept(
        "open",
        "(total_minor - settled_minor)",
        "Open is total less settled.",
        "the open amount is",
    ),
    signed("total"),
    signed("settled"),
    signed("open"),
    summed(
        "settled",
        SETTLING,
        "Settled is what completed payments and credits allocate, less refunds.",
        "the settled amount is",
    ),
    summed("refunded", REFUNDING, "Refunded is what refunds allocate.", "the refunded amount is"),
    money(
        "not-oversettled",
        "No document is settled beyond its total.",
        "more is settled than it asks for:",
        "SELECT id, label, currency, settled_minor, total_minor FROM invoice "
        "WHERE settled_minor > total_minor AND settled_minor > 0 OR settled_minor < 0",
    ),
    invoices(
        "sign",
        "A credit document counts against, any other for.",
        "has the sign of another kind of document",
        "i.sign <> CASE WHEN t.kind = 'credit' THEN -1 ELSE 1 END",
        "JOIN document_type t ON t.id = i.document_type_id",
    ),
    invoices(
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
    invoices(
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
    invoices(
        "due-sort",
        "Lists sort by the due date.",
        "is sorted by another due date than it has",
        "i.due_sort <> COALESCE(i.due_on, '9999-12-31')",
    ),
    invoices(
        "due-date",
        "Nothing is due before its own date.",
        "is due before its own date",
        "i.due_on < i.document_date",
    ),
    invoices(
        "customer-name",
        "Lists show the customer's present name.",
        "is listed under another name than its customer's",
        "i.customer_name <> c.name",
        "JOIN customer c ON c.id = i.customer_id",
    ),
    invoices(
        "label",
        "A document is called by its number, or by its document id until it has one.",
        "is called by neither its number nor its document id",
        """i.label <> CASE WHEN i.number <> '' THEN i.number
             WHEN i.id < 1000000
               THEN 'D-' || SUBSTR('000000', 1, 6 - LENGTH(CAST(i.id AS VARCHAR)))
                    || CAST(i.id AS VARCHAR)
             ELSE 'D-' || CAST(i.id AS VARCHAR) END""",
    ),
    invoices(
        "delivered",
        "Delivered is what reached the customer.",
        "says it was delivered or not, and its events say otherwise",
        "i.is_delivered <> EXISTS (SELECT 1 FROM delivery_event e WHERE e.invoice_id = i.id "
        "AND e.is_success)",
    ),
)
