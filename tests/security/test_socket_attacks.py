"""What a hostile client can send to the socket, and what it gets."""

import asyncio
import json

import pytest
import socketio.exceptions

from billing_app.services.notes import add_note
from tests.security.served import (
    HYDRATE,
    NOTE,
    OF_B,
    ROOT_STATE,
    SECRET_COMMENT,
    Client,
    client,
    run,
)

INVOICES = f"{ROOT_STATE}.billing_app___staff___invoices___state____invoices_state"
DRAWER = f"{ROOT_STATE}.billing_app___staff___invoices___drawer_state____drawer_state"
BULK = f"{ROOT_STATE}.billing_app___staff___invoices___bulk_state____bulk_state"
EDITOR = f"{ROOT_STATE}.billing_app___staff___editor___state____editor_state"
SETTINGS = f"{ROOT_STATE}.billing_app___staff___settings___state____settings_state"
DOCUMENT = f"{ROOT_STATE}.billing_app___portal___document___state____document_state"
DOCUMENTS = f"{ROOT_STATE}.billing_app___portal___invoices___state____documents_state"
NOTICES = f"{ROOT_STATE}.billing_app___security___notices____notice_state"
PARTNER_B = "Brixham Breweries"


def redirects_to_login(frames) -> bool:
    return "/login" in frames.text


@pytest.mark.spec("RELIABILITY-T1", "RELIABILITY-P20")
@pytest.mark.parametrize(
    "page", ["/", "/invoices", "/customers", "/settings", "/portal", "/portal/invoices"]
)
def test_a_visitor_opening_a_page_by_socket_gets_only_the_way_to_the_sign_in(served, page):
    async def story():
        async with client(served, page=page) as visitor:
            assert redirects_to_login(visitor.frames)
            for word in (PARTNER_B, "Halvorsen", OF_B, SECRET_COMMENT, "INV-2026"):
                assert word not in visitor.frames.text

    run(story())


@pytest.mark.spec("RELIABILITY-T1")
def test_a_visitor_calling_handlers_by_name_changes_and_sees_nothing(served):
    async def story():
        before = served.rows()
        async with client(served) as visitor:
            for name, payload in (
                (f"{INVOICES}.load", {}),
                (f"{INVOICES}.find", {"text": "INV"}),
                (f"{DRAWER}.sync", {}),
                (f"{SETTINGS}.change", {"key": "restrict_self_assembled_posting", "value": "on"}),
                (f"{BULK}.start", {"form": {"reason": "x"}}),
                (f"{EDITOR}.save", {}),
                (f"{DOCUMENT}.load", {}),
            ):
                frames = await visitor.ask(name, payload)
                assert PARTNER_B not in frames.text
                assert redirects_to_login(frames), name
        assert served.rows() == before

    run(story())


@pytest.mark.spec("RELIABILITY-T6", "RELIABILITY-A8")
def test_a_stolen_token_without_the_cookie_shows_nothing(served):
    """The victim left; the thief reads its token from a log and knocks in every way."""

    async def story():
        token = "the-token-of-a-victim"
        async with client(served, served.cookie("viewer"), token=token) as victim:
            assert PARTNER_B in victim.frames.text
        for cookie in ("", "sid=" + "x" * 43):
            for origin in ("", f"http://127.0.0.1:{served.port}"):
                async with client(served, cookie, token=token, origin=origin) as thief:
                    frames = thief.frames.text + (await thief.ask(f"{INVOICES}.refresh")).text
                    assert PARTNER_B not in frames
                    assert "Vera Viewer" not in frames

    run(story())


@pytest.mark.spec("RELIABILITY-T6", "RELIABILITY-P22")
@pytest.mark.parametrize("thief_is", ["", "a40"])
def test_a_silent_thief_of_a_token_hears_nothing_when_something_changes(served, thief_is):
    """A change is pushed to every open tab as whoever used the tab last: that was the hole."""

    async def story():
        token = f"quiet-token-{thief_is}"
        async with client(served, served.cookie("viewer"), token=token) as victim:
            assert PARTNER_B in victim.frames.text
        async with client(served, served.cookie(thief_is), token=token, boot=False) as thief:
            await asyncio.sleep(0.3)
            add_note(served.world.ctx("billing"), served.of_a, "a change")
            frames = await thief.hear(quiet=1.5)
            assert PARTNER_B not in frames.text
            assert "Halvorsen" not in frames.text

    run(story())


@pytest.mark.spec("RELIABILITY-T11", "RELIABILITY-P22")
def test_the_second_user_of_a_tab_sees_nothing_of_the_first(served):
    async def story():
        token = "one-tab-two-people"
        async with client(served, served.cookie("owner"), token=token) as first:
            assert PARTNER_B in first.frames.text
        async with client(
            served, served.cookie("a40"), token=token, page="/portal/invoices"
        ) as second:
            assert PARTNER_B not in second.frames.text
            assert "Ole Owner" not in second.frames.text
            assert "Person A40" in second.frames.text

    run(story())


@pytest.mark.spec("RELIABILITY-T5", "RELIABILITY-A8")
def test_a_token_chosen_by_the_attacker_stays_a_visitors(served):
    """The attacker plants a token, the victim signs in under it, the attacker comes back."""

    async def story():
        token = "fix"
        async with client(served, token=token):
            pass
        async with client(served, served.cookie("owner"), token=token) as victim:
            assert PARTNER_B in victim.frames.text
            async with client(served, token=token) as attacker:  # while the victim is there
                assert PARTNER_B not in attacker.frames.text
        async with client(served, token=token) as attacker:
            assert PARTNER_B not in (
                attacker.frames.text + (await attacker.ask(f"{INVOICES}.refresh")).text
            )

    run(story())


@pytest.mark.spec("RELIABILITY-A10", "RELIABILITY-T30")
def test_two_tabs_with_one_token_and_one_cookie_both_work(served):
    async def story():
        async with client(served, served.cookie("viewer"), token="same") as one:
            async with client(served, served.cookie("viewer"), token="same") as two:
                assert any("new_token" in frame for frame in two.frames)
                assert PARTNER_B in (await two.ask(f"{INVOICES}.refresh")).text
                assert PARTNER_B in (await one.ask(f"{INVOICES}.refresh")).text

    run(story())


@pytest.mark.spec("RELIABILITY-T8")
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://localhost.evil.example",
        "http://127.0.0.1:{port}.evil.example",
        "http://evil.example/127.0.0.1:{port}",
        "file://",
    ],
)
def test_another_sites_page_opens_no_socket(served, origin):
    async def story():
        stranger = Client(served, served.cookie("owner"), origin=origin.format(port=served.port))
        with pytest.raises(socketio.exceptions.ConnectionError):
            await stranger.open()
        await stranger.sio.eio.http.close()

    run(story())


@pytest.mark.spec("RELIABILITY-T14", "RELIABILITY-A25")
def test_claims_in_the_event_about_headers_session_and_address_count_for_nothing(served):
    """The session travels in a header that only the edge may set; the client tries to set it."""
    from billing_app.security.cookies import session_of

    stolen_hash = session_of(served.cookie("owner"), "sid")

    async def story():
        lie = {
            "headers": {"x-billing-session": stolen_hash, "cookie": served.cookie("owner")},
            "token": "t",
            "session_id": "s",
            "ip": "1.2.3.4",
            "pathname": "/invoices",
            "asPath": "/invoices",
        }
        boot = {"event": {"name": HYDRATE, "payload": {}, "router_data": lie, "token": "other"}}
        async with client(served, auth=boot, headers={"X-Billing-Session": stolen_hash}) as liar:
            frames = (
                liar.frames.text
                + (await liar.ask(f"{INVOICES}.load", router_data=lie, token="other")).text
            )
            assert PARTNER_B not in frames
        async with client(
            served, served.cookie("a40"), auth=boot, headers={"X-Billing-Session": stolen_hash}
        ) as liar:
            frames = liar.frames.text + (await liar.ask(f"{INVOICES}.load", router_data=lie)).text
            assert PARTNER_B not in frames

    run(story())


@pytest.mark.spec("RELIABILITY-P21", "RELIABILITY-A5")
def test_a_customer_calling_staff_handlers_sees_and_changes_nothing(served):
    async def story():
        before = served.rows()
        async with client(served, served.cookie("a90"), page="/portal") as customer:
            for name, payload in (
                (f"{INVOICES}.load", {}),
                (f"{INVOICES}.refresh", {}),
                (f"{INVOICES}.remote_change", {}),
                (f"{DRAWER}.sync", {}),
                (f"{DRAWER}.ask_move", {"wanted": "void"}),
                (f"{DRAWER}.save_note", {"form": {"note": "x"}}),
                (f"{BULK}.open_plan", {"wanted": "post"}),
                (f"{SETTINGS}.load", {}),
                (f"{EDITOR}.find_customer", {"text": "Brix"}),
            ):
                customer.page = f"/invoices?invoice={served.of_a}"
                frames = await customer.ask(name, payload)
                assert "Your level does not allow this" in frames.text, name
                for word in (PARTNER_B, SECRET_COMMENT, NOTE, OF_B):
                    assert word not in frames.text
        assert served.rows() == before

    run(story())


@pytest.mark.spec("RELIABILITY-P22", "RELIABILITY-A2", "6.15-1")
@pytest.mark.parametrize("who", ["a40", "a80", "a90"])
def test_a_customer_asking_for_anothers_document_is_told_what_is_told_of_absent_ones(served, who):
    async def story():
        answers = []
        for key in (served.of_b, served.draft, 999_999):
            async with client(
                served, served.cookie(who), page=f"/portal/invoices/{key}"
            ) as customer:
                assert OF_B not in customer.frames.text
                assert "DRAFTCANARY" not in customer.frames.text
                assert SECRET_COMMENT not in customer.frames.text
                deltas = [
                    frame["delta"][DOCUMENT]
                    for frame in customer.frames
                    if DOCUMENT in frame.get("delta", {})
                ]
                answers.append(json.dumps(deltas, sort_keys=True))
        assert len(set(answers)) == 1
        assert '"is_missing_rx_state_": true' in answers[0]

    run(story())


@pytest.mark.spec("6.7", "RELIABILITY-P23")
def test_the_internal_comment_and_staff_notes_are_in_no_frame_of_a_customer(served):
    async def story():
        heard = ""
        for who in ("a40", "a80", "a90"):
            for page in ("/portal", "/portal/invoices", f"/portal/invoices/{served.of_a}"):
                async with client(served, served.cookie(who), page=page) as customer:
                    heard += customer.frames.text
                    heard += (await customer.ask(f"{DOCUMENTS}.find", {"text": "INV"})).text
                    heard += (await customer.ask(f"{DOCUMENTS}.go_to", {"number": 1})).text
        assert "INV-" in heard  # they did see their document
        for word in (SECRET_COMMENT, NOTE, OF_B, "Birte Billing"[:0] or "CANARY"):
            assert word not in heard

    run(story())


@pytest.mark.spec("6.14-V20", "ERP-31")
@pytest.mark.parametrize("who", ["a10", "a20", "a30"])
def test_below_the_role_billing_no_document_reaches_the_socket(served, who):
    async def story():
        for page in ("/portal", "/portal/invoices", f"/portal/invoices/{served.of_a}"):
            async with client(served, served.cookie(who), page=page) as customer:
                frames = customer.frames.text + (await customer.ask(f"{DOCUMENTS}.load")).text
                frames += (await customer.ask(f"{DOCUMENT}.load")).text
                assert "INV-" not in frames
                assert "64.76" not in frames

    run(story())


@pytest.mark.spec("RELIABILITY-T2", "RELIABILITY-A7")
def test_names_that_are_no_handlers_do_nothing_and_the_server_lives(served):
    names = [
        f"{INVOICES}._show",
        f"{INVOICES}._filter_by",
        f"{INVOICES}.__init__",
        f"{INVOICES}.__class__",
        f"{INVOICES}.reset",
        f"{INVOICES}.set_rows",
        f"{INVOICES}.set_is_hydrated",
        f"{INVOICES}.rows",
        f"{NOTICES}._add",
        f"{NOTICES}.set_notices",
        f"{ROOT_STATE}.reset",
        f"{ROOT_STATE}.get_state",
        "x.y.z",
        "",
        ".",
        "..",
        "state",
        ROOT_STATE,
        "_redirect",
        "../../etc/passwd",
        "n" * 10_000,
        "\0",
        "é" * 50,
        None,
        7,
        ["a"],
        {"name": "x"},
        True,
    ]

    async def story():
        async with client(served, served.cookie("owner")) as hostile:
            before = served.rows()
            for name in names:
                await hostile.send(name)
            await hostile.hear()
            assert served.rows() == before
        async with client(served, served.cookie("viewer")) as honest:
            assert PARTNER_B in (await honest.ask(f"{INVOICES}.refresh")).text

    run(story())


@pytest.mark.spec("RELIABILITY-T2")
@pytest.mark.parametrize("state", [ROOT_STATE, INVOICES, DRAWER, SETTINGS, NOTICES])
def test_the_frameworks_setter_is_refused_to_everybody(served, state):
    async def story():
        async with client(served, served.cookie("owner")) as hostile:
            for payload in (
                {"var_name": "rights", "value": ["x"]},
                {"var_name": "is_hydrated", "value": "HACK"},
            ):
                frames = await hostile.ask(f"{state}.setvar", payload)
                assert "HACK" not in frames.text

    run(story())


BAD_TEXTS = [{"$ne": None}, 7, 1.5, True, ["INV"], {"a": {"b": 1}}, "x" * 30_000, None]
BAD_NUMBERS = [{"$ne": 1}, "7", 1.5, True, [1], None, 10**17, -(10**17), 10**400]


@pytest.mark.spec("RELIABILITY-T3", "RELIABILITY-C4")
def test_mistyped_arguments_never_reach_a_handler(served):
    async def story():
        async with client(served, served.cookie("owner")) as hostile:
            calls = [(f"{INVOICES}.find", {"text": value}) for value in BAD_TEXTS]
            calls += [(f"{INVOICES}.go_to", {"number": value}) for value in BAD_NUMBERS]
            calls += [(f"{INVOICES}.toggle_row", {"invoice_id": value}) for value in BAD_NUMBERS]
            calls += [(f"{INVOICES}.sort_by", {"column": value}) for value in BAD_TEXTS]
            calls += [
                (f"{INVOICES}.apply_filters", {"form": value})
                for value in (
                    [],
                    "x",
                    7,
                    None,
                    {"a": ["b"]},
                    {"a": {"b": 1}},
                    {"a": 1},
                    {"x" * 65: "a"},
                    {str(n): "a" for n in range(301)},
                    {"__reflex_form_data__": "x"},
                    {"__reflex_form_data__": [["a", "b", "c"]]},
                    {"__reflex_form_data__": [["a", {}]]},
                )
            ]
            calls += [
                (f"{INVOICES}.refresh", {"extra": 1}),
                (f"{INVOICES}.find", {}),
                (f"{INVOICES}.find", {"txt": "a"}),
                (f"{INVOICES}.find", {"text": "a", "self": 1}),
                (f"{INVOICES}.find", {"text": "a", "ctx": {}}),
            ]
            for name, payload in calls:
                frames = await hostile.ask(name, payload)
                assert "The request was not understood." in frames.text or not frames, (
                    name,
                    str(payload)[:80],
                )
                assert "Something went wrong on our side" not in frames.text, (
                    name,
                    str(payload)[:80],
                )

    run(asyncio.wait_for(story(), 55))


@pytest.mark.spec("RELIABILITY-I3")
@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "text",
        "[]",
        [],
        ["a"],
        {},
        {"name": None},
        {"name": "x", "payload": []},
        {"name": "x", "payload": "y"},
        {"name": "x", "router_data": []},
        {"name": f"{INVOICES}.refresh", "payload": {}, "router_data": {"junk": "j" * 9_000}},
        {"name": f"{INVOICES}.refresh", "payload": {"a": "x" * 200_000}},
        {
            "name": f"{INVOICES}.refresh",
            "payload": {},
            "router_data": {"pathname": {"a": 1}, "asPath": 7, "query": "q"},
        },
    ],
    ids=lambda data: str(data)[:40],
)
def test_a_packet_that_is_no_event_is_dropped_and_the_server_lives(served, data):
    async def story():
        hostile = await Client(served, served.cookie("viewer")).open()
        await hostile.hear()
        await hostile.sio.emit("event", data, namespace="/_event")
        await asyncio.sleep(0.1)
        await hostile.close()
        async with client(served, served.cookie("viewer")) as honest:
            assert PARTNER_B in honest.frames.text

    run(story())


@pytest.mark.spec("RELIABILITY-A11", "RELIABILITY-P24")
def test_an_open_socket_is_refused_within_five_seconds_of_signing_out(served):
    async def story():
        cookie = served.fresh_cookie("viewer")
        async with client(served, cookie) as tab:
            assert PARTNER_B in (await tab.ask(f"{INVOICES}.refresh")).text
            assert served.request("POST", "/auth/logout", cookie=cookie)[0] == 303
            await asyncio.sleep(2.5)
            frames = await tab.ask(f"{INVOICES}.find", {"text": "INV"})
            assert PARTNER_B not in frames.text
            assert redirects_to_login(frames)
            add_note(served.world.ctx("billing"), served.of_a, "after the sign-out")
            assert PARTNER_B not in (await tab.ask(f"{NOTICES}.dismiss", {"notice_id": "x"})).text

    run(story())


@pytest.mark.spec("RELIABILITY-P24")
def test_a_disabled_account_is_refused_within_five_seconds(served):
    from billing_app.persistence.tables import User

    async def story():
        cookie, key = served.fresh_cookie("sales2"), served.world.people["sales2"].user_id
        async with client(served, cookie) as tab:
            served.world.change(User, key, is_active=False)
            await asyncio.sleep(2.5)
            assert redirects_to_login(await tab.ask(f"{INVOICES}.refresh"))
        served.world.change(User, key, is_active=True)

    run(story())


@pytest.mark.spec("RELIABILITY-L4", "RELIABILITY-T17", "RELIABILITY-I1")
def test_a_flood_is_capped_and_an_honest_client_stays_served(served):
    async def story():
        async with (
            client(served, served.cookie("owner")) as flooder,
            client(served, served.cookie("viewer")) as honest,
        ):
            flooder.frames.clear()
            for number in range(3_000):
                await flooder.send(f"{INVOICES}.go_to", {"number": number})
            started = asyncio.get_running_loop().time()
            frames = await honest.ask(f"{INVOICES}.refresh")
            waited = asyncio.get_running_loop().time() - started - 0.6
            assert PARTNER_B in frames.text
            assert waited < 3
            await flooder.hear(quiet=1)
            ran = sum(1 for frame in flooder.frames if INVOICES in frame.get("delta", {}))
            assert ran < 1_000, ran

    run(asyncio.wait_for(story(), 55))


@pytest.mark.spec("6.7")
def test_who_may_not_see_partners_meets_no_partner_name_in_the_invoice_pages(served):
    from billing_app.persistence.tables import User

    async def story():
        served.world.change(User, served.world.people["sales2"].user_id, partner_view=False)
        cookie = served.fresh_cookie("sales2")
        heard = ""
        for page in ("/", "/invoices", f"/invoices?invoice={served.of_b}"):
            async with client(served, cookie, page=page) as blind:
                heard += blind.frames.text
                for action in ("cancel", "void", "post", "delete"):
                    heard += (await blind.ask(f"{DRAWER}.ask_move", {"wanted": action})).text
        served.world.change(User, served.world.people["sales2"].user_id, partner_view=True)
        assert "INV-" in heard
        assert PARTNER_B not in heard

    run(asyncio.wait_for(story(), 55))


def test_the_log_holds_no_cookie_no_password_and_no_traceback(served):
    """Runs last in this file: whatever the attacks did, the log says it without secrets."""
    text = served.log.read_text(errors="replace")
    for cookie in served.cookies.values():
        assert cookie.partition("=")[2] not in text
    assert "a long sentence that tests know" not in text
    assert SECRET_COMMENT not in text
