"""The small language in which notices are worded: fields and conditions; nothing that loads, reads or runs.

It is Django's template language with one tag, ``{% if %}``, and no filters. What is written is plain text, so nothing
is escaped: whoever shows it in a page escapes it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import asdict, fields
from typing import Any

from django.template import Context, Engine, Library, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Node, Variable, VariableNode
from django.template.defaulttags import IfNode, do_if

from ostrakon.casework.statement import INLINE, Told
from ostrakon.errors import Unfit

Field = str | bool
LONGEST_SUBJECT = 300
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def _engine() -> Engine:
    words = Library()
    words.tag("if", do_if)
    engine = Engine(loaders=[], autoescape=False)
    engine.template_builtins = [words]
    return engine


_ENGINE = _engine()


def render(subject: str, body: str, told: Told) -> tuple[str, str]:
    """Subject and body as somebody reads them."""
    context = Context({name: _shown(name, value) for name, value in asdict(told).items()}, autoescape=False)
    line = " ".join(_parsed(subject).render(context).split())
    return line[:LONGEST_SUBJECT], _parsed(body).render(context).strip() + "\n"


def refuse_unfit(subject: str, body: str, sample: Told) -> None:
    """Go on only if a wording can be rendered and says what it must.

    Raises:
        Unfit: it is no template, uses a field that there is not, leaves out one that must be told, or comes out empty.
    """
    try:
        used = _fields_of(_parsed(subject)), _fields_of(_parsed(body))
        lines = render(subject, body, sample)
    except TemplateSyntaxError as problem:
        raise Unfit("the wording cannot be read: {problem}", problem=problem) from problem
    known = {field.name for field in fields(sample)}
    if unknown := (used[0] | used[1]) - known:
        raise Unfit(
            "nobody knows the fields {names}; there are {known}", names=_listed(unknown), known=_listed(known)
        )
    if missing := sample.must_be_told - used[1]:
        raise Unfit("the text must say these too: {names}", names=_listed(missing))
    if not all(line.strip() for line in lines):
        raise Unfit("the subject or the text comes out empty")


def isolated(text: str) -> str:
    """One line of somebody else's text, so that its direction of writing moves nothing around it.

    Characters that steer direction are taken out: one that ends the isolation would break out of it.

    >>> isolated("a\\u2069\\nb")
    '\\u2068a b\\u2069'
    """
    return f"{FIRST_STRONG_ISOLATE}{_CONTROLS.sub(' ', text).strip()}{POP_ISOLATE}"


def _shown(name: str, value: Field) -> Field:
    return isolated(value) if isinstance(value, str) and value and name in INLINE else value


def _parsed(text: str) -> Template:
    return Template(text, engine=_ENGINE)


def _fields_of(template: Template) -> set[str]:
    return {name for node in template.nodelist for name in _names_in(node)}


def _names_in(part: Any) -> Iterator[str]:
    """The fields that a part of a parsed template uses, in branches that are not taken too."""
    if isinstance(part, VariableNode):
        yield from _names_in(part.filter_expression)
    elif isinstance(part, IfNode):
        for condition, nodes in part.conditions_nodelists:
            yield from _names_in(condition)
            for node in nodes:
                yield from _names_in(node)
    elif isinstance(part, FilterExpression):
        yield from _names_in(part.var)
    elif isinstance(part, Variable):
        if part.literal is None:
            yield str(part.var)
    elif part is not None and not isinstance(
        part, Node | str
    ):  # a condition: a literal, or one or two operands
        for name in ("value", "first", "second"):
            yield from _names_in(getattr(part, name, None))


def _listed(names: Set[str]) -> str:
    return ", ".join(sorted(names))
