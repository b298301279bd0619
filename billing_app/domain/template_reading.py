"""Reading a template: text with places in double braces becomes a tree (CXS-45, SPEC 6.11).

Reading is linear in the text and bounded in length and depth. What cannot be understood is told
with its line, before anything is made of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from billing_app.domain.errors import BillingError

MOST_CHARACTERS = 20_000
DEEPEST = 20
BLOCKS = ("if", "unless", "each", "with")
ARGUMENTS = {  # of each helper: the fewest and the most
    "lookup": (2, 2),
    "dateFormat": (1, 2),
    "numberFormat": (1, 2),
    "currencyFormat": (1, 2),
    "sec2min": (1, 1),
    "nl2br": (1, 1),
    "math": (3, 3),
}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_WORD = re.compile(r"\s+|\"[^\"]{0,200}\"|'[^']{0,200}'|[()]|[^\s()\"']{1,200}|.", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = re.compile(
    rf"((?:\.\./)*)(this|@root|@index|@key|@first|@last|{_NAME})((?:\.(?:{_NAME}|[0-9]{{1,6}}))*)"
)


class TemplateError(BillingError):
    """A template cannot be read, or makes more than a mail holds."""

    code = "template.error"
    message = "Line {line}: {what}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the template."""

    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """A variable: how many contexts up, then name by name."""

    ups: int
    first: str
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A helper with its arguments."""

    helper: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is written."""

    line: int
    expression: "Expression"


@dataclass(frozen=True, slots=True)
class Block:
    """A part that is written if, unless, for each, or with what its subject says."""

    line: int
    kind: str
    subject: "Expression"
    then: tuple["Node", ...]
    otherwise: tuple["Node", ...]


Expression = Literal | Path | Call
Node = str | Place | Block


@dataclass(frozen=True, slots=True)
class _Tag:
    line: int
    words: str


def read(source: str) -> tuple[Node, ...]:
    """The tree of a template. Raises: TemplateError with the line and what is wrong there."""
    if len(source) > MOST_CHARACTERS:
        raise TemplateError(line=1, what=f"a template has at most {MOST_CHARACTERS:,} characters.")
    reader = _Reader(_tokens(source))
    nodes, end = reader.nodes(0)
    if end is not None:
        raise TemplateError(line=end.line, what=f"{{{{{end.words}}}}} belongs to no block.")
    return nodes


def _tokens(source: str) -> Iterator[str | _Tag]:
    """Texts and tags in turn; a block's tag alone on its line takes the line with it."""
    at, line = 0, 1
    while True:
        start = source.find("{{", at)
        if start < 0:
            yield source[at:]
            return
        line += source.count("\n", at, start)
        words, end = _tag(source, start, line)
        text, after = source[at:start], end
        if words[:1] in {"#", "/", "!"} or words.split(" ")[0] == "else":
            text, after = _without_own_line(source, text, start, end)
        yield text
        if not words.startswith("!"):
            yield _Tag(line, words)
        line += source.count("\n", start, after)
        at = after


def _tag(source: str, start: int, line: int) -> tuple[str, int]:
    """What stands between the braces, and where the text goes on."""
    if source.startswith("{{{", start) or source.startswith("{{&", start):
        raise TemplateError(
            line=line, what="three braces would leave a value unescaped. Use two braces."
        )
    closing = "--}}" if source.startswith("{{!--", start) else "}}"
    end = source.find(closing, start + 2)
    if end < 0:
        raise TemplateError(line=line, what=f"the braces that open here lack their {closing}.")
    return source[start + 2 : end].strip(), end + len(closing)


def _without_own_line(source: str, text: str, start: int, end: int) -> tuple[str, int]:
    before = source[source.rfind("\n", 0, start) + 1 : start]
    newline = source.find("\n", end)
    last = len(source) if newline < 0 else newline
    if before.strip() or source[end:last].strip():
        return text, end
    return text[: len(text) - len(before)], min(last + 1, len(source))


class _Reader:
    def __init__(self, tokens: Iterator[str | _Tag]) -> None:
        self._tokens = tokens

    def nodes(self, depth: int) -> tuple[tuple[Node, ...], _Tag | None]:
        """Everything up to the tag that ends or divides the block around it."""
        found: list[Node] = []
        for token in self._tokens:
            if isinstance(token, str):
                found += [token] if token else []
            elif token.words.startswith("/") or token.words.split(" ")[0] == "else":
                return tuple(found), token
            elif token.words.startswith("#"):
                found.append(self._block(token, token.words[1:], depth))
            else:
                found.append(Place(token.line, expression(token.words, token.line)))
        return tuple(found), None

    def _block(self, tag: _Tag, words: str, depth: int) -> Block:
        kind, _, subject = words.strip().partition(" ")
        if kind not in BLOCKS:
            blocks = ", ".join(BLOCKS)
            raise TemplateError(line=tag.line, what=f"there is no block {kind!r}, only {blocks}.")
        if depth >= DEEPEST:
            raise TemplateError(line=tag.line, what=f"blocks go at most {DEEPEST} deep.")
        about = expression(subject, tag.line)
        then, end = self.nodes(depth + 1)
        otherwise: tuple[Node, ...] = ()
        if end is not None and end.words == "else":
            otherwise, end = self.nodes(depth + 1)
        elif end is not None and end.words.startswith("else "):
            return Block(tag.line, kind, about, then, (self._chained(end, kind, depth),))
        self._close(tag, kind, end)
        return Block(tag.line, kind, about, then, otherwise)

    def _chained(self, tag: _Tag, kind: str, depth: int) -> Block:
        words = tag.words.removeprefix("else ").strip()
        if words.split(" ")[0] != kind:
            raise TemplateError(line=tag.line, what=f"only {{{{else {kind} …}}}} can stand here.")
        return self._block(tag, words, depth + 1)

    @staticmethod
    def _close(tag: _Tag, kind: str, end: _Tag | None) -> None:
        if end is None:
            raise TemplateError(line=tag.line, what=f"{{{{#{kind}}}}} lacks its {{{{/{kind}}}}}.")
        if end.words[1:].strip() != kind or not end.words.startswith("/"):
            raise TemplateError(
                line=end.line, what=f"{{{{{end.words}}}}} stands where {{{{/{kind}}}}} is due."
            )


def expression(words: str, line: int) -> Expression:
    """A variable, a written value, or a helper with arguments. Raises: TemplateError."""
    parts = iter([part for part in _WORD.findall(words) if not part.isspace()])
    return _meant(_terms(parts, line, 0), line)


def _terms(parts: Iterator[str], line: int, depth: int) -> list[str | Expression]:
    """The words up to the closing bracket; those in brackets of their own are understood."""
    found: list[str | Expression] = []
    for part in parts:
        if part == ")" and depth:
            return found
        if part == ")":
            raise TemplateError(line=line, what="a round bracket closes that was not opened.")
        if part in {'"', "'"}:
            raise TemplateError(line=line, what="a quotation mark is not closed.")
        if part == "(" and depth >= DEEPEST:
            raise TemplateError(line=line, what=f"brackets go at most {DEEPEST} deep.")
        found.append(_meant(_terms(parts, line, depth + 1), line) if part == "(" else part)
    if depth:
        raise TemplateError(line=line, what="a round bracket is not closed.")
    return found


def _meant(terms: list[str | Expression], line: int) -> Expression:
    if not terms:
        raise TemplateError(line=line, what="there is nothing between the braces.")
    first = terms[0]
    if first in ARGUMENTS:
        return _call(str(first), terms[1:], line)
    if len(terms) > 1:
        helpers = ", ".join(ARGUMENTS)
        raise TemplateError(line=line, what=f"there is no helper {first!s:.40}, only {helpers}.")
    return _term(first, line)


def _call(helper: str, terms: list[str | Expression], line: int) -> Call:
    fewest, most = ARGUMENTS[helper]
    if not fewest <= len(terms) <= most:
        wanted = str(most) if fewest == most else f"{fewest} or {most}"
        raise TemplateError(line=line, what=f"{helper} takes {wanted} values.")
    return Call(helper, tuple(_term(term, line) for term in terms))


def _term(term: str | Expression, line: int) -> Expression:
    if not isinstance(term, str):
        return term
    if term in _WORDS:
        return Literal(_WORDS[term])
    if term[0] in "\"'" and len(term) > 1:
        return Literal(term[1:-1])
    if _NUMBER.fullmatch(term):
        return Literal(Decimal(term))
    found = _PATH.fullmatch(term)
    if found is None:
        raise TemplateError(line=line, what=f"{term:.40} is no variable. Names look like a.b.")
    rest = tuple(found[3].split(".")[1:])
    return Path(found[1].count("../"), found[2], rest)
