"""A promise of the books as a query that finds the rows for which it does not hold."""

from dataclasses import dataclass

COUNTED = "p.status = 'COMPLETED' AND p.deleted_at IS NULL"


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


def money(key: str, promise: str, finding: str, sql: str, entity: str = "invoice") -> Proof:
    """A proof about amounts; see the other queries for what it selects."""
    return Proof(key, promise, entity, finding, sql, of_money=True)


def kept(column: str, expected: str, promise: str, finding: str) -> Proof:
    """A figure kept beside its facts on the same row."""
    return money(
        column,
        promise,
        finding,
        f"SELECT id, label, currency, {column}_minor, {expected} FROM invoice "
        f"WHERE {column}_minor <> {expected}",
    )


def signed(name: str) -> Proof:
    """The amount that lists sort by, beside the amount itself."""
    return money(
        f"{name}-signed",
        f"Lists sort the {name} amount by its sign.",
        f"the {name} amount that lists sort by is",
        f"SELECT id, label, currency, {name}_signed, sign * {name}_minor FROM invoice "
        f"WHERE {name}_signed <> sign * {name}_minor",
    )


def summed(column: str, rows: str, promise: str, finding: str) -> Proof:
    """A kept figure against the sum of the rows behind it."""
    return money(
        column,
        promise,
        finding,
        f"WITH facts AS (SELECT id, SUM(amount) AS amount FROM ({rows}) AS each_one GROUP BY id) "
        f"SELECT i.id, i.label, i.currency, i.{column}_minor, COALESCE(f.amount, 0) "
        "FROM invoice i LEFT JOIN facts f ON f.id = i.id "
        f"WHERE i.{column}_minor <> COALESCE(f.amount, 0)",
    )


def invoices(key: str, promise: str, finding: str, where: str, joins: str = "") -> Proof:
    """A proof about invoices `i`, which names those for which `where` holds."""
    return Proof(
        key,
        promise,
        "invoice",
        finding,
        f"SELECT i.id, i.label FROM invoice i {joins} WHERE {where}",
    )


def stamped(status: str, column: str) -> Proof:
    """A status, and the time since when."""
    return invoices(
        f"stamp-{status.lower()}",
        "Every status says since when.",
        f"is {status.lower()} without the time when it became so",
        f"i.posting_status = '{status}' AND i.{column} IS NULL",
    )
