"""Our own companies: what their papers say about who issues them.

A posted document keeps what it said: a change acts on what is posted from now on.
"""

from dataclasses import dataclass, fields

from sqlmodel import Session, col, select

from billing_app.documents.pdf.writer import read_logo
from billing_app.domain.access import Permission
from billing_app.domain.banking import parse_bic, parse_iban
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.domain.parsing import clean_text
from billing_app.persistence.tables import Company
from billing_app.services.audit import changes, record
from billing_app.services.context import Context
from billing_app.services.customers import EMAIL

LENGTHS = {
    "name": 255, "street": 255, "postcode": 32, "city": 128, "country": 2, "phone": 64,
    "email": 255, "website": 255, "tax_id": 64, "registration_no": 128, "bank_name": 128,
    "iban": 64, "bic": 32, "payment_details": 2000,
}  # fmt: skip
MAX_LOGO = 65_536
KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
MISSING = "This company does not exist."


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What a company's form says."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_id: str = ""
    registration_no: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    payment_details: str = ""


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company as its form shows it; currency and time zone are those of the first run."""

    id: int
    version: int
    facts: CompanyFacts
    base_currency: str
    time_zone: str
    has_logo: bool


def own_companies(ctx: Context) -> list[tuple[int, str]]:
    """Our companies by id and name, the first one first."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        rows = session.exec(select(Company.id, Company.name).order_by(col(Company.id))).all()
        return [(key or 0, name) for key, name in rows]


def get_company(ctx: Context, company_id: int) -> CompanyRecord:
    """One company. Raises: NotFound."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        company = _existing(session, company_id)
        return CompanyRecord(
            company_id,
            company.version,
            CompanyFacts(**_said(company)),
            company.base_currency,
            company.time_zone,
            has_logo=company.logo is not None,
        )


def save_company(ctx: Context, company_id: int, facts: CompanyFacts, *, version: int) -> None:
    """Change what a company's papers say of it.

    Raises: Invalid with every field's sentence, Conflict where somebody was faster, NotFound.
    """
    ctx.require(Permission.SETTINGS_EDIT)
    cleaned = _cleaned(facts)
    with ctx.write() as session:
        company = _existing(session, company_id, lock=True)
        if company.version != version:
            raise Conflict("Somebody else changed this company meanwhile. Reload to see it.")
        was, now = changes(_said(company), cleaned)
        for key, value in cleaned.items():
            setattr(company, key, value)
        _keep(session, ctx, company, was, now)


def keep_logo(ctx: Context, company_id: int, content: bytes) -> None:
    """Print a logo on what is posted from now on; no bytes take it off the paper.

    Raises: Invalid at logo for what is no PNG or JPEG, or too large; NotFound.
    """
    ctx.require(Permission.SETTINGS_EDIT)
    if len(content) > MAX_LOGO:
        raise Invalid.of("logo", "The logo may have up to 64 KB: every paper carries it.")
    if content and (not _kind(content) or read_logo(content) is None):
        raise Invalid.of("logo", "This is no PNG or JPEG picture that can be printed.")
    with ctx.write() as session:
        company = _existing(session, company_id, lock=True)
        was = {"logo": "printed" if company.logo else "none"}
        company.logo = content or None
        _keep(session, ctx, company, was, {"logo": "printed" if content else "none"})


def company_logo(ctx: Context, company_id: int) -> tuple[bytes, str]:
    """A company's logo and its media type. Raises: NotFound where there is none."""
    ctx.require(Permission.SETTINGS_VIEW)
    with ctx.read() as session:
        content = _existing(session, company_id).logo
    if not content:
        raise NotFound("This company has no logo.")
    return content, _kind(content)


def _keep(
    session: Session, ctx: Context, company: Company, was: dict[str, str], now: dict[str, str]
) -> None:
    company.version += 1
    session.add(company)
    session.flush()
    record(
        session,
        ctx,
        entity="company",
        entity_id=company.id or 0,
        action="changed",
        before=was,
        after=now,
    )


def _existing(session: Session, company_id: int, *, lock: bool = False) -> Company:
    company = session.get(Company, company_id, with_for_update=True if lock else None)
    if company is None:
        raise NotFound(MISSING)
    return company


def _said(company: Company) -> dict[str, str]:
    return {one.name: getattr(company, one.name) for one in fields(CompanyFacts)}


def _cleaned(facts: CompanyFacts) -> dict[str, str]:
    problems: dict[str, str] = {}
    cleaned: dict[str, str] = {}
    for name, maximum in LENGTHS.items():
        try:
            cleaned[name] = clean_text(
                getattr(facts, name),
                field=name,
                maximum=maximum,
                multiline=name == "payment_details",
            )
        except Invalid as error:
            problems |= error.fields
    for name, parse in (("iban", parse_iban), ("bic", parse_bic)):
        try:
            cleaned[name] = parse(cleaned.get(name, ""), name)
        except Invalid as error:
            problems |= error.fields
    problems |= _problems(cleaned)
    if problems:
        raise Invalid.many(problems)
    return cleaned


def _problems(cleaned: dict[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not cleaned.get("name"):
        problems["name"] = "Give the company its name; every paper begins with it."
    country = cleaned.get("country", "").upper()
    cleaned["country"] = country
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004
        problems["country"] = "Give the country as its two-letter code, like DE."
    if cleaned.get("email") and not EMAIL.fullmatch(cleaned["email"]):
        problems["email"] = "This is not one e-mail address."
    return problems


def _kind(content: bytes) -> str:
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), "")
