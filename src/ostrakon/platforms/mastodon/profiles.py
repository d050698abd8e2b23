"""How somebody shows themselves, and whom they follow, as Mastodon tells its staff.

Of a suspended account, and of one that hides it, the list of whom it follows is empty (source): so it is read when
somebody is reported.
"""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import MOST_COMPANY, Profile
from ostrakon.platforms.mastodon.accounts import Here, ask_state
from ostrakon.platforms.mastodon.reading import list_or_raise
from ostrakon.platforms.mastodon.words import account_of, is_number
from ostrakon.platforms.wire import Reply, Wire, at

FOLLOWING = "/api/v1/accounts/{}/following"
PAGE = 80
"""Mastodon gives no more (documentation)."""
LEFT, WAIT_S = 150, 60.0
"""Half of the calls that a token has in five minutes are left to reports and actions."""


def profile_of(wire: Wire, number: str, here: Here, now: datetime) -> Profile | None:
    """Of an account of this server or, as far as this one knows it, of another.

    Raises:
        PlatformUnreadable: Mastodon does not answer, or not in a way that is understood.
    """
    state = ask_state(wire, number, now).state
    if not state.exists:
        return None
    shown = state.raw.get("account")
    shown = shown if isinstance(shown, dict) else {}
    return Profile(
        account_of(state.raw, here.platform, now),
        display_name=_text(shown.get("display_name")),
        bio=plain(note) if (note := _text(shown.get("note"))) is not None else None,
        created_at=_moment(state.raw.get("created_at")),
        follows=_follows(wire, number),
    )


class _Words(HTMLParser):
    """The text of a note: its HTML is made by servers, some of them not ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("p", "br"):
            self.words.append("\n")


def plain(note: str) -> str:
    r"""A note without its markup.

    >>> plain("<p>Bakes &amp; sells.</p><p>See <a href='https://x.example'>x.example</a></p>")
    'Bakes & sells.\nSee x.example'
    """
    read = _Words()
    read.feed(note)
    read.close()
    return "".join(read.words).strip()


def _follows(wire: Wire, number: str) -> list[str]:
    """The latest first; the next page stands in the header Link, behind an id that is not an account's.

    None, where the token may not read it: reports and actions go on without.
    """
    found: list[str] = []
    behind: dict[str, str | int] = {}
    while len(found) < MOST_COMPANY:
        reply = wire.ask("GET", at(FOLLOWING, number), params={"limit": PAGE, **behind})
        _leave_room(reply)
        if reply.status == 403:
            break
        page = [str(row.get("id", "")) for row in list_or_raise(reply)]
        if not all(map(is_number, page)):
            raise PlatformUnreadable("the list of whom somebody follows is not understood")
        found += page
        if not page or not (next_ := _next(reply)):
            break
        behind = {"max_id": next_}
    return found[:MOST_COMPANY]


def _leave_room(reply: Reply) -> None:
    left = reply.headers.get("x-ratelimit-remaining", "")
    if left.isdecimal() and int(left) < LEFT:
        raise PlatformUnreadable("the other half of the calls are for reports and actions", wait_s=WAIT_S)


def _next(reply: Reply) -> str:
    """``max_id`` of the next page; empty: there is none. Of the address nothing else is taken."""
    for link in reply.headers.get("link", "").split(","):
        address, _, name = link.partition(";")
        if 'rel="next"' in name:
            number = address.partition("max_id=")[2].partition("&")[0].strip("<> ")
            return number if is_number(number) else ""
    return ""


def _text(found: Any) -> str | None:
    return found if isinstance(found, str) else None


def _moment(found: Any) -> datetime | None:
    try:
        at_ = datetime.fromisoformat(str(found))
    except ValueError:
        return None
    return at_ if at_.tzinfo else None
