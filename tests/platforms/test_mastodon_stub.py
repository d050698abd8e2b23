"""The stub is as inconvenient as Mastodon: each test here would fail on a naive one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.platforms.loopback import Came
from tests.platforms.mastodon_stub import ALL_SCOPES, CALLS, MastodonStub, Token

STAFF = "staff-token-9f2c"


@pytest.fixture
def stub() -> MastodonStub:
    return MastodonStub(suspends_later=False)


def asked(
    stub: MastodonStub, method: str, path: str, fields: Any = None, token: str = STAFF
) -> tuple[int, Any]:
    body = b"" if fields is None else json.dumps(fields).encode()
    said = stub.answer(Came(method, path, body, {"authorization": f"Bearer {token}"}))
    return said.status, json.loads(said.body or b"null")


def act(stub: MastodonStub, number: int, kind: str, **more: Any) -> int:
    return asked(stub, "POST", f"/api/v1/admin/accounts/{number}/action", {"type": kind, **more})[0]


def undo(stub: MastodonStub, number: int, kind: str) -> int:
    return asked(stub, "POST", f"/api/v1/admin/accounts/{number}/{kind}")[0]


def test_a_second_suspension_is_a_second_strike_and_a_second_mail(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    assert [act(stub, chidi.id, "suspend") for _ in range(2)] == [200, 200]
    assert (len(chidi.strikes), len(chidi.mails)) == (2, 2)


def test_a_mail_goes_out_unless_it_is_forbidden(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    act(stub, chidi.id, "silence", send_email_notification=False)
    assert chidi.mails == []
    act(stub, chidi.id, "silence", text="why")
    assert chidi.mails == ["silence: why"]


def test_an_action_resolves_all_open_reports_and_a_warning_only_its_own(stub: MastodonStub) -> None:
    chidi, alice = stub.register("chidi"), stub.register("alice")
    one, other = (stub.report(alice.id, chidi.id, "spam") for _ in range(2))
    act(stub, chidi.id, "none")
    assert not one.resolved
    act(stub, chidi.id, "none", report_id=one.id)
    assert (one.resolved, other.resolved) == (True, False)
    act(stub, chidi.id, "silence")
    assert other.resolved


def test_unsuspending_twice_is_forbidden_and_other_undoings_are_not(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    act(stub, chidi.id, "suspend")
    assert [undo(stub, chidi.id, "unsuspend") for _ in range(2)] == [200, 403]
    assert [undo(stub, chidi.id, kind) for kind in ("unsilence", "enable", "unsensitive")] == [200] * 3


def test_a_login_elsewhere_can_neither_be_frozen_nor_thawed(stub: MastodonStub) -> None:
    raza = stub.register("raza", domain="elsewhere.example")
    assert act(stub, raza.id, "disable") == 403
    assert undo(stub, raza.id, "enable") == 403


def test_nobody_acts_on_their_like(stub: MastodonStub) -> None:
    assert act(stub, stub.register("boss", role="Owner").id, "silence") == 403
    assert act(stub, stub.register("mod", role="Moderator").id, "silence") == 200


def test_the_list_has_open_reports_alone_unless_it_is_told(stub: MastodonStub) -> None:
    chidi, alice = stub.register("chidi"), stub.register("alice")
    stub.report(alice.id, chidi.id, "open")
    stub.report(alice.id, chidi.id, "closed").resolved = True
    for query, found in (("", ["open"]), ("?resolved=true", ["closed"]), ("?resolved=false", ["open"])):
        _, rows = asked(stub, "GET", f"/api/v1/admin/reports{query}")
        assert [row["comment"] for row in rows] == found


def test_since_id_skips_the_middle_and_min_id_does_not(stub: MastodonStub) -> None:
    chidi, alice = stub.register("chidi"), stub.register("alice")
    ids = [stub.report(alice.id, chidi.id, "spam").id for _ in range(5)]

    def listed(name: str) -> list[int]:
        return [
            int(row["id"]) for row in asked(stub, "GET", f"/api/v1/admin/reports?{name}={ids[0]}&limit=2")[1]
        ]

    assert listed("min_id") == [ids[2], ids[1]]
    assert listed("since_id") == [ids[4], ids[3]]


def test_the_worker_suspends_when_it_is_told_to(stub: MastodonStub) -> None:
    stub.suspends_later = True
    chidi = stub.register("chidi")
    act(stub, chidi.id, "suspend")
    assert "suspended" not in chidi.flags
    stub.work()
    assert "suspended" in chidi.flags


def test_after_thirty_days_only_an_empty_account_comes_back(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    stub.post(chidi.id, "what I wrote")
    act(stub, chidi.id, "suspend")
    stub.advance(timedelta(days=29))
    assert len(stub.statuses) == 1
    stub.advance(timedelta(days=2))
    assert undo(stub, chidi.id, "unsuspend") == 200
    assert (chidi.is_empty, len(stub.statuses)) == (True, 0)


def test_a_suspension_blocks_the_address_and_its_end_unblocks_it(stub: MastodonStub) -> None:
    chidi = stub.register("chidi")
    act(stub, chidi.id, "suspend")
    assert chidi.email in stub.blocked_emails
    undo(stub, chidi.id, "unsuspend")
    assert chidi.email not in stub.blocked_emails


def test_every_scope_is_needed(stub: MastodonStub) -> None:
    chidi, owner = stub.register("chidi"), stub.tokens[STAFF].owner
    calls = {
        "admin:read:accounts": ("GET", f"/api/v1/admin/accounts/{chidi.id}", None),
        "admin:read:reports": ("GET", "/api/v1/admin/reports", None),
        "admin:write:accounts": ("POST", f"/api/v1/admin/accounts/{chidi.id}/action", {"type": "none"}),
    }
    for scope, (method, path, fields) in calls.items():
        stub.tokens["less"] = Token(owner, ALL_SCOPES - {scope})
        assert asked(stub, method, path, fields, token="less")[0] == 403
        assert asked(stub, method, path, fields)[0] == 200
        assert asked(stub, method, path, fields, token="nobody's")[0] == 401


@pytest.mark.parametrize(
    "fields", [{}, {"type": "ban"}, {"type": "none", "text": 3}, {"type": "none", "txt": "misspelt"}]
)
def test_what_is_malformed_is_refused(stub: MastodonStub, fields: dict[str, Any]) -> None:
    chidi = stub.register("chidi")
    assert asked(stub, "POST", f"/api/v1/admin/accounts/{chidi.id}/action", fields)[0] == 422
    assert chidi.strikes == []


def test_the_limit_counts_calls_in_five_minutes(stub: MastodonStub) -> None:
    stub.limits = True
    assert [asked(stub, "GET", "/api/v2/instance")[0] for _ in range(CALLS + 1)][-2:] == [200, 429]
    stub.advance(timedelta(minutes=5))
    assert asked(stub, "GET", "/api/v2/instance")[0] == 200


def test_an_unknown_path_or_filter_fails(stub: MastodonStub) -> None:
    assert asked(stub, "GET", "/api/v1/admin/reports?resovled=true")[0] == 422
    assert asked(stub, "GET", "/api/v1/admin/accounts/chidi")[0] == 404
    assert asked(stub, "GET", "/api/v1/admin/nothing")[0] == 404
