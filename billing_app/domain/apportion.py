"""Spread a whole over parts so that the parts sum to the whole, to the last unit.

The largest remainder method on exact fractions. Cutting towards zero and counting remainders by
sign makes the parts of a negated whole the negated parts: a credit mirrors its invoice.
"""

from collections.abc import Sequence


def apportion(exact: Sequence[int], unit: int, whole: int) -> list[int]:
    """Round exact parts to whole numbers that sum to `whole`.

    Part i is exact[i] / unit, with unit > 0; `whole` is the rounded sum of all parts. The missing
    units go to the largest remainders first, ties to the earlier position.
    """
    parts = [part // unit if part >= 0 else -(-part // unit) for part in exact]
    missing = whole - sum(parts)
    if missing:
        step = 1 if missing > 0 else -1
        remainders = [step * (part - unit * cut) for part, cut in zip(exact, parts, strict=True)]
        # sorting is stable, also in reverse: equal remainders keep their order
        neediest = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
        for position in neediest[: abs(missing)]:
            parts[position] += step
    return parts


def split(whole: int, weights: Sequence[int]) -> list[int]:
    """Spread a whole number by weights; the parts sum to it exactly.

    Weights may be negative. Where they sum to zero their sizes count, and where all are zero the
    parts are equal. Raises: ValueError when there are no weights for a whole other than zero.
    """
    if not weights:
        if whole:
            raise ValueError("nothing to spread the whole over")
        return []
    total = sum(weights)
    if not total:
        weights = [abs(weight) for weight in weights]
        total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    if total < 0:
        weights, total = [-weight for weight in weights], -total
    return apportion([whole * weight for weight in weights], total, whole)
