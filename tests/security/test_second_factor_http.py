"""Two-factor sign-in attacked over HTTP: what lies between the password and the code."""

import urllib.parse
from datetime import UTC, datetime, timedelta

import pytest

from billing_app.persistence.tables import ExternalAccess, LoginFailure
from billing_app.security.authenticator import code_at, matching_step
from billing_app.services.people.second_factor import begin_factor, confirm_factor
from tests.security.served import Client, client, run, serve

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
INVOICES = {"staff": "/invoices", "external": "/portal"}


class Phone:
    """The authenticator app of somebody whose two-factor sign-in is on."""

    def __init__(self, served, who):
        ctx = served.world.ctx(who)
        self.key = begin_factor(ctx)
        before = datetime.now(UTC) - timedelta(seconds=30)
        self.recovery = list(confirm_factor(ctx, code_at(self.key, before), step=matching_step))

    def code(self):
        return code_at(self.key, datetime.now(UTC))


@pytest.fixture(scope="module")
def served():
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def phones(served):
    return {who: Phone(served, who) for who in ("viewer", "a40", "sales", "b40")}


def half_of(served, who, **more):
    """Sign in with the password; answers the cookie of the second step."""
    status, headers, _ = served.sign_in(who, **more)
    assert (status, headers["location"]) == (303, "/login/code")
    return headers["set-cookie"]


def say(served, cookie, code, **more):
    body = urllib.parse.urlencode({"code": code, "next": more.pop("next", "")})
    return served.request("POST", "/auth/code", body=body, cookie=cookie,
                          headers=FORM | more)  # fmt: skip


@pytest.mark.spec("RELIABILITY-A13", "RELIABILITY-P24")
@pytest.mark.parametrize(("who", "home"), [("viewer", "/invoices"), ("a40", "/portal")])
def test_password_and_code_lead_home_and_the_half_cookie_opens_nothing(served, phones, who, home):
    flags = half_of(served, who)
    half = flags.split(";")[0]
    assert half.startswith("half=")
    assert {"httponly", "samesite=strict", "max-age=300", "path=/"} <= {
        part.strip().casefold() for part in flags.split(";")
    }
    token = half.partition("=")[2]
    for cookie in (half, f"sid={token}", f"sid={token}; {half}"):
        for path in (home, "/files/1", f"/invoices/{served.of_a}.pdf", "/portal/exports/due.csv"):
            status, headers, body = served.request("GET", path, cookie=cookie)
            assert status == 303, (cookie, path)
            assert headers["location"].startswith("/login")
            assert b"Work for A" not in body

    async def story():
        for cookie in (half, f"sid={token}"):
            async with client(served, cookie, page=home) as visitor:
                assert "/login" in visitor.frames.text
                assert "INV-" not in visitor.frames.text

    run(story())
    status, headers, _ = say(served, half, phones[who].code())
    assert (status, headers["location"]) == (303, home)
    session = next(
        part for part in headers["set-cookie"].split(", ") if part.startswith("sid=")
    ).split(";")[0]
    assert served.request("GET", home, cookie=session)[0] == 200
    status, headers, _ = say(served, half, phones[who].recovery.pop())
    assert headers["location"] == "/login?error=late", "the step is over"


def test_a_wrong_code_says_so_keeps_the_way_and_signs_nobody_in(served, phones):
    half = half_of(served, "sales").split(";")[0]
    status, headers, _ = say(served, half, "000000", next=f"/invoices?invoice={served.of_a}")
    assert status == 303
    assert headers["location"].startswith("/login/code?error=wrong&next=%2Finvoices")
    assert "set-cookie" not in headers
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = say(served, half_of(served, "sales").split(";")[0], "nope", next=elsewhere)
        assert "evil" not in answer[1]["location"]


@pytest.mark.parametrize("cookie", ["", "half=", "half=x", "half=" + "a" * 43, "sid=" + "a" * 43])
def test_without_the_first_step_there_is_no_second(served, phones, cookie):
    for code in ("000000", phones["b40"].code(), phones["b40"].recovery[0]):
        status, headers, _ = say(served, cookie, code)
        assert (status, headers["location"]) == (303, "/login?error=late")
        assert "sid=" not in headers.get("set-cookie", "")


def test_another_site_sends_no_code(served, phones):
    half = half_of(served, "b40").split(";")[0]
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert say(served, half, phones["b40"].code(), **headers)[0] == 403
    assert say(served, half, phones["b40"].code())[1]["location"] == "/portal"


@pytest.mark.spec("RELIABILITY-P25", "RELIABILITY-A16")
def test_codes_are_guessed_as_slowly_as_passwords():
    with serve() as alone:
        phone = Phone(alone, "viewer")
        answers = []
        for guess in range(12):
            _, headers, _ = alone.sign_in("viewer")
            half = headers["set-cookie"].split(";")[0]
            answers.append(say(alone, half, f"{guess:06d}")[1]["location"])
        assert sum("error=wrong" in answer for answer in answers) <= 7, answers
        assert any("error=wait" in answer for answer in answers)
        assert len(alone.world.all(LoginFailure)) <= 7
        body = alone.log.read_text(errors="replace")
        assert phone.key.hex() not in body
        assert all(code not in body for code in phone.recovery)


@pytest.mark.spec("ERP-41")
def test_a_person_without_a_role_is_told_so_and_gets_no_data(served):
    w = served.world
    cookie = served.fresh_cookie("a30")
    with w.database.write() as session:
        for row in w.all(ExternalAccess):
            if row.user_id == w.people["a30"].user_id:
                session.delete(session.get_one(ExternalAccess, row.id))
    import time

    time.sleep(2.2)  # how long a process remembers a session
    for path in (
        "/portal",
        "/portal/invoices",
        "/portal/account",
        f"/portal/invoices/{served.of_a}",
    ):
        status, _, body = served.request("GET", path, cookie=cookie)
        assert (status, b"CC010" in body) == (403, True), path
        assert b"INV-" not in body
    for path in (f"/invoices/{served.of_a}.pdf", "/portal/exports/orders.csv", "/files/1"):
        assert served.request("GET", path, cookie=cookie)[0] == 404

    async def story():
        opened = await Client(served, cookie, page="/portal").open()
        frames = (await opened.hear()).text
        await opened.close()
        return frames

    heard = run(story())
    assert "INV-" not in heard
    assert "Halvorsen" not in heard
