"""When there is something new: our module answers as soon as there is, so that nothing is pushed to anybody."""

from __future__ import annotations

from collections.abc import Iterator

from ostrakon.platforms.wire import Wire

NEWS = "/_synapse/client/ostrakon/news"
QUIET = 15
"""Answers without news, some minutes, until it ends: whoever listens looks then whether to go on."""


def hints(wire: Wire) -> Iterator[str]:
    """The newest numbers, each time that they are others; it ends after a quiet while, and when the line breaks.

    An answer comes within 20 s though nothing is new, so before the wire gives up.
    """
    known, quiet = "", 0
    while quiet < QUIET:
        reply = wire.ask("GET", NEWS, params={"since": known})
        newest = reply.fields.get("newest") if reply.ok else None
        if not isinstance(newest, str):
            return
        quiet = quiet + 1 if newest == known else 0
        if newest != known:
            known = newest
            yield newest
