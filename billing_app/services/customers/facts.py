"""What a customer's form says, and what of it can be kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from billing_app.domain.errors import Invalid
from billing_app.domain.money import currency
from billing_app.domain.parsing import clean_text
from billing_app.domain.periods import Schedule
from billing_app.domain.tax import rate_problem
from billing_app.domain.usage_lines import Grouping

EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}")
MAX_TERM_DAYS = 3650
LENGTHS = {
    "number": 32, "name": 255, "street": 255, "postcode": 32, "city": 128, "county": 128,
    "country": 2, "email": 255, "phone": 64, "uin": 64, "vat_no": 64, "account_no": 64,
    "currency": 3, "language": 8, "notes": 4000, "ext_accounting_id": 64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What the customer form says."""

    name: str
    currency: str
    number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    county: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    uin: str = ""
    vat_no: str = ""
    account_no: str = ""
    language: str = "en"
    payment_term_days: int = 30
    tax_rate: Decimal = Decimal(0)
    invoice_schedule: str = "none"
    line_grouping: str = ""  # empty: as the setting says
    ext_accounting_id: str = ""
    is_active: bool = True
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the contact row says."""

    name: str
    email: str = ""
    phone: str = ""
    is_billing: bool = False


def cleaned_customer(facts: CustomerFacts) -> dict[str, object]:
    """The facts as columns. Raises: Invalid with every field's sentence."""
    problems: dict[str, str] = {}
    cleaned: dict[str, object] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if field.name in LENGTHS:
            try:
                value = clean_text(
                    value,
                    field=field.name,
                    maximum=LENGTHS[field.name],
                    multiline=field.name == "notes",
                )
            except Invalid as error:
                problems |= error.fields
        cleaned[field.name] = value
    problems |= _problems(cleaned, problems)
    if problems:
        raise Invalid.many(problems)
    return cleaned


def _problems(cleaned: dict[str, object], known: dict[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not cleaned["name"]:
        problems["name"] = "Give the customer a name."
    if "currency" not in known:
        try:
            cleaned["currency"] = currency(str(cleaned["currency"]).upper()).code
        except Invalid as error:
            problems |= error.fields
    country = str(cleaned["country"]).upper()
    cleaned["country"] = country
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004
        problems["country"] = "Give the country as its two-letter code, like DE."
    if cleaned["email"] and not EMAIL.fullmatch(str(cleaned["email"])):
        problems["email"] = "This is not one e-mail address."
    if not 0 <= int(str(cleaned["payment_term_days"])) <= MAX_TERM_DAYS:
        problems["payment_term_days"] = "Give a number of days from 0 to 3650."
    return problems | _config_problems(cleaned)


def _config_problems(cleaned: dict[str, object]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if problem := rate_problem("S", Decimal(str(cleaned["tax_rate"]))):
        problems["tax_rate"] = problem
    if cleaned["invoice_schedule"] not in set(Schedule):
        problems["invoice_schedule"] = "Choose none, daily, weekly or monthly."
    if cleaned["line_grouping"] not in {"", *Grouping}:
        problems["line_grouping"] = "Choose day or destination, or leave it to the setting."
    return problems


def cleaned_contacts(contacts: Sequence[ContactFacts]) -> list[dict[str, object]]:
    """The contacts as columns. Raises: Invalid at the first that cannot be kept."""
    cleaned = []
    for index, contact in enumerate(contacts):
        name = clean_text(contact.name, field=f"contacts.{index}.name", maximum=255)
        email = clean_text(contact.email, field=f"contacts.{index}.email", maximum=255)
        if not name and not email:
            continue
        if email and not EMAIL.fullmatch(email):
            raise Invalid.of(f"contacts.{index}.email", "This is not one e-mail address.")
        cleaned.append(
            {
                "name": name or email,
                "email": email,
                "phone": clean_text(contact.phone, field=f"contacts.{index}.phone", maximum=64),
                "is_billing": contact.is_billing,
            }
        )
    return cleaned
