"""Whom accounts follow, and which rooms they are in, are kept apart and read together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ostrakon.intake import profile_frames
from ostrakon.intake.accounts import AccountFacts
from ostrakon.intake.models import Account, Follow
from ostrakon.intake.profiles import ProfileFacts, note_profiles

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(seen_at: datetime = NOW, **facts: Any) -> None:
    row = ProfileFacts(AccountFacts("matrix.test", "@chidi:matrix.test"), seen_at, **facts)
    note_profiles([row], told_at=seen_at)


def kept() -> set[tuple[str, str]]:
    return set(Follow.objects.values_list("followee", "kind"))


def test_rooms_are_kept_as_rooms() -> None:
    told(follows=("@alice:matrix.test",), rooms=("!square:matrix.test",))
    assert kept() == {("@alice:matrix.test", "follow"), ("!square:matrix.test", "room")}


def test_a_room_that_somebody_left_stays_known() -> None:
    told(rooms=("!square:matrix.test", "!garden:matrix.test"))
    told(NOW + timedelta(days=1), rooms=("!garden:matrix.test",))
    seen = dict(Follow.objects.values_list("followee", "seen_at"))
    assert seen == {"!square:matrix.test": NOW, "!garden:matrix.test": NOW + timedelta(days=1)}


def test_company_is_read_as_closeness_whatever_it_is_kept_as() -> None:
    told(follows=("@alice:matrix.test",), rooms=("!square:matrix.test",))
    rows = profile_frames.follows(Account.objects.all()).rows()
    assert rows == [
        ("@chidi:matrix.test", "@alice:matrix.test", "follow"),
        ("@chidi:matrix.test", "!square:matrix.test", "follow"),
    ]
