"""The bones of a page: its elements and their attributes, without what people wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser

WRITTEN = frozenset({"value", "title", "datetime", "content", "d", "placeholder", "hx-headers"})
"""Attributes that hold what somebody wrote, when it was, or a drawing: that they are there counts."""
ADDRESSES = frozenset(
    {
        "href",
        "src",
        "action",
        "formaction",
        "poster",
        "srcset",
        "data",
        "ping",
        "background",
        "hx-get",
        "hx-post",
    }
)
OURS = re.compile(r"(?:/(?!/)|\?|#|http://(?:testserver|127\.0\.0\.1(?::\d+)?)/)")
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
WITHIN_A_NAME = {"class": "chip", "dir": None, "title": None}
"""What ``|name`` puts around characters that would hide or turn round: only these, and only within a name."""


class _Bones(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text: list[str] = []
        self.names = 0
        """How deep we are in a name."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.names and tag == "bdi" and _is_a_mark(attrs):
            self.names += 1
            return
        if tag == "bdi" and ("class", "id") in attrs and not self.names:
            self.names = 1
        self.found.append(f"<{tag}{''.join(sorted(map(_shown, attrs)))}>")
        self.found += [f"{tag} leads to {value}" for name, value in attrs if _leads_away(name, value or "")]

    def handle_endtag(self, tag: str) -> None:
        if self.names and tag == "bdi":
            self.names -= 1
            if self.names:
                return
        self.found.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append("<!-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append("<!>")

    def handle_pi(self, data: str) -> None:
        self.found.append("<?>")

    def unknown_decl(self, data: str) -> None:
        self.found.append("<![>")


def bones(page: str) -> list[str]:
    """Elements and attributes in their order; an address that leads out of the house is said."""
    return _read(page).found


def words(page: str) -> str:
    """What stands in it, for a reader."""
    return "".join(_read(page).text)


def _read(page: str) -> _Bones:
    reader = _Bones()
    reader.feed(page)
    reader.close()
    return reader


def _shown(attribute: tuple[str, str | None]) -> str:
    name, value = attribute
    if name in WRITTEN or value is None:
        return f" {name}"
    return f" {name}={_place(value) if name in ADDRESSES else _without_numbers(value)}"


def _place(address: str) -> str:
    """Without the signed part of a link, and of a query only what is asked."""
    path, mark, query = address.partition("?")
    asked = "&".join(part.partition("=")[0] for part in query.split("&"))
    return _without_numbers(re.sub(r"(/(?:notice|appeal|report|guest)/).*", r"\1…", path)) + mark + asked


def _without_numbers(value: str) -> str:
    """Ids and coordinates differ from page to page."""
    return re.sub(r"\d[\d.,]*", "0", value)


def _leads_away(name: str, value: str) -> bool:
    return name in ADDRESSES and not (OURS.match(value) or value == "")


def _is_a_mark(attrs: list[tuple[str, str | None]]) -> bool:
    return all(name in WITHIN_A_NAME and WITHIN_A_NAME[name] in (None, value) for name, value in attrs)
