"""HTML with one door: a plain text is always escaped, and nothing in it stays hidden.

``h`` builds an element. A child that is a plain ``str`` is text, whatever it looks like; only ``Markup``, which this
module alone makes, goes in as it is. Joining Markup with a text by ``+`` or an f-string gives a plain ``str`` again,
so a mistake shows as too much escaping, never as too little.

>>> h("p", "1 < 2 ", h("b", "& more"), class_="note")
'<p class="note">1 &lt; 2 <b>&amp; more</b></p>'
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from ostrakon.pages import hidden

__all__ = ["Attribute", "Child", "Markup", "chip", "document", "fragment", "h", "style"]


class Markup(str):
    """Text that is HTML already. Made in this module only (a test holds this)."""

    __slots__ = ()


Child: TypeAlias = "str | int | Iterable[Child] | None"
Attribute: TypeAlias = str | int | float | bool | None

_VOID = frozenset({"br", "col", "hr", "meta"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
# What could fetch or run something has no use on a page that stands alone.
_REFUSED_TAGS = frozenset(
    {"base", "embed", "form", "iframe", "img", "link", "object", "script", "style", "use"}
)
_REFUSED_ATTRIBUTES = frozenset(
    {"action", "data", "formaction", "poster", "src", "srcdoc", "srcset", "style", "ping"}
)


def h(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element; ``class_`` stands for class, ``data_label`` for data-label; None and False leave an attribute out.

    Raises:
        ValueError: for a tag or attribute that could fetch or run something, or a link that leaves the page.
    """
    start = f"<{_tag(tag)}{''.join([_attribute(name, value) for name, value in attributes.items()])}>"
    return Markup(start) if tag in _VOID else Markup(f"{start}{fragment(*children)}</{tag}>")


def fragment(*children: Child) -> Markup:
    """The children one after the other, without an element around them."""
    return Markup("".join([_child(child) for child in children]))


def chip(label: str, title: str) -> Markup:
    """A small mark of our own within a text of somebody else's.

    It is a <bdi> so that its letters do not decide in which direction the text around it runs.
    """
    return h("bdi", label, class_="chip", title=title)


def style(css: str) -> Markup:
    """A style sheet of our own. It cannot be escaped, so it must not need it, and must fetch nothing."""
    if re.search(r"<|@import|url\s*\(", css):
        raise ValueError("a style sheet must contain no '<' and fetch nothing")
    return Markup(f"<style>{css}</style>")


def document(head: Markup, body: Markup, *, lang: str, direction: str) -> str:
    """The whole file."""
    return "<!doctype html>\n" + h("html", h("head", head), body, lang=lang, dir=direction) + "\n"


def _child(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return _text(child)
    if child is None or child is False:
        return ""
    if isinstance(child, int):
        return str(child)
    return fragment(*child)


def _text(text: str) -> str:
    if hidden.hides_nothing(text):
        return html.escape(text)
    return "".join([_revealed(character) for character in text])


def _revealed(character: str) -> str:
    if hidden.is_hidden(character):
        return chip(hidden.codepoint(character), hidden.name_of(character))
    return html.escape(character)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    key = _key(name)
    if value is True:
        return f" {key}"
    text = _plain(value)
    if key == "href" and not text.startswith("#"):
        raise ValueError(f"a link must stay on the page: {text!r}")
    return f' {key}="{html.escape(text)}"'


def _plain(value: str | float) -> str:
    """An attribute cannot hold a chip: what is hidden is written out as its number. Two decimals draw well enough."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = str(value)
    if hidden.hides_nothing(text):
        return text
    return "".join([hidden.codepoint(c) if hidden.is_hidden(c) else c for c in text])


@cache
def _tag(tag: str) -> str:
    if not _NAME.match(tag) or tag.lower() in _REFUSED_TAGS:
        raise ValueError(f"no such element on our pages: {tag!r}")
    return tag


@cache
def _key(name: str) -> str:
    key = name.rstrip("_").replace("_", "-")
    if not _NAME.match(key) or key.lower().startswith("on") or key.lower() in _REFUSED_ATTRIBUTES:
        raise ValueError(f"no such attribute on our pages: {key!r}")
    return key
