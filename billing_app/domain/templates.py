"""Templates of mails: a small, logic-light part of Handlebars without any code (CXS-45, SPEC 6.11).

    Dear {{account.name}},
    {{#each lines}}{{description}}: {{currencyFormat net ../invoice.currency}}
    {{/each}}

A template only reaches into the variables it is given: mappings by name and lists by place, never
attributes. Unknown variables are empty. What it makes is bounded in size and in steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from billing_app.domain.template_helpers import Markup, called, member, shown
from billing_app.domain.template_reading import (
    Block,
    Call,
    Expression,
    Literal,
    Node,
    Path,
    Place,
    TemplateError,
    read,
)

__all__ = ["MOST_OUTPUT", "MOST_STEPS", "TemplateError", "read", "render"]

MOST_OUTPUT = 200_000
MOST_STEPS = 100_000


def render(source: str, variables: Mapping[str, object], *, markup: bool = False) -> str:
    """What a template says with these variables.

    `markup`: the template is HTML, so every value is escaped; a plain text needs no escaping.
    Raises: TemplateError with the line where it cannot be read, or makes too much.
    """
    writer = _Writer([_Frame(variables)], markup=markup)
    writer.write(read(source))
    return "".join(writer.parts)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What names mean inside an `each` or `with`."""

    value: object
    own: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Writer:
    frames: list[_Frame]
    markup: bool
    parts: list[str] = field(default_factory=list)
    size: int = 0
    steps: int = 0

    def write(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            match node:
                case str():
                    self._add(node, 1)
                case Place():
                    self._step(node.line)
                    self._add(self._safe(self._value(node.expression)), node.line)
                case Block():
                    self._step(node.line)
                    self._block(node)

    def _add(self, text: str, line: int) -> None:
        self.size += len(text)
        if self.size > MOST_OUTPUT:
            raise TemplateError(
                line=line, what=f"the text grows beyond {MOST_OUTPUT:,} characters here."
            )
        self.parts.append(text)

    def _step(self, line: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TemplateError(line=line, what="the template has too much to repeat here.")

    def _safe(self, value: object) -> str:
        text = shown(value)
        return escape(text) if self.markup and not isinstance(value, Markup) else text

    def _block(self, block: Block) -> None:
        subject = self._value(block.subject)
        match block.kind:
            case "if":
                self.write(block.then if subject else block.otherwise)
            case "unless":
                self.write(block.otherwise if subject else block.then)
            case "with" if subject:
                self._inside(_Frame(subject), block.then)
            case "each" if subject and isinstance(subject, Mapping | list | tuple):
                self._each(subject, block)
            case _:
                self.write(block.otherwise)

    def _each(self, subject: Mapping[str, object] | Sequence[object], block: Block) -> None:
        named = subject if isinstance(subject, Mapping) else dict(enumerate(subject))
        pairs = list(named.items())
        for at, (key, value) in enumerate(pairs):
            self._step(block.line)
            own = {"@index": at, "@key": key, "@first": at == 0, "@last": at == len(pairs) - 1}
            self._inside(_Frame(value, own), block.then)

    def _inside(self, frame: _Frame, nodes: Sequence[Node]) -> None:
        self.frames.append(frame)
        self.write(nodes)
        self.frames.pop()

    def _value(self, expression: Expression) -> object:
        match expression:
            case Literal():
                return expression.value
            case Path():
                return self._found(expression)
            case Call():
                values = [self._value(argument) for argument in expression.arguments]
                return called(expression.helper, values, markup=self.markup)

    def _found(self, path: Path) -> object:
        if path.ups >= len(self.frames):
            return None
        frame = self.frames[-1 - path.ups]
        if path.first == "@root":
            value: object = self.frames[0].value
        elif path.first == "this":
            value = frame.value
        elif path.first.startswith("@"):
            value = frame.own.get(path.first)
        else:
            value = member(frame.value, path.first)
        for name in path.rest:
            value = member(value, name)
        return value
