"""The product's own source as the structure tests read it."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "billing_app"
ASSETS = ROOT / "assets"


@lru_cache(maxsize=1)
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module: its path from the root and its tree."""
    return tuple(
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


def room_of(path: str) -> str:
    """The room a module is in: "services" of "billing_app/services/notes.py"."""
    return path.split("/")[1].removesuffix(".py")


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every call by a plain name, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.lineno


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    """A function's body without its docstring."""
    return function.body[1:] if ast.get_docstring(function) else function.body
