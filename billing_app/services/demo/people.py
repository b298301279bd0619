"""Who can sign in to the demo; everyone has the same password, which is no secret."""

from sqlmodel import Session

from billing_app.domain.access import ExternalRole, StaffLevel
from billing_app.persistence.tables import ExternalAccess, User
from billing_app.services.bulk_posting import add
from billing_app.services.context import Actor, Context
from billing_app.services.people.sessions import email_key
from billing_app.services.people.staff import create_staff

DEMO_PASSWORD = "demo demo demo demo"  # noqa: S105  shown on the demo's sign-in page
STAFF_DOMAIN = "demo.example"
CUSTOMER_A, CUSTOMER_B = "customer-a.example", "customer-b.example"
STAFF = (
    ("viewer", "Vera Lindqvist", StaffLevel.VIEWER),
    ("sales", "Stefan Aurich", StaffLevel.SALES),
    ("billing", "Birte Hansen", StaffLevel.BILLING),
    ("billing2", "Bilal Demir", StaffLevel.BILLING),
    ("accounting", "Anke Petersen", StaffLevel.ACCOUNTING),
    ("accounting2", "Andrei Ionescu", StaffLevel.ACCOUNTING),
    ("admin", "Amina Okafor", StaffLevel.ADMIN),
    ("owner", "Ole Brandt", StaffLevel.OWNER),
)
PORTAL = (
    ("l10", "Lena Vogt", ExternalRole.BASIC, CUSTOMER_A),
    ("l20", "Luis Ortega", ExternalRole.ORDERS, CUSTOMER_A),
    ("l30", "Linnea Strand", ExternalRole.ORDERS_WITH_PRICES, CUSTOMER_A),
    ("l40", "Lukas Reimer", ExternalRole.BILLING, CUSTOMER_A),
    ("l80", "Leyla Aksoy", ExternalRole.ADMIN, CUSTOMER_A),
    ("l90", "Ludwig Thamsen", ExternalRole.OWNER, CUSTOMER_A),
    ("l40", "Maria Kowalska", ExternalRole.BILLING, CUSTOMER_B),
)
DAYS_BACK = 30  # what the lower roles see of the past


DEMO_PEOPLE = (
    *((f"{name}@{STAFF_DOMAIN}", f"{level.code} {level.label}") for name, _, level in STAFF),
    *(
        (f"{name}@{domain}", f"{role.code} {role.label}, portal")
        for name, _, role, domain in PORTAL
    ),
)


def sign_ins() -> str:
    """The demo's accounts as a small table."""
    rows = DEMO_PEOPLE
    width = max(len(email) for email, _ in rows)
    return "\n".join(
        [
            f"Demo sign-ins, password for all: {DEMO_PASSWORD}",
            *(f"  {email:<{width}}  {what}" for email, what in rows),
        ]
    )


def hire_staff(ctx: Context, password_hash: str) -> dict[str, Actor]:
    """Make the staff accounts; answers who acts in their name, by the first part of the e-mail."""
    actors = {}
    for short, name, level in STAFF:
        email = f"{short}@{STAFF_DOMAIN}"
        user_id = create_staff(ctx, email, name, level=level, password_hash=password_hash)
        actors[short] = Actor(user_id=user_id, kind="staff", name=name, email=email, level=level)
    return actors


def open_portal(
    session: Session, ctx: Context, customers: dict[str, int], password_hash: str
) -> dict[str, int]:
    """Give the customers' people access; answers their ids by e-mail."""
    ids = {}
    for short, name, role, domain in PORTAL:
        email = f"{short}@{domain}"
        user = User(
            email=email,
            email_key=email_key(email),
            name=name,
            password_hash=password_hash,
            kind="external",
            created_at=ctx.now(),
        )
        session.add(user)
        session.flush()
        ids[email] = user.id or 0
        # plain columns: an entity would turn "no limit" into the column's default of 30 days
        access = {
            "customer_id": customers[domain],
            "user_id": ids[email],
            "role": int(role),
            "days_back": None if role >= ExternalRole.BILLING else DAYS_BACK,
        }
        add(session, ExternalAccess, [access])
    return ids
