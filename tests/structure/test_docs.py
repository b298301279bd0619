"""The pages of docs/ agree with the code."""

import re
from pathlib import Path

import pytest

from billing_app.cli.main import main
from billing_app.settings import Settings
from tests.structure.source import ROOT, modules
from tests.support.spec import places, proofs, sentences

DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `BILLING_(\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


def default_of(field):
    value = field.get_default()
    plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    if isinstance(plain, bool):
        return f"`{int(plain)}`"
    if isinstance(plain, Path):
        return f"`./{plain}`"
    return "" if plain in {"", None} else f"`{plain}`"


def read_elsewhere():
    """Answer the variables that are read past the settings."""
    paths = [*(ROOT / path for path, _ in modules()), ROOT / "rxconfig.py"]
    named = "".join(path.read_text(encoding="utf-8") for path in paths)
    return {name.removeprefix("BILLING_") for name in re.findall(r'"(BILLING_[A-Z_]+)"', named)}


def test_every_setting_is_described_in_the_words_of_the_code():
    written = {name: (default, text) for name, default, text in ROW.findall(OPERATIONS)}
    coded = {
        name.upper(): (default_of(field), field.description)
        for name, field in Settings.model_fields.items()
    }
    assert {name: row for name, row in written.items() if name in coded} == coded
    assert set(written) == set(coded) | read_elsewhere()


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_described(command):
    assert f"`billing {command}" in OPERATIONS


def test_every_sentence_of_the_specification_has_its_own_id():
    ids = [sentence.id for sentence in sentences()]
    assert len(ids) == len(set(ids))
    assert len(ids) > 200


def test_what_a_test_proves_stands_in_the_specification():
    # "RELIABILITY-P9" names a promise of how well, not a sentence of what.
    known = {sentence.id for sentence in sentences()} | places() | {"RELIABILITY"}
    unknown = {name for name in proofs() if name not in known and name.split("-")[0] not in known}
    assert unknown == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_no_link_between_pages_is_broken(page):
    targets = [t for t in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in t]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", sorted((DOCS / "adr").glob("*.md")), ids=lambda page: page.name)
def test_a_decision_says_what_it_is_about_and_what_follows(page):
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Why", "Decision", "What follows"]
