"""Is the connection fit for work: both servers there, let in, and a moderator?"""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.acting import MODERATES, role
from ostrakon.platforms.atproto.replies import read
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.contract import Health
from ostrakon.platforms.wire import Reply

NO_MODERATOR = "the account is not a moderator in Ozone's team: it cannot read reports, or not suspend"


def fitness(session: Session, now: datetime) -> Health:
    """What is wrong, if anything. Never raises."""
    asked = session.ozone_openly("_health")
    try:
        version = str(read(asked).get("version", ""))
        read(session.pds("com.atproto.server.describeServer"))
    except PlatformUnreadable as why:
        return Health(reachable=False, problem=str(why))
    is_moderator, problem = _rights(session)
    return Health(True, version, session.is_signed_in, is_moderator, _skew_s(asked, now), problem)


def _rights(session: Session) -> tuple[bool, str]:
    """May it suspend, and if not, why?"""
    try:
        is_moderator = role(session) in MODERATES
    except PlatformUnreadable as why:
        return False, f"{NO_MODERATOR} ({why})" if why.halts and session.is_signed_in else str(why)
    return is_moderator, "" if is_moderator else NO_MODERATOR


def _skew_s(reply: Reply, now: datetime) -> float | None:
    """Seconds by which Ozone's clock is ahead of ours; None: it does not tell."""
    try:
        return (parsedate_to_datetime(reply.headers["date"]) - now).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None
