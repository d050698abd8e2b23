"""Ids of Matrix: people, messages, files. They are compared byte for byte and never folded."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 255
"""Bytes of an id (Matrix specification 1.18, appendices, section 4.2)."""


def is_user_id(text: str) -> bool:
    """Could it be somebody's id? ``@a/../b:server`` could; anything with a blank or a control character could not."""
    localpart, colon, server = text[1:].partition(":")
    return text.startswith("@") and bool(localpart and colon and server) and _is_plain(text)


def is_event_id(text: str) -> bool:
    """Could it be the id of a message?"""
    return text.startswith("$") and len(text) > 1 and _is_plain(text)


def server_of(user_id: str) -> str:
    """The server in an id, with its port if it has one.

    >>> server_of("@alice:matrix.example.org:8448")
    'matrix.example.org:8448'
    """
    return user_id.partition(":")[2]


def whole_id(text: str, server: str) -> str:
    """The id that somebody means; a name alone is one of this server.

    >>> whole_id("alice", "example.org"), whole_id("@alice:elsewhere.example", "example.org")
    ('@alice:example.org', '@alice:elsewhere.example')
    """
    if ":" in text:
        return text
    return f"@{text.removeprefix('@')}:{server}"


@dataclass(frozen=True)
class File:
    """A file in a server's store of media."""

    server: str
    id: str


def file_of(address: str) -> File | None:
    """What an mxc:// address names; None: it is none.

    >>> file_of("mxc://example.org/abcdef")
    File(server='example.org', id='abcdef')
    """
    server, slash, name = address.removeprefix("mxc://").partition("/")
    whole = address.startswith("mxc://") and bool(server and slash and name) and _is_plain(address)
    dots = {".", ".."}  # a path would lose such a segment
    return File(server, name) if whole and not {server, name} & dots else None


def _is_plain(text: str) -> bool:
    return text.isprintable() and " " not in text and len(text.encode("utf-8", "replace")) <= LONGEST
