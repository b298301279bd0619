"""The form of one of our companies."""

from dataclasses import fields

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Conflict, Invalid, NotFound
from billing_app.kit.fields import FormError
from billing_app.kit.tables import Tab
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.company_records import (
    CompanyFacts,
    get_company,
    keep_logo,
    own_companies,
    save_company,
)

NAMES = tuple(one.name for one in fields(CompanyFacts))
LABELS = {
    "name": "Name", "street": "Street", "postcode": "Postcode", "city": "City",
    "country": "Country", "phone": "Phone", "email": "E-mail", "website": "Website",
    "tax_id": "Tax number", "registration_no": "Registration number", "bank_name": "Bank",
    "iban": "IBAN", "bic": "BIC", "payment_details": "Payment details",
}  # fmt: skip
LOGO_PROBLEMS = {
    "none": "Choose a file first.",
    "large": "The logo may have up to 64 KB: every paper carries it.",
    "kind": "This is no PNG or JPEG picture that can be printed.",
}
MAX_TYPED = 4_000


class CompanyState(rx.State):
    """The page."""

    company_id: int = 0
    heading: str = ""
    tabs: list[Tab] = []
    key: str = ""
    fields: dict[str, str] = {}
    fixed: str = ""
    errors: dict[str, str] = {}
    error_list: list[FormError] = []
    attempt: int = 0
    form_key: str = ""
    has_logo: bool = False
    logo_href: str = ""
    logo_problem: str = ""
    is_loaded: bool = False
    _version: int = 0

    @action(Permission.SETTINGS_VIEW)
    async def load(self) -> None:
        """Open the company that the address names, or the first one."""
        known = await ask(own_companies)
        if not known:
            raise NotFound("Set up the company first.")
        query = self.router.url.query_parameters
        asked = str(query.get("company", ""))
        ids = [str(key) for key, _ in known]
        self.company_id = int(asked if asked in ids else ids[0])
        self.tabs = [Tab(str(key), name) for key, name in known] if len(known) > 1 else []
        self.logo_problem = LOGO_PROBLEMS.get(str(query.get("logo", "")), "")
        await self._show()
        self.is_loaded = True

    @action(Permission.SETTINGS_VIEW)
    async def choose(self, key: str) -> None:
        """Open another of our companies."""
        if any(key == tab.key for tab in self.tabs):
            self.company_id, self.logo_problem = int(key), ""
            await self._show()

    @action(Permission.SETTINGS_EDIT)
    async def save(self, form: dict[str, str]) -> None:
        """Keep what the form says; nothing typed is lost when something is wrong."""
        facts = CompanyFacts(**{name: form.get(name, "")[:MAX_TYPED] for name in NAMES})
        try:
            await ask(save_company, self.company_id, facts, version=self._version)
        except Invalid as error:
            self._fail(error.fields)
            return
        except Conflict as error:
            self._fail({"name": error.sentence})
            return
        await self._show()
        await notify(self, f"{self.heading} is saved. What is posted from now on says so.")

    @action(Permission.SETTINGS_EDIT)
    async def remove_logo(self) -> None:
        """Take the logo off what is posted from now on."""
        await ask(keep_logo, self.company_id, b"")
        await self._show()
        await notify(self, "The logo is removed.")

    async def _show(self) -> None:
        found = await ask(get_company, self.company_id)
        self.heading, self._version = found.facts.name, found.version
        self.fields = {name: getattr(found.facts, name) for name in NAMES}
        self.fixed = f"{found.base_currency}, {found.time_zone}"
        self.has_logo = found.has_logo
        self.logo_href = f"/companies/{found.id}/logo?v={found.version}"
        self.key = str(found.id)
        self.form_key = f"{found.id}-{found.version}"
        self.errors, self.error_list = {}, []

    def _fail(self, problems: dict[str, str]) -> None:
        self.errors = problems
        self.attempt += 1
        self.error_list = [
            FormError(f"co-{key}", LABELS[key], text) for key, text in problems.items()
        ]
