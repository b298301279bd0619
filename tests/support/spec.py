"""`make spec`: each numbered sentence of docs/spec.md with the tests that prove it."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "docs" / "spec.md"
TESTS = ROOT / "tests"
SENTENCE = re.compile(r"^- ([A-Z]{3}-\d+) (.+) \[(must|learned|decision)\]$", re.MULTILINE)
# Other places a test may name: a section, a row of the transition table, a test vector.
PLACE = re.compile(r"^(?:#+ (\d+(?:\.\d+)*)[. ]|\| ([TV]\d+) \|)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A numbered sentence: must (the customer's), learned (the systems'), decision (ours)."""

    id: str
    text: str
    tag: str


def sentences() -> list[Sentence]:
    """The numbered sentences in their order."""
    return [Sentence(*found) for found in SENTENCE.findall(SPEC.read_text(encoding="utf-8"))]


def places() -> set[str]:
    """The sections, transitions and test vectors of the specification."""
    found = PLACE.findall(SPEC.read_text(encoding="utf-8"))
    return {section or row for section, row in found}


def proofs() -> Mapping[str, list[str]]:
    """The tests by the id that they are marked with, like `tests/domain/test_tax.py::test_x`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, mark in _marks(tree, ()):
            test = "::".join((path.relative_to(ROOT).as_posix(), *name))
            for argument in mark.args:
                if isinstance(argument, ast.Constant) and test not in found[str(argument.value)]:
                    found[str(argument.value)].append(test)
    return found


def _marks(node: ast.AST, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ast.Call]]:
    """Every `pytest.mark.spec(...)` with the names of the class and function it stands on."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _marks(child, (*name, child.name))
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) == "pytest.mark.spec":
            yield name, child
        yield from _marks(child, name)


def main() -> int:
    """Print the sentences with their tests, then those without; answers the exit code."""
    all_of_them, proven = sentences(), proofs()
    for sentence in all_of_them:
        if sentence.id in proven:
            print(f"{sentence.id} [{sentence.tag}] {sentence.text}")
            print(*(f"    {test}" for test in proven[sentence.id]), sep="\n")
    print("\nWithout a test:")
    for sentence in all_of_them:
        if sentence.id not in proven:
            print(f"{sentence.id} [{sentence.tag}] {sentence.text}")
    must = [sentence.id for sentence in all_of_them if sentence.tag == "must"]
    print(f"\nmust: {len(must)}, proven: {sum(one in proven for one in must)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
