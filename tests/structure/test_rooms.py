"""What the import rules cannot see: words, lengths and addresses."""

import ast
import re

import pytest

from tests.structure.source import ASSETS, ROOT, calls, functions, modules, room_of, statements

WITH_SQL = {"persistence", "services"}
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_ANSWER = 300, 30, 50
# A record's facts or a component's tree reads best in one piece, so what a function
# answers in the end is counted apart.
LONG_MODULES = {
    "billing_app/persistence/migrations/versions/0001_first_tables.py": "a list of tables",
    "billing_app/billing_app.py": "a list of pages",
}
TREE = "a component's tree, its repeated parts named first"
FACTS = "a record, one fact a row"
FORM = "a form, one field after the other"
YEAR = "one year, told once"
LONG_FUNCTIONS = {
    "billing_app/kit/palette.py:palette": TREE,
    "billing_app/staff/editor/line_parts.py:_line": TREE,
    "billing_app/staff/editor/line_parts.py:_line_editor": TREE,
    "billing_app/portal/document/state.py:_show": FACTS,
    "billing_app/staff/invoices/drawer_rows.py:drawer_view": FACTS,
    "billing_app/staff/invoices/drawer_words.py:facts_of": FACTS,
    "billing_app/services/demo/founding.py:_add_customer": FACTS,
    "billing_app/staff/editor/reading.py:read_draft": FORM,
    "billing_app/staff/editor/reading.py:read_line": FORM,
    "billing_app/services/demo/filling.py:_past": YEAR,
}
# Where a float is no money.
WITH_FLOAT = {
    "billing_app/documents/pdf/": "points on paper",
    "billing_app/security/guard.py": "events a second",
    "billing_app/security/sessions.py": "seconds on the process's own clock",
    "billing_app/services/demo/many.py": "invoices a second",
    "billing_app/kit/charts": "pixels",
}
FOREIGN = re.compile(r"(?:https?:)?//([\w-]+(?:\.[\w-]+)+)")
NAMESPACES = {"www.w3.org"}  # names of vocabularies, never fetched

PATHS = [path for path, _ in modules()]
TREES = dict(modules())


def lines_of(nodes):
    return (nodes[-1].end_lineno or 0) - nodes[0].lineno + 1 if nodes else 0


def is_long(function):
    body = statements(function)
    answer = [node for node in body[-1:] if isinstance(node, ast.Return)]
    before = body[: len(body) - len(answer)]
    return lines_of(before) > LONGEST_FUNCTION or lines_of(answer) > LONGEST_ANSWER


@pytest.mark.parametrize("path", [path for path in PATHS if room_of(path) not in WITH_SQL])
def test_there_is_no_sql_above_persistence_and_services(path):
    assert [line for name, line in calls(TREES[path]) if name in {"select", "text"}] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_printed(path):
    assert [line for name, line in calls(TREES[path]) if name == "print"] == []


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith(tuple(WITH_FLOAT))])
def test_there_is_no_float(path):
    tree = TREES[path]
    named = [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"
    ]
    written = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
        if room_of(path) in {"domain", "persistence", "services", "documents", "integrations"}
    ]
    assert named + written == []


@pytest.mark.parametrize("path", [path for path in PATHS if path not in LONG_MODULES])
def test_a_module_has_at_most_300_lines(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", [path for path in PATHS if "/migrations/versions/" not in path])
def test_a_function_has_at_most_30_lines(path):
    long = [
        f"{path}:{function.lineno} {function.name}"
        for function in functions(TREES[path])
        if is_long(function) and f"{path}:{function.name}" not in LONG_FUNCTIONS
    ]
    assert long == []


@pytest.mark.parametrize("path", LONG_MODULES)
def test_a_module_that_is_excused_is_long(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE


@pytest.mark.parametrize("name", LONG_FUNCTIONS)
def test_a_function_that_is_excused_is_long(name):
    path, _, function = name.partition(":")
    assert [one for one in functions(TREES[path]) if one.name == function and is_long(one)]


@pytest.mark.parametrize(
    "path",
    sorted(path for path in ASSETS.rglob("*") if path.suffix in {".css", ".js", ".svg", ".html"}),
    ids=lambda path: path.name,
)
def test_assets_name_no_foreign_host(path):
    hosts = set(FOREIGN.findall(path.read_text(encoding="utf-8"))) - NAMESPACES
    assert hosts == set()
