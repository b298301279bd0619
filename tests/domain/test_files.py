"""Which files are taken: by their bytes, under a name that deceives nobody."""

import pytest

from billing_app.domain.errors import Invalid
from billing_app.domain.files import (
    KINDS,
    MAX_FILE_BYTES,
    FileAccess,
    check_content,
    file_name,
    staff_see,
)

PDF, PNG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n...."
DOCX = b"PK\x03\x04....word/document.xml....PK\x05\x06" + b"\0" * 18


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("pdf", PDF), ("png", PNG), ("jpg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"),
        ("docx", DOCX), ("txt", "Grüße".encode()), ("csv", b"a,b\r\n1,<5%\r\n"),
    ],
)  # fmt: skip
def test_an_honest_file_is_taken(ending, content):
    check_content(ending, content)


@pytest.mark.spec("RELIABILITY-F1", "RELIABILITY-P27")
@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("pdf", b"<html><script>alert(1)</script>"), ("pdf", b"MZ\x90\0"), ("pdf", b""),
        ("pdf", b"\n%PDF-1.7"), ("png", PDF), ("pdf", PNG), ("jpg", b"<svg onload=x>"),
        ("pdf", PDF + DOCX), ("pdf", b"%PDF-1.7\n<script>"), ("gif", b"GIF89a/*<script>*/"),
        ("txt", b"\xff\xfe\0"), ("txt", b"a\0b"), ("csv", b"x\n<ScRiPt src=x>"),
        ("docx", b"PK\x03\x04 an archive of anything"), ("xlsx", DOCX),
        ("docx", DOCX + b"vbaProject.bin"), ("txt", b"x" * (MAX_FILE_BYTES + 1)),
    ],
)  # fmt: skip
def test_what_lies_about_itself_is_refused(ending, content):
    with pytest.raises(Invalid):
        check_content(ending, content)


@pytest.mark.spec("RELIABILITY-F2")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", ("passwd", "txt")),
        ("C:\\Users\\me\\Scan.PDF", ("Scan", "pdf")),
        ("a\0b.pdf", ("ab", "pdf")),
        ("CON.txt", ("CON-file", "txt")),
        ("x" * 300 + ".pdf", ("x" * 120, "pdf")),
        ("in\u202efdp.pdf", ("infdp", "pdf")),
        ('a";filename=b\r\nX: y.pdf', ("afilename=bX y", "pdf")),
        (".pdf", ("file", "pdf")),
        ("2026.11.21 Vertrag.pdf", ("2026.11.21 Vertrag", "pdf")),
    ],
)
def test_a_name_is_kept_without_what_could_deceive(given, kept):
    assert file_name(given) == kept


@pytest.mark.spec("RELIABILITY-F1")
@pytest.mark.parametrize(
    "given",
    ["x.exe", "x.html", "x.svg", "x", "", "invoice.exe.pdf", "a.pdf.txt", "x.pdf.exe", "x.docm"],
)
def test_an_ending_that_is_not_taken_is_refused(given):
    with pytest.raises(Invalid):
        file_name(given)


def test_no_kind_that_a_browser_runs_is_taken():
    assert not {"html", "svg", "xml", "js", "exe"} & set(KINDS)


@pytest.mark.spec("ERP-26")
def test_creator_only_means_uploader_and_administrators():
    for access in FileAccess:
        sees = staff_see(access, is_uploader=False, is_admin=False)
        assert sees == (access is not FileAccess.CREATOR)
        assert staff_see(access, is_uploader=True, is_admin=False)
        assert staff_see(access, is_uploader=False, is_admin=True)
