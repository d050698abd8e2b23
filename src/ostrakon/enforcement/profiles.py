"""How reported and suspended accounts show themselves, asked of their own platform: by these, returners are found.

Nobody else is asked about. It is asked a moment after the report: a suspended account follows nobody any more on some
platforms, and whoever is reported may delete what they wrote about themselves.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ostrakon.casework.models import Decision
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.drift import those_that_answer
from ostrakon.enforcement.halting import halt, note_problem
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.texts import storable
from ostrakon.errors import NotReady, PlatformUnreadable
from ostrakon.intake.accounts import AccountFacts
from ostrakon.intake.models import Account, Report
from ostrakon.intake.models import Profile as KnownProfile
from ostrakon.intake.profiles import ProfileFacts, note_profiles
from ostrakon.ledger.turns import in_turn
from ostrakon.platforms.contract import AccountRef, Platform, Profile

RECENT = timedelta(days=7)
"""Reports from before are not gone back to: what a rule erased is not fetched again."""
LATEST = 20_000
"""Reports of one platform that are looked through for accounts nobody asked about."""
AGAIN = timedelta(days=30)
"""Who is still reported or suspended by then is asked about once more."""
LATER = timedelta(days=1)
"""Who cannot be understood is asked about again then, behind all others."""
AT_ONCE, TURN_S = 25, 10.0
"""Accounts of one round, and how long it may take."""
LONGEST_NAME, LONGEST_BIO, LONGEST_ID = 512, 20_000, 512


def ask_for_profiles(now: datetime, lines: Lines) -> int:
    """Ask every platform that is not off about some accounts; gives how many."""
    return sum(ask_one(connection, lines, now) for connection in those_that_answer())


def ask_one(connection: Connection, lines: Lines, now: datetime) -> int:
    """Ask one platform; whatever goes wrong with it is noted. Gives of how many accounts something is kept."""
    try:
        found = _asked(lines.to(connection), connection, now)
    except (PlatformUnreadable, NotReady) as problem:
        if not (isinstance(problem, PlatformUnreadable) and problem.wait_s is not None):
            _note(connection, problem, lines, now)
        return 0
    if found:
        in_turn(partial(note_profiles, found, told_at=now))
    return len(found)


def _note(
    connection: Connection, problem: PlatformUnreadable | NotReady, lines: Lines, now: datetime
) -> None:
    note_problem(connection, str(problem), now)
    if isinstance(problem, PlatformUnreadable) and problem.halts:
        with transaction.atomic():
            halt(connection, str(problem), now)
    lines.drop(connection)


def _asked(platform: Platform, connection: Connection, now: datetime) -> list[ProfileFacts]:
    """Some of those who are to be asked about, until the turn is over. What was told before a fault is not lost.

    Raises:
        PlatformUnreadable: the platform is away or asks to wait, and has told nothing yet.
    """
    began, found = time.monotonic(), list[ProfileFacts]()
    for account in to_be_asked_about(connection.platform, now)[:AT_ONCE]:
        try:
            found.append(_told(platform, account, now))
        except PlatformUnreadable:
            if not found:
                raise
            return found
        if time.monotonic() - began > TURN_S:
            break
    return found


def _told(platform: Platform, account: Account, now: datetime) -> ProfileFacts:
    """One that is there and does not tell, or not in a way that is understood, is not asked again and again."""
    try:
        return _facts(account, platform.profile(AccountRef(account.platform, account.external_id)), now)
    except PlatformUnreadable as problem:
        if problem.halts or problem.wait_s is not None or not platform.health().reachable:
            raise
        return _facts(account, None, now - AGAIN + LATER)


def to_be_asked_about(platform: str, now: datetime) -> QuerySet[Account]:
    """Reported of late, or suspended now; nobody told of them for long. Those of whom nothing is known come first."""
    latest = Report.objects.filter(platform=platform, received_at__gt=now - RECENT).order_by("-pk")
    suspended = Decision.objects.filter(status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS)
    known = KnownProfile.objects.filter(account=OuterRef("pk"))
    concerned = Q(pk__in=latest.values("account")[:LATEST]) | Q(pk__in=suspended.values("account"))
    found = Account.objects.filter(concerned, platform=platform)
    unasked = found.filter(~Exists(known.filter(seen_at__gt=now - AGAIN)))
    return unasked.annotate(is_known=Exists(known)).order_by("is_known", "-pk")


def _facts(account: Account, shown: Profile | None, now: datetime) -> ProfileFacts:
    """In what the database holds. Whoever writes a profile may write what they like."""
    if shown is None:
        return ProfileFacts(AccountFacts(account.platform, account.external_id), now)
    return ProfileFacts(
        AccountFacts(
            account.platform,
            account.external_id,
            created_at=shown.created_at,
            handle=_fit(shown.account.handle, LONGEST_ID) or "",
        ),
        now,
        display_name=_fit(shown.display_name, LONGEST_NAME),
        bio=_fit(shown.bio, LONGEST_BIO),
        follows=_ids(shown.follows),
        rooms=_ids(shown.rooms),
    )


def _fit(text: str | None, longest: int) -> str | None:
    return None if text is None else storable(text)[:longest]


def _ids(found: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in found if one and len(one) <= LONGEST_ID and storable(one) == one)
