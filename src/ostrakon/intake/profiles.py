"""How accounts show themselves, and whom they follow, as their platform tells it. Read where returners are sought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.intake.accounts import AccountFacts, note_accounts
from ostrakon.intake.models import Follow, Profile

Kind = Follow.Kind
SHOWN = ("display_name", "bio", "avatar_hash")


@dataclass(frozen=True)
class ProfileFacts:
    """What is known about an account at some moment. None is unknown, and changes nothing."""

    account: AccountFacts
    seen_at: datetime
    display_name: str | None = None
    bio: str | None = None
    avatar_hash: str | None = None
    """Perceptual, of the file, in hexadecimal."""
    follows: tuple[str, ...] = ()
    """The platform's ids of accounts that it follows; they join those that are known."""
    rooms: tuple[str, ...] = ()
    """Ids of rooms that it is in, where its platform has those instead; likewise."""


def note_profiles(rows: Sequence[ProfileFacts], *, told_at: datetime) -> list[int]:
    """Keep what is known about many accounts; the ids of the accounts, each in its place.

    News that comes late changes nothing that later news said already. Whom an account was once seen to follow stays,
    until the rule erases it: a suspended account follows nobody any more.

    Args:
        rows: a thousand at most.
        told_at: now.
    """
    with transaction.atomic():
        ids = _accounts(rows)
        _note_profiles(ids, rows, told_at)
        _note_follows(ids, rows)
        return ids


def _accounts(rows: Sequence[ProfileFacts]) -> list[int]:
    """By when each was seen, the earliest first: mostly all at one time."""
    ids: dict[int, int] = {}
    for seen_at in sorted({row.seen_at for row in rows}):
        places = [place for place, row in enumerate(rows) if row.seen_at == seen_at]
        noted = note_accounts([rows[place].account for place in places], seen_at=seen_at)
        ids.update(zip(places, noted, strict=True))
    return [ids[place] for place in range(len(rows))]


def _note_profiles(ids: Sequence[int], rows: Sequence[ProfileFacts], told_at: datetime) -> None:
    kept = {profile.account_id: profile for profile in Profile.objects.filter(account__in=ids)}
    for account, row in zip(ids, rows, strict=True):
        profile = kept.setdefault(account, Profile(account_id=account, seen_at=row.seen_at))
        profile.told_at = told_at
        if profile.seen_at <= row.seen_at:
            profile.seen_at = row.seen_at
            for name, value in _told(row).items():
                setattr(profile, name, value)
    Profile.objects.bulk_create(
        kept.values(),
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=[*SHOWN, "seen_at", "told_at"],
    )


def _told(row: ProfileFacts) -> Mapping[str, str]:
    return {name: value for name in SHOWN if (value := getattr(row, name)) is not None}


def _note_follows(ids: Sequence[int], rows: Sequence[ProfileFacts]) -> None:
    """The latest sight of each; a pair once."""
    seen: dict[tuple[int, str], datetime] = {}
    kinds: dict[tuple[int, str], str] = {}
    for number, row in zip(ids, rows, strict=True):
        for kind, company in ((Kind.FOLLOW, row.follows), (Kind.ROOM, row.rooms)):
            for one in company:
                seen[number, one] = max(row.seen_at, seen.get((number, one), row.seen_at))
                kinds[number, one] = kind
    Follow.objects.bulk_create(
        (
            Follow(account_id=account, followee=one, kind=kinds[account, one], seen_at=at)
            for (account, one), at in seen.items()
        ),
        update_conflicts=True,
        unique_fields=["account", "followee"],
        update_fields=["seen_at"],
    )
