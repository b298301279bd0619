"""Corrections never go beyond their originals: in all, by line, and by rate (RELIABILITY P8)."""

from billing_app.persistence.queries.books.proof import Proof, invoices, money

LIVE = "c.deleted_at IS NULL AND c.posting_status NOT IN ('CANCELLED', 'VOID')"
JOINED = f"invoice i JOIN invoice c ON c.credited_invoice_id = i.id AND {LIVE}"
AMOUNT = """CASE WHEN {of}.prices_include_tax THEN {line}.total_minor
             ELSE {line}.net_minor - {line}.share_minor END"""
RATE = """CASE WHEN l.tax_category <> 'S' THEN 0 WHEN l.tax_rate IS NOT NULL THEN l.tax_rate
          WHEN d.tax_mode = 'rate' THEN d.tax_value / 1000 ELSE 0 END"""
SIDE = f"""
    SELECT {{id}} AS id, CASE WHEN {RATE} = 0 AND l.tax_category = 'S' THEN 'Z'
           ELSE l.tax_category END AS category, {RATE} AS rate,
           SUM(l.net_minor - l.share_minor) AS base, SUM(l.tax_minor) AS tax
      FROM invoice_line l JOIN invoice d ON d.id = l.invoice_id {{where}} GROUP BY 1, 2, 3
"""
TAKEN = SIDE.format(
    id="d.credited_invoice_id",
    where=f"WHERE d.credited_invoice_id IS NOT NULL AND {LIVE.replace('c.', 'd.')}",
)
ASKED = SIDE.format(id="d.id", where="WHERE d.id IN (SELECT credited_invoice_id FROM invoice)")


def by_rate(column: str, finding: str) -> Proof:
    """A column of the corrections by rate against the original's."""
    return money(
        f"credited-{column}",
        f"No {column} of a rate is credited beyond the original's.",
        finding,
        f"SELECT i.id, i.label, i.currency, t.{column}, COALESCE(a.{column}, 0) "
        f"FROM ({TAKEN}) AS t JOIN invoice i ON i.id = t.id LEFT JOIN ({ASKED}) AS a "
        "ON a.id = t.id AND a.category = t.category AND a.rate = t.rate "
        f"WHERE ABS(t.{column}) > ABS(COALESCE(a.{column}, 0))",
    )


CORRECTIONS = (
    money(
        "credited-total",
        "Corrections together never go beyond their original.",
        "corrections come to more than it asks for:",
        "SELECT i.id, i.label, i.currency, SUM(c.total_minor), i.total_minor "
        f"FROM {JOINED} GROUP BY i.id, i.label, i.currency, i.total_minor "
        "HAVING ABS(SUM(c.total_minor)) > ABS(i.total_minor)",
    ),
    money(
        "credited-line",
        "No line is credited beyond what it asks for.",
        "a line is credited beyond what it asks for:",
        f"SELECT i.id, i.label, i.currency, SUM({AMOUNT.format(of='c', line='l')}), "
        f"COALESCE(MAX({AMOUNT.format(of='i', line='o')}), 0) FROM {JOINED} "
        "JOIN invoice_line l ON l.invoice_id = c.id AND l.credited_line_no IS NOT NULL "
        "LEFT JOIN invoice_line o ON o.invoice_id = i.id AND o.line_no = l.credited_line_no "
        "GROUP BY i.id, i.label, i.currency, l.credited_line_no "
        f"HAVING ABS(SUM({AMOUNT.format(of='c', line='l')})) > "
        f"COALESCE(MAX(ABS({AMOUNT.format(of='i', line='o')})), 0)",
    ),
    by_rate("base", "of a rate more is credited than it asks for:"),
    by_rate("tax", "of a rate more tax is credited than it asks for:"),
    invoices(
        "credited-fits",
        "A correction belongs to its original: customer, currency, company, opposite kind.",
        "corrects a document that it does not fit",
        "i.posted_at IS NULL OR i.posting_status = 'VOID' OR c.customer_id <> i.customer_id "
        "OR c.currency <> i.currency OR c.company_id <> i.company_id OR c.sign = i.sign",
        f"JOIN invoice c ON c.credited_invoice_id = i.id AND {LIVE}",
    ),
)
