"""The customer's data, and from Billing on its files."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.icons import icon
from billing_app.kit.native_form import native_form
from billing_app.kit.words import filled
from billing_app.portal.profile.state import Fact, ProfileState
from billing_app.portal.shell.file_rows import files_table
from billing_app.portal.shell.page import portal_page
from billing_app.portal.shell.said import said
from billing_app.portal.shell.state import covers


def profile_page() -> rx.Component:
    """Facts, files, and a form that works without JavaScript."""
    shown = rx.fragment(
        rx.el.dl(rx.foreach(ProfileState.facts, _fact), class_name="roles profile"),
        rx.cond(covers(Permission.PORTAL_FILES), _files()),
    )
    return portal_page(
        rx.cond(ProfileState.is_loaded, shown, rx.el.p(said("Opening…"), role="status")),
        current="/portal/profile",
        title="Customer Profile",
    )


def _fact(fact: rx.vars.ObjectVar[Fact]) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.value), key=fact.label)


def _files() -> rx.Component:
    upload = native_form(
        rx.el.div(
            rx.el.label(said("Add a file"), html_for="file"),
            rx.el.input(
                type="file", id="file", name="file", required=True,
                aria_describedby="file-help file-error",
            ),
            rx.el.small(
                said("PDF, picture, text or Office document, up to 20 MB."), id="file-help"
            ),
            rx.el.p(
                filled(
                    ProfileState.problem, icon("alert", "i s"), rx.el.span(ProfileState.problem)
                ),
                id="file-error",
                class_name="error",
                role="alert",
            ),
            class_name="field",
        ),
        rx.el.p(button(said("Upload"), kind="primary", type="submit"), class_name="actions"),
        action="/files/customer/0",
        enc_type="multipart/form-data",
        class_name="form upload",
    )  # fmt: skip
    return rx.el.section(
        rx.el.h2(said("Files"), id="files"),
        rx.cond(
            ProfileState.files.length() > 0,
            files_table(ProfileState.files),
            rx.el.p(said("No documents available."), class_name="quiet-text"),
        ),
        upload,
        class_name="section",
        aria_labelledby="files",
    )
