"""Files as finished words, and the list of links that saves each with one click."""

from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from billing_app.kit.icons import icon
from billing_app.kit.links import file_link
from billing_app.kit.words import joined
from billing_app.portal.shell.said import said
from billing_app.portal.shell.tongue import Tongue
from billing_app.services.files import FileView

KIB = 1_024


@dataclass(frozen=True)
class FileRow:
    """One file."""

    id: int
    name: str
    extension: str
    size: str


def file_rows(files: Sequence[FileView], tongue: Tongue) -> list[FileRow]:
    """The rows of a list of files."""
    return [
        FileRow(file.id, file.name, file.extension.upper(), size_text(file.size, tongue))
        for file in files
    ]


def size_text(size: int, tongue: Tongue) -> str:
    """A size in bytes as people read it: "12 KB"."""
    if size < KIB:
        return f"{tongue.figure(size)} B"
    if size < KIB * KIB:
        return f"{tongue.figure(-(-size // KIB))} KB"
    return f"{tongue.figure(-(-size // (KIB * KIB)))} MB"


def files_table(rows: rx.Var[list[FileRow]]) -> rx.Component:
    """Name, extension and size of each file; the name is the link."""
    heads = [
        rx.el.th(said(name), role="columnheader", scope="col", class_name=css)
        for name, css in (("Name", ""), ("Extension", "ext"), ("Size", "num size"))
    ]
    return rx.el.table(
        rx.el.caption(said("Files"), class_name="sr"),
        rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
        rx.el.tbody(rx.foreach(rows, _row), role="rowgroup"),
        class_name="files cards",
        role="table",
    )


def _row(row: rx.vars.ObjectVar[FileRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            file_link(icon("file"), row.name, href=joined("/files/", row.id.to_string())),
            role="rowheader",
            scope="row",
        ),
        rx.el.td(row.extension, role="cell", class_name="ext"),
        rx.el.td(row.size, role="cell", class_name="num size"),
        role="row",
        key=row.id,
        data_testid="file-row",
    )
