"""What can go wrong on the way, by name: ordered for the next requests, so many times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way in which a request goes wrong. The names say whether the server acted before."""

    REFUSED = "refused"
    """No connection is made. (A server cannot play it: only the fake in the same process can.)"""
    CUT_BEFORE = "cut_before"
    """The connection ends before the server reads the request."""
    CUT_AFTER = "cut_after"
    """The server acts; the connection ends before the reply."""
    SLOW = "slow"
    """The server acts; the reply comes after the caller has given up."""
    ERROR_AFTER = "error_after"
    """The server acts and answers 500."""
    BAD_GATEWAY = "bad_gateway"
    """502 from something before the server; nothing is done."""
    UNAVAILABLE = "unavailable"
    """503 with Retry-After; nothing is done."""
    HTML = "html"
    """The server acts; the reply is 200 with a page in it."""
    TRUNCATED = "truncated"
    """The server acts; the reply is 200 with half of its JSON."""
    CLAIMED = "claimed"
    """The reply is 200, as if it were done; nothing is done."""
    REDIRECT = "redirect"
    """302 to somewhere else; nothing is done."""
    LIMIT = "limit"
    """429, in the platform's own words; nothing is done."""
    NO_LIMIT = "no_limit"
    """429 that is a refusal in truth; nothing is done."""
    UNAUTHORISED = "unauthorised"
    """401; nothing is done."""
    FORBIDDEN = "forbidden"
    """403; nothing is done."""


ACTS_BEFORE = frozenset({Fault.CUT_AFTER, Fault.SLOW, Fault.ERROR_AFTER, Fault.HTML, Fault.TRUNCATED})
"""Faults behind which the server did what it was asked."""


@dataclass
class Ordered:
    """A fault that waits for its requests."""

    fault: Fault
    times: int
    everywhere: bool = False
    """False: requests that change something only."""
    about: str = ""
    """Only requests that name this id, in the path (unquoted) or in the body."""
    behind_a_change: bool = False
    """All requests, once one that changes something has passed: reading back goes wrong."""

    def fits(self, *, changes: bool, text: str, has_changed: bool) -> bool:
        """Does it meet this request?"""
        asked = has_changed if self.behind_a_change else changes or self.everywhere
        return asked and self.about in text


class Faults:
    """The faults that were ordered; each is used up by the requests that it meets."""

    def __init__(self) -> None:
        self._waiting: list[Ordered] = []
        self._has_changed = False

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        """Let the next ``times`` requests that fit go wrong."""
        self._has_changed = False
        self._waiting.append(Ordered(fault, times, everywhere, about, behind_a_change))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()

    def for_request(self, *, changes: bool, text: str) -> Fault | None:
        """What happens to this request.

        Args:
            changes: it would change something.
            text: its path, unquoted, and its body.
        """
        for ordered in self._waiting:
            if ordered.fits(changes=changes, text=text, has_changed=self._has_changed):
                ordered.times -= 1
                self._waiting = [one for one in self._waiting if one.times > 0]
                return ordered.fault
        self._has_changed = self._has_changed or changes
        return None
