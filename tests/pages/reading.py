"""Reads a page as a browser's parser would, strictly: what opens must close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "col"}


@dataclass
class Element:
    """One element with everything in it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", class_: str = "") -> list[Element]:
        """Every element below this one, in the order of the page."""
        return [
            e
            for e in self._below()
            if tag in ("", e.tag) and (not class_ or class_ in (e.attributes.get("class") or "").split())
        ]

    def one(self, tag: str = "", class_: str = "") -> Element:
        (found,) = self.all(tag, class_)
        return found

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def texts(self) -> list[str]:
        """Each piece of text for itself."""
        own = [child for child in self.children if isinstance(child, str)]
        return own + [child for e in self._below() for child in e.children if isinstance(child, str)]

    def within(self, tag: str) -> Element | None:
        """The nearest element of that tag around this one."""
        here = self.parent
        while here is not None and here.tag != tag:
            here = here.parent
        return here

    def _below(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in {self.get_starttag_text()}"
        element = Element(tag, dict(attrs), self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.tag, f"{tag} closes {self.here.tag}"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def read(html: str) -> Element:
    """The whole text as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root, f"{reader.here.tag} is never closed"
    return reader.root
