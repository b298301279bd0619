"""Booking what packages of one customer charge: reported, taken from credit, or put on a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session

from billing_app.domain.money import currency
from billing_app.domain.periods import Period, due_date
from billing_app.persistence.inserting import add, reserve
from billing_app.persistence.tables import Customer, PackageCharge, Payment
from billing_app.services.audit import record
from billing_app.services.bulk_posting import Document, Line, Poster, reckoned
from billing_app.services.context import Context
from billing_app.services.generation.content import Writer
from billing_app.services.generation.waiting import Owed, spent_by_day
from billing_app.services.invoices.drafts import default_type_id
from billing_app.services.journal.payments import book_payment


@dataclass(frozen=True, slots=True)
class Charged:
    """One charge that was, or in a simulation would be, made."""

    text: str
    on: date
    amount_minor: int
    currency: str
    payment_id: int | None = None
    invoice_id: int | None = None


class Booking:
    """Charges of one customer, whose row is locked."""

    def __init__(self, session: Session, ctx: Context, customer: Customer) -> None:
        self._session, self._ctx, self._customer = session, ctx, customer
        self._writer = Writer.of(customer, currency(customer.currency).digits, "day")
        self._spent = spent_by_day(session, customer.id or 0)

    def run(self, owed: Sequence[Owed], until: date) -> list[Charged]:
        """Charge each from where its assignment is paid, in the order in which it fell due."""
        made: dict[int, Charged] = {}
        for is_credit, verb in (
            (True, self.purchased),
            (False, partial(self.invoiced, until=until)),
        ):
            part = [one for one in owed if one.assignment.auto_decrement is is_credit]
            made.update(zip(map(id, part), verb(part), strict=True))
        return [made[id(one)] for one in owed]

    def simulated(self, owed: Sequence[Owed]) -> list[Charged]:
        """What would be charged."""
        return [self._charged(one, line, amount) for one, line, amount in self._lines(owed)]

    def purchased(self, owed: Sequence[Owed]) -> list[Charged]:
        """Book each charge as a purchase from the customer's credit."""
        return [
            self._charged(one, line, amount, payment_id=self._purchase(one, line, amount))
            for one, line, amount in self._lines(owed)
        ]

    def invoiced(self, owed: Sequence[Owed], until: date) -> list[Charged]:
        """Put all charges on one draft; what comes to nothing is remembered without one."""
        lines = self._lines(owed)
        asked = [line for _, line, amount in lines if amount]
        invoice_id = None
        if asked:
            document = self._document(asked, until)
            (invoice_id,) = Poster(self._ctx).write(self._session, [document])
        self._keep([self._row(one, amount, invoice_id=invoice_id) for one, _, amount in lines])
        return [
            self._charged(one, line, amount, invoice_id=invoice_id) for one, line, amount in lines
        ]

    def _lines(self, owed: Sequence[Owed]) -> list[tuple[Owed, Line, int]]:
        return [(one, *self._writer.charge(one, self._in_window(one.due.window))) for one in owed]

    def _in_window(self, window: Period | None) -> int:
        if window is None:
            return 0
        return sum(charge for on, charge in self._spent.items() if on in window)

    def _charged(
        self,
        one: Owed,
        line: Line,
        amount: int,
        *,
        payment_id: int | None = None,
        invoice_id: int | None = None,
    ) -> Charged:
        code = self._customer.currency
        return Charged(line.description, one.due.on, amount, code, payment_id, invoice_id)

    def _purchase(self, one: Owed, line: Line, amount: int) -> int | None:
        """The payment's id; none where nothing is due, which is remembered all the same."""
        session, ctx = self._session, self._ctx
        payment_id = None
        if amount:
            payment_id = reserve(session, Payment, 1)[0]
            row = {
                "id": payment_id,
                "number": f"PUR-{payment_id:06d}",
                "customer_id": self._customer.id,
                "kind": "purchase",
                "currency": self._customer.currency,
                "total_minor": -amount,
                "paid_on": one.due.on,
                "method": "other",
                "description": line.description,
                "created_by_id": ctx.actor.user_id,
                "created_at": ctx.now(),
            }
            add(session, Payment, [row])
            book_payment(session, ctx, session.get_one(Payment, payment_id))
            after = {"kind": "purchase", "total_minor": -amount, "package": one.package.name}
            record(
                session, ctx, entity="payment", entity_id=payment_id, action="created", after=after
            )
        self._keep([self._row(one, amount, payment_id=payment_id)])
        return payment_id

    def _row(self, one: Owed, amount: int, **taken_by: int | None) -> dict[str, object]:
        return {
            "assignment_id": one.assignment.id,
            "customer_id": self._customer.id,
            "kind": str(one.due.kind),
            "charged_on": one.due.on,
            "amount_minor": amount,
            "made_at": self._ctx.now(),
            **taken_by,
        }

    def _keep(self, rows: list[dict[str, object]]) -> None:
        add(self._session, PackageCharge, rows)

    def _document(self, lines: Sequence[Line], on: date) -> Document:
        customer = self._customer
        return Document(
            customer_id=customer.id or 0,
            document_type_id=default_type_id(self._session),
            currency=customer.currency,
            document_date=on,
            due_on=due_date(on, customer.payment_term_days),
            at=self._ctx.now(),
            lines=lines,
            totals=reckoned(customer.currency, lines),
            is_posted=False,
            origin="generated",
        )
