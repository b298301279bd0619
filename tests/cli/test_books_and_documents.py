"""The operator's commands on a served demo's data, as real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def billing(folder: Path, *words: str, fails: bool = False) -> str:
    names = {name for name in os.environ if name.startswith("BILLING_")}
    environment = {name: text for name, text in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-m", "billing_app.cli.main", *words],
        cwd=ROOT,
        env=environment | {"BILLING_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("operator")
    billing(path, "demo")
    return path


def test_the_demo_s_books_are_right(folder):
    assert "The books are right" in billing(folder, "verify", "--deep")


def test_documents_are_posted_rendered_and_exported(folder, tmp_path):
    table = billing(folder, "export", "--status", "Ready for Posting")
    heads, *rows = [line.split(",") for line in table.strip().splitlines()]
    assert rows
    assert {row[heads.index("Status")] for row in rows} == {"READY_FOR_POSTING"}
    name = rows[0][heads.index("Document ID")]
    preview = tmp_path / "preview.pdf"
    billing(folder, "render", name, "--out", str(preview))
    assert preview.read_bytes().startswith(b"%PDF")

    assert "is posted" in billing(folder, "post", name)
    assert "cannot be posted" in billing(folder, "post", name, fails=True)
    paper = tmp_path / "paper.pdf"
    billing(folder, "render", name, "--out", str(paper))
    again = tmp_path / "again.pdf"
    billing(folder, "render", name, "--out", str(again))
    assert paper.read_bytes() == again.read_bytes() != preview.read_bytes()

    file = tmp_path / "all.csv"
    billing(folder, "export", "--out", str(file))
    assert file.read_text(encoding="utf-8-sig").count("\n") > 300
    assert "no document INV-1" in billing(folder, "render", "INV-1", fails=True)
    assert "Name the documents" in billing(folder, "post", fails=True)


def test_a_backup_is_restored_elsewhere(folder, tmp_path):
    file = tmp_path / "demo.backup"
    assert "invoices" in billing(folder, "backup", str(file))
    assert "exists already" in billing(folder, "backup", str(file), fails=True)
    assert "The books are right" in billing(tmp_path / "new", "restore", str(file))
    assert "There is a database already" in billing(folder, "restore", str(file), fails=True)
    one, other = (billing(at, "export") for at in (folder, tmp_path / "new"))
    assert one == other


@pytest.mark.spec("CXS-43")
def test_a_customer_s_packages_are_simulated_and_then_charged_once(folder):
    run = ("run-packages", "10001")
    *told, said = billing(folder, *run, "--simulate").splitlines()
    assert told
    assert said == f"{len(told)} charges would be made; nothing was written."
    assert billing(folder, *run).splitlines() == [*told, f"{len(told)} charges made."]
    assert billing(folder, *run).strip() == "0 charges made."
    assert "There is no customer nobody." in billing(folder, "run-packages", "nobody", fails=True)
