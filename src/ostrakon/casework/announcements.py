"""What casework says to the rooms above it, inside its own transactions.

A listener that fails undoes what was announced: a decision comes into force with its outbox rows or not at all. A
start-up check says so when nobody listens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ostrakon.casework.models import Action, Decision, Notice


@dataclass(frozen=True)
class ActionProposed:
    """Somebody proposes this for accounts of these platforms: who listens refuses what could not be carried out."""

    action: Action
    platforms: frozenset[str]


@dataclass(frozen=True)
class DecisionCameIntoForce:
    """A decision acts from now on."""

    decision: Decision


@dataclass(frozen=True)
class DecisionEnded:
    """A decision acts no longer: it expired, was superseded or reversed (its status says which)."""

    decision: Decision


@dataclass(frozen=True)
class NoticesWritten:
    """Notices about one decision wait to be delivered: one to the person concerned, or many to those who reported."""

    notices: Sequence[Notice]


Announcement = ActionProposed | DecisionCameIntoForce | DecisionEnded | NoticesWritten
Listener = Callable[[Announcement], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Hear every announcement, inside the transaction that makes it. Once a listener."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(what: Announcement) -> None:
    """Tell everybody who listens; what they raise goes up and undoes the transaction."""
    for listener in _listeners:
        listener(what)


def somebody_listens() -> bool:
    """Is there anybody who would carry out a decision?"""
    return bool(_listeners)
