"""Attached files attacked over HTTP (RELIABILITY 5-F): what is taken, kept, and given to whom."""

import contextlib
import io
import socket
import zipfile

import pytest

from billing_app.domain.files import FileAccess, FileOwner
from billing_app.persistence.tables import FileAttachment
from billing_app.services.files import attach_file, change_file_access
from tests.security.served import serve

PDF = b"%PDF-1.7 terms"
CAP = 20 * 1_048_576
INSIDE = ("viewer", "sales", "billing", "accounting", "admin", "owner")
EVERYBODY = ("", *INSIDE, "a10", "a20", "a30", "a40", "a80", "a90", "b40", "b90")


@pytest.fixture(scope="module")
def served():
    with serve() as running:
        yield running


def form(name: str, content: bytes, kind: str = "application/pdf") -> tuple[bytes, dict[str, str]]:
    """A browser's form with one file; the name goes over the wire as it is."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = f"{head}Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n--x--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=x"}


def send(served, who, name, content, *, to="customer/0", kind="application/pdf", **headers):
    """Send a file as somebody; answers status and where the browser is led."""
    body, sent = form(name, content, kind)
    status, answer, _ = served.request(
        "POST", f"/files/{to}", cookie=served.cookie(who), body=body, headers=sent | headers
    )
    return status, answer.get("location", "")


def kept(served):
    return {row.id: row for row in served.world.all(FileAttachment)}


def given(served, who, file_id):
    return served.request("GET", f"/files/{file_id}", cookie=served.cookie(who))


@pytest.mark.spec("RELIABILITY-P27")
@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.pdf", "..\\..\\boot.pdf", "C:\\x\\y.pdf", "/etc/cron.d/a.pdf",
        "%2e%2e%2fsecret.pdf", "CON.pdf", "n" * 300 + ".pdf", "a\u202efdp.pdf", " .pdf",
        "a;filename=b.pdf", "~root.pdf", "....//x.pdf",
    ],
)  # fmt: skip
def test_a_name_that_climbs_or_deceives_is_only_a_name(served, name):
    before = kept(served)
    assert send(served, "a40", name, PDF) == (303, "/portal/profile")
    (row,) = (row for key, row in kept(served).items() if key not in before)
    assert not set(row.name) & set('/\\:<>"|?*;%\u202e')
    assert len(row.name) <= 120
    status, headers, body = given(served, "a40", row.id)
    assert (status, body) == (200, PDF)
    disposition = headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert not set(disposition.partition("''")[2]) & set('"\\/; ')


@pytest.mark.spec("RELIABILITY-P27")
@pytest.mark.parametrize(
    "path",
    [
        "/files/../files/1", "/files/..%2f..%2fetc%2fpasswd", "/files/%2e%2e/%2e%2e/etc/passwd",
        "/files/1%00", "/files/1;.pdf", "/files/-1", "/files/1e3", "/files/0x1", "/files/" + "9" * 400,
        "/files/\u0661", "/files/", "/files", "/files//1", "/files/1/", "/files/1.pdf", "/_upload/x.pdf",
    ],
)  # fmt: skip
def test_no_address_climbs_out_of_the_files(served, path):
    for who in ("", "a90", "owner"):
        from urllib.parse import quote

        status, _, body = served.request(
            "GET", quote(path, safe="/%;.-"), cookie=served.cookie(who)
        )
        assert status in {303, 307, 400, 404, 405}, (who, status)
        assert b"root:" not in body
        assert b"Traceback" not in body


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><script>alert(document.cookie)</script>"


def packed(*, inside: str, size: int = 0) -> bytes:
    """A ZIP that is called a document: one entry of that name, `size` zeros packed away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inside, b"\0" * size or b"x")
    return buffer.getvalue()


@pytest.mark.spec("RELIABILITY-P27")
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.svg", SVG, "image/svg+xml"), ("x.html", PAGE, "text/html"), ("x.pdf", PAGE, "application/pdf"),
        ("x.png", SVG, "image/png"), ("x.txt", PAGE, "text/plain"), ("x.csv", SVG, "text/csv"),
        ("x.exe", b"MZ\x90", "application/pdf"), ("x.pdf", b"MZ\x90", "application/pdf"),
        ("x.pdf", b"", "application/pdf"), ("x.pdf.exe", PDF, "application/pdf"),
        ("x.exe.pdf", PDF, "application/pdf"), ("x.zip", packed(inside="a"), "application/zip"),
        ("x.docx", packed(inside="a/b"), "application/zip"),
        ("x.docx", packed(inside="word/vbaProject.bin"), "application/zip"),
        ("x.pdf", PDF + packed(inside="evil.exe"), "application/pdf"),
        ("x.gif", b"GIF89a" + PAGE, "image/gif"), ("", PDF, "application/pdf"),
        ("x.pdf\x00.exe", PDF, "application/pdf"), ("noending", PDF, "application/pdf"),
    ],
)  # fmt: skip
def test_what_could_run_or_deceive_is_refused_with_a_sentence(served, name, content, kind):
    before = set(kept(served))
    status, place = send(served, "a40", name, content, kind=kind)
    assert status in {303, 400}
    assert "file=" in place or status == 400
    assert set(kept(served)) == before


@pytest.mark.spec("RELIABILITY-P27")
def test_a_bomb_named_a_document_is_kept_as_bytes_and_unpacked_by_nobody(served):
    bomb = packed(inside="word/document.xml", size=200 * 1_048_576)
    assert len(bomb) < 1_048_576
    before = set(kept(served))
    assert send(served, "a40", "bomb.docx", bomb) == (303, "/portal/profile")
    (file_id,) = set(kept(served)) - before
    status, headers, body = given(served, "a40", file_id)
    assert (status, body) == (200, bomb)
    assert headers["content-type"] == "application/octet-stream"


@pytest.mark.spec("RELIABILITY-P27", "RELIABILITY-5.2.1")
def test_a_file_over_the_cap_is_refused_also_without_a_length(served):
    before = set(kept(served))
    with contextlib.suppress(OSError):  # it may hang up before all was sent
        status, place = send(served, "a40", "big.pdf", PDF + b"x" * CAP)
        assert (status, "file=large" in place) in {(303, True), (413, False)}
    with contextlib.suppress(OSError):
        status, _ = send(served, "a40", "big.pdf", PDF + b"x" * (CAP + 2 * 1_048_576))
        assert status == 413
    chunk = b"a" * 65_536
    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        raw.settimeout(20)
        head = (
            "POST /files/customer/0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            "Connection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Cookie: {served.cookie('a40')}\r\n\r\n"
        )
        raw.sendall(head.encode())
        sent, answer = 0, b""
        with contextlib.suppress(OSError):
            while sent < 60 * 1_048_576:
                raw.sendall(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
                sent += len(chunk)
            raw.sendall(b"0\r\n\r\n")
        with contextlib.suppress(OSError):
            answer = raw.recv(200)
    assert b" 200 " not in answer
    assert b" 500 " not in answer
    assert set(kept(served)) == before
    assert served.request("GET", "/healthz")[0] == 200


@pytest.mark.spec("RELIABILITY-P27")
def test_a_file_that_is_sent_half_leaves_nothing(served):
    before = set(kept(served))
    body, headers = form("half.pdf", PDF * 1_000)
    for is_signed_in in (True, False):
        cookie = f"Cookie: {served.cookie('a40')}\r\n" if is_signed_in else ""
        with socket.create_connection(("127.0.0.1", served.port)) as raw:
            head = (
                "POST /files/customer/0 HTTP/1.1\r\nHost: x\r\n"
                f"Content-Length: {len(body)}\r\nContent-Type: {headers['Content-Type']}\r\n"
                f"{cookie}\r\n"
            )
            raw.sendall(head.encode() + body[: len(body) // 2])
    for broken in (b"", b"--x", b"--x\r\n\r\n", b"--x--\r\n", body[:-9], b"\0" * 500):
        status, _, _ = served.request(
            "POST", "/files/customer/0", cookie=served.cookie("a40"), body=broken, headers=headers
        )
        assert status in {303, 400}
    assert set(kept(served)) == before
    assert served.request("GET", "/healthz")[0] == 200


@pytest.mark.spec("RELIABILITY-P27", "ERP-48")
def test_only_who_may_sends_files_and_no_other_site(served):
    before, a, b = set(kept(served)), served.of_a, served.of_b
    for who in EVERYBODY:
        is_inside = who in INSIDE[2:]
        for to in (f"invoice/{a}", f"invoice/{b}", f"customer/{served.world.customers['b']}"):
            is_own = who in {"a40", "a80", "a90", "b40", "b90"} and to.startswith("customer")
            status, place = send(served, who, "x.pdf", PDF, to=to)
            if is_inside or is_own:
                assert status == 303, (who, to)
                assert "login" not in place
            else:
                assert (status, "/login" in place) in {(404, False), (303, True)}, (who, to)
    arrived = [row for key, row in kept(served).items() if key not in before]
    for row in arrived:  # whatever the address names, a customer's file is the customer's own
        email = next(one.email for one in served.world.people.values()
                     if one.user_id == row.uploaded_by_id)  # fmt: skip
        if email.endswith("@a.example"):
            assert row.customer_id == served.world.customers["a"]
    before = set(kept(served))
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert send(served, "billing", "x.pdf", PDF, to=f"invoice/{a}", **headers)[0] == 403
    assert served.request("GET", f"/files/invoice/{a}", cookie=served.cookie("billing"))[0] in {
        404,
        405,
    }
    assert set(kept(served)) == before


@pytest.mark.spec("ERP-24", "ERP-26", "ERP-28", "6.14-V18", "6.14-V20")
def test_each_permission_is_given_to_exactly_its_people_and_else_is_not_found(served):
    w, ids = served.world, {}
    for access in FileAccess:
        ids[access] = attach_file(
            w.ctx("billing"), FileOwner.INVOICE, served.of_a, f"{access}.pdf", PDF
        )
        change_file_access(w.ctx("billing"), ids[access], access)
    customers = {"a40", "a80", "a90"}
    who_may = {
        FileAccess.CREATOR: {"billing", "admin", "owner"},
        FileAccess.INTERNAL: set(INSIDE),
        FileAccess.EXTERNAL: set(INSIDE) | customers,
    }
    absent = given(served, "a40", 999_999)
    for access, file_id in ids.items():
        for who in EVERYBODY:
            status, headers, body = given(served, who, file_id)
            if who in who_may[access]:
                assert (status, body) == (200, PDF), (access, who)
                continue
            assert status == (404 if who else 303), (access, who)
            if who and who not in INSIDE:
                assert (status, body) == (absent[0], absent[2]), "as if there were none"
                assert headers.keys() == absent[1].keys()


@pytest.mark.spec("RELIABILITY-P27", "RELIABILITY-T23")
def test_a_file_is_a_download_that_no_browser_shows_or_runs(served):
    w = served.world
    file_id = attach_file(w.ctx("billing"), FileOwner.INVOICE, served.of_a, "Ünï ♥.pdf", PDF)
    change_file_access(w.ctx("billing"), file_id, FileAccess.EXTERNAL)
    for who in ("a40", "viewer"):
        status, headers, _ = given(served, who, file_id)
        assert status == 200
        assert headers["content-type"] == "application/octet-stream"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith("attachment")
        assert "no-store" in headers["cache-control"]
        assert "sandbox" in headers["content-security-policy"]
