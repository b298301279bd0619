"""What each handler and page demands: the marks that the guard reads. No mark, no entry."""

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import reflex as rx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from billing_app.domain.access import Permission
from billing_app.domain.errors import BillingError, Invalid

MARK = "__policy__"
AWAITED = "__awaited_policy__"
S = typing.TypeVar("S", bound=rx.State)
Teller = Callable[[Any, BillingError, bool], Awaitable[None]]
MAX_TEXT = 20_000
MAX_ITEMS = 12_000
MAX_FIELDS = 300

_tellers: list[Teller] = []
# Never the wrapper's key below, nor any other name that begins with two underscores.
_Name = Annotated[str, Field(strict=True, max_length=64, pattern="^(_?[^_]|_?$)")]
_Text = Annotated[str, Field(strict=True, max_length=MAX_TEXT)]
_Entry = _Text | Annotated[bool, Field(strict=True)] | None
# The framework sends a submitted form as name and value pairs under this key.
_Entries = dict[
    Literal["__reflex_form_data__"],
    Annotated[
        list[Annotated[list[_Entry], Field(min_length=2, max_length=2)]],
        Field(max_length=MAX_FIELDS),
    ],
]
_BOUNDED: dict[Any, Any] = {
    int: Annotated[int, Field(strict=True, ge=-(2**53), le=2**53)],
    str: _Text,
    bool: Annotated[bool, Field(strict=True)],
    list[int]: Annotated[
        list[Annotated[int, Field(strict=True, ge=0, le=2**53)]], Field(max_length=MAX_ITEMS)
    ],
    dict[str, str]: Annotated[dict[_Name, _Entry] | _Entries, Field(max_length=MAX_FIELDS)],
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a handler demands: a permission, or `signed_in`, or nothing (`open_to_all`)."""

    permission: Permission | None
    signed_in: bool
    arguments: Mapping[str, TypeAdapter[Any]]
    optional: frozenset[str]

    def check(self, payload: Mapping[str, Any]) -> None:
        """Validate the arguments strictly. Raises: Invalid for anything else."""
        unknown = set(payload) - set(self.arguments)
        missing = set(self.arguments) - set(payload) - self.optional
        if unknown or missing:
            raise Invalid.of("arguments", "The request was not understood.")
        try:
            for name, value in payload.items():
                self.arguments[name].validate_python(value)
        except ValidationError as error:
            raise Invalid.of("arguments", "The request was not understood.") from error


def when_refused(teller: Teller) -> None:
    """Name the function that shows a refusal to the person; `security.notices` does."""
    _tellers[:] = [teller]


def action(
    permission: Permission, *, background: bool = False, supersedes: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Mark a handler with the permission it demands; a refusal becomes a notice."""
    return _mark(permission, signed_in=True, background=background, supersedes=supersedes)


def local(
    *, background: bool = False, supersedes: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """Mark a handler that only changes the view of a signed-in person."""
    return _mark(None, signed_in=True, background=background, supersedes=supersedes)


def open_to_all() -> Callable[[Callable[..., Any]], Any]:
    """Mark a handler that visitors may call."""
    return _mark(None, signed_in=False, background=False, supersedes=False)


def awaiting(*, supersedes: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Mark a handler that states share: nobody may call it until the state is `demanding`."""
    return _mark(None, signed_in=True, background=False, supersedes=supersedes, under=AWAITED)


def demanding(permission: Permission) -> Callable[[type[S]], type[S]]:
    """Let the handlers that a state shares with others demand a permission of its own."""

    def demand(state: type[S]) -> type[S]:
        for handler in state.event_handlers.values():
            awaited = getattr(handler.fn, AWAITED, None)
            if awaited is not None:
                setattr(handler.fn, MARK, replace(awaited, permission=permission))
        return state

    return demand


def _mark(
    permission: Permission | None,
    *,
    signed_in: bool,
    background: bool,
    supersedes: bool,
    under: str = MARK,
) -> Callable[[Callable[..., Any]], Any]:
    def mark(handler: Callable[..., Any]) -> Any:
        @functools.wraps(handler)
        async def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return await handler(self, *map(_plain, args), **_plain_values(kwargs))
            except BillingError as error:
                await _tellers[0](self, error, background)
                return None

        setattr(checked, under, _policy_of(handler, permission, signed_in=signed_in))
        return rx.event(background=background, supersedes=supersedes)(checked)

    return mark


def _plain(value: Any) -> Any:
    """A submitted form as texts only: absent fields come as null, which no handler asks for."""
    if isinstance(value, Mapping):
        return {name: text for name, text in value.items() if isinstance(text, str)}
    return value


def _plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _policy_of(
    handler: Callable[..., Any], permission: Permission | None, *, signed_in: bool
) -> Policy:
    hints = typing.get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    return Policy(
        permission=permission,
        signed_in=signed_in,
        arguments={p.name: _adapter(hints[p.name]) for p in parameters},
        optional=frozenset(p.name for p in parameters if p.default is not p.empty),
    )


def _adapter(hint: Any) -> TypeAdapter[Any]:
    if hint in _BOUNDED:
        return TypeAdapter(_BOUNDED[hint])
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        if not (hint.model_config.get("strict") and hint.model_config.get("extra") == "forbid"):
            message = f"{hint.__name__} must be strict and forbid extra fields."
            raise TypeError(message)
        return TypeAdapter(hint)
    message = (
        f"Handlers take int, str, bool, list[int], dict[str, str] or strict models, not {hint}."
    )
    raise TypeError(message)
