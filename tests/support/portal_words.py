"""Every sentence the portal says, collected from its pages and its source."""

import ast
import importlib
import inspect

from billing_app.domain.access import ExternalRole
from billing_app.domain.disputes import DisputeState
from billing_app.domain.payments import PaymentMethod, PaymentState
from billing_app.domain.portal_tables import TABLES
from billing_app.domain.status import PortalWord
from billing_app.persistence.queries.portal_sources import FREQUENCIES
from billing_app.portal.document.dispute_state import SAID
from billing_app.portal.profile.state import PROBLEMS
from billing_app.portal.shell import said, tongue
from billing_app.portal.users.state import DONE
from billing_app.services.payments.statement import LABELS
from billing_app.services.people.colleagues import UNKNOWN
from tests.structure.source import PACKAGE, ROOT


def portal_words() -> set[str]:
    """What pages, states and tables of the portal say in English."""
    words = _of_pages() | _of_states()
    for facts in TABLES.values():
        words |= {column.label for column in facts.columns}
    words |= {word.value for word in PortalWord} | {role.label for role in ExternalRole}
    words |= {one.label for one in PaymentState} | {one.label for one in PaymentMethod}
    words |= {one.label for one in DisputeState} | {one.value for one in DisputeState} | {*SAID}
    words |= {
        *DONE.values(),
        *PROBLEMS.values(),
        *LABELS.values(),
        *FREQUENCIES.values(),
        *tongue._MONTHS,
        UNKNOWN,
    }
    return words


def _of_pages() -> set[str]:
    for path in sorted((PACKAGE / "portal").rglob("page.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, made in vars(module).items():
            is_own = inspect.isfunction(made) and made.__module__ == module.__name__
            if is_own and name.endswith("_page") and not inspect.signature(made).parameters:
                made()
    return set(said.asked)


def _of_states() -> set[str]:
    words = set()
    for path in sorted((PACKAGE / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_asked = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_asked and node.func.attr in {"say", "count"}:
                words |= {
                    part.value
                    for argument in node.args
                    for part in ast.walk(argument)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return {word for word in words if word}
