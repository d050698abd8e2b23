"""Addresses, counters and the cache that all processes share."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone
from tests.casework.at_once import at_once

from ostrakon.errors import TooOften
from ostrakon.web.addresses import address_of, pseudonym_of
from ostrakon.web.limits import Limit, knock
from ostrakon.web.models import RateLimit, Remembered

MINUTE = Limit("a door", 3, timedelta(minutes=1))


@pytest.mark.parametrize(
    ("proxies", "heard", "believed"),
    [
        (0, "198.51.100.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.1"),
    ],
)
def test_an_address_is_believed_as_far_as_our_own_proxies_vouch_for_it(
    proxies: int, heard: str, believed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIGURATION", replace(settings.CONFIGURATION, trusted_proxies=proxies))
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": heard})
    assert address_of(request) == believed


@pytest.mark.django_db
def test_who_knocks_too_often_while_the_count_is_tidied_away_is_told_so() -> None:
    over = Limit(
        "a door", 0, timedelta(seconds=-1)
    )  # over at once: its row goes with the others that are over
    with pytest.raises(TooOften) as refused:
        knock(over, "somebody", timezone.now())
    assert refused.value.wait_s == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.1", "198.51.100.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:198.51.100.1", "198.51.100.1", True),
        ("nonsense", "", False),
    ],
)
def test_a_customers_whole_network_counts_as_one(one: str, other: str, same: bool) -> None:
    named = [pseudonym_of(RequestFactory().get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (named[0] == named[1]) is same
    assert one not in named[0]


@pytest.mark.django_db
def test_so_many_knocks_are_heard_and_no_more_until_the_window_is_over() -> None:
    now = timezone.now()
    for _ in range(3):
        knock(MINUTE, "alice", now)
    with pytest.raises(TooOften) as raised:
        knock(MINUTE, "alice", now + timedelta(seconds=59))
    assert raised.value.wait_s == 1
    knock(MINUTE, "bram", now)
    knock(MINUTE, "alice", now + timedelta(seconds=60))


@pytest.mark.django_db
def test_counters_that_are_over_go_when_new_ones_come() -> None:
    now = timezone.now()
    knock(MINUTE, "alice", now)
    knock(MINUTE, "bram", now + timedelta(minutes=2))
    assert list(RateLimit.objects.values_list("key", flat=True)) == ["a door:bram"]


@pytest.mark.django_db(transaction=True)
def test_those_who_knock_at_once_are_all_counted() -> None:
    now = timezone.now()
    many = replace(MINUTE, knocks=1000)
    at_once([lambda: knock(many, "alice", now)] * 8)
    assert RateLimit.objects.get().count == 8


@pytest.mark.django_db
def test_the_cache_keeps_what_json_can_hold_under_a_hash() -> None:
    cache.set("failed:alice:198.51.100.7", [1.5, 2.5], 60)
    assert cache.get("failed:alice:198.51.100.7") == [1.5, 2.5]
    assert "alice" not in Remembered.objects.get().key
    cache.set("failed:alice:198.51.100.7", [3.5], 60)
    assert cache.get("failed:alice:198.51.100.7") == [3.5]
    assert cache.delete("failed:alice:198.51.100.7")
    assert not cache.delete("failed:alice:198.51.100.7")
    assert cache.get("failed:alice:198.51.100.7", "nothing") == "nothing"


@pytest.mark.django_db
def test_the_cache_forgets_in_time() -> None:
    cache.set("a", 1, 60)
    Remembered.objects.update(expires_at=timezone.now())
    assert cache.get("a") is None
    assert cache.add("b", 1, 60)
    assert Remembered.objects.count() == 1
    assert not cache.add("b", 2, 60)
    assert cache.get("b") == 1
    cache.clear()
    assert cache.get("b") is None


@pytest.mark.django_db(transaction=True)
def test_one_of_those_who_add_at_once_succeeds() -> None:
    assert sorted(at_once([lambda: cache.add("lock", True, 10)] * 6)) == [False] * 5 + [True]
