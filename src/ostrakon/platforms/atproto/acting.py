"""Carrying out a command: read, at most one event, read back; and what Ozone's replies mean.

Every reply named here was seen from Ozone 0.4.2, unless its line says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.deeds import WAYS, Deed, Sight, Way, deed_of, kinds, look, made_by, shows
from ostrakon.platforms.atproto.hosting import Home, hosting
from ostrakon.platforms.atproto.replies import about_the_token, error_of, message_of, read, told_to_wait
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.state import latest, subject_status
from ostrakon.platforms.atproto.words import ACKNOWLEDGED, TOOL, Event, event_of, is_did, repo_ref
from ostrakon.platforms.authority import changed_meanwhile
from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    AccountState,
    Already,
    Applied,
    Command,
    Halt,
    Outcome,
    Refusal,
    Refused,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.wire import WAIT_S, Reply, halted, unclear

MODERATES = frozenset({"tools.ozone.team.defs#roleAdmin", "tools.ozone.team.defs#roleModerator"})


# -- commands --------------------------------------------------------------------------------------


def carry_out(session: Session, command: Command, now: datetime) -> Outcome:
    """What a command comes to. It has been authorised before."""
    if not is_did(command.account.id):
        return Refused(Refusal.INVALID, "an account of atproto is named by its DID")
    try:
        found = hosting(session, command.account.id)
        deed = deed_of(session, command, found)
        if isinstance(deed, Refused):
            return deed
        sight = look(session, deed, now, found)
        if outcome := _standing(session, deed, command, sight):
            return outcome
    except PlatformUnreadable as why:
        return nothing_done(why)
    if refused := changed_meanwhile(command, AccountState(sight.flags, now)):
        return refused
    return _done(session, deed, command, now)


def _standing(session: Session, deed: Deed, command: Command, sight: Sight) -> Outcome | None:
    """What it comes to if Ozone says already what is wanted; None: it does not.

    By us, whose reply was lost, or by somebody else. Where the account's server does not say so yet, it is on its way;
    or it was set there by hand, which Ozone cannot undo.
    """
    if sight.ozone != deed.wanted:
        return None
    event = made_by(session, deed)
    if sight.effect in (deed.wanted, None):
        is_ours = event is not None and event.key == command.command_id
        return Applied(_proof(deed, event)) if event and is_ours else Already(event.by if event else "")
    if event is not None:
        return Accepted(_handle(command, event))
    return Refused(
        Refusal.NOT_ALLOWED,
        "the account's own server took it down without Ozone: it can be undone only there",
    )


def _done(session: Session, deed: Deed, command: Command, now: datetime) -> Outcome:
    """Send the one event, and read back."""
    try:
        reply = emit(session, deed.event, deed.subject, command.command_id, decision=command.decision_id)
    except PlatformUnreadable as why:  # no token was to be had
        return nothing_done(why)
    try:
        if outcome := not_taken(session, reply):
            return outcome
        if reply.ok:
            return _read_back(session, deed, command, event_of(reply.fields), now)
        return _settled(session, deed, command, reply, now)
    except PlatformUnreadable as why:
        return Unknown(str(why))


def _read_back(session: Session, deed: Deed, command: Command, event: Event, now: datetime) -> Outcome:
    """Ozone took it; its effect proves it."""
    try:
        if shows(session, deed, now) == deed.wanted:
            return Applied(_proof(deed, event))
    except PlatformUnreadable as why:
        if deed.way is not Way.ACCOUNT:
            return Unknown(f"event {event.id} was made; {why}")
    if deed.way is not Way.ACCOUNT:
        return Unknown(f"event {event.id} was made, and does not show")
    return Accepted(_handle(command, event))


def _settled(session: Session, deed: Deed, command: Command, reply: Reply, now: datetime) -> Outcome:
    """A 400: things were so already, the key was used already, or the order makes no sense."""
    message = message_of(reply)
    if error_of(reply) == "DuplicateExternalId":
        return _found_again(session, deed, command, now)
    if message in ("Subject is already taken down", "Subject is not taken down"):
        sight = look(session, deed, now)
        return _standing(session, deed, command, sight) or Unknown("it changed at this very moment")
    if "protected tag" in message:  # source only
        return Refused(Refusal.NOT_ALLOWED, message)
    return Refused(Refusal.INVALID, message)


def _found_again(session: Session, deed: Deed, command: Command, now: datetime) -> Outcome:
    """The key was used: the command was carried out before. If it does not hold any more, somebody undid it since."""
    event = latest(session, deed.uri, kinds(deed), key=command.command_id)
    if event is None:
        return Unknown("Ozone knows the key, and shows no event under it")
    if look(session, deed, now).ozone != deed.wanted:
        return Refused(Refusal.CHANGED_MEANWHILE, f"it was done as event {event.id}, and undone since")
    return _read_back(session, deed, command, event, now)


def _proof(deed: Deed, event: Event) -> str:
    source = {
        Way.ACCOUNT: "the account's server",
        Way.RECORD: "Ozone's status of the record",
        Way.LABEL: "Ozone's labels",
    }
    return f"event {event.id} of {event.at.isoformat()}; {source[deed.way]} shows it"


# -- accepted work ---------------------------------------------------------------------------------


def _handle(command: Command, event: Event) -> str:
    """What ``follow`` needs to know. By somebody else: whose doing it is."""
    by = "" if event.key == command.command_id else event.by
    return json.dumps(
        {
            "did": command.account.id,
            "action": command.action,
            "event": event.id,
            "at": event.at.isoformat(),
            "by": by,
        }
    )


def follow(session: Session, handle: str) -> Outcome:
    """What became of a takedown or reversal that Ozone took: does the account's server show it?"""
    try:
        told = json.loads(handle)
        did, wanted = str(told["did"]), WAYS[PlatformAction(told["action"])][1]
    except (ValueError, KeyError, TypeError):
        return Refused(Refusal.INVALID, "no handle of this connector")
    try:
        found = hosting(session, did)
        if found.home is not Home.HERE:
            return Refused(Refusal.TARGET_GONE, "the account has gone")
        if found.takendown == wanted:
            proof = f"event {told.get('event')} of {told.get('at')}; the account's server shows it"
            return Already(str(told["by"])) if told.get("by") else Applied(proof)
        if (subject_status(session, did).get("takendown") is True) != wanted:
            return Refused(Refusal.CHANGED_MEANWHILE, "somebody undid it before it had its effect")
    except PlatformUnreadable as why:
        return nothing_done(why)
    return Accepted(handle)


# -- reports that were looked at -------------------------------------------------------------------


def acknowledge(session: Session, account: AccountRef, key: str, note: str) -> Outcome:
    """Ozone's queue need not show the reports on an account any more: a decision answered them.

    The closing is no action on the account. The same key again does nothing more.
    """
    event = {"$type": ACKNOWLEDGED, "comment": note}
    try:
        if done := latest(session, account.id, (ACKNOWLEDGED,), key=key):
            return Already(done.by)
        reply = emit(session, event, repo_ref(account.id), key, reports={"all": True, "note": note})
    except PlatformUnreadable as why:
        return nothing_done(why)
    try:
        if outcome := not_taken(session, reply):
            return outcome
        if error_of(reply) == "DuplicateExternalId":
            return Already()
        if not reply.ok:
            return Refused(Refusal.INVALID, message_of(reply))
        return Applied(f"event {event_of(reply.fields).id}")
    except PlatformUnreadable as why:
        return Unknown(str(why))


# -- what replies mean -----------------------------------------------------------------------------


def emit(
    session: Session,
    event: Mapping[str, Any],
    subject: Mapping[str, str],
    key: str,
    *,
    once: str = "",
    decision: int | None = None,
    reports: Mapping[str, Any] | None = None,
) -> Reply:
    """One event, known again by its key.

    Args:
        once: Ozone refuses the same again, of this type and about this subject (``externalId``); empty: the key.
        reports: which of them it answers.
    Raises:
        PlatformUnreadable: no token was to be had, so nothing was sent.
    """
    body = {
        "event": dict(event),
        "subject": dict(subject),
        "createdBy": session.did(),
        "externalId": once or key,
        "modTool": {"name": TOOL, "meta": {"batchId": key, **({"decision": decision} if decision else {})}},
        **({"reportAction": dict(reports)} if reports else {}),
    }
    return session.ozone("tools.ozone.moderation.emitEvent", body=body)


def not_taken(session: Session, reply: Reply) -> Outcome | None:
    """What holds for every event; None: it was taken, or refused for what it says."""
    if outcome := unclear(reply):
        return outcome
    if reply.status == 429:  # seen from no Ozone: off in the test network
        return told_to_wait(reply)
    if reply.status == 404:
        return halted(reply, "there is no Ozone at this address")
    if reply.status == 401 and "feed generators" in message_of(reply):  # source only: for admins
        return Refused(Refusal.NOT_ALLOWED, message_of(reply))
    if reply.status == 403:
        return _forbidden(session, reply)
    if about_the_token(reply):
        return halted(reply, f"Ozone does not let us act: {message_of(reply)}")
    return None


def _forbidden(session: Session, reply: Reply) -> Outcome:
    """For this one, or for all? Whoever still is a moderator was refused this one only."""
    try:
        if role(session) in MODERATES:
            return Refused(Refusal.NOT_ALLOWED, message_of(reply))
    except PlatformUnreadable as why:
        if not why.halts:
            return RetryAt(why.wait_s or WAIT_S, str(why))
    return halted(reply, f"Ozone does not let us act: {message_of(reply)}")


def role(session: Session) -> str:
    """What we are in Ozone's team.

    Raises:
        PlatformUnreadable: Ozone does not say; ``halts``: nothing.
    """
    viewer = read(session.ozone("tools.ozone.server.getConfig")).get("viewer")
    return str(viewer.get("role", "")) if isinstance(viewer, dict) else ""


def nothing_done(why: PlatformUnreadable) -> Halt | RetryAt:
    """A read failed before anything was sent."""
    return Halt(str(why)) if why.halts else RetryAt(why.wait_s or WAIT_S, str(why))


def with_trail(session: Session, outcome: Outcome) -> Outcome:
    """The outcome with everything that was asked for it."""
    return replace(outcome, exchanges=tuple(session.trail))
