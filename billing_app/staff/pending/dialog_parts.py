"""What opens above the pending list: assembling, refreshing, one line."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.kit.buttons import button
from billing_app.kit.dialogs import dialog
from billing_app.kit.fields import (
    amount_input,
    combo,
    date_input,
    field,
    form_errors,
    select_input,
    text_area,
    text_input,
)
from billing_app.staff.pending.assembling import AssembleFact, AssembleState
from billing_app.staff.pending.charge_form import ChargeFormState
from billing_app.staff.shell.state import can

REQUIRED = "required"


def pending_dialogs() -> list[rx.Component]:
    """What opens above the list."""
    return [_assemble(), _refresh(), _charge()]


def _assemble() -> rx.Component:
    def fact(row: rx.vars.ObjectVar[AssembleFact]) -> rx.Component:
        return rx.el.div(rx.el.dt(row.label), rx.el.dd(row.value), key=row.label)

    verb = rx.cond(AssembleState.warning != "", "Assemble with this date", "Assemble invoice")
    return dialog(
        "Assemble the ticked lines",
        rx.el.dl(rx.foreach(AssembleState.facts, fact), class_name="facts-list"),
        _assemble_form(),
        rx.el.ul(
            rx.el.li("Amounts, dates and partner become fixed; the texts stay open."),
            rx.el.li("Dissolving makes the lines pending again."),
            class_name="says",
        ),
        open=AssembleState.is_open,
        on_close=AssembleState.close_window,
        actions=[
            button("Keep pending", on_click=AssembleState.close_window),
            rx.el.button(
                verb,
                type="submit",
                form="assemble-form",
                class_name="btn primary",
                data_key="mod+enter",
            ),
        ],
        id="assemble",
    )


def _assemble_form() -> rx.Component:
    fields = AssembleState.fields
    types = select_input(AssembleState.type_options, default_value=fields["document_type"])
    posted_on = date_input(default_value=fields["posted_on"])
    number = text_input(default_value=fields["external_document_no"])
    return rx.el.form(
        form_errors(AssembleState.error_list, AssembleState.attempt),
        _field("Document type", "document_type", types, required=True),
        _field("Posting date", "posted_on", posted_on, required=True, also="document_date"),
        _field("Due date", "due_on", date_input(default_value=fields["due_on"])),
        _field("External Document No", "external_document_no", number),
        _field("Document Text", "document_text", text_area(rows=2)),
        rx.cond(
            AssembleState.warning != "",
            rx.el.p(AssembleState.warning, role="alert", class_name="error"),
        ),
        id="assemble-form",
        key=AssembleState.form_key,
        on_submit=AssembleState.confirm,
    )


def _refresh() -> rx.Component:
    return dialog(
        "Refresh this list?",
        rx.el.ul(
            rx.el.li("What voyages and orders generate is deleted and rebuilt."),
            rx.el.li("Edits by hand on those lines are lost; lines added by hand stay."),
            class_name="says",
        ),
        rx.cond(
            AssembleState.refresh_warning != "",
            rx.el.p(AssembleState.refresh_warning, class_name="error"),
        ),
        open=AssembleState.refresh_open,
        on_close=AssembleState.close_refresh,
        kind="alertdialog",
        actions=[
            button("Keep as it is", on_click=AssembleState.close_refresh, data_autofocus=""),
            button("Refresh list", kind="danger", on_click=AssembleState.refresh, key="mod+enter"),
        ],
        id="refresh",
    )


def _charge() -> rx.Component:
    new = ChargeFormState.charge_id == 0
    form = rx.el.form(
        form_errors(ChargeFormState.error_list, ChargeFormState.attempt),
        rx.el.div(
            _line("Text", "text", text_area(rows=2), css="s6"),
            _party(),
            rx.cond(new, _new_fields(), rx.fragment()),
            field(
                "Currency",
                text_input(name="currency", default_value=ChargeFormState.fields["currency"]),
                id="l-currency",
                css="s2",
                help=rx.cond(new, "Empty: the partner's", "Stays: there is no rate source"),
                error=ChargeFormState.errors.get("currency", ""),
            ),
            _line("VAT percent", "tax_rate", amount_input(), css="s2", optional=True),
            class_name="e-row",
        ),
        id="charge-form",
        key=ChargeFormState.form_key,
        on_submit=ChargeFormState.save,
    )
    remove = rx.cond(
        ChargeFormState.removing,
        button("Really remove", kind="danger", on_click=ChargeFormState.remove),
        button("Remove…", kind="quiet", on_click=ChargeFormState.ask_remove),
    )
    return dialog(
        ChargeFormState.heading,
        form,
        open=ChargeFormState.is_open,
        on_close=ChargeFormState.close,
        actions=[
            rx.cond(ChargeFormState.can_remove & can(Permission.CHARGE_EDIT), remove),
            button("Close", on_click=ChargeFormState.close),
            rx.cond(
                can(Permission.CHARGE_EDIT),
                button(
                    "Save line", kind="primary", type="submit", form="charge-form", key="mod+enter"
                ),
            ),
        ],
        id="charge",
    )


def _party() -> rx.Component:
    control = combo(
        ChargeFormState.parties,
        id="l-customer",
        name="customer",
        default_value=ChargeFormState.fields["customer"],
        on_change=ChargeFormState.find_party.debounce(150),
    )
    return field(
        "Invoice party",
        control,
        id="l-customer",
        css="s6",
        error=ChargeFormState.errors.get("customer", ""),
    )


def _new_fields() -> rx.Component:
    voyage = combo(
        ChargeFormState.voyages,
        id="l-voyage",
        name="voyage",
        on_change=ChargeFormState.find_voyage.debounce(150),
    )
    return rx.fragment(
        _line("Quantity", "quantity", amount_input(), css="s2"),
        _line("Unit", "unit", text_input(), css="s2", optional=True),
        _line("Unit price", "unit_price", amount_input(), css="s2"),
        field(
            "Voyage",
            voyage,
            id="l-voyage",
            css="s3",
            optional=True,
            error=ChargeFormState.errors.get("voyage", ""),
        ),
        _line("Service-order reference", "ext_ref", text_input(), css="s3", optional=True),
        _line("From", "date_from", date_input(), css="s3", optional=True),
        _line("To", "date_to", date_input(), css="s3", optional=True),
    )


def _line(
    label: str, name: str, control: rx.Component, *, css: str = "", optional: bool = False
) -> rx.Component:
    control.name = name
    control.default_value = ChargeFormState.fields[name]
    return field(
        label,
        control,
        id=f"l-{name}",
        css=css,
        optional=optional,
        error=ChargeFormState.errors.get(name, ""),
    )


def _field(
    label: str, name: str, control: rx.Component, *, required: bool = False, also: str = ""
) -> rx.Component:
    control.name = name
    error = AssembleState.errors.get(name, "")
    if also:
        error = rx.cond(error != "", error, AssembleState.errors.get(also, ""))
    if required:
        control.custom_attrs["aria-required"] = "true"
    return field(
        label,
        control,
        id=f"a-{name}",
        note=REQUIRED if required else "",
        optional=not required,
        error=error,
    )
