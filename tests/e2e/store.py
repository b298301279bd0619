"""The server's database seen from the tests: the same use cases, without a browser."""

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from sqlmodel import col, select

from billing_app.bootstrap import build_world
from billing_app.domain.access import StaffLevel
from billing_app.domain.lifecycle import Action
from billing_app.domain.money import currency, from_minor
from billing_app.persistence.tables import (
    Allocation,
    Customer,
    DocumentType,
    ExternalAccess,
    Invoice,
    InvoiceLine,
    PortalSite,
    RateCard,
    UsageImport,
    UsageRecord,
    User,
    Voyage,
)
from billing_app.services.context import Actor, Context
from billing_app.services.invoices.draft import Draft, DraftLine
from billing_app.services.invoices.drafts import create_draft
from billing_app.services.invoices.moves import move_invoice
from billing_app.services.payments.recording import PaymentFacts, record_payment
from billing_app.services.settings import change_setting
from billing_app.settings import Settings

CUSTOMER_A = "Hansekontor Reederei AG"
CUSTOMER_B = "Bałtyk Żegluga S.A."
A_LINE = DraftLine(
    "Berth survey", quantity=Decimal(2), unit_price=Decimal("75.50"), tax_rate=Decimal(19)
)


class Store:
    """Arranges what a test begins with, and looks at what it led to."""

    def __init__(self, data_dir: Path, url: str) -> None:
        """Open the database of the server with this data folder."""
        self.world = build_world(Settings(data_dir=data_dir, public_url=url, demo=True))

    def close(self) -> None:
        """Let the database go."""
        self.world.database.close()

    def ctx(self, person: str) -> Context:
        """The context of one of the demo's staff."""
        with self.world.database.read() as session:
            user = session.exec(select(User).where(User.email == f"{person}@demo.example")).one()
            actor = Actor(
                user_id=user.id or 0,
                kind="staff",
                name=user.name,
                email=user.email,
                level=StaffLevel(user.staff_level),
            )
        return self.world.context(actor)

    def draft(
        self,
        *,
        by: str = "billing",
        customer: str = CUSTOMER_A,
        lines: tuple[DraftLine, ...] = (A_LINE,),
        **facts: object,
    ) -> int:
        """A new draft; unless told otherwise one line over EUR 151.00 and 19 % tax."""
        ctx = self.ctx(by)
        today = ctx.today()
        draft = Draft(
            customer_id=self.customers[customer],
            document_date=today,
            due_on=today + timedelta(days=30),
            currency="EUR",
            lines=lines,
        )
        return create_draft(ctx, replace(draft, **facts))

    @staticmethod
    def line(text: str, *, price: str = "100.00", quantity: str = "1") -> DraftLine:
        """A line with 19 % tax."""
        return DraftLine(
            text, quantity=Decimal(quantity), unit_price=Decimal(price), tax_rate=Decimal(19)
        )

    def move(self, invoice_id: int, *steps: tuple[str, str], reason: str = "Entered twice") -> int:
        """Take an invoice through (action, person) steps; answers its id."""
        for action, person in steps:
            wanted = Action(action)
            words = reason if wanted in {Action.CANCEL, Action.VOID} else ""
            move_invoice(self.ctx(person), invoice_id, wanted, reason=words, confirmed=True)
        return invoice_id

    def assembled(self, by: str = "billing", **facts: object) -> int:
        """A new assembled invoice."""
        return self.move(self.draft(by=by, **facts), ("assemble", by))

    def posted(self, **facts: object) -> int:
        """A new posted invoice."""
        return self.move(self.draft(**facts), ("post", "accounting"))

    def invoice(self, invoice_id: int) -> Invoice:
        """The invoice as it is now."""
        with self.world.database.read() as session:
            return session.get_one(Invoice, invoice_id)

    def lines(self, invoice_id: int) -> list[InvoiceLine]:
        """Its lines."""
        with self.world.database.read() as session:
            return list(
                session.exec(
                    select(InvoiceLine)
                    .where(InvoiceLine.invoice_id == invoice_id)
                    .order_by(col(InvoiceLine.line_no))
                )
            )

    @cached_property
    def customers(self) -> dict[str, int]:
        """Customer ids by name."""
        with self.world.database.read() as session:
            return dict(session.exec(select(Customer.name, Customer.id)).all())

    @cached_property
    def types(self) -> dict[str, int]:
        """Document type ids by code."""
        with self.world.database.read() as session:
            return dict(session.exec(select(DocumentType.code, DocumentType.id)).all())

    def closed_voyage(self) -> int:
        """A voyage that is Closed."""
        with self.world.database.read() as session:
            return session.exec(select(Voyage.id).where(Voyage.status == "Closed")).first() or 0

    def bind_to_voyage(self, invoice_id: int, voyage_id: int) -> None:
        """Let every line of an invoice belong to a voyage."""
        with self.world.database.write() as session:
            for line in session.exec(
                select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
            ):
                line.voyage_id = voyage_id
                session.add(line)

    def set_site(self, settings_json: str) -> None:
        """Give the portal site its settings JSON (ERP-13)."""
        with self.world.database.write() as session:
            site = session.exec(select(PortalSite)).one()
            site.settings_json = settings_json
            session.add(site)

    def speak(self, customer: str, language: str) -> None:
        """Let a customer's portal and papers be in a language."""
        with self.world.database.write() as session:
            row = session.get_one(Customer, self.customers[customer])
            row.language = language
            session.add(row)

    def give_access(self, email: str, customer: str, *, role: int) -> None:
        """Let a portal user work for another customer as well."""
        with self.world.database.write() as session:
            user = session.exec(select(User).where(User.email == email)).one()
            session.add(
                ExternalAccess(
                    customer_id=self.customers[customer],
                    user_id=user.id or 0,
                    role=role,
                    days_back=None,
                )
            )

    def set_sight(self, person: str, *, partner: bool) -> None:
        """Let a member of staff see business partners, or not."""
        with self.world.database.write() as session:
            user = session.exec(select(User).where(User.email == f"{person}@demo.example")).one()
            user.partner_view = partner
            session.add(user)

    def pay(self, invoice_id: int, minor: int) -> None:
        """Settle part of an invoice by bank transfer."""
        ctx = self.ctx("accounting")
        digits = currency(self.invoice(invoice_id).currency).digits
        record_payment(ctx, invoice_id, PaymentFacts(from_minor(minor, digits), ctx.today()))

    def payments_of(self, invoice_id: int) -> list[int]:
        """The payments that settle an invoice."""
        with self.world.database.read() as session:
            chosen = select(Allocation.payment_id).where(Allocation.invoice_id == invoice_id)
            return list(session.exec(chosen))

    def use(self, customer: str, on: date, charge: str, destination: str) -> None:
        """A rated call of one minute at noon, UTC."""
        with self.world.database.write() as session:
            card = session.exec(select(RateCard).where(RateCard.code == "e2e")).first()
            if card is None:
                card = RateCard(code="e2e", currency="EUR", updated_at=self.world.system().now())
                run = UsageImport(name="e2e", at=card.updated_at, made_by_id=1)
                session.add_all([card, run])
                session.flush()
            run = session.exec(select(UsageImport).where(UsageImport.name == "e2e")).one()
            session.add(
                UsageRecord(
                    call_id=f"e2e-{secrets.token_hex(8)}",
                    customer_id=self.customers[customer],
                    card_id=card.id,
                    import_id=run.id,
                    started_at=datetime.combine(on, time(12), UTC),
                    used_on=on,
                    source="4940100",
                    destination="442079460000",
                    duration_ms=60_000,
                    is_rated=bool(destination),
                    destination_code="44" if destination else "",
                    destination_name=destination,
                    billed_s=60 if destination else 0,
                    charge=Decimal(charge),
                )
            )

    def today_plus(self, days: int) -> date:
        """A day so many days from today."""
        return self.world.system().today() + timedelta(days=days)

    def set(self, key: str, value: str) -> None:
        """Change a global setting as an administrator."""
        change_setting(self.ctx("admin"), key, value)
