"""Two-factor sign-in: switched on and off, its codes, guessing, and who resets it for whom."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from billing_app.domain.access import GrantRefused
from billing_app.domain.errors import BillingError, Forbidden, Invalid, NotFound, Refused
from billing_app.persistence.tables import (
    AuditEntry,
    ExternalAccess,
    LoginChallenge,
    LoginFailure,
    LoginSession,
    RecoveryCode,
    SecondFactor,
    User,
)
from billing_app.security.authenticator import code_at, matching_step
from billing_app.services.people.factor_reset import reset_colleague_factor, reset_factor
from billing_app.services.people.second_factor import (
    begin_factor,
    confirm_factor,
    end_factor,
    own_factor,
)
from billing_app.services.people.second_step import StepOver, enter_code
from billing_app.services.people.sessions import (
    Browser,
    HalfSignedIn,
    resolve_session,
    sign_in,
)
from billing_app.services.people.tries import TooManyTries

HERE = Browser("10.0.0.1", "Firefox")
SOON = timedelta(seconds=30)
BOTH = pytest.mark.parametrize("who", ["viewer", "a40"])


def fits(password, stored):
    return bool(stored) and password == stored, None


def enter(w, who, token="half", password="right"):  # noqa: S107
    w.change(User, w.people[who].user_id, password_hash="right")
    email = w.people[who].email
    return sign_in(w.ctx(), email, password, verify=fits, token_hash=token, browser=HERE)


def say(w, code, half="half", token="full"):  # noqa: S107
    return enter_code(w.ctx(), half, code, step=matching_step, token_hash=token, browser=HERE)


def end(w, who, code, password="right"):  # noqa: S107
    end_factor(w.ctx(who), password, code, verify=fits, step=matching_step)


class Phone:
    """Somebody's authenticator app, set up with the key that was shown."""

    def __init__(self, w, who):
        self.w, self.key = w, begin_factor(w.ctx(who))

    def code(self, later=timedelta(0)):
        return code_at(self.key, self.w.clock.now() + later)


def switched_on(w, who):
    """The app and the recovery codes; the clock is past the code that was used."""
    phone = Phone(w, who)
    codes = confirm_factor(w.ctx(who), phone.code(), step=matching_step)
    w.clock.instant += SOON
    return phone, codes


@BOTH
def test_a_password_alone_opens_nothing_once_it_is_on(w, who):
    phone, codes = switched_on(w, who)
    assert own_factor(w.ctx(who)).is_on
    assert len(set(codes)) == 10
    assert isinstance(enter(w, who), HalfSignedIn)
    assert resolve_session(w.ctx(), "half") is None
    assert w.all(LoginSession) == []
    actor = say(w, phone.code())
    assert actor.user_id == resolve_session(w.ctx(), "full").user_id == w.people[who].user_id
    assert w.all(LoginFailure) == []


def test_it_is_not_on_before_a_code_of_the_app_was_typed(w):
    phone = Phone(w, "viewer")
    assert enter(w, "viewer", "whole").user_id == w.people["viewer"].user_id
    with pytest.raises(Invalid):
        confirm_factor(w.ctx("viewer"), "000000", step=matching_step)
    assert not own_factor(w.ctx("viewer")).is_on
    newer = Phone(w, "viewer")
    with pytest.raises(Invalid):
        confirm_factor(w.ctx("viewer"), phone.code(), step=matching_step)
    confirm_factor(w.ctx("viewer"), newer.code(), step=matching_step)
    for verb in (begin_factor, lambda ctx: confirm_factor(ctx, "1", step=matching_step)):
        with pytest.raises(Refused):
            verb(w.ctx("viewer"))


def test_switching_on_ends_the_sessions_that_no_code_opened_but_this_one(w):
    enter(w, "viewer", "here")
    enter(w, "viewer", "there")
    here = replace(w.people["viewer"], session="here")
    phone = Phone(w, "viewer")
    confirm_factor(w.ctx(here), phone.code(), step=matching_step)
    assert resolve_session(w.ctx(), "here")
    assert resolve_session(w.ctx(), "there") is None


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_off_and_no_more(w, seconds, is_right):
    phone, _ = switched_on(w, "viewer")
    w.clock.instant += 4 * SOON
    enter(w, "viewer")
    assert (say(w, phone.code(timedelta(seconds=seconds))) is not None) == is_right


def test_a_code_works_once_also_in_the_next_step_and_for_another_sign_in(w):
    phone, _ = switched_on(w, "viewer")
    enter(w, "viewer")
    code = phone.code()
    assert say(w, code)
    enter(w, "viewer", "second half")
    w.clock.instant += SOON
    assert say(w, code, "second half", "other") is None
    assert say(w, phone.code(-SOON), "second half", "other") is None
    assert say(w, phone.code(), "second half", "other")


def test_the_code_that_switched_it_on_opens_no_session(w):
    phone = Phone(w, "viewer")
    code = phone.code()
    confirm_factor(w.ctx("viewer"), code, step=matching_step)
    enter(w, "viewer")
    assert say(w, code) is None


@BOTH
def test_a_recovery_code_works_once_however_it_is_typed(w, who):
    _, codes = switched_on(w, who)
    enter(w, who)
    assert say(w, f"  {codes[0].upper().replace('-', ' ')} ")
    assert own_factor(w.ctx(who)).codes_left == 9
    enter(w, who, "again")
    assert say(w, codes[0], "again", "more") is None
    assert say(w, codes[1].replace("-", ""), "again", "more")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "0",
        "12345",
        "1234567",
        "abcdef",
        "\0" * 6,
        "١٢٣٤٥٦",
        "9" * 5_000,
        "' OR 1=1 --",
        "\ud800",
    ],
)
def test_no_odd_text_is_a_code(w, code):
    switched_on(w, "viewer")
    enter(w, "viewer")
    assert say(w, code) is None


def test_the_half_token_lives_five_minutes_once_and_for_its_own_account(w):
    phone, _ = switched_on(w, "viewer")
    enter(w, "viewer")
    w.clock.instant += timedelta(minutes=5)
    for half in ("half", "", "made up"):
        with pytest.raises(StepOver):
            say(w, phone.code(), half)
    enter(w, "viewer", "new")
    assert [row.token_hash for row in w.all(LoginChallenge)] == ["new"]
    assert say(w, phone.code(), "new")
    w.clock.instant += SOON
    with pytest.raises(StepOver):
        say(w, phone.code(), "new", "twice")
    other, _ = switched_on(w, "sales")
    enter(w, "viewer", "third")
    w.clock.instant += SOON
    assert say(w, other.code(), "third", "theirs") is None
    w.change(User, w.people["viewer"].user_id, is_active=False)
    with pytest.raises(StepOver):
        say(w, phone.code(), "third", "theirs")


def test_one_code_at_once_in_many_windows_opens_one_session(w):
    phone, _ = switched_on(w, "viewer")
    for at in range(4):
        enter(w, "viewer", f"half{at}")
    code, opened, start = phone.code(), [], Barrier(4)

    def attempt(at):
        start.wait()
        try:
            opened.append(say(w, code, f"half{at}", f"full{at}"))
        except BillingError:
            opened.append(None)

    threads = [Thread(target=attempt, args=(at,)) for at in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len([one for one in opened if one]) == 1
    assert len(w.all(LoginSession)) == 1


def test_guessing_codes_waits_like_guessing_passwords_and_the_password_forgives_nothing(lite):
    w = lite
    phone, _ = switched_on(w, "viewer")
    evaluated = refused = 0
    for guess in range(2_000):
        try:
            assert isinstance(enter(w, "viewer", f"half{guess}"), HalfSignedIn)
            evaluated += say(w, "000000", f"half{guess}") is None
        except TooManyTries:
            refused += 1
        w.clock.instant += timedelta(seconds=1)
    assert evaluated < 20
    assert refused > 1_900
    w.clock.instant += timedelta(minutes=16)
    enter(w, "viewer", "mine")
    assert say(w, phone.code(), "mine")
    assert w.all(LoginFailure) == []


@pytest.mark.spec("RELIABILITY-P25")
def test_who_knows_no_password_keeps_nobody_from_the_second_step(w):
    phone, _ = switched_on(w, "viewer")
    user_id = w.people["viewer"].user_id
    for name in (w.people["viewer"].email, f" code {user_id}", f"code {user_id}"):
        for _ in range(8):
            try:
                sign_in(w.ctx(), name, "guess", verify=fits, token_hash="t", browser=HERE)
            except TooManyTries:
                w.clock.instant += timedelta(minutes=15)
    w.clock.instant += timedelta(minutes=15)
    enter(w, "viewer")
    assert say(w, phone.code())


@BOTH
def test_switching_off_needs_password_and_code_and_counts_tries(w, who):
    phone, codes = switched_on(w, who)
    enter(w, who)
    with pytest.raises(Invalid) as wrong:
        end(w, who, phone.code(), "wrong")
    assert set(wrong.value.fields) == {"password"}
    with pytest.raises(Invalid) as wrong:
        end(w, who, "000000")
    assert set(wrong.value.fields) == {"code"}
    with pytest.raises(TooManyTries):
        for _ in range(6):
            try:
                end(w, who, "000000")
            except Invalid:
                continue
    w.clock.instant += timedelta(minutes=16)
    end(w, who, codes[3])
    assert not own_factor(w.ctx(who)).is_on
    assert [w.all(kind) for kind in (SecondFactor, RecoveryCode, LoginChallenge)] == [[], [], []]
    assert enter(w, who, "whole").user_id == w.people[who].user_id
    with pytest.raises(Refused):
        end(w, who, codes[4])


def test_the_database_keeps_neither_key_nor_codes_and_the_trail_neither(w):
    phone, codes = switched_on(w, "viewer")
    kept = str([row.model_dump() for kind in (SecondFactor, RecoveryCode, AuditEntry)
                for row in w.all(kind)])  # fmt: skip
    assert phone.key.hex() not in kept
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept
    digests = {hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code in codes}
    assert {row.code_hash for row in w.all(RecoveryCode)} == digests
    elsewhere = replace(w.ctx("viewer"), secret=b"another server's key, long enough")
    enter(w, "viewer")
    made_there = enter_code(
        elsewhere, "half", phone.code(), step=matching_step, token_hash="x", browser=HERE
    )
    assert made_there is None


def access_of(w, who):
    mine = w.people[who].user_id
    return next(row.id for row in w.all(ExternalAccess) if row.user_id == mine)


def test_an_owner_resets_somebodys_and_it_is_written_down(w):
    for who in ("admin", "accounting", "a40"):
        switched_on(w, who)
        w.add(LoginSession(token_hash=f"of {who}", user_id=w.people[who].user_id,
                           created_at=w.clock.now(), seen_at=w.clock.now()))  # fmt: skip
        for other in ("viewer", "accounting2", "admin", "a90", "b90"):
            with pytest.raises(Forbidden):
                reset_factor(w.ctx(other), w.people[who].user_id)
        reset_factor(w.ctx("owner"), w.people[who].user_id)
        assert resolve_session(w.ctx(), f"of {who}") is None
        assert not own_factor(w.ctx(who)).is_on
        with pytest.raises(NotFound):
            reset_factor(w.ctx("owner"), w.people[who].user_id)
    last = w.all(AuditEntry)[-1]
    assert (last.action, last.actor_id) == ("second_factor_reset", w.people["owner"].user_id)
    switched_on(w, "owner")
    with pytest.raises(GrantRefused):
        reset_factor(w.ctx("owner"), w.people["owner"].user_id)


def test_a_customers_owner_resets_colleagues_of_this_customer_alone(w):
    switched_on(w, "a40")
    access = access_of(w, "a40")
    for other in ("a40", "a80", "owner"):
        with pytest.raises(Forbidden):
            reset_colleague_factor(w.ctx(other), access)
    with pytest.raises(NotFound):
        reset_colleague_factor(w.ctx("b90"), access)
    both = w.add(ExternalAccess(customer_id=w.customers["b"], user_id=w.people["a40"].user_id))
    with pytest.raises(GrantRefused):
        reset_colleague_factor(w.ctx("a90"), access)
    with w.database.write() as session:
        session.delete(session.get_one(ExternalAccess, both))
    reset_colleague_factor(w.ctx("a90"), access)
    assert not own_factor(w.ctx("a40")).is_on
    switched_on(w, "a90")
    with pytest.raises(GrantRefused):
        reset_colleague_factor(w.ctx("a90"), access_of(w, "a90"))


def test_a_new_password_by_link_still_asks_the_code(w):
    from billing_app.services.people.links import new_password_link, set_password

    phone, _ = switched_on(w, "sales")
    token = new_password_link(w.ctx("admin"), w.people["sales"].user_id)
    set_password(w.ctx(), token, "right", hashed=lambda word: word, check=lambda *_: None)
    assert isinstance(enter(w, "sales"), HalfSignedIn)
    assert say(w, phone.code())
