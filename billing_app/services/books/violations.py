"""What checking the books answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """A row for which a promise does not hold, as a sentence."""

    proof: str
    entity: str
    entity_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Proved:
    """One promise, how often it does not hold, and the first rows for which it does not."""

    key: str
    promise: str
    count: int
    violations: tuple[Violation, ...]
