"""Charges by hand: a pending line changed, added or taken away (SPEC DLY-29)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from billing_app.domain.access import Permission
from billing_app.domain.charges import ChargeKind, ChargeStatus, PendingList
from billing_app.domain.currencies import currency
from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from billing_app.domain.parsing import clean_text
from billing_app.domain.voyages import VoyageStatus, why_not_billable
from billing_app.persistence.tables import ChargeLine, Customer, Vessel, Voyage
from billing_app.services.audit import changes, record
from billing_app.services.charges.lines import net_of
from billing_app.services.context import Context
from billing_app.services.requests import answered, remember

MAX_TEXT, MAX_UNIT, MAX_REFERENCE = 1024, 32, 64
EDITED = ("text", "currency", "tax_rate", "customer_id")


@dataclass(frozen=True, slots=True)
class ChargeEdit:
    """What may be changed on a pending line: text, currency, VAT rate, invoice party."""

    text: str
    currency: str
    tax_rate: Decimal | None
    customer_id: int


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge added by hand."""

    pending_list: PendingList
    customer_id: int
    text: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = ""
    currency: str = ""  # empty: the customer's
    tax_rate: Decimal | None = None
    voyage_id: int | None = None
    vessel_id: int | None = None
    date_from: date | None = None
    date_to: date | None = None
    ext_ref: str = ""


def edit_charge(ctx: Context, charge_id: int, edit: ChargeEdit, *, version: int) -> int:
    """Change a pending line; answers its new version.

    Raises: Invalid at the field, Conflict where somebody was faster, Refused once it is billed.
    """
    ctx.require(Permission.CHARGE_EDIT)
    with ctx.write() as session:
        charge = _claim(session, charge_id, version)
        was = {name: getattr(charge, name) for name in EDITED}
        wanted = {name: getattr(edit, name) for name in EDITED}
        wanted["text"] = clean_text(edit.text, field="text", maximum=MAX_TEXT, multiline=True)
        _check_edit(session, ctx, charge, wanted)
        before, after = changes(was, wanted)
        if not after:
            return charge.version
        for name, value in after.items():
            setattr(charge, name, value)
        charge.net_minor = net_of(charge)
        charge.is_edited = True
        charge.version += 1
        session.add(charge)
        _record(session, ctx, charge, "changed", before, after)
        return charge.version


def add_charge(ctx: Context, new: NewCharge, *, key: str = "") -> int:
    """Add a pending line by hand; answers its id. Raises: Invalid with every field's sentence."""
    ctx.require(Permission.CHARGE_EDIT)
    with ctx.write() as session:
        before = answered(session, ctx, key, "add_charge")
        if before is not None:
            return int(before["id"])
        charge = _new(session, ctx, new)
        session.add(charge)
        session.flush()
        said = {"text": charge.text, "net_minor": charge.net_minor, "currency": charge.currency}
        _record(session, ctx, charge, "created", {}, said)
        remember(session, ctx, key, "add_charge", {"id": charge.id})
        return charge.id or 0


def remove_charge(ctx: Context, charge_id: int, *, version: int) -> None:
    """Take away a pending line that was added by hand. Raises: Refused for a generated one."""
    ctx.require(Permission.CHARGE_EDIT)
    with ctx.write() as session:
        charge = _claim(session, charge_id, version)
        if charge.kind != ChargeKind.MANUAL:
            raise Refused(
                "This line comes from its {kind}, so it stays. Change it there and refresh.",
                code="charge.generated",
                kind=charge.kind,
            )
        said = {"text": charge.text, "net_minor": charge.net_minor, "currency": charge.currency}
        _record(session, ctx, charge, "deleted", said, {})
        session.delete(charge)


def _claim(session: Session, charge_id: int, version: int) -> ChargeLine:
    charge = session.get(ChargeLine, charge_id, with_for_update=True)
    if charge is None:
        raise NotFound("This line does not exist any more. Reload the list.")
    if charge.status != ChargeStatus.PENDING:
        raise Refused("This line stands on a document already. Reload the list.")
    if charge.version != version:
        raise Conflict("Somebody else changed this line meanwhile. Reload to see it.")
    return charge


def _check_edit(session: Session, ctx: Context, charge: ChargeLine, wanted: dict[str, Any]) -> None:
    if not wanted["text"]:
        raise Invalid.of("text", "Say what is charged.")
    _check_rate(wanted["tax_rate"])
    if wanted["currency"] != charge.currency:
        raise Invalid.of(
            "currency",
            f"There is no source of exchange rates, so this line stays in {charge.currency}. "
            "Add a line in the other currency instead.",
        )
    if wanted["customer_id"] != charge.customer_id:
        if not ctx.actor.sees_partner:
            raise Forbidden("Who cannot see business partners cannot change the invoice party.")
        _customer(session, wanted["customer_id"])


def _new(session: Session, ctx: Context, new: NewCharge) -> ChargeLine:
    customer = _customer(session, new.customer_id)
    voyage = _voyage(session, new.voyage_id)
    problems, texts = _texts(new)
    if new.date_from and new.date_to and new.date_to < new.date_from:
        problems["date_to"] = "The last day is before the first one."
    if not new.quantity:
        problems["quantity"] = "Give a quantity other than 0."
    if new.vessel_id is not None and session.get(Vessel, new.vessel_id) is None:
        problems["vessel"] = "There is no such vessel."
    charge = _charge(ctx, new, customer, voyage, texts)
    try:
        currency(charge.currency)
        _check_rate(new.tax_rate)
        charge.net_minor = net_of(charge)
    except Invalid as error:
        raise Invalid.many(problems | error.fields) from error
    if problems:
        raise Invalid.many(problems)
    return charge


def _charge(
    ctx: Context, new: NewCharge, customer: Customer, voyage: Voyage | None, texts: dict[str, str]
) -> ChargeLine:
    return ChargeLine(
        customer_id=customer.id or 0,
        company_id=customer.company_id,
        direction=str(new.pending_list.direction),
        pending_list=str(new.pending_list),
        currency=(new.currency or customer.currency).strip().upper(),
        voyage_id=new.voyage_id,
        vessel_id=voyage.vessel_id if voyage else new.vessel_id,
        text=texts.get("text", ""),
        unit=texts.get("unit", ""),
        ext_ref=texts.get("ext_ref", ""),
        quantity=new.quantity,
        unit_price=new.unit_price,
        tax_rate=new.tax_rate,
        date_from=new.date_from,
        date_to=new.date_to,
        created_at=ctx.now(),
        created_by_id=ctx.actor.user_id,
    )


def _texts(new: NewCharge) -> tuple[dict[str, str], dict[str, str]]:
    """What is wrong with the texts, and the texts cleaned."""
    problems: dict[str, str] = {}
    texts: dict[str, str] = {}
    for name, maximum, multiline in (
        ("text", MAX_TEXT, True),
        ("unit", MAX_UNIT, False),
        ("ext_ref", MAX_REFERENCE, False),
    ):
        try:
            texts[name] = clean_text(
                getattr(new, name), field=name, maximum=maximum, multiline=multiline
            )
        except Invalid as error:
            problems |= error.fields
    if not texts.get("text"):
        problems.setdefault("text", "Say what is charged.")
    return problems, texts


def _check_rate(rate: Decimal | None) -> None:
    if rate is not None and not (rate.is_finite() and 0 <= rate <= 100 and round(rate, 2) == rate):  # noqa: PLR2004
        raise Invalid.of("tax_rate", "A VAT rate lies between 0 and 100 with two decimals.")


def _customer(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id) if customer_id else None
    if customer is None or not customer.is_active:
        raise Invalid.of("customer", "Choose the business partner.")
    return customer


def _voyage(session: Session, voyage_id: int | None) -> Voyage | None:
    if voyage_id is None:
        return None
    voyage = session.get(Voyage, voyage_id)
    if voyage is None:
        raise Invalid.of("voyage", "There is no such voyage.")
    if why := why_not_billable(voyage.reference, VoyageStatus(voyage.status)):
        raise Invalid.of("voyage", why)
    return voyage


def _record(
    session: Session,
    ctx: Context,
    charge: ChargeLine,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    record(
        session,
        ctx,
        entity="charge",
        entity_id=charge.id or 0,
        action=action,
        before=before,
        after=after,
    )
