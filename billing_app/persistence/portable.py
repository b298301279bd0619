"""The few expressions that each kind of database spells in its own way."""

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class DaysBetween(FunctionElement[int]):
    """The days from the second date to the first one."""

    type = Integer()
    inherit_cache = True


class TextBefore(FunctionElement[str]):
    """A text up to the first occurrence of a mark, without blanks at its end."""

    type = String()
    inherit_cache = True


def days_between(later: Any, earlier: Any) -> ColumnElement[int]:
    """The whole days between two dates."""
    return DaysBetween(later, earlier)


def text_before(text: Any, mark: Any) -> ColumnElement[str]:
    """What stands before `mark`; all of the text where it does not occur."""
    return TextBefore(text, mark)


@compiles(DaysBetween, "sqlite")
def _days_in_sqlite(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    later, earlier = (compiler.process(part, **options) for part in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(DaysBetween)
def _days(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    kind = compiler.dialect.type_compiler_instance.process(Date())
    later, earlier = (compiler.process(part, **options) for part in element.clauses)
    return f"(CAST({later} AS {kind}) - CAST({earlier} AS {kind}))"


@compiles(TextBefore, "sqlite")
def _text_in_sqlite(element: TextBefore, compiler: SQLCompiler, **options: Any) -> str:
    text, mark = (compiler.process(part, **options) for part in element.clauses)
    return f"rtrim(substr({text}, 1, instr({text} || {mark}, {mark}) - 1))"


@compiles(TextBefore)
def _text(element: TextBefore, compiler: SQLCompiler, **options: Any) -> str:
    text, mark = (compiler.process(part, **options) for part in element.clauses)
    return f"rtrim(split_part({text}, {mark}, 1))"
