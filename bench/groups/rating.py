"""How quickly calls are rated and summed, and how quickly their invoices are made."""

import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlmodel import Session

from bench.databases import fresh
from bench.figures import Options, Row, amount, rate
from billing_app.domain.rating import CardRules, Prefixes, Price, rated
from billing_app.persistence.inserting import add, reserve
from billing_app.persistence.tables import (
    Company,
    Customer,
    Package,
    PackageAssignment,
    RateCard,
    UsageImport,
    UsageRecord,
)
from billing_app.services.generation.invoicing import generate_all

CALLS, QUICK_CALLS = 1_000_000, 50_000
CUSTOMERS, QUICK_CUSTOMERS = 3_000, 200
CALLS_EACH = 20
DESTINATIONS = ("Germany", "France", "India", "Brazil")


def measure(options: Options) -> list[Row]:
    """Rate calls in memory; then make one weekly invoice for each of many customers."""
    return [*_rating(options), *_generation(options)]


def _rating(options: Options) -> list[Row]:
    random = Random(7)
    count = QUICK_CALLS if options.is_quick else CALLS
    prices = [
        Price(
            str(random.randint(1, 10 ** random.randint(1, 7))),
            "x",
            random.randint(1, 900_000),
            60,
            6,
        )
        for _ in range(3_500)
    ]
    prefixes, rules = Prefixes(prices), CardRules(digits=4)
    calls = [
        (str(random.randint(10**9, 10**12)), random.randint(0, 3_600_000), at % 120)
        for at in range(count)
    ]
    sums: dict[tuple[int, str], int] = defaultdict(int)
    began = time.perf_counter()
    for destination, duration_ms, customer in calls:
        price = prefixes.find(destination)
        if price is not None:
            sums[customer, price.destination] += rated(rules, price, duration_ms).charge
    seconds = time.perf_counter() - began
    return [rate("calls rated and summed", f"{count:,} calls", count / seconds, least=50_000)]


def _generation(options: Options) -> list[Row]:
    count = QUICK_CUSTOMERS if options.is_quick else CUSTOMERS
    world = fresh("generation")
    ctx = world.system()
    today = ctx.now().date()
    monday = today - timedelta(days=today.weekday() + 7)
    with ctx.write() as session:
        _fill(session, count, monday, ctx.now())
    began = time.perf_counter()
    made = generate_all(ctx)
    seconds = time.perf_counter() - began
    world.database.close()
    column = f"{count:,} customers"
    return [
        Row("invoices made", column, f"{len(made.invoice_ids):,}"),
        amount("time", column, seconds, "s"),
        rate("invoices", column, len(made.invoice_ids) / seconds, least=50),
    ]


def _fill(session: Session, count: int, monday: date, now: datetime) -> None:
    company = Company(name="Bench", base_currency="EUR")
    card = RateCard(code="bench", currency="EUR", updated_at=now)
    run = UsageImport(name="bench", at=now, made_by_id=1)
    package = Package(name="Line rental", retail=Decimal(10), frequency="weekly")
    session.add_all([company, card, run, package])
    session.flush()
    ids = reserve(session, Customer, count)
    add(session, Customer, (_customer(key, company.id, now) for key in ids))
    add(
        session,
        PackageAssignment,
        (
            {
                "package_id": package.id,
                "customer_id": key,
                "quantity": Decimal(1),
                "start_on": monday,
            }
            for key in ids
        ),
    )
    common = {"card_id": card.id, "import_id": run.id, "is_rated": True, "billed_s": 60}
    add(
        session,
        UsageRecord,
        (_call(key, at, monday) | common for key in ids for at in range(CALLS_EACH)),
    )


def _customer(key: int, company: int | None, now: datetime) -> dict[str, object]:
    return {
        "id": key,
        "number": f"B{key}",
        "name": f"Customer {key}",
        "company_id": company,
        "currency": "EUR",
        "tax_rate": Decimal(19),
        "invoice_schedule": "weekly",
        "created_at": now,
    }


def _call(key: int, at: int, monday: date) -> dict[str, object]:
    on = monday + timedelta(days=at % 7)
    return {
        "call_id": f"{key}-{at}",
        "customer_id": key,
        "started_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        "used_on": on,
        "destination_name": DESTINATIONS[at % len(DESTINATIONS)],
        "duration_ms": 60_000,
        "charge": Decimal(at + 1).scaleb(-2),
    }
