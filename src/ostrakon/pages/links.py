"""Links from one section of the page to another. Targets are numbered: no name of somebody else's becomes an id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ostrakon.pages.html import Child, Markup, h
from ostrakon.pages.ids import show_id
from ostrakon.pages.table import spaced

Row: TypeAlias = Mapping[str, Any]
"""One row of a table of the file contract, by the names of its columns (``polars.DataFrame.to_dicts``)."""
Case: TypeAlias = tuple[str, str]
"""Account and policy."""


@dataclass(frozen=True)
class Anchors:
    """Where on the page something is explained; what the page does not hold is absent."""

    rows: Mapping[Case, str] = field(default_factory=dict)
    cards: Mapping[Case, str] = field(default_factory=dict)
    campaigns: Mapping[str, str] = field(default_factory=dict)
    """Rows of the table of campaigns."""
    campaign_cards: Mapping[str, str] = field(default_factory=dict)


def numbered(prefix: str, things: Iterable[Any]) -> dict[Any, str]:
    """``{thing: "prefix-1", ...}``."""
    return {thing: f"{prefix}-{number}" for number, thing in enumerate(things, 1)}


def link(anchor: str | None, content: Child, **attributes: str) -> Markup | Child:
    """The content, as a link if the page has the place."""
    return content if anchor is None else h("a", content, href=f"#{anchor}", **attributes)


def campaign_links(campaigns: str | None, anchors: Anchors) -> Markup | None:
    """The campaigns of a row, ids joined by ``;`` in the file contract."""
    if not campaigns:
        return None
    links = [
        link(anchors.campaigns.get(name), show_id(name, kind="campaign")) for name in campaigns.split(";")
    ]
    return h("span", spaced(links))
