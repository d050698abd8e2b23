"""Platforms are connected, and switched off, to reading only, or live: by an administrator, each step on the record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import transaction

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Person, Task
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.enforcement.connections import OF_ALL, OPENERS, OPTIONS
from ostrakon.enforcement.models import Command, Connection, Dispatch
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.platforms.actions import PlatformAction

LONGEST_NAME, LONGEST_ADDRESS = 40, 2000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""So that its secrets can stand in the environment."""
MAPPINGS = OF_ALL
"""Options that are tables of texts."""
SWITCHES = frozenset({"module", "notices"})
"""Options that are true or false; the others are texts."""


@dataclass(frozen=True)
class Asked:
    """A connection as somebody asks for it."""

    platform: str
    """As accounts name it."""
    kind: str
    """A value of ``Connection.Kind``."""
    address: str
    options: Mapping[str, Any] = field(default_factory=dict)


def add_connection(by: Person | None, asked: Asked, now: datetime) -> Connection:
    """Connect a platform. It is read from now on; commands are held as planned until somebody switches it live.

    Args:
        by: None: whoever has the machine, at the shell.
    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: the name, kind, address or an option makes no sense.
        NotInThisState: this platform is connected.
    """
    platform, address, options = _fit_name(asked.platform), _fit_address(asked.address), _fit_options(asked)
    with transaction.atomic():
        _require(by)
        become_the_writer()
        if taken := _called_alike(platform):
            raise NotInThisState(
                "there is a connection to this platform, or to one called almost alike: {taken}", taken=taken
            )
        made = Connection.objects.create(
            platform=platform, kind=asked.kind, address=address, options=options, added_at=now
        )
        record(
            Kind.CONNECTION_ADDED,
            actor=_actor(by),
            subject=f"connection:{made.pk}",
            facts={"kind": made.kind, "mode": str(made.mode)},
        )
    return made


def switch(by: Person | None, connection_id: int, mode: str, now: datetime) -> Connection:
    """Off, reading only, or live. What was planned goes out when it is live, but for what has grown too old.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such connection.
        Unfit: there is no such mode.
        NotInThisState: it has this mode already, or cannot go live because its last check found it unfit.
    """
    if mode not in Connection.Mode.values:
        raise Unfit(
            "there is no mode {mode}; there are {names}",
            mode=mode[:40],
            names=", ".join(Connection.Mode.values),
        )
    with transaction.atomic():
        _require(by)
        become_the_writer()
        found = Connection.objects.select_for_update().filter(pk=connection_id).first()
        if found is None:
            raise NotThere("there is no such connection")
        if found.mode == mode:
            raise NotInThisState("it has this mode already")
        if mode == Connection.Mode.LIVE and not found.health.get("is_fit"):
            raise NotInThisState("it cannot go live: its last check found it unfit, or there was none yet")
        before, found.mode = found.mode, mode
        found.read_next_at = None
        found.save(update_fields=["mode", "read_next_at"])
        old = _close_what_is_too_old(found, now) if mode == Connection.Mode.LIVE else 0
        record(
            Kind.CONNECTION_CHANGED,
            actor=_actor(by),
            subject=f"connection:{found.pk}",
            facts={"mode": str(mode), "before": str(before), "too_old": old},
        )
    return found


def look_soon(by: Person | None, connection_id: int) -> None:
    """Have it checked and read in the worker's next round, also when it rests after failures.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such connection.
    """
    _require(by)
    if not Connection.objects.filter(pk=connection_id).update(checked_at=None, read_next_at=None):
        raise NotThere("there is no such connection")


def _close_what_is_too_old(connection: Connection, now: datetime) -> int:
    """What was planned long ago is not carried out now: one task for all of it."""
    old = Command.objects.filter(
        connection=connection, dispatch__state=Dispatch.State.QUEUED, expires_at__lte=now, ended=""
    )
    if not (dispatches := list(old.values_list("dispatch", flat=True))):
        return 0
    old.update(ended=Command.Ended.REFUSED, code="expired")
    Dispatch.objects.filter(pk__in=dispatches).update(state=Dispatch.State.FAILED)
    why = f"{connection.platform}: {len(dispatches)} planned commands had grown too old when it was switched live"
    open_task(Task.Kind.COMMAND_REFUSED, now=now, decision=None, detail=why)
    return len(dispatches)


def _require(by: Person | None) -> None:
    if by is not None:
        require(by, Act.MANAGE_KEYS)


def _actor(by: Person | None) -> str:
    return by.actor if by is not None else "system"


def _fit_name(name: str) -> str:
    said = fit(name, "the name of the platform", longest=LONGEST_NAME)
    if not NAME.fullmatch(said):
        raise Unfit("the name of a platform has letters, digits, dots, hyphens and underscores only")
    return said


def _called_alike(platform: str) -> str:
    """A platform whose secrets would have the same name in the environment; empty: there is none."""
    plain = re.sub(r"[^a-z0-9]", "_", platform.lower())
    names = Connection.objects.values_list("platform", flat=True)
    return next((name for name in names if re.sub(r"[^a-z0-9]", "_", name.lower()) == plain), "")


def _fit_address(address: str) -> str:
    said = fit(address, "the address", longest=LONGEST_ADDRESS)
    try:
        httpx.URL(said)  # what cannot be called is found now
        parts = urlsplit(said)
        is_fit = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except (httpx.InvalidURL, ValueError) as problem:
        raise Unfit("this is not an address") from problem
    if not is_fit or parts.query or parts.fragment:
        raise Unfit("a platform has an address with https:// (or http://) and a host, and no password in it")
    return said.rstrip("/")


def _fit_options(asked: Asked) -> dict[str, Any]:
    if asked.kind not in OPENERS:
        raise Unfit(
            "nothing here speaks to platforms of this kind; there are {names}", names=", ".join(OPENERS)
        )
    known = OPTIONS[asked.kind] | OF_ALL
    if unknown := set(asked.options) - known:
        raise Unfit(
            "nobody knows {number} of these options; there are {names}",
            number=len(unknown),
            names=", ".join(sorted(known)),
        )
    if wrong := [name for name, value in asked.options.items() if not _is_fit(name, value)]:
        raise Unfit("this option is not of its kind: {wrong}", wrong=wrong[0])
    return dict(asked.options)


def _is_fit(name: str, value: Any) -> bool:
    if name in SWITCHES:
        return isinstance(value, bool)
    if name == "actions":
        return isinstance(value, str) and _names_actions(value)
    if name not in MAPPINGS:
        return isinstance(value, str) and len(value) <= LONGEST_ADDRESS
    return isinstance(value, dict) and all(isinstance(each, str) for pair in value.items() for each in pair)


def _names_actions(text: str) -> bool:
    words = [word.strip() for word in text.split(",")]
    return bool(words) and all(word in set(PlatformAction) for word in words)
