"""Sets up the demo company: its customers, products, packages, ships and journeys."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session, select

from billing_app.domain.money import currency, round_half_up
from billing_app.persistence.tables import (
    Company,
    Contact,
    Customer,
    DocumentType,
    Office,
    Opportunity,
    OpportunityLine,
    Package,
    PackageAssignment,
    PortalSite,
    Product,
    Setting,
    Vessel,
    Voyage,
)
from billing_app.services.audit import record
from billing_app.services.demo.parties import CUSTOMERS, Party
from billing_app.services.demo.people import CUSTOMER_A
from billing_app.services.demo.stage import Stage
from billing_app.services.demo.world import (
    COMPANY,
    PACKAGES,
    PRODUCTS,
    RATES,
    VESSELS,
    VOYAGES,
    Ware,
)

FIRST_NUMBER = 10_001
STAGES = ("Qualification", "Proposal", "Negotiation", "Won", "Lost")
CLOSES_LATER = "Closed"  # until its invoice is posted the journey is under way


@dataclass(slots=True)
class Known:
    """The ids of what was founded."""

    company_id: int
    types: dict[str, int]
    customers: list[tuple[int, Party]] = field(default_factory=list)
    contacts: dict[int, int] = field(default_factory=dict)
    products: list[tuple[int, Ware]] = field(default_factory=list)
    voyages: dict[str, int] = field(default_factory=dict)
    opportunities: dict[int, int] = field(default_factory=dict)

    @property
    def by_domain(self) -> dict[str, int]:
        """Customer ids by the domain of their e-mails."""
        return {party.domain: key for key, party in self.customers}


def found(stage: Stage) -> Known:
    """Make everything that invoices refer to, a year and some days ago."""
    session = stage.session
    company = Company.model_validate(COMPANY)
    session.add(company)
    session.flush()
    company_id = company.id or 0
    session.add(Office(company_id=company_id, name="Hamburg, HafenCity"))
    session.add(PortalSite(company_id=company_id, name="Customer portal", settings_json="{}"))
    _pay_online(session)
    types = dict(session.exec(select(DocumentType.code, DocumentType.id)).all())
    known = Known(company_id, {code: key or 0 for code, key in types.items()})
    record(session, stage.ctx, entity="company", entity_id=known.company_id, action="set_up")
    for offset, party in enumerate(CUSTOMERS):
        _add_customer(stage, known, party, FIRST_NUMBER + offset)
    known.products = [(_add_product(session, ware), ware) for ware in PRODUCTS]
    _add_packages(stage, known)
    _add_voyages(session, known)
    _add_opportunities(session, known)
    return known


def _pay_online(session: Session) -> None:
    """The demo takes payments online, by the gateway that moves no money."""
    chosen = {"enable_invoice_payments": "on", "invoice_payment_method": "demo"}
    session.add_all(
        Setting(key=key, scope="global", scope_id=0, value=value) for key, value in chosen.items()
    )


def _add_customer(stage: Stage, known: Known, party: Party, number: int) -> None:
    session = stage.session
    customer = Customer(
        number=str(number),
        name=party.name,
        street=party.street,
        postcode=party.postcode,
        city=party.city,
        country=party.country,
        currency=party.currency,
        email=f"accounts@{party.domain}",
        phone=f"+49 40 555 {number % 10_000:04d}",
        vat_no=party.vat_no,
        account_no=f"D{number}",
        payment_term_days=party.term_days,
        is_supplier=party.is_supplier,
        # the first customer of the portal is shown around in English
        language="de" if party.country == "DE" and party.domain != CUSTOMER_A else "en",
        company_id=known.company_id,
        created_at=stage.ctx.now(),
    )
    session.add(customer)
    session.flush()
    customer_id = customer.id or 0
    contact = Contact(
        customer_id=customer_id,
        name=party.contact,
        email=f"finance@{party.domain}",
        is_billing=True,
    )
    session.add(contact)
    session.add(
        Contact(customer_id=customer_id, name="Operations desk", email=f"ops@{party.domain}")
    )
    session.flush()
    record(session, stage.ctx, entity="customer", entity_id=customer_id, action="created")
    known.customers.append((customer_id, party))
    known.contacts[customer_id] = contact.id or 0


def _add_product(session: Session, ware: Ware) -> int:
    product = Product(
        sku=ware.sku, name=ware.name, unit=ware.unit, unit_price=ware.price, tax_rate=ware.rate
    )
    session.add(product)
    session.flush()
    return product.id or 0


def _add_packages(stage: Stage, known: Known) -> None:
    start_on = stage.ctx.today()
    for index, (name, retail, cost, setup, frequency, match) in enumerate(PACKAGES):
        package = Package(
            name=name,
            retail=Decimal(retail),
            cost=Decimal(cost),
            setup_retail=Decimal(setup),
            frequency=frequency,
            frequency_match=match,
            description=f"{name} for one vessel",
        )
        stage.session.add(package)
        stage.session.flush()
        for customer_id, _ in known.customers[index : index + 4]:
            stage.session.add(
                PackageAssignment(
                    package_id=package.id or 0,
                    customer_id=customer_id,
                    quantity=Decimal(1 + index),
                    start_on=start_on + timedelta(days=7 * index),
                )
            )


def _add_voyages(session: Session, known: Known) -> None:
    vessels = [Vessel(name=name) for name in VESSELS]
    session.add_all(vessels)
    session.flush()
    for reference, vessel, unit, status in VOYAGES:
        voyage = Voyage(
            reference=reference,
            vessel_id=vessels[vessel].id,
            business_unit=unit,
            status="Operational" if status == CLOSES_LATER else status,
        )
        session.add(voyage)
        session.flush()
        known.voyages[reference] = voyage.id or 0


def close_voyages(session: Session, known: Known) -> None:
    """Close the journeys whose invoices are out."""
    for reference, _, _, status in VOYAGES:
        if status == CLOSES_LATER:
            session.get_one(Voyage, known.voyages[reference]).status = status
    session.flush()


def _add_opportunities(session: Session, known: Known) -> None:
    for index, (customer_id, party) in enumerate(known.customers[:8]):
        opportunity = Opportunity(
            title=f"{PRODUCTS[index].name} for {party.city}",
            customer_id=customer_id,
            contact_id=known.contacts[customer_id],
            value_minor=1_250_000 + 375_000 * index,
            currency=party.currency,
            stage=STAGES[index % len(STAGES)],
        )
        session.add(opportunity)
        session.flush()
        known.opportunities[customer_id] = opportunity.id or 0
        if index % 2 == 0:
            _add_offer(session, known, opportunity, index)


def _add_offer(session: Session, known: Known, opportunity: Opportunity, index: int) -> None:
    """Three products, priced in the customer's currency; they come close to the value or not."""
    for offset in range(3):
        product_id, ware = known.products[(index + offset) % len(known.products)]
        digits = currency(opportunity.currency).digits
        session.add(
            OpportunityLine(
                opportunity_id=opportunity.id or 0,
                product_id=product_id,
                description=ware.name,
                quantity=Decimal(1),
                unit_price=round_half_up(ware.price * RATES[opportunity.currency], digits),
            )
        )
    session.flush()
