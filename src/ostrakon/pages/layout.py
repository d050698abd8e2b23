"""The frame around the sections: head, navigation, headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from ostrakon.pages import wording
from ostrakon.pages.html import Child, Markup, document, fragment, h, style

SAFETY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Content security policy: nothing is fetched, nothing runs, nothing is sent."""
LOOK = files("ostrakon.pages").joinpath("static")
"""What the console shows too: its style sheet of letters, charts and tables."""
STYLE = "".join(
    place.read_text(encoding="utf-8")
    for place in (LOOK.joinpath("ostrakon/look.css"), files("ostrakon.pages").joinpath("page.css"))
)


@dataclass(frozen=True)
class Section:
    """One part of a page; ``tally`` is the small number beside its name in the navigation."""

    anchor: str
    name: str
    title: str
    content: Markup
    tally: str = ""


def whole_page(header: Markup, sections: Sequence[Section], *, title: str = wording.TITLE) -> str:
    """A file that needs nothing but itself; its first section is what one comes for."""
    head = fragment(
        h("meta", charset="utf-8"),
        h("meta", http_equiv="Content-Security-Policy", content=SAFETY),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("meta", name="referrer", content="no-referrer"),
        h("title", f"{title} · {wording.BRAND}"),
        style(STYLE),
    )
    body = h(
        "body",
        h("a", wording.skip_to(sections[0].name), href=f"#{sections[0].anchor}", class_="skip"),
        h(
            "div",
            _navigation(sections),
            h("main", header, [_section(section) for section in sections]),
            class_="frame",
        ),
    )
    return document(head, body, lang=wording.LANGUAGE, direction=wording.DIRECTION)


def note(*content: Child) -> Markup:
    """A quiet remark."""
    return h("p", *content, class_="note")


def _navigation(sections: Sequence[Section]) -> Markup:
    items = [
        h(
            "li",
            h(
                "a",
                h("span", section.name),
                h("span", section.tally, class_="tally"),
                href=f"#{section.anchor}",
            ),
        )
        for section in sections
    ]
    brand = h("a", wording.BRAND, href="#top", class_="brand")
    return h("nav", brand, h("ol", items), aria_label=wording.SECTIONS)


def _section(section: Section) -> Markup:
    heading = f"{section.anchor}-title"
    return h(
        "section",
        h("h2", section.title, id=heading),
        section.content,
        id=section.anchor,
        aria_labelledby=heading,
    )
