"""Send to Customer and the mail queue: once per intention, never sent without being accepted."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from billing_app.domain.errors import (
    BillingError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PostingNotAllowed,
    Refused,
)
from billing_app.domain.lifecycle import Action, Posting
from billing_app.domain.mail import MOST_TRIES, MailFacts
from billing_app.integrations.mail.smtp import SmtpMailer, server_at
from billing_app.jobs.mailing import deliver_mail
from billing_app.persistence.tables import (
    AuditEntry,
    Company,
    Contact,
    Customer,
    DeliveryEvent,
    MailMessage,
    MailRecipient,
    MailTemplate,
    PdfDocument,
    PrintLog,
)
from billing_app.services.invoices.listing import open_invoice
from billing_app.services.mail.delivering import LEASE, claim_mail, note_refusal, note_sent
from billing_app.services.mail.mending import cancel_mail, get_mail, list_mail, send_again
from billing_app.services.mail.ports import MailDelayed, MailRefused
from billing_app.services.mail.sending import (
    NO_TERMS,
    compose_free,
    compose_mail,
    mark_sent,
    send_mail,
)
from billing_app.services.mail.stock import INVOICE, STOCK
from billing_app.services.mail.templates import (
    get_template,
    newest_label,
    preview_template,
    reset_template,
    save_template,
    template_scopes,
)
from billing_app.services.papers import staff_paper
from billing_app.services.settings import change_setting
from tests.services.test_posting import in_status
from tests.support.mail_sink import Sink

SENDER = "billing@aldermoor.example"
FACTS = MailFacts("anna@customer.example", "Invoice 1", "Dear Anna")


class Post:
    """A mailer that keeps what it takes, or answers what a test says."""

    def __init__(self, *answers):
        self.answers, self.letters = list(answers), []

    def send(self, letter, address):
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.letters.append((address, letter))


def reachable(w):
    w.change(Customer, w.customers["a"], email="office@customer.example")
    return w.customers["a"]


def sent(w, who="sales", key="k1", **changes):
    invoice_id = w.posted(notes="Pay by bank", terms="30 days")
    send_mail(w.ctx(who), invoice_id, replace(FACTS, **changes), key=key)
    return invoice_id


def deliver_all(w, mailer):
    count = 0
    while deliver_mail(w.ctx(), mailer):
        count += 1
    return count


def states(w):
    return [(row.role, row.address, row.state, row.tries) for row in ordered(w)]


def ordered(w):
    return sorted(w.all(MailRecipient), key=lambda row: row.id)


def deliveries(w):
    return [(row.channel, row.recipient, row.is_success) for row in w.all(DeliveryEvent)]


@pytest.mark.spec("CRM-22", "ORO-9", "ORO-10", "6.11")
def test_the_dialog_is_filled_from_the_template_for_the_billing_contact(w):
    key = reachable(w)
    invoice_id = w.posted(notes="Thank you", terms="Pay in 30 days")
    composed = compose_mail(w.ctx("sales"), invoice_id)
    number = w.invoice(invoice_id).number
    assert (composed.to, composed.subject) == ("office@customer.example", f"Invoice {number}")
    assert composed.attachment == f"{number}.pdf"
    assert "Dear Halvorsen Dairy," in composed.text
    assert "of 21 Nov 2026 over EUR 64.76." in composed.text
    assert "It is due on 21 Dec 2026." in composed.text
    assert "Thank you\n\nPay in 30 days" in composed.text
    assert composed.text.endswith("Kind regards\nAldermoor GmbH")
    assert composed.hints == ()
    w.add(Contact(customer_id=key, name="Otto", email="otto@customer.example"))
    assert compose_mail(w.ctx("sales"), invoice_id).to == "office@customer.example"
    w.add(Contact(customer_id=key, name="Ida", email="ida@customer.example", is_billing=True))
    assert compose_mail(w.ctx("sales"), invoice_id).to == "ida@customer.example"


@pytest.mark.spec("CRM-35")
def test_empty_notes_and_terms_are_pointed_out_and_do_not_stop_the_mail(w):
    invoice_id = w.posted()
    assert compose_mail(w.ctx("sales"), invoice_id).hints == (NO_TERMS,)
    send_mail(w.ctx("sales"), invoice_id, FACTS, key="k")
    assert len(w.all(MailMessage)) == 1
    assert compose_mail(w.ctx("sales"), w.posted(terms="Soon")).hints == ()


@pytest.mark.spec("CRM-2", "CRM-3", "CRM-22", "ORO-10", "6.11")
def test_a_mail_is_sent_when_the_server_took_it_with_the_very_bytes_of_the_paper(w):
    invoice_id = sent(w, cc="ben@customer.example", bcc="archive@aldermoor.example")
    assert states(w) == [
        ("to", "anna@customer.example", "waiting", 0),
        ("cc", "ben@customer.example", "waiting", 0),
        ("bcc", "archive@aldermoor.example", "waiting", 0),
    ]
    assert not w.invoice(invoice_id).is_delivered
    w.change(Company, 1, email="office@aldermoor.example")
    with Sink() as sink:
        assert deliver_all(w, SmtpMailer(server_at(sink.url), SENDER)) == 3
        taken = sink.taken
    assert [one.recipients for one in taken] == [
        ("anna@customer.example",),
        ("ben@customer.example",),
        ("archive@aldermoor.example",),
    ]
    assert len({one.mail["Message-ID"] for one in taken}) == 1
    paper = staff_paper(w.ctx("viewer"), invoice_id)
    assert all(one.files() == {paper.name: paper.content} for one in taken)
    assert taken[0].mail["From"] == "Aldermoor GmbH <billing@aldermoor.example>"
    assert taken[0].mail["Reply-To"] == "office@aldermoor.example"
    assert b"archive@" not in taken[2].content
    assert {row[2] for row in states(w)} == {"sent"}
    assert deliveries(w) == [
        ("email", "anna@customer.example", True),
        ("email", "ben@customer.example", True),
    ]
    assert w.invoice(invoice_id).is_delivered
    assert [row.kind for row in w.all(PrintLog)][:2] == ["email", "email"]
    assert len(w.all(PdfDocument)) == 1
    assert deliver_all(w, Post()) == 0


@pytest.mark.spec("RELIABILITY-G5", "RELIABILITY-P9")
def test_ten_presses_are_one_mail_and_a_second_intention_is_another(w):
    invoice_id = w.posted()
    problems = []

    def press():
        try:
            send_mail(w.ctx("sales"), invoice_id, FACTS, key="one")
        except BillingError as error:
            problems.append(error)

    presses = [Thread(target=press) for _ in range(10)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert problems == []
    assert len(w.all(MailMessage)) == 1
    send_mail(w.ctx("sales"), invoice_id, FACTS, key="two")
    assert len(w.all(MailMessage)) == 2
    with pytest.raises(Conflict):
        send_mail(w.ctx("billing"), invoice_id, FACTS, key="one")


@pytest.mark.spec("6.11", "RELIABILITY-G3")
def test_a_refused_mail_stays_unsent_with_its_reason(w):
    invoice_id = sent(w)
    assert deliver_all(w, Post(MailRefused(answer="550 no such user"))) == 1
    (row,) = w.all(MailRecipient)
    assert (row.state, row.error) == ("failed", "The mail server refused it: 550 no such user")
    assert deliveries(w) == [("email", "anna@customer.example", False)]
    assert not w.invoice(invoice_id).is_delivered
    assert deliver_all(w, Post()) == 0


@pytest.mark.spec("6.11", "RELIABILITY-G3", "RELIABILITY-L6")
def test_a_delayed_mail_waits_longer_each_time_and_is_given_up_after_a_day_and_more(w):
    sent(w)
    began, waits = w.clock.instant, []
    for tries in range(1, MOST_TRIES + 1):
        assert deliver_mail(w.ctx(), Post(MailDelayed(answer="451 later"))) is True
        assert deliver_mail(w.ctx(), Post()) is False
        (row,) = w.all(MailRecipient)
        assert row.tries == tries
        if row.state == "failed":
            break
        assert (row.state, row.error) == (
            "waiting",
            "The mail server did not take it yet: 451 later",
        )
        waits.append(row.due_at - w.clock.instant)
        w.clock.instant = row.due_at
    assert row.state == "failed"
    assert row.error.startswith(f"Given up after {MOST_TRIES} tries.")
    assert waits[0] < waits[2] < waits[4]
    assert w.clock.instant - began > timedelta(hours=24)
    assert deliveries(w) == [("email", "anna@customer.example", False)]


@pytest.mark.spec("RELIABILITY-P14")
def test_without_a_mail_server_everything_waits_and_posting_goes_on(w):
    sent(w)
    assert deliver_mail(w.ctx(), None) is False
    assert states(w)[0][2:] == ("waiting", 0)


@pytest.mark.spec("RELIABILITY-P14")
def test_what_the_server_took_is_never_sent_again_whoever_held_the_lease(w):
    sent(w)
    slow = claim_mail(w.ctx(), "slow")
    assert claim_mail(w.ctx(), "other") is None
    w.clock.instant += LEASE + timedelta(seconds=1)
    quick = claim_mail(w.ctx(), "quick")
    assert quick.letter == slow.letter
    note_refusal(w.ctx(), slow, "from the one that lost the lease")
    assert states(w)[0][2] == "sending"
    note_sent(w.ctx(), slow)
    note_refusal(w.ctx(), quick, "too late")
    note_sent(w.ctx(), quick)
    assert states(w)[0][2] == "sent"
    assert len(deliveries(w)) == 1
    w.clock.instant += timedelta(days=1)
    assert claim_mail(w.ctx(), "third") is None


@pytest.mark.spec("6.11")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "a@b.example, c@d.example"}, "to"),
        ({"to": "a@b.example\r\nBcc: x@y.example"}, "to"),
        ({"to": "a@b.example\0"}, "to"),
        ({"cc": "anna@CUSTOMER.example"}, "cc"),
        ({"bcc": "x" * 300 + "@y.example"}, "bcc"),
        ({"subject": "a\r\nBcc: x@y.example"}, "subject"),
        ({"text": "x" * 20_001}, "text"),
    ],
)
def test_what_would_leave_its_field_is_refused_and_nothing_is_queued(w, changes, field):
    invoice_id = w.posted()
    with pytest.raises(Invalid) as refused:
        send_mail(w.ctx("sales"), invoice_id, replace(FACTS, **changes), key="k")
    assert list(refused.value.fields) == [field]
    assert w.all(MailMessage) == w.all(MailRecipient) == []


@pytest.mark.spec("ORO-8", "ORO-11", "6.11")
@pytest.mark.parametrize("status", [one for one in Posting if one is not Posting.POSTED])
def test_an_unposted_invoice_is_not_mailed_before_it_is_posted(lite, status):
    invoice_id = in_status(lite, status)
    with pytest.raises(Refused, match="only a posted invoice"):
        compose_mail(lite.ctx("owner"), invoice_id)
    with pytest.raises(Refused, match="only a posted invoice"):
        send_mail(lite.ctx("owner"), invoice_id, FACTS, key="k")
    assert lite.all(MailMessage) == []


def test_what_came_from_a_supplier_is_not_sent_to_a_customer(w):
    invoice_id = w.posted(document_type_id=w.type_id("INI"))
    for attempt in (
        lambda: compose_mail(w.ctx("owner"), invoice_id),
        lambda: send_mail(w.ctx("owner"), invoice_id, FACTS, key="k"),
        lambda: mark_sent(w.ctx("owner"), invoice_id),
    ):
        with pytest.raises(Refused, match="came in from a supplier"):
            attempt()


@pytest.mark.spec("6.7")
def test_who_may_write_to_customers(lite):
    invoice_id = lite.posted()
    for who in ("viewer", "a40", "a90"):
        for attempt in (compose_mail, compose_free, mark_sent):
            with pytest.raises(Forbidden):
                attempt(lite.ctx(who), invoice_id)
        with pytest.raises(Forbidden):
            send_mail(lite.ctx(who), invoice_id, FACTS, key="k")
        with pytest.raises(Forbidden):
            claim_mail(lite.ctx(who), "w")
    blind = lite.ctx(replace(lite.people["sales"], sees_partner=False))
    for attempt in (compose_mail, compose_free):
        with pytest.raises(Forbidden, match="do not see business partners"):
            attempt(blind, invoice_id)
    with pytest.raises(NotFound):
        compose_mail(lite.ctx("sales"), 999)


@pytest.mark.spec("ORO-7")
def test_a_free_mail_is_written_from_an_invoice_in_any_status_and_delivers_nothing(w):
    reachable(w)
    invoice_id = w.draft()
    composed = compose_free(w.ctx("sales"), invoice_id)
    assert (composed.to, composed.text, composed.attachment) == ("office@customer.example", "", "")
    send_mail(w.ctx("sales"), invoice_id, FACTS, key="k", is_free=True)
    post = Post()
    assert deliver_all(w, post) == 1
    ((address, letter),) = post.letters
    assert (address, letter.subject, letter.attachments) == (FACTS.to, FACTS.subject, ())
    assert deliveries(w) == []
    assert not w.invoice(invoice_id).is_delivered
    posted = w.posted()
    send_mail(w.ctx("sales"), posted, replace(FACTS, attaches_paper=False), key="l", is_free=True)
    deliver_all(w, post)
    assert post.letters[-1][1].attachments == ()
    assert not w.invoice(posted).is_delivered


@pytest.mark.spec("6.11", "ORO-16")
def test_an_invoice_without_a_pdf_says_so_and_goes_without(w):
    change_setting(w.ctx("admin"), "generate_pdf_when_posted", "off")
    invoice_id = sent(w)
    composed = compose_mail(w.ctx("sales"), invoice_id)
    assert composed.attachment == ""
    assert "no PDF" in composed.hints[-1]
    post = Post()
    deliver_all(w, post)
    assert post.letters[0][1].attachments == ()
    assert w.all(PdfDocument) == []


@pytest.mark.spec("CRM-23", "6.3")
def test_mark_as_sent_needs_no_mail_and_posts_what_is_unposted_by_its_rules(w):
    posted, draft = w.posted(), w.draft()
    assert mark_sent(w.ctx("sales"), posted, key="k").endswith("is marked as sent.")
    mark_sent(w.ctx("sales"), posted, key="k")
    assert w.invoice(posted).is_delivered
    assert deliveries(w) == [("marked", "", True)]
    with pytest.raises(Forbidden):
        mark_sent(w.ctx("billing"), draft)
    assert w.invoice(draft).posting_status == "DRAFT"
    with pytest.raises(Conflict):
        mark_sent(w.ctx("accounting"), draft, version=7)
    mark_sent(w.ctx("accounting"), draft, version=1)
    assert (w.invoice(draft).posting_status, w.invoice(draft).is_delivered) == ("POSTED", True)
    assert w.all(MailMessage) == []


@pytest.mark.spec("ORO-8", "6.3")
def test_four_eyes_hold_for_mark_as_sent(w):
    change_setting(w.ctx("admin"), "restrict_self_assembled_posting", "on")
    invoice_id = w.draft()
    with pytest.raises(PostingNotAllowed):
        mark_sent(w.ctx("accounting"), invoice_id)
    w.move("billing", invoice_id, Action.ASSEMBLE)
    mark_sent(w.ctx("accounting"), invoice_id)
    assert w.invoice(invoice_id).is_delivered


# mending


def failed(w, **changes):
    sent(w, **changes)
    deliver_mail(w.ctx(), Post(MailRefused(answer="550 no such user")))
    return next(row.id for row in ordered(w) if row.state == "failed")


@pytest.mark.spec("6.11", "RELIABILITY-G3")
def test_a_failed_mail_is_mended_and_sent_again_to_that_one_address(w):
    key = failed(w, cc="ben@customer.example")
    post = Post()
    deliver_all(w, post)
    assert [address for address, _ in post.letters] == ["ben@customer.example"]
    for wrong in ("nonsense", "a@b.example, c@d.example", "BEN@customer.example"):
        with pytest.raises(Invalid) as refused:
            send_again(w.ctx("sales"), key, wrong)
        assert list(refused.value.fields) == ["address"]
    send_again(w.ctx("sales"), key, "anna.new@customer.example")
    deliver_all(w, post)
    assert [address for address, _ in post.letters][1:] == ["anna.new@customer.example"]
    assert post.letters[0][1].message_key == post.letters[1][1].message_key
    assert w.invoice(w.all(MailMessage)[0].invoice_id).is_delivered
    with pytest.raises(Refused, match="was sent"):
        send_again(w.ctx("sales"), key, "x@customer.example")
    changed = [row for row in w.all(AuditEntry) if row.action == "mail queued again"]
    assert '"address": "anna@customer.example"' in changed[0].before


@pytest.mark.spec("RELIABILITY-G5")
def test_a_waiting_mail_is_cancelled_one_being_sent_is_not(w):
    sent(w)
    (row,) = w.all(MailRecipient)
    cancel_mail(w.ctx("sales"), row.id)
    assert deliver_all(w, Post()) == 0
    assert states(w)[0][2] == "cancelled"
    send_again(w.ctx("sales"), row.id, row.address)
    claim_mail(w.ctx(), "worker")
    for attempt in (
        lambda: cancel_mail(w.ctx("sales"), row.id),
        lambda: send_again(w.ctx("sales"), row.id, row.address),
    ):
        with pytest.raises(Refused, match="being sent"):
            attempt()
    with pytest.raises(NotFound):
        cancel_mail(w.ctx("sales"), 999)


@pytest.mark.spec("6.11", "DLY-12")
def test_the_queue_is_seen_by_state_and_masked_for_whom_partners_are_hidden(w):
    key = failed(w)
    other = sent(w, key="k2", subject="Second")
    found = list_mail(w.ctx("sales"))
    assert [(line.state, line.subject) for line in found.lines] == [
        ("waiting", "Second"),
        ("failed", "Invoice 1"),
    ]
    assert (found.total, found.counts) == (2, {"waiting": 1, "failed": 1})
    only = list_mail(w.ctx("sales"), ("failed",))
    assert [line.id for line in only.lines] == [key]
    assert (only.total, list_mail(w.ctx("sales"), (), 2).lines) == (1, ())
    assert get_mail(w.ctx("sales"), key)[1] == "Dear Anna"
    assert [line.subject for line in open_invoice(w.ctx("viewer"), other).mails] == ["Second"]
    blind = w.ctx(replace(w.people["sales"], sees_partner=False))
    line, text = get_mail(blind, key)
    hidden = {line.address, line.customer, line.subject, line.error, text}
    assert hidden == {"Hidden"}
    for attempt in (
        lambda: cancel_mail(blind, key),
        lambda: send_again(blind, key, "a@b.example"),
    ):
        with pytest.raises(Forbidden, match="do not see business partners"):
            attempt()
    for attempt in (
        lambda: list_mail(w.ctx("viewer")),
        lambda: get_mail(w.ctx("a90"), key),
        lambda: cancel_mail(w.ctx("viewer"), key),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(NotFound):
        get_mail(w.ctx("sales"), 999)


# templates


@pytest.mark.spec("ORO-20", "CXS-46", "6.11")
def test_a_template_is_changed_by_scope_and_reset(w):
    admin, customer = w.ctx("admin"), w.customers["a"]
    invoice_id = w.posted()

    def said():
        return compose_mail(w.ctx("sales"), invoice_id).text

    stock = said()
    assert get_template(admin, INVOICE).source == "stock"
    for scope, key, text in (
        ("global", 0, "Everybody"),
        ("company", 1, "The company"),
        ("customer", customer, "{{account.name}} alone"),
    ):
        save_template(admin, INVOICE, "S {{invoice.number}}", text, scope=scope, scope_id=key)
        assert get_template(admin, INVOICE, scope, key).source == scope
    assert said() == "Halvorsen Dairy alone"
    other = get_template(admin, INVOICE, "customer", w.customers["b"])
    assert (other.source, other.version) == ("company", 0)
    reset_template(admin, INVOICE, "customer", customer)
    assert said() == "The company"
    with pytest.raises(Conflict):
        save_template(admin, INVOICE, "S", "T", version=0)
    assert save_template(admin, INVOICE, "S", "T", version=1) == 2
    reset_template(admin, INVOICE, "company", 1)
    reset_template(admin, INVOICE)
    reset_template(admin, INVOICE)
    assert said() == stock
    assert w.all(MailTemplate) == []
    kept = [row.action for row in w.all(AuditEntry) if row.entity == "template"]
    assert kept == ["changed"] * 3 + ["reset", "changed", "reset", "reset"]
    assert template_scopes(admin) == [(1, "Aldermoor GmbH")]


@pytest.mark.spec("ORO-20", "RELIABILITY-G2")
def test_a_template_that_cannot_be_read_is_told_at_its_field_and_not_kept(w):
    admin = w.ctx("admin")
    with pytest.raises(Invalid) as refused:
        save_template(admin, INVOICE, "{{#if}}", "a\n{{7*7}}")
    assert set(refused.value.fields) == {"subject", "text"}
    assert refused.value.fields["text"].startswith("Line 2:")
    for scope, key in (("company", 9), ("customer", 999), ("global", 1), ("user", 1)):
        with pytest.raises(NotFound):
            save_template(admin, INVOICE, "S", "T", scope=scope, scope_id=key)
    with pytest.raises(NotFound):
        get_template(admin, "nothing")
    with pytest.raises(Forbidden):
        save_template(w.ctx("accounting"), INVOICE, "S", "T")
    assert w.all(MailTemplate) == []


@pytest.mark.spec("ORO-20", "CXS-45")
def test_a_template_under_work_is_tried_with_a_real_invoice(w):
    admin = w.ctx("admin")
    assert newest_label(admin) == ""
    invoice_id = w.posted()
    number = newest_label(admin)
    assert number == w.invoice(invoice_id).number
    shown = preview_template(
        admin, "{{invoice.number}}", "{{#each lines}}{{description}} {{net}}{{/each}}", number
    )
    assert (shown.subject, shown.text) == (number, "Work 53.97")
    with pytest.raises(Invalid) as refused:
        preview_template(admin, "S", "T", "INV-0")
    assert list(refused.value.fields) == ["invoice"]
    blind = w.ctx(replace(w.people["admin"], sees_partner=False))
    assert preview_template(blind, "S", "{{account.name}}", number).text == "Hidden"


@pytest.mark.spec("6.11", "ORO-24", "CXS-45")
def test_every_variable_of_the_specification_is_there(w):
    invoice_id = w.posted(notes="N", terms="T", invoice_text="X")
    names = {
        "invoice": "id number date due_date total sub_total tax discount open paid currency text "
        "notes terms status period_from period_to",
        "account": "id name address city county postcode phone email payment_details",
        "company": "name address postcode currency",
        "system": "sellerCompanyName sellerBusinessAddress sellerPhoneNumber sellerContactEmail "
        "sellerWebsite sellerTaxId",
    }
    from billing_app.services.invoices.claims import whole
    from billing_app.services.mail.variables import invoice_variables

    with w.database.read() as session:
        variables = invoice_variables(session, whole(session, invoice_id))
    for name, fields in names.items():
        assert set(fields.split()) <= set(variables[name])
    assert {"description", "quantity", "unit_price", "net", "tax", "total", "start_date",
            "end_date", "connected", "duration"} <= set(variables["lines"][0])  # fmt: skip
    assert {"guestPaymentPage", "invoiceDefaultPdfFile"} <= set(variables)
    assert variables["system"]["sellerTaxId"] == "DE123456789"
    assert variables["account"]["payment_details"] == "IBAN DE89370400440532013000, COBADEFFXXX"


def test_a_broken_template_says_where_to_mend_it(w):
    invoice_id = w.posted()
    w.add(MailTemplate(name=INVOICE, scope="global", subject="S", text="{{#if"))
    with pytest.raises(Refused, match="under Templates"):
        compose_mail(w.ctx("sales"), invoice_id)


@pytest.mark.parametrize("name", STOCK)
def test_every_stock_template_says_something(w, name):
    invoice_id = w.posted()
    view = get_template(w.ctx("admin"), name)
    shown = preview_template(w.ctx("admin"), view.subject, view.text, w.invoice(invoice_id).number)
    assert shown.subject
    assert "{{" not in shown.subject + shown.text
    assert "Halvorsen Dairy" in shown.text or "Example person" in shown.text
    assert "\n\n\n" not in shown.text


# a worker that dies

WORKER = """
import sys
from tests.services.worldmaking import NOW, SECRET
from billing_app.integrations.mail.smtp import SmtpMailer, server_at
from billing_app.jobs.mailing import deliver_mail
from billing_app.persistence.database import Database
from billing_app.services.context import Context, FixedClock, system_actor
from datetime import datetime
clock = FixedClock(datetime.fromisoformat(sys.argv[3]))
ctx = Context(Database(sys.argv[1]), clock, system_actor(), SECRET, "Europe/Berlin")
mailer = SmtpMailer(server_at(sys.argv[2]), "billing@aldermoor.example")
print("ready", flush=True)
while deliver_mail(ctx, mailer):
    pass
print("done", flush=True)
"""


def a_worker(w, url):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            WORKER,
            w.database.url.render_as_string(hide_password=False),
            url,
            w.clock.instant.isoformat(),
        ],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.spec("RELIABILITY-P14", "6.11")
def test_a_killed_worker_loses_no_mail_and_doubles_at_most_the_one_in_its_hands(w):
    total, kills = 40, 0
    invoice_id = w.posted()
    for at in range(total):
        mail = replace(FACTS, to=f"p{at}@customer.example", attaches_paper=False)
        send_mail(w.ctx("sales"), invoice_id, mail, key=f"k{at}")
    with Sink() as sink:
        while kills < 4:
            worker, before = a_worker(w, sink.url), len(sink.taken)
            end = time.monotonic() + 20
            while len(sink.taken) < before + 3 + kills % 3 and time.monotonic() < end:
                time.sleep(0.002)
            time.sleep(0.001 * kills)
            worker.send_signal(signal.SIGKILL)
            worker.wait(20)
            worker.stdout.close()
            kills += 1
            w.clock.instant += LEASE + timedelta(seconds=1)
        last = a_worker(w, sink.url)
        assert last.stdout.readline() == b"done\n"
        last.wait(20)
        last.stdout.close()
        taken = sink.taken
    if not w.is_sqlite:
        w.database.close()
    assert {row.state for row in w.all(MailRecipient)} == {"sent"}
    counts = Counter(one.recipients for one in taken)
    assert len(counts) == total
    assert sum(counts.values()) - total <= kills
    ids = {(one.recipients, one.mail["Message-ID"]) for one in taken}
    assert len(ids) == total
    assert len({one for _, one in ids}) == total


@pytest.mark.spec("RELIABILITY-P14")
def test_workers_at_once_send_each_mail_once(w):
    invoice_id = w.posted()
    for at in range(30):
        mail = replace(FACTS, to=f"p{at}@customer.example", attaches_paper=False)
        send_mail(w.ctx("sales"), invoice_id, mail, key=f"k{at}")
    with Sink() as sink:
        workers = [a_worker(w, sink.url) for _ in range(3)]
        for worker in workers:
            worker.wait(60)
            worker.stdout.close()
        assert Counter(Counter(one.recipients for one in sink.taken).values()) == {1: 30}
