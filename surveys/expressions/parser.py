"""From the text of an expression to its nodes. The grammar is elementpath's XPath 1.0; nothing is evaluated by it."""

from __future__ import annotations

import re
from typing import Any

from elementpath import ElementPathError, XPath1Parser
from elementpath.tdop import Parser

from surveys.expressions import errors
from surveys.expressions.nodes import (
    Call,
    Column,
    Current,
    Literal,
    Node,
    Operation,
    Options,
    Parent,
    Reference,
)
from surveys.expressions.signatures import REFUSED, SIGNATURES

MOST_CHARACTERS = 10_000
MOST_DEPTH = 60
_NAME = r"[^\W\d][\w.-]*"
_PIECE = re.compile(
    rf"""(?P<quoted>'[^']*'|"[^"]*")|\$\{{\s*(?P<reference>[^{{}}]*?)\s*\}}|(?P<function>(?:jr:)?{_NAME})(?=\s*\()|(?P<name>{_NAME})"""
)
NAMED = re.compile(_NAME)
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})
_KIND_TESTS = {"text", "node", "comment", "processing-instruction"}
_OPERATORS = {"and", "or", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "|"}
_FLAT = {"and", "or", "+", "|"}


class _Grammar(XPath1Parser):
    """XPath 1.0 with the functions of OpenRosa. `=` and `!=` bind weaker than `<`, as the standard says."""

    PATH_STEP_SYMBOLS = {
        *XPath1Parser.PATH_STEP_SYMBOLS,
        "instance",
        "current",
        "indexed-repeat",
        "randomize",
    }

    def parse(self, source: str) -> Any:
        return Parser.parse(self, source)  # the grammar alone: what is static would be evaluated at once


for _operator, _power in (("=", 28), ("!=", 28), ("<", 30), ("<=", 30), (">", 30), (">=", 30)):
    _Grammar.symbol_table.pop(_operator)
    _Grammar.infix(_operator, bp=_power)
for _function in SIGNATURES:
    _Grammar.symbol_table.pop(_function, None)
    _Grammar.function(_function, nargs=(0, None))
_Grammar.build()


def parse(written: str) -> Node:
    """Raises ExpressionError, with a message for the person who wrote it."""
    if len(written) > MOST_CHARACTERS:
        raise errors.too_long()
    source = _prepared(written)
    if _brackets(source) > MOST_DEPTH:
        raise errors.too_deep()
    try:
        return _node(_Grammar().parse(source), 0)
    except ElementPathError as error:
        token = getattr(error, "token", None)
        if token is None or token.symbol == "(end)":
            raise errors.unfinished() from error
        raise errors.not_understood(_near(written, source, token)) from error
    except RecursionError:
        raise errors.too_deep() from None


def _near(written: str, source: str, token: Any) -> str:
    start = token.span[0]
    return source[start : start + 20].replace(" $", " ") or written


def _prepared(written: str) -> str:
    """The text as XPath: ``${name}`` becomes a variable, typographic quotes straight ones."""
    pieces, end = [], 0
    text = written.translate(_QUOTES)
    for match in _PIECE.finditer(text):
        pieces.append(text[end : match.start()])
        end = match.end()
        pieces.append(_piece(match))
    rest = "".join(pieces) + text[end:]
    if not rest.strip():
        raise errors.unfinished()
    return rest


def _piece(match: re.Match[str]) -> str:
    if match["reference"] is not None:
        if not NAMED.fullmatch(match["reference"]):
            raise errors.not_understood(match[0])
        return f" ${match['reference']} "
    if match["function"]:
        return _function_name(match["function"])
    return match[0]


def _function_name(written: str) -> str:
    name = written.replace("jr:", "jr-")
    if name in SIGNATURES or name in _KIND_TESTS or name in {"and", "or", "div", "mod"}:
        return name
    if name in REFUSED:
        raise errors.unused_function(written)
    raise errors.unknown_function(written)


def _brackets(source: str) -> int:
    depth = deepest = 0
    for sign in source:
        if sign in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in ")]":
            depth -= 1
    return deepest


def _node(token: Any, depth: int) -> Node:
    if depth > MOST_DEPTH:
        raise errors.too_deep()
    symbol = token.symbol
    if token.label == "literal":
        return Literal(token.value if isinstance(token.value, str) else float(token.value))
    if symbol == "(":
        if len(token) != 1:
            raise errors.not_understood("()")
        return _node(token[0], depth + 1)
    if symbol in _OPERATORS and token.label == "operator":
        return Operation(symbol, _operands(token, depth))
    if token.label == "function" and symbol not in {"instance", "current"}:
        return _call(token, depth)
    return _path(token, depth)


def _operands(token: Any, depth: int) -> tuple[Node, ...]:
    """The operands from the left; a chain of the same kind (``a and b and c``) is one operation."""
    operands: list[Node] = []
    while (
        token.symbol in _FLAT and len(token) == 2 and token[0].symbol == token.symbol and len(token[0]) == 2
    ):
        operands.append(_node(token[1], depth + 1))
        token = token[0]
    operands += [_node(item, depth + 1) for item in reversed(token)]
    return tuple(reversed(operands))


def _call(token: Any, depth: int) -> Call:
    name = token.symbol
    signature = SIGNATURES[name]
    if len(token) < signature.least or (signature.most is not None and len(token) > signature.most):
        raise errors.wrong_arguments(name.replace("jr-", "jr:"))
    return Call(name, tuple(_node(argument, depth + 1) for argument in token))


def _path(token: Any, depth: int) -> Node:
    """A path, read as what it leads to: forms have one question of a name, so its last step says which."""
    steps, predicates = _steps(token, depth)
    last = steps[-1]
    if steps[0].startswith("instance:"):
        if len(steps) < 3:
            raise errors.unused_function("instance")
        return Options(steps[0].removeprefix("instance:"), last, predicates)
    if last == "..":
        return Parent()
    if last == ".":
        return Current()
    if len(steps) == 1 and not last.startswith(("$", "/")):
        return Column(last)
    return Reference(last.lstrip("$/"), predicates)


def _steps(token: Any, depth: int) -> tuple[list[str], tuple[Node, ...]]:
    """The steps of a path (``/`` before the first of an absolute one) and all its predicates."""
    if depth > MOST_DEPTH:
        raise errors.too_deep()
    symbol = token.symbol
    if symbol in {"/", "//"} and len(token):
        before, among = _steps(token[0], depth + 1) if len(token) == 2 else ([], ())
        after, further = _steps(token[-1], depth + 1)
        if not before:
            after = [f"/{after[0]}", *after[1:]]
        return before + after, (*among, *further)
    if symbol == "[":
        before, among = _steps(token[0], depth + 1)
        return before, (*among, _node(token[1], depth + 1))
    if symbol == "(" and len(token) == 1:
        return _steps(token[0], depth + 1)
    if symbol == "$":
        return [f"${token.value}"], ()
    if symbol == "(name)":
        return [token.value], ()
    if symbol in {".", ".."}:
        return [symbol], ()
    if symbol == "current" and not len(token):
        return ["."], ()
    if symbol == "instance" and len(token) == 1 and token[0].symbol == "(string)":
        return [f"instance:{token[0].value}"], ()
    raise errors.not_understood(str(token.source if hasattr(token, "source") else symbol))
