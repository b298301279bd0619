"""What waits in the demo company: service orders of its voyages, orders to bill, lines by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from billing_app.domain.charges import PendingList
from billing_app.domain.money import currency, to_minor
from billing_app.persistence.tables import SalesOrder, ServiceOrder
from billing_app.services.charges.editing import NewCharge, add_charge
from billing_app.services.charges.generating import OPEN_ORDER, refresh_charges
from billing_app.services.demo.founding import Known
from billing_app.services.demo.parties import Party
from billing_app.services.demo.stage import Stage
from billing_app.services.demo.world import RATES

OUT, IN, HIRE = PendingList


class Job(NamedTuple):
    """One service of a voyage: for which of the customers or suppliers, in euro without VAT."""

    voyage: str
    listed: PendingList
    party: int
    text: str
    quantity: str
    unit: str
    price: str
    days_ago: int


JOBS = (
    Job("NST-2602", OUT, 0, "Port agency, Hamburg call", "1", "call", "850.00", 12),
    Job("NST-2602", OUT, 0, "Pilotage Elbe, inbound", "1", "call", "410.00", 12),
    Job("NST-2602", OUT, 0, "Towage coordination", "3.5", "h", "265.00", 11),
    Job("NST-2602", OUT, 1, "Crew transfer by launch", "4", "trip", "195.00", 10),
    Job("NST-2602", OUT, 5, "Waste disposal, MARPOL V", "6.25", "m3", "78.40", 9),
    Job("NST-2602", IN, 0, "Tug hire, two tugs", "3.5", "h", "212.00", 11),
    Job("NST-2602", IN, 0, "Mooring gang", "2", "call", "240.00", 11),
    Job("ELB-2612", OUT, 2, "Bunker survey, Rotterdam", "5", "h", "145.00", 20),
    Job("ELB-2612", OUT, 2, "Hull inspection by diver", "7.5", "h", "230.00", 19),
    Job("ELB-2612", OUT, 3, "Harbour dues, passed on", "1", "pcs", "512.35", 18),
    Job("ELB-2612", IN, 1, "Diving team with boat", "1", "day", "1480.00", 19),
    Job("ELB-2611", OUT, 4, "Demurrage, 1.25 days", "1.25", "day", "9800.00", 33),
    Job("AEG-2608", OUT, 6, "Port agency, Piraeus call", "1", "call", "850.00", 4),
    Job("AEG-2608", OUT, 6, "GMDSS radio survey", "1", "pcs", "640.00", 4),
    Job("AEG-2608", OUT, 7, "Crew provisions", "312.5", "kg", "6.47500", 3),
    Job("AEG-2608", IN, 0, "Launch service, Piraeus", "6", "trip", "120.00", 3),
    Job("AEG-2608", HIRE, 1, "Time-charter hire, first half of the month", "15", "day", "11250", 6),
    Job("TKM-2603", OUT, 8, "Mooring and unmooring, Yokohama", "2", "call", "320.00", 1),
    Job("TKM-2603", OUT, 8, "Port agency, Yokohama call", "1", "call", "850.00", 1),
    Job("TKM-2603", HIRE, 0, "Time-charter hire, delivery to redelivery", "8", "day", "9400", 1),
    Job("NST-2601", OUT, 0, "Late pilotage, to be settled", "1", "call", "410.00", 70),
    Job("FJK-2605", OUT, 9, "Helideck inspection, not yet nominated", "1", "call", "980.00", 0),
)
ORDERS = ((3, "1875.50", 5), (10, "642.00", 2))  # customer, amount with VAT in euro, days ago


def leave_pending(stage: Stage, known: Known) -> None:
    """Order services for the voyages and let the lists generate their lines."""
    for serial, job in enumerate(JOBS, start=1):
        _order_service(stage, known, job, serial)
    for serial, (at, amount, days_ago) in enumerate(ORDERS, start=1):
        _confirm_order(stage, known, at, Decimal(amount), serial, days_ago)
    stage.session.flush()
    ctx = stage.at(stage.ctx.now(), "billing")
    for listed in PendingList:
        refresh_charges(ctx, listed)
    customer_id, party = _party(known, OUT, 0)
    for text, quantity, price in (
        ("Waiting time of the agent", "2.5", "95.00"),
        ("Rebate on the last call", "-1", "120.00"),
    ):
        add_charge(
            ctx,
            NewCharge(
                OUT,
                customer_id,
                text,
                _price(price, party),
                quantity=Decimal(quantity),
                unit="h" if quantity != "-1" else "",
                tax_rate=Decimal(19),
                voyage_id=known.voyages["NST-2602"],
            ),
        )


def _order_service(stage: Stage, known: Known, job: Job, serial: int) -> None:
    customer_id, party = _party(known, job.listed, job.party)
    on = stage.ctx.today() - timedelta(days=job.days_ago)
    quantity, price = Decimal(job.quantity), _price(job.price, party)
    stage.session.add(
        ServiceOrder(
            reference=f"SVC-{serial:04d}",
            voyage_id=known.voyages[job.voyage],
            customer_id=customer_id,
            pending_list=str(job.listed),
            text=job.text,
            unit=job.unit,
            quantity=quantity,
            unit_price=price,
            tax_rate=Decimal(19) if party.country == "DE" else None,
            currency=party.currency,
            date_from=on,
            net_minor=to_minor(quantity * price, currency(party.currency).digits),
        )
    )


def _confirm_order(
    stage: Stage, known: Known, at: int, price: Decimal, serial: int, days_ago: int
) -> None:
    customer_id, party = _party(known, OUT, at)
    on = stage.ctx.today() - timedelta(days=days_ago)
    stage.session.add(
        SalesOrder(
            number=f"SO-{on.year}-9{serial:03d}",
            ordered_on=on,
            type_name="Service order",
            customer_id=customer_id,
            currency=party.currency,
            amount_minor=to_minor(price * RATES[party.currency], currency(party.currency).digits),
            status=OPEN_ORDER,
        )
    )


def _party(known: Known, listed: PendingList, at: int) -> tuple[int, Party]:
    """One of the customers; for payables one of the suppliers."""
    wanted = [row for row in known.customers if row[1].is_supplier == (listed is not OUT)]
    return wanted[at % len(wanted)]


def _price(euro: str, party: Party) -> Decimal:
    return round(Decimal(euro) * RATES[party.currency], min(5, currency(party.currency).digits + 1))
