"""Profiles come in, links go out and are judged by the API: thin layers over the verbs, nobody protected is shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.casework.case import NOW
from tests.casework.linking import EVIDENCE, WHY, link, newcomer, suspended
from tests.web.case import API, key_of, person, problem, send, signed_in, source, with_key

from ostrakon.casework.models import Role
from ostrakon.intake.models import Account, Follow, Handle, Profile
from ostrakon.triage.models import Link
from ostrakon.web.tokens import Scope

pytestmark = pytest.mark.django_db
PROFILE = {
    "account": "mallory",
    "handle": "zubayr",
    "display_name": "Zubayr",
    "bio": "truth",
    "avatar_hash": "0123456789ABCDEF",
    "created_at": "2026-01-01T00:00:00Z",
    "follows": ["one", "two", "one"],
    "seen_at": "2026-03-01T00:00:00Z",
}


@pytest.fixture
def forum() -> Client:
    return with_key(key_of(source(), Scope.ACCOUNTS_WRITE))


@pytest.fixture
def bram() -> Client:
    return signed_in(person("rana", Role.REVIEWER))


@pytest.fixture
def found() -> Link:
    return link(newcomer().account, suspended().account)


def told(client: Client, *rows: Any) -> Any:
    body = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    return client.post(f"{API}/profiles", body, content_type="application/x-ndjson")


# Profiles


def test_a_profile_is_kept_with_whom_the_account_follows(forum: Client) -> None:
    answer = told(forum, PROFILE).json()
    account = Account.objects.get()
    assert answer == {
        "answers": [{"line": 1, "outcome": "noted", "account": account.pk}],
        "counts": {"noted": 1},
    }
    profile = Profile.objects.get()
    assert (profile.display_name, profile.bio, profile.avatar_hash) == ("Zubayr", "truth", "0123456789abcdef")
    assert set(Follow.objects.values_list("followee", flat=True)) == {"one", "two"}
    assert Handle.objects.get().handle == "zubayr"
    assert account.created_at


def test_what_is_absent_changes_nothing_and_what_is_empty_is_known(forum: Client) -> None:
    told(forum, PROFILE)
    told(forum, {"account": "mallory", "bio": "", "follows": ["three"]})
    profile = Profile.objects.get()
    assert (profile.display_name, profile.bio) == ("Zubayr", "")
    assert Follow.objects.count() == 3


def test_news_that_comes_late_changes_nothing_but_joins(forum: Client) -> None:
    told(forum, {**PROFILE, "seen_at": None})
    told(forum, {**PROFILE, "bio": "older", "follows": ["four"]})
    assert Profile.objects.get().bio == "truth"
    assert Follow.objects.filter(followee="four").exists()


def test_two_lines_about_one_account_count_in_order(forum: Client) -> None:
    later = {**PROFILE, "bio": "later", "seen_at": "2026-03-02T00:00:00Z"}
    assert told(forum, later, PROFILE).json()["counts"] == {"noted": 2}
    assert Profile.objects.get().bio == "later"


def test_a_bad_line_does_not_sink_the_others(forum: Client) -> None:
    rows = [
        b"{",
        b"",
        b"[]",
        {"account": ""},
        {**PROFILE, "ip": "127.0.0.1"},
        {**PROFILE, "avatar_hash": "face"},
        {**PROFILE, "seen_at": "2999-01-01T00:00:00Z"},
        {**PROFILE, "created_at": "1970-01-01T00:00:00Z"},
        {**PROFILE, "created_at": "2026-01-01T00:00:00"},
        {**PROFILE, "bio": "a\0b"},
        PROFILE,
    ]
    answers = told(forum, *rows).json()["answers"]
    assert [(a["line"], a.get("code", a["outcome"])) for a in answers] == [
        (1, "malformed"), (3, "not_an_object"), (4, "empty"), (5, "unknown_field"), (6, "unfit"),
        (7, "in_the_future"), (8, "too_early"), (9, "no_zone"), (10, "unfit"), (11, "noted"),
    ]  # fmt: skip
    assert Account.objects.count() == 1


def test_a_body_that_is_no_list_of_lines_is_refused(forum: Client) -> None:
    assert problem(send(forum, "/profiles", PROFILE)) == "wrong_media_type"
    assert problem(told(forum, b" ", b"")) == "invalid"
    assert problem(told(forum, *[{"account": "a"}] * 1_001)) == "too_large"
    assert problem(told(forum, b"x" * (8 * 1024 * 1024 + 1))) == "too_large"


def test_a_key_for_reports_tells_no_profiles(found: Link) -> None:
    assert told(with_key(key_of(source(), Scope.REPORTS_WRITE)), PROFILE).status_code == 403
    assert told(Client(raise_request_exception=False), PROFILE).status_code == 401


# Links


def test_a_link_is_shown_with_its_evidence(bram: Client, found: Link) -> None:
    shown = bram.get(f"{API}/links/{found.pk}").json()
    assert (shown["evidence"], shown["status"], shown["channels"]) == (EVIDENCE, "open", ["follows", "bio"])
    assert bram.get(f"{API}/links?status=open").json()["items"] == [shown]
    assert bram.get(f"{API}/links?status=same").json()["items"] == []
    assert bram.get(f"{API}/link-searches").json()["items"][0]["id"] == found.search_id


def test_a_link_is_judged_with_a_reason(bram: Client, found: Link) -> None:
    judge = f"/links/{found.pk}/judge"
    assert problem(send(bram, judge, {"verdict": "same", "reasons": ""})) == "invalid"
    assert problem(send(bram, judge, {"verdict": "expired", "reasons": WHY})) == "invalid"
    assert send(bram, judge, {"verdict": "same", "reasons": WHY}).json()["status"] == "same"
    judgement = found.judgements.get()
    assert (judgement.judged_by.username, judgement.reasons) == ("rana", WHY)
    assert problem(
        send(signed_in(person("omar", Role.AUDITOR)), judge, {"verdict": "same", "reasons": WHY})
    ) == ("not_permitted")


def test_a_proposal_cites_a_confirmed_link(bram: Client, found: Link) -> None:
    on = found.account.cases.get()
    body = {
        "version": on.version, "outcome": "upheld", "action": "warn", "facts": "Came back.", "links": [found.pk],
    }  # fmt: skip
    path = f"/cases/{on.pk}/proposals"
    assert problem(send(bram, path, body, headers={"Idempotency-Key": "k"})) == "unfit"
    send(bram, f"/links/{found.pk}/judge", {"verdict": "same", "reasons": WHY})
    made = send(bram, path, body, headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.json()["links"]) == (201, [found.pk])
    assert bram.get(f"{API}/decisions?case={on.pk}").json()["items"][0]["links"] == [found.pk]


def test_a_protected_account_is_not_shown_here(bram: Client) -> None:
    older = link(newcomer("grace", NOW - timedelta(days=9)).account, suspended("chidi", NOW).account)
    assert problem(bram.get(f"{API}/links/{older.pk}")) == "not_there"
    assert bram.get(f"{API}/links").json()["items"] == []
    assert (
        problem(send(bram, f"/links/{older.pk}/judge", {"verdict": "different", "reasons": WHY}))
        == "not_there"
    )
