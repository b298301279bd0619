"""What the reports add up agrees with a plain recomputation from the facts, on both engines."""

import random
from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from billing_app.documents.snapshot import from_json
from billing_app.domain.aging import Age, age_of
from billing_app.domain.errors import BillingError
from billing_app.domain.lifecycle import Action
from billing_app.domain.settlement import PaymentKind
from billing_app.persistence.queries.reports.aging import AsOf, aging_rows, open_items
from billing_app.persistence.queries.reports.periods import (
    cash_days,
    document_days,
    due_days,
    fixed_tax_days,
    tax_days,
)
from billing_app.persistence.queries.reports.scope import ReportScope
from billing_app.persistence.tables import (
    Allocation,
    CreditApplication,
    DocumentType,
    Invoice,
    Payment,
    Snapshot,
)
from billing_app.services.payments.allocating import Share, allocate, release
from billing_app.services.payments.credits import apply_credit
from billing_app.services.payments.recording import PaymentFacts, add_payment, record_payment
from billing_app.services.payments.refunding import refund_payment
from billing_app.services.payments.states import cancel_payment, delete_payment
from tests.services.worldmaking import NOW, TODAY, a_line

ZONE = ZoneInfo("Europe/Berlin")
SCOPES = ("out", "in")


def days_ago(days):
    return TODAY - timedelta(days=days)


def end_of(day):
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def a_history(w, seed, documents=18, payments=60):
    """Two years of documents, payments, refunds, credits and voids, by chance, in order of time."""
    chance = random.Random(seed)
    types = {code: w.type_id(code) for code in ("INO", "CRO", "INI", "CRI", "APR")}
    made, paid = [], []

    def issue():
        on = days_ago(chance.randint(1, 500))
        code = chance.choice(["INO"] * 6 + ["CRO", "CRO", "INI", "CRI", "APR"])
        mode = chance.choice(["line", "line", "rate", "fixed"])
        lines = tuple(
            a_line(
                unit_price=Decimal(chance.randint(1, 90_000)) / 100,
                tax_rate=chance.choice([None, Decimal(7), Decimal(19), Decimal(0)]),
                tax_category=chance.choice(["S", "S", "S", "AE"]),
            )
            for _ in range(chance.randint(1, 4))
        )
        lines = tuple(
            line if line.tax_category == "S" else a_line(tax_rate=None, tax_category="AE")
            for line in lines
        )
        credit = code in {"CRO", "CRI"}
        made.append(
            w.posted(
                customer_id=w.customers[chance.choice("ab")],
                document_type_id=types[code],
                document_date=on,
                due_on=None if credit else on + timedelta(days=chance.choice([0, 14, 30, 90])),
                currency=chance.choice(["EUR", "EUR", "JPY"]),
                lines=lines,
                tax_mode=mode,
                tax_value=Decimal(chance.choice([16, 20])) if mode != "line" else Decimal(0),
                discount_type=chance.choice(["none", "percent"]),
                discount_value=Decimal("3.5"),
            )
        )

    def happen():
        ctx, invoice = w.ctx("accounting"), w.invoice(chance.choice(made))
        on = days_ago(chance.randint(0, 400))
        unit = 1 if invoice.currency == "JPY" else 100
        part = Decimal(chance.randint(1, max(1, invoice.open_minor))) / unit
        match chance.choice(["pay"] * 5 + ["credit", "credit", "refund", "void", "add", "undo"]):
            case "pay":
                paid.append(record_payment(ctx, invoice.id, PaymentFacts(part, on)).id)
            case "credit":
                others = [w.invoice(key) for key in made]
                fit = [one.id for one in others if one.currency == invoice.currency]
                apply_credit(ctx, chance.choice(fit), invoice.id)
            case "refund":
                refund_payment(ctx, chance.choice(paid), part, "Too much", paid_on=on)
            case "void":
                w.clock.instant = NOW - timedelta(days=chance.randint(0, 200), hours=12)
                w.move("accounting", invoice.id, Action.VOID, reason="Twice", confirmed=True)
            case "add":
                sign = chance.choice([1, 1, -1])
                rest = add_payment(
                    ctx, invoice.customer_id, PaymentFacts(sign * part, on), code=invoice.currency,
                    kind=PaymentKind.RECEIPT,
                ).id  # fmt: skip
                allocate(ctx, [Share(rest, invoice.id, invoice.open_minor)])
            case "undo":
                key = chance.choice(paid)
                chance.choice([cancel_payment, delete_payment])(ctx, key)
                release(ctx, key, invoice.id)

    for _ in range(documents):
        issue()
    for _ in range(payments):
        try:
            happen()
        except (BillingError, IndexError):
            pass  # what the rules refuse changes nothing
        finally:
            w.clock.instant = NOW


class Books:
    """Every fact, read row by row."""

    def __init__(self, w, direction):
        self.types = {row.id: row for row in w.all(DocumentType)}
        self.all = {row.id: row for row in w.all(Invoice)}
        self.direction = direction
        self.documents = [
            row for row in self.all.values()
            if self.types[row.document_type_id].direction == direction
            and self.types[row.document_type_id].kind in {"invoice", "credit"}
            and row.posted_at is not None and row.deleted_at is None
        ]  # fmt: skip
        self.payments = {row.id: row for row in w.all(Payment)}
        self.allocations = w.all(Allocation)
        self.applications = w.all(CreditApplication)
        self.snapshots = {row.invoice_id: from_json(row.content) for row in w.all(Snapshot)}

    def sign(self, row):
        return -1 if self.types[row.document_type_id].kind == "credit" else 1

    def standing(self):
        return [row for row in self.documents if row.posting_status != "VOID"]

    def open_on(self, row, day):
        """What was open of a document when a day ended, from its settlements up to then."""
        if row.document_date > day:
            return 0
        if row.posting_status == "VOID" and row.voided_at < end_of(day):
            return 0
        settled = 0
        for one in self.allocations:
            payment = self.payments[one.payment_id]
            counts = payment.status == "COMPLETED" and payment.deleted_at is None
            if one.invoice_id == row.id and counts and payment.paid_on <= day:
                settled += -one.amount_minor if payment.kind == "refund" else one.amount_minor
        for one in self.applications:
            other = {one.invoice_id: one.credit_id, one.credit_id: one.invoice_id}.get(row.id)
            if other is not None and self.all[other].document_date <= day:
                settled += one.amount_minor
        return self.sign(row) * (row.total_minor - settled)

    def aging(self, day):
        cells = defaultdict(lambda: [0, 0])
        for row in self.documents:
            minor = self.open_on(row, day)
            if minor:
                cell = cells[row.customer_id, row.currency, age_of(row.due_on, day)]
                cell[0] += 1
                cell[1] += minor
        return dict(cells)


def counted(rows):
    return {
        (row.customer_id, row.currency, age): [documents, minor]
        for row in rows
        for age, documents, minor in zip(Age, row.documents, row.minors, strict=True)
        if documents
    }


@pytest.mark.spec("6.4", "DLY-11", "6.5-9", "6.5-11", "6.5-12", "6.5-6a")
@pytest.mark.parametrize("seed", (1, 2))
def test_what_was_open_on_any_day_agrees_with_the_facts(w, seed):
    a_history(w, seed)
    for direction in SCOPES:
        books, scope = Books(w, direction), ReportScope(direction)
        for days in (0, 1, 15, 45, 120, 250, 400, 600):
            day = days_ago(days)
            as_of = AsOf(day, end_of(day))
            with w.database.read() as session:
                cells = aging_rows(session, scope, as_of)
                items = open_items(session, scope, as_of, None, most=1_000)
                blind = aging_rows(session, scope, as_of, by_customer=False)
                present = aging_rows(session, scope, AsOf(day))
            wanted = books.aging(day)
            assert counted(cells) == wanted
            assert {one.id: one.open for one in items} == {
                row.id: books.open_on(row, day)
                for row in books.documents
                if books.open_on(row, day)
            }
            sums = defaultdict(lambda: [0, 0])
            for (_, code, age), cell in wanted.items():
                sums[0, code, age][0] += cell[0]
                sums[0, code, age][1] += cell[1]
            assert counted(blind) == dict(sums)
            assert {one.customer_name for one in blind} <= {""}
            if days == 0:  # the kept columns and the facts say the same
                assert counted(present) == wanted
    assert len(wanted) == 0


def test_a_scope_restricts_every_way_of_reading(w):
    a_history(w, seed=9)
    books, day = Books(w, "out"), days_ago(60)
    whole = books.aging(day)
    one = w.customers["a"]
    company = w.invoice(books.documents[0].id).company_id
    for ends_at, cells in ((end_of(day), whole), (None, None)):
        with w.database.read() as session:
            as_of = AsOf(day, ends_at)
            every = counted(aging_rows(session, ReportScope(), as_of))
            euros = aging_rows(session, ReportScope(currency="EUR"), as_of)
            mine = aging_rows(session, ReportScope(customer_id=one), as_of)
            ours = aging_rows(session, ReportScope(company_id=company), as_of)
            none = aging_rows(session, ReportScope(company_id=company + 1), as_of)
            late = open_items(session, ReportScope(), as_of, Age.OVER_90, most=1_000)
        assert cells is None or every == cells
        assert counted(euros) == {key: cell for key, cell in every.items() if key[1] == "EUR"}
        assert counted(mine) == {key: cell for key, cell in every.items() if key[0] == one}
        assert counted(ours) == every
        assert none == []
        assert len(late) == sum(cell[0] for key, cell in every.items() if key[2] is Age.OVER_90)
        assert all(age_of(item.due_on, day) is Age.OVER_90 for item in late)


@pytest.mark.spec("6.5-4", "6.4")
@pytest.mark.parametrize("seed", (20, 21))
def test_the_sums_of_a_period_agree_with_the_documents(w, seed):
    a_history(w, seed + 20)
    days = (days_ago(300), days_ago(20))
    for direction in SCOPES:
        books, scope = Books(w, direction), ReportScope(direction)
        with w.database.read() as session:
            posted = document_days(session, scope, days)
            due = due_days(session, scope, days)
            cash = cash_days(session, scope, days)
            taxes = tax_days(session, scope, days)
            fixed = fixed_tax_days(session, scope, days)
        wanted, falls, moved = defaultdict(lambda: [0, 0, 0]), Counter(), Counter()
        rates = Counter()
        for row in books.standing():
            sign = books.sign(row)
            if days[0] <= row.document_date <= days[1]:
                cell = wanted[row.currency, row.document_date]
                cell[0] += 1
                cell[1] += sign * row.total_minor
                cell[2] += sign * row.tax_minor
                for group in books.snapshots[row.id].groups:
                    rates[row.currency, group.category, group.rate] += sign * group.tax
            if row.due_on and days[0] <= row.due_on <= days[1]:
                falls[row.currency, row.due_on] += sign * row.total_minor
        for payment in books.payments.values():
            is_money = payment.method != "write_off" and payment.kind != "purchase"
            counts = payment.status == "COMPLETED" and payment.deleted_at is None and is_money
            if counts and payment.direction == direction and days[0] <= payment.paid_on <= days[1]:
                kind = payment.kind
                if kind == "refund":
                    was = books.payments[payment.refund_of_id].kind
                    kind = "payment" if was == "receipt" else "receipt"
                goes_in = (kind == "receipt") == (direction == "out")
                moved[payment.currency, payment.paid_on] += (
                    1 if goes_in else -1
                ) * payment.total_minor
        assert {(r.currency, r.on): [r.documents, r.total, r.tax] for r in posted} == dict(wanted)
        assert {(r.currency, r.on): r.minor for r in due} == dict(falls)
        assert {(r.currency, r.on): r.minor for r in cash} == dict(moved)
        found = Counter()
        for row in taxes:
            found[row.currency] += row.tax
        for row in fixed:
            found[row.currency] += row.minor
        by_currency = Counter()
        for (code, *_), minor in rates.items():
            by_currency[code] += minor
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in by_currency.items() if v}
