"""The log page: filters, a page of entries, the chain."""

from urllib.parse import urlencode

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.errors import Invalid
from billing_app.domain.history import verb_words
from billing_app.domain.parsing import parse_date
from billing_app.kit.fields import Option
from billing_app.kit.wording import count
from billing_app.security.acting import ask, context, reckon
from billing_app.security.policy import action
from billing_app.services.log import Chain, LogFilter, list_log, log_choices, verify_chains
from billing_app.staff.shell.entries import EntryRow, entry_rows

DAYS = ("on_from", "on_to")
LONGEST = 15


class LogState(rx.State):
    """Entries."""

    rows: list[EntryRow] = []
    people: list[Option] = []
    entities: list[Option] = []
    actions: list[Option] = []
    fields: dict[str, str] = dict.fromkeys(("actor", "entity", "record", "action", *DAYS), "")
    errors: dict[str, str] = {}
    form_key: str = "0"
    page_no: int = 1
    has_next: bool = False
    export: str = "/exports/log.csv"
    chains: list[str] = []
    chain_is_broken: bool = False
    is_loaded: bool = False
    _chosen: LogFilter = LogFilter()

    @action(Permission.LOG_VIEW)
    async def load(self) -> None:
        """Show the newest entries, of the record that the address names if it does."""
        found = await ask(log_choices)
        self.people = [Option(str(key), name) for key, name in found.people]
        self.entities = [Option(one, one.replace("_", " ").capitalize()) for one in found.entities]
        self.actions = [Option(one, verb_words(one)) for one in found.actions]
        query = self.router.url.query_parameters
        self.chains, self.errors = [], {}
        self.form_key = str(int(self.form_key) + 1)
        await self._filter({name: str(query.get(name, ""))[:64] for name in self.fields})
        self.is_loaded = True

    @action(Permission.LOG_VIEW)
    async def choose(self, form: dict[str, str]) -> None:
        """Show what fits the filter."""
        await self._filter({name: form.get(name, "") for name in self.fields})

    @action(Permission.LOG_VIEW)
    async def clear(self) -> None:
        """Show everything."""
        self.form_key = str(int(self.form_key) + 1)
        await self._filter(dict.fromkeys(self.fields, ""))

    @action(Permission.LOG_VIEW)
    async def go_to(self, number: int) -> None:
        """Show a page."""
        await self._show(max(1, number))

    @action(Permission.LOG_VIEW)
    async def verify(self) -> None:
        """Re-derive the chain of posted documents."""
        found = await reckon(verify_chains)
        self.chains = [_said(chain) for chain in found]
        self.chain_is_broken = any(chain.broken_at for chain in found)

    async def _filter(self, fields: dict[str, str]) -> None:
        self.fields, self.errors = fields, {}
        days = {}
        for name in DAYS:
            if fields[name].strip():
                try:
                    days[name] = parse_date(fields[name], field=name)
                except Invalid as error:
                    self.errors = {**self.errors, **error.fields}
        if self.errors:
            return
        self._chosen = LogFilter(
            actor_id=_number(fields["actor"]),
            action=fields["action"],
            entity=fields["entity"],
            entity_id=_number(fields["record"]),
            on_from=days.get("on_from"),
            on_to=days.get("on_to"),
        )
        asked = {name: value.strip() for name, value in fields.items() if value.strip()}
        asked |= {name: value.isoformat() for name, value in days.items()}
        self.export = f"/exports/log.csv?{urlencode(asked)}"
        await self._show(1)

    async def _show(self, number: int) -> None:
        found, self.has_next = await ask(list_log, self._chosen, number)
        self.rows, self.page_no = entry_rows(found, context().zone), number


def _number(text: str) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST else 0


def _said(chain: Chain) -> str:
    documents = count(chain.count, "document")
    if chain.broken_at:
        return (
            f"{chain.company}: the chain breaks at {chain.broken_at}; before it {documents} hold."
        )
    if not chain.count:
        return f"{chain.company}: nothing is posted yet."
    return f"{chain.company}: the chain holds up to {chain.last}, {documents}."
