"""Checking the books: `billing verify`, the page /integrity, the nightly job (RELIABILITY 1)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.money import currency, format_amount
from billing_app.persistence.queries.books import facts
from billing_app.persistence.queries.books.proof import Proof
from billing_app.persistence.queries.books.proofs import proofs
from billing_app.services.books.arithmetic import wrong_figures
from billing_app.services.books.papers import (
    broken_chain,
    broken_papers,
    broken_snapshots,
    gaps,
)
from billing_app.services.books.violations import Proved, Violation
from billing_app.services.context import Context

SHOWN = 100
Progress = Callable[[Proved], object]
Check = Callable[[Context, Session], Iterator[Violation]]


def verify(
    ctx: Context, progress: Progress = lambda _: None, *, deep: bool = False
) -> list[Proved]:
    """Prove every promise at one moment of the database; `progress` hears each when it is done.

    `deep` also has the database engine read its whole file, which takes minutes for gigabytes.
    Raises: Forbidden.
    """
    ctx.require(Permission.INTEGRITY_VIEW)
    done: list[Proved] = []
    with ctx.read() as session:
        for proved in prove(ctx, session, deep=deep):
            done.append(proved)
            progress(proved)
    return done


def count_of_proofs(ctx: Context, *, deep: bool = False) -> int:
    """How many promises there are."""
    return deep + len(CHECKS) + len(proofs(is_sqlite=ctx.database.is_sqlite))


def prove(ctx: Context, session: Session, *, deep: bool = False) -> Iterator[Proved]:
    """Prove every promise as this session sees the books, one after the other."""
    if deep:
        yield _collected("database", "The database itself is sound.", _damage(session))
    for key, promise, check in CHECKS:
        yield _collected(key, promise, check(ctx, session))
    for proof in proofs(is_sqlite=ctx.database.is_sqlite):
        rows, count = facts.found(session, proof.sql, SHOWN)
        said = tuple(
            Violation(proof.key, proof.entity, int(row[0]), _sentence(proof, row)) for row in rows
        )
        yield Proved(proof.key, proof.promise, count, said)


def _collected(key: str, promise: str, found: Iterable[Violation]) -> Proved:
    count = 0
    kept: list[Violation] = []
    for violation in found:
        count += 1
        if len(kept) < SHOWN:
            kept.append(replace(violation, proof=key))
    return Proved(key, promise, count, tuple(kept))


def _sentence(proof: Proof, row: tuple[object, ...]) -> str:
    if not proof.of_money:
        return f"{row[1]} {proof.finding}."
    code = str(row[2])
    found, expected = (_amount(value, code) for value in row[3:5])
    return f"{row[1]}: {proof.finding} {found} and not {expected}."


def _amount(minor: object, code: str) -> str:
    return f"{code} {format_amount(int(str(minor)), currency(code).digits)}"


def _damage(session: Session) -> Iterator[Violation]:
    for said in facts.damage(session):
        yield Violation("", "database", 0, f"The database says: {said}.")


def _figures(_ctx: Context, session: Session) -> Iterator[Violation]:
    for head, lines in facts.documents(session):
        for wrong in wrong_figures(head, lines, currency(head.currency).digits):
            if "number of its lines" in wrong.what:
                said = f"{wrong.what} {wrong.found} and not {wrong.expected}"
            else:
                found, expected = (
                    _amount(minor, head.currency) for minor in (wrong.found, wrong.expected)
                )
                said = f"{wrong.what} {found} and not {expected}"
            yield Violation("", "invoice", head.id, f"{head.label}: {said}.")


CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("figures", "Every figure of a document follows from its lines.", _figures),
    ("gapless", "Numbers have no gaps.", lambda _ctx, session: gaps(session)),
    (
        "snapshots",
        "What a posted document says is what was frozen.",
        lambda _ctx, session: broken_snapshots(session),
    ),
    (
        "chain",
        "Every seal follows from the one before.",
        lambda ctx, session: broken_chain(session, ctx.secret),
    ),
    (
        "papers",
        "Stored PDFs are as they were made.",
        lambda _ctx, session: broken_papers(session),
    ),
)
