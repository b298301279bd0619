"""The portal sites and what was typed into each one's settings."""

from dataclasses import dataclass

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.sites import list_sites, save_site

MOST_TYPED = 20_000


@dataclass(frozen=True)
class SiteRow:
    """One site."""

    id: int
    name: str
    text: str
    warnings: list[str]
    error: str


class SitesState(rx.State):
    """The sites."""

    rows: list[SiteRow] = []
    types: list[str] = []
    is_loaded: bool = False

    @action(Permission.SITE_EDIT)
    async def load(self) -> None:
        """Show them."""
        await self._show()
        self.is_loaded = True

    @action(Permission.SITE_EDIT)
    async def save(self, site_id: int, form: dict[str, str]) -> None:
        """Keep one site's settings; what was typed stays where it cannot be kept."""
        before = next((row.text for row in self.rows if row.id == site_id), "")
        typed = form.get("settings_json", "")[:MOST_TYPED]
        try:
            await ask(save_site, site_id, typed, before=before)
        except Invalid as error:
            sentence = error.fields["settings_json"]
            self.rows = [
                SiteRow(row.id, row.name, row.text, row.warnings, sentence)
                if row.id == site_id
                else row
                for row in self.rows
            ]
            return
        await self._show()
        await notify(self, "The site's settings are saved and act on the next page.")

    async def _show(self) -> None:
        sites, types = await ask(list_sites)
        self.rows = [
            SiteRow(
                site.id, f"{site.name} of {site.company}", site.settings_json,
                list(site.warnings), "",
            )
            for site in sites
        ]  # fmt: skip
        self.types = [f"{key} {name}" for key, name in types]
