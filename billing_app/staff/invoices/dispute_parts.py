"""The drawer's section of disputes, and the dialog in which one is answered or decided."""

import reflex as rx

from billing_app.domain.access import Permission
from billing_app.domain.disputes import DisputeAction
from billing_app.kit.buttons import button
from billing_app.kit.chips import status_chip
from billing_app.kit.dialogs import dialog, section
from billing_app.kit.fields import field, text_area
from billing_app.kit.links import link
from billing_app.kit.words import filled, joined
from billing_app.staff.invoices.credit_parts import figures_list
from billing_app.staff.invoices.drawer_disputes import DisputeRow
from billing_app.staff.invoices.drawer_state import DrawerState
from billing_app.staff.shell.state import can

LONGEST = 1_000
PRINTED = 512
_ACCEPT, _REJECT = DisputeAction.ACCEPT.value, DisputeAction.REJECT.value


def disputes() -> rx.Component:
    """Every dispute, undecided ones first; nothing where there is none."""
    whole = section(
        "Disputes",
        rx.el.ul(rx.foreach(DrawerState.disputes, _dispute), class_name="stack"),
        id="h-disputes",
        count=DrawerState.disputes.length().to_string(),
    )
    return rx.cond(DrawerState.disputes.length() > 0, whole)


def _dispute(row: rx.vars.ObjectVar[DisputeRow]) -> rx.Component:
    def decide(label: str, wanted: DisputeAction) -> rx.Component:
        return button(
            label,
            small=True,
            on_click=DrawerState.ask_decision(row.id, wanted.value),
            aria_label=joined(label.rstrip("…"), " the dispute of ", row.opened),
        )

    tools = rx.el.div(
        decide("Answer…", DisputeAction.ANSWER),
        decide("Accept…", DisputeAction.ACCEPT),
        decide("Reject…", DisputeAction.REJECT),
        class_name="decide",
    )
    return rx.el.li(
        rx.el.p(
            status_chip(row.state),
            " ",
            rx.el.b(
                row.amount, data_minor=row.amount_minor, data_currency=DrawerState.view.currency
            ),
            " ",
            rx.el.small(row.opened, class_name="muted"),
        ),
        _about(row),
        rx.el.p(row.reason, class_name="quoted"),
        filled(
            row.answer,
            rx.el.p(row.answer, rx.el.br(), rx.el.small(row.answered, class_name="muted")),
        ),
        filled(
            row.outcome,
            rx.el.p(
                row.outcome, filled(row.credit_href, ". ", link(row.credit, href=row.credit_href))
            ),
        ),
        rx.cond(row.is_undecided & can(Permission.INVOICE_REVERSE), tools),
        key=row.id,
        class_name="stack",
        data_testid="dispute-row",
        data_id=row.id,
    )


def _about(row: rx.vars.ObjectVar[DisputeRow]) -> rx.Component:
    return rx.el.ul(rx.foreach(row.about, lambda text: rx.el.li(text, key=text)))


def dispute_dialog() -> rx.Component:
    """The review: what is disputed, what becomes of it, and the words for it."""
    row, doing = DrawerState.decided, DrawerState.deciding
    accepts, rejects = doing == _ACCEPT, doing == _REJECT
    verb = rx.cond(accepts, "Accept", rx.cond(rejects, "Reject", "Answer"))
    form = rx.el.form(
        rx.el.p(row.opened, class_name="muted"),
        _about(row),
        rx.el.p(row.reason, class_name="quoted"),
        rx.cond(accepts, _consequences()),
        field(
            rx.cond(accepts, "Reason, printed on the credit note", "Words for the customer"),
            text_area(name="said", rows=3, max_length=rx.cond(accepts, PRINTED, LONGEST)),
            id="dispute-said",
            optional=accepts,
            error=DrawerState.dispute_error,
        ),
        id="dispute-form",
        class_name="stack",
        on_submit=DrawerState.confirm_decision,
    )
    return dialog(
        joined(verb, " the dispute over ", row.amount),
        form,
        open=doing != "",
        on_close=DrawerState.close_decision,
        actions=[
            button("Decide nothing", on_click=DrawerState.close_decision),
            button(
                rx.cond(
                    accepts,
                    "Make credit note",
                    rx.cond(rejects, "Reject dispute", "Send answer"),
                ),
                kind="primary",
                type="submit",
                form="dispute-form",
                key="mod+enter",
            ),
        ],
        id="dispute",
    )


def _consequences() -> rx.Component:
    return rx.fragment(
        figures_list(DrawerState.dispute_figures, DrawerState.view.currency),
        rx.el.ul(
            rx.el.li("A credit note takes exactly this, ready to post."),
            rx.el.li("Where four eyes are asked for, a colleague releases it."),
            class_name="says",
        ),
    )
