"""States show finished words: no rows of tables, and no setters for the wire."""

import typing

import pytest
import reflex as rx
from sqlmodel import SQLModel

import billing_app.billing_app  # noqa: F401  loads every state
from billing_app.domain.money import Money


def states(root=rx.State):
    for state in root.__subclasses__():
        if state.__module__.startswith("billing_app."):
            yield state
        yield from states(state)


STATES = sorted(set(states()), key=str)


def parts(hint):
    yield hint
    for inner in typing.get_args(hint):
        yield from parts(inner)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_a_state_shows_is_no_row_and_no_money(state):
    hints = typing.get_type_hints(state)
    shown = {name: hints.get(name) for name in state.base_vars if name in hints}
    for name, hint in shown.items():
        for part in parts(hint):
            if isinstance(part, type):
                assert not issubclass(part, SQLModel | Money | float), f"{name}: {hint}"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_state_has_a_setter(state):
    own = {name for name in vars(state) if not name.startswith("_")}
    assert not {name for name in own if name.startswith("set_")}
