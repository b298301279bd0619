"""A form that the browser itself sends: the framework's own forms never leave the page."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from billing_app.kit.words import Child


class NativeForm(BaseHTML):
    """A plain HTML form with its address and method."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]


def native_form(*content: Child, action: str, **props: Any) -> rx.Component:
    """A form that is posted to `action` over HTTP."""
    return NativeForm.create(*content, action=action, method="post", **props)
