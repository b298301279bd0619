"""The files of a record: who may know of each, a form that sends another."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.files import FileAccess, FileOwner
from billing_app.kit.fields import field, select_input
from billing_app.kit.links import file_link
from billing_app.kit.native_form import native_form
from billing_app.kit.tables import head, plain_table
from billing_app.kit.wording import day
from billing_app.kit.words import filled, joined
from billing_app.security.acting import ask
from billing_app.security.notices import notify
from billing_app.security.policy import action
from billing_app.services.files import change_file_access, files_of
from billing_app.staff.shell.state import can

KIB = 1_024
ACCESS = [(str(one), one.label) for one in FileAccess]
PROBLEMS = {
    "none": "Choose a file first.",
    "large": "Files may have up to 20 MB.",
    "kind": "This file is not taken: what is in it must be what its name says.",
}


@dataclass(frozen=True)
class FileRow:
    """One file."""

    id: int
    name: str
    size: str
    by: str
    access: str


class FilesState(rx.State):
    """The files of the open record."""

    owner: str = ""
    owner_id: int = 0
    rows: list[FileRow] = []
    problem: str = ""

    @action(Permission.CUSTOMER_VIEW)
    async def show(self, name: str, owner_id: int) -> None:
        """List the files of a record: "invoice" or "customer" with its id."""
        if name not in set(FileOwner):
            return
        asked = str(self.router.url.query_parameters.get("file", ""))
        self.owner, self.owner_id, self.problem = name, owner_id, PROBLEMS.get(asked, "")
        await self._show()

    @action(Permission.INVOICE_FILE)
    async def change_access(self, file_id: int, value: str) -> None:
        """Change who may know of a file; it acts at once."""
        if value in set(FileAccess):
            await ask(change_file_access, file_id, FileAccess(value))
            await notify(self, f"Now for: {FileAccess(value).label}.")
        await self._show()

    async def _show(self) -> None:
        found = await ask(files_of, FileOwner(self.owner), self.owner_id)
        self.rows = [
            FileRow(
                one.id, f"{one.name}.{one.extension}", f"{-(-one.size // KIB):,} KB",
                f"{one.uploaded_by}, {day(one.uploaded_at.date())}", str(one.access),
            )
            for one in found
        ]  # fmt: skip


def files_panel(owner: FileOwner, owner_id: Any) -> rx.Component:
    """The table of files and the form, for the body of a section."""
    heads = [head("File"), head("Size", "num"), head("Uploaded"), head("Access permission")]
    table = plain_table("Files", heads, rx.el.tbody(rx.foreach(FilesState.rows, _row)))
    form = native_form(
        field(
            "Add a file",
            rx.el.input(type="file", name="file", class_name="file"),
            id="add-file",
            help="Internal users see it; change its permission to show it to the customer.",
            error=FilesState.problem,
        ),
        rx.el.button("Upload", type="submit", class_name="btn"),
        action=joined(f"/files/{owner}/", owner_id.to_string()),
        enc_type="multipart/form-data",
        class_name="upload",
    )
    return rx.el.div(
        rx.cond(FilesState.rows.length() > 0, table, rx.el.p("No files.", class_name="muted")),
        rx.cond(can(Permission.INVOICE_FILE), form),
        on_mount=FilesState.show(str(owner), owner_id),
        key=joined("files-", owner_id.to_string()),
    )


def _row(row: rx.vars.ObjectVar[FileRow]) -> rx.Component:
    choice = select_input(
        ACCESS,
        value=row.access,
        on_change=lambda value: FilesState.change_access(row.id, value),
        aria_label=joined("Access permission of ", row.name),
    )
    words = rx.match(row.access, *ACCESS, "")
    return rx.el.tr(
        rx.el.th(file_link(row.name, href=joined("/files/", row.id.to_string())), scope="row"),
        rx.el.td(row.size, class_name="num"),
        rx.el.td(filled(row.by, row.by)),
        rx.el.td(rx.cond(can(Permission.INVOICE_FILE), choice, rx.fragment(words))),
        key=row.id,
        data_testid="file-row",
    )
