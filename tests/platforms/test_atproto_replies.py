"""What the replies of a PDS and of Ozone come to, without a server: section 5 of the contract, for atproto."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms.atproto_stub import (
    BRAM,
    EMIT,
    PASSWORD,
    US,
    Network,
    did,
    error,
)

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.acting import follow
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    Already,
    Applied,
    Command,
    Halt,
    ItemRef,
    Message,
    Miss,
    Mode,
    Outcome,
    Refusal,
    Refused,
    RetryAt,
    Unknown,
)

SUSPEND, UNSUSPEND = PlatformAction.SUSPEND, PlatformAction.UNSUSPEND
LABEL, UNLABEL = PlatformAction.LABEL, PlatformAction.UNLABEL
QUARANTINE, UNQUARANTINE = PlatformAction.QUARANTINE, PlatformAction.UNQUARANTINE
HELLO = Message("Your account", "These are the reasons.", "en")


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def chidi(network: Network) -> AccountRef:
    return network.account("chidi")


def command(account: AccountRef, action: PlatformAction = SUSPEND, **changed: Any) -> Command:
    usual: dict[str, Any] = {
        "command_id": str(uuid4()),
        "decision_id": 17,
        "account": account,
        "action": action,
        "actor": "reviewer:bram",
        "approvals": ("reviewer:bram", "reviewer:dora"),
        "created_at": datetime.now(UTC),
        "expires_at": None,
    }
    return Command(**{**usual, **changed})


def repo(account: AccountRef) -> dict[str, str]:
    return {"$type": "com.atproto.admin.defs#repoRef", "did": account.id}


def code(outcome: Outcome) -> Refusal | None:
    return outcome.code if isinstance(outcome, Refused) else None


# -- replies to the one event ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("no"), RetryAt),
        (httpx.ConnectTimeout("no"), RetryAt),
        (httpx.ReadTimeout("late"), Unknown),
        (httpx.RemoteProtocolError("cut"), Unknown),
        (httpx.Response(500, json={"error": "InternalServerError"}), Unknown),
        (httpx.Response(502, text="<html>"), Unknown),
        (httpx.Response(503, headers={"Retry-After": "7"}), Unknown),
        (httpx.Response(302, headers={"Location": "http://elsewhere.example"}), Unknown),
        (httpx.Response(200, text="<html>"), Unknown),
        (httpx.Response(200, text='{"id": 10, "ev'), Unknown),
        (httpx.Response(200, json={"id": "many"}), Unknown),
        (httpx.Response(200, json=[]), Unknown),
        (error(429, "RateLimitExceeded", Retry_After="7"), RetryAt),
        (error(400, "ExpiredToken"), None),
        (error(401, "JwtExpired"), None),
        (error(401, "AuthenticationRequired", "Must be a full moderator to take this type of action"), Halt),
        (error(401, "MemberDisabled"), Halt),
        (error(401, "BadJwtSignature"), Halt),
        (error(404, "XRPCNotSupported"), Halt),
        (error(400, "InvalidRequest", "Input/subject must have a did"), Refusal.INVALID),
        (error(413, "PayloadTooLarge"), Refusal.INVALID),
        (error(400, "InvalidRequest", "Not allowed to action on protected tag: vip"), Refusal.NOT_ALLOWED),
        (
            error(401, "AuthenticationRequired", "Must be a full admin to take this type on feed generators"),
            Refusal.NOT_ALLOWED,
        ),
        (error(403, "Forbidden"), Refusal.NOT_ALLOWED),
    ],
    ids=lambda one: getattr(one, "__name__", None) or (str(one) if isinstance(one, Refusal) else None),
)
def test_each_reply_has_its_meaning(network: Network, chidi: AccountRef, answer: Any, kind: Any) -> None:
    network.scripted[EMIT].append(answer)
    outcome = network.platform().apply(command(chidi))
    if kind is None:  # a token that is too old is renewed, once, and the command goes on
        assert isinstance(outcome, Applied)
        assert len(network.emitted()) == 2
    elif isinstance(kind, Refusal):
        assert code(outcome) is kind
    else:
        assert isinstance(outcome, kind), outcome
    assert outcome.exchanges


def test_forbidden_halts_whoever_is_a_moderator_no_more(network: Network, chidi: AccountRef) -> None:
    network.scripted[EMIT].append(error(403, "Forbidden"))
    network.scripted["tools.ozone.server.getConfig"].append(error(401, "AuthenticationRequired"))
    assert isinstance(network.platform().apply(command(chidi)), Halt)


def test_a_limit_that_names_the_moment_of_its_end_is_kept_until_then(
    network: Network, chidi: AccountRef
) -> None:
    until = datetime.now(UTC) + timedelta(seconds=90)
    network.scripted[EMIT].append(
        error(429, "RateLimitExceeded", RateLimit_Reset=str(int(until.timestamp())))
    )
    outcome = network.platform().apply(command(chidi))
    assert isinstance(outcome, RetryAt)
    assert 85 <= outcome.wait_s <= 90


@pytest.mark.parametrize("method", ["com.atproto.sync.getRepoStatus", "tools.ozone.moderation.queryStatuses"])
def test_a_limit_on_what_is_read_before_is_kept_too(network: Network, chidi: AccountRef, method: str) -> None:
    network.scripted[method].append(error(429, "RateLimitExceeded", Retry_After="7"))
    outcome = network.platform().apply(command(chidi))
    assert isinstance(outcome, RetryAt)
    assert outcome.wait_s == 7
    assert network.emitted() == []


# -- how things stood before -----------------------------------------------------------------------


def test_what_somebody_else_did_is_already_so_and_names_them(network: Network, chidi: AccountRef) -> None:
    network.event("modEventTakedown", repo(chidi))
    network.homes[chidi.id] = "takendown"
    assert network.platform().apply(command(chidi)) == Already(BRAM, exchanges=ANYTHING)
    assert network.emitted() == []


def test_two_people_at_once_make_one_takedown(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    network.event("modEventTakedown", repo(chidi))
    network.homes[chidi.id] = "takendown"
    network.scripted["com.atproto.sync.getRepoStatus"].append(
        httpx.Response(200, json={"did": chidi.id, "active": True})
    )
    network.scripted["tools.ozone.moderation.queryStatuses"].append(
        httpx.Response(200, json={"subjectStatuses": []})
    )
    assert platform.apply(command(chidi)) == Already(BRAM, exchanges=ANYTHING)
    assert len(network.emitted()) == 1


def test_a_command_whose_reply_was_lost_is_applied_when_it_is_sent_again(
    network: Network, chidi: AccountRef
) -> None:
    platform, asked = network.platform(), command(chidi)
    assert isinstance(platform.apply(asked), Applied)
    again = platform.apply(asked)
    assert isinstance(again, Applied), "its own event is found by its key"
    assert len(network.emitted()) == 1


def test_a_command_that_was_undone_since_is_not_done_again(network: Network, chidi: AccountRef) -> None:
    platform, asked = network.platform(), command(chidi)
    platform.apply(asked)
    platform.apply(command(chidi, UNSUSPEND))
    assert code(platform.apply(asked)) is Refusal.CHANGED_MEANWHILE
    assert network.homes[chidi.id] == ""


def test_a_new_decision_after_a_reversal_is_carried_out(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    for action in (SUSPEND, UNSUSPEND, SUSPEND, UNSUSPEND):
        assert isinstance(platform.apply(command(chidi, action)), Applied)


@pytest.mark.parametrize("flag", ["ozone.takendown", "pds.takedown"])
def test_what_somebody_changed_since_the_decision_is_not_overwritten(
    network: Network, chidi: AccountRef, flag: str
) -> None:
    outcome = network.platform().apply(command(chidi, expected_before={flag: True}))
    assert code(outcome) is Refusal.CHANGED_MEANWHILE
    assert network.emitted() == []


def test_what_was_taken_down_on_its_own_server_cannot_be_undone_by_ozone(
    network: Network, chidi: AccountRef
) -> None:
    network.homes[chidi.id] = "takendown"
    platform = network.platform()
    assert platform.state(chidi).flags["ozone.takendown"] is False
    assert platform.state(chidi).flags["pds.takedown"] is True
    assert code(platform.apply(command(chidi, UNSUSPEND))) is Refusal.NOT_ALLOWED
    assert network.emitted() == []


def test_what_ozone_took_is_accepted_until_the_server_shows_it(network: Network, chidi: AccountRef) -> None:
    network.pushes = False
    platform = network.platform()
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    assert isinstance(platform.poll(outcome.handle), Accepted)
    network.homes[chidi.id] = "takendown"
    done = platform.poll(outcome.handle)
    assert isinstance(done, Applied)
    assert "event 1 " in done.proof


def test_what_is_under_way_by_somebody_else_becomes_already(network: Network, chidi: AccountRef) -> None:
    network.event("modEventTakedown", repo(chidi))
    platform = network.platform()
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    network.homes[chidi.id] = "takendown"
    assert platform.poll(outcome.handle) == Already(BRAM, exchanges=ANYTHING)


def test_accepted_work_that_somebody_undid_goes_to_a_person(network: Network, chidi: AccountRef) -> None:
    network.pushes = False
    platform = network.platform()
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    network.event("modEventReverseTakedown", repo(chidi))
    assert code(platform.poll(outcome.handle)) is Refusal.CHANGED_MEANWHILE
    del network.homes[chidi.id]
    assert code(platform.poll(outcome.handle)) is Refusal.TARGET_GONE


@given(handle=st.text())
def test_a_strange_handle_is_refused_and_asks_nothing(handle: str) -> None:
    network = Network()
    session = Session(network.platform().connection, transport=httpx.MockTransport(network.answer))
    assert code(follow(session, handle)) is Refusal.INVALID
    assert network.asked == []


def test_what_the_read_back_does_not_show_is_no_success(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    network.scripted["com.atproto.sync.getRepoStatus"].extend(
        [httpx.Response(200, json={"active": True}), httpx.ReadTimeout("late")]
    )
    assert isinstance(platform.apply(command(chidi)), Accepted)


# -- whom ------------------------------------------------------------------------------------------


def document(server: str) -> httpx.Response:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}
    return httpx.Response(200, json={"service": [service]})


@pytest.mark.parametrize(
    ("answer", "miss", "refusal"),
    [
        (document("https://elsewhere.example"), Miss.REMOTE, Refusal.REMOTE),
        (document("http://pds.example:3000"), Miss.GONE, Refusal.TARGET_GONE),
        (error(404, "NotFound"), Miss.NOT_FOUND, Refusal.TARGET_GONE),
        (error(410, "Tombstoned"), Miss.GONE, Refusal.TARGET_GONE),
    ],
    ids=["elsewhere", "deleted here", "never was", "ended"],
)
def test_ozone_is_never_believed_about_who_exists(
    network: Network, answer: httpx.Response, miss: Miss, refusal: Refusal
) -> None:
    network.documents[did("nobody")] = answer
    platform = network.platform()
    assert platform.resolve(did("nobody")).miss is miss
    assert code(platform.apply(command(AccountRef("atproto", did("nobody"))))) is refusal
    assert network.emitted() == []


def test_no_server_that_a_name_chose_is_called(network: Network) -> None:
    assert network.platform().resolve("did:web:hostile.example").miss is Miss.REMOTE
    assert {method for method, _ in network.asked} == {
        "com.atproto.repo.describeRepo",
        "com.atproto.sync.getRepoStatus",
    }


def test_a_handle_leads_to_its_account_with_and_without_its_at(network: Network, chidi: AccountRef) -> None:
    for text in ("chidi.test", "@chidi.test", "Chidi.Test", chidi.id):
        found = network.platform().resolve(text)
        assert found.account is not None
        assert (found.account.id, found.account.handle, found.miss) == (chidi.id, "chidi.test", None)


def test_the_handle_of_somebody_suspended_is_there_and_not_unknown(
    network: Network, chidi: AccountRef
) -> None:
    network.homes[chidi.id] = "takendown"
    assert network.platform().resolve("chidi.test").miss is Miss.GONE
    assert network.platform().resolve("nobody.test").miss is Miss.NOT_FOUND
    found = network.platform().resolve(chidi.id)
    assert (found.account and found.account.id, found.miss) == (chidi.id, None)


@given(text=st.text(alphabet=string.printable + "\u202e\x00é") | st.from_regex(r"did:plc:[a-z2-7]{24}.+"))
def test_what_is_not_written_as_a_name_is_asked_of_nobody(text: str) -> None:
    network = Network()
    platform = network.platform()
    found = platform.resolve(text)
    outcome = platform.apply(command(AccountRef("atproto", text)))
    assert found.miss is not None
    assert isinstance(outcome, Refused)
    for _, told in network.asked:
        assert all(len(str(value)) <= 300 and "/" not in str(value) for value in told.values())
    assert network.emitted() == []


# -- tokens ----------------------------------------------------------------------------------------

AUTH, REFRESH, SIGN_IN = (
    f"com.atproto.server.{name}" for name in ("getServiceAuth", "refreshSession", "createSession")
)


def test_one_sign_in_and_one_token_a_method_serve_many_commands(network: Network) -> None:
    platform = network.platform()
    for name in ("chidi", "emeka", "farid"):
        platform.apply(command(network.account(name)))
    methods = [method for method, _ in network.asked]
    assert methods.count(SIGN_IN) == 1
    assert methods.count(AUTH) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_an_old_session_is_renewed_once(network: Network, chidi: AccountRef, status: int) -> None:
    platform = network.platform()
    network.scripted[AUTH].append(error(status, "ExpiredToken", "Token has expired"))
    assert isinstance(platform.apply(command(chidi)), Applied)
    assert [method for method, _ in network.asked].count(REFRESH) == 1


def test_when_the_renewal_is_too_old_as_well_the_password_opens(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    network.scripted[AUTH].append(error(400, "ExpiredToken"))
    network.scripted[REFRESH].append(error(400, "ExpiredToken", "Token has been revoked"))
    assert isinstance(platform.apply(command(chidi)), Applied)
    assert [method for method, _ in network.asked].count(SIGN_IN) == 2


def test_a_token_that_stays_old_halts(network: Network, chidi: AccountRef) -> None:
    network.scripted[EMIT].extend([error(401, "JwtExpired")] * 2)
    assert isinstance(network.platform().apply(command(chidi)), Halt)
    assert len(network.emitted()) == 2


def test_a_wrong_password_halts_and_is_told(network: Network, chidi: AccountRef) -> None:
    platform = network.platform(password="wrong")
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Halt)
    assert "Invalid identifier or password" in outcome.reason
    with pytest.raises(PlatformUnreadable) as unreadable:
        platform.state(chidi)
    assert unreadable.value.halts


def test_a_server_that_signs_no_token_for_a_while_is_no_unknown(network: Network, chidi: AccountRef) -> None:
    network.scripted[AUTH].append(httpx.Response(200, json={"token": "for reading"}))
    network.scripted[AUTH].append(httpx.Response(500))
    assert isinstance(network.platform().apply(command(chidi)), RetryAt), "nothing was sent"
    assert network.emitted() == []


def test_a_triage_member_is_not_fit(network: Network) -> None:
    network.scripted["tools.ozone.server.getConfig"].append(
        httpx.Response(200, json={"viewer": {"role": "tools.ozone.team.defs#roleTriage"}})
    )
    health = network.platform().health()
    assert (health.reachable, health.credentials_valid, health.privileged) == (True, True, False)
    assert "moderator" in health.problem


def test_health_repeats_what_ozone_says_of_the_token(network: Network) -> None:
    told = error(401, "BadJwtAudience", "jwt audience does not match service did")
    network.scripted["tools.ozone.server.getConfig"].append(told)
    health = network.platform().health()
    assert (health.credentials_valid, health.privileged) == (True, False)
    assert "jwt audience does not match service did" in health.problem


def test_no_secret_is_in_an_exchange(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    network.scripted[EMIT].append(
        error(400, "InvalidRequest", f"{PASSWORD} access-1 refresh-1 chidi@example.org")
    )
    said = repr(platform.apply(command(chidi))) + repr(platform.connection) + repr(platform.health())
    for secret in (
        PASSWORD,
        json.dumps(PASSWORD)[1:-1],
        "access-1",
        "refresh-1",
        "service-",
        "chidi@example.org",
    ):
        assert secret not in said


# -- labels, records, strikes ----------------------------------------------------------------------


def test_a_label_is_set_and_negated(network: Network, chidi: AccountRef) -> None:
    platform, how = network.platform(), {"parameters": {"label": "spam"}}
    assert isinstance(platform.apply(command(chidi, LABEL, **how)), Applied)
    assert platform.state(chidi).flags["label.spam"] is True
    assert isinstance(platform.apply(command(chidi, LABEL, **how)), Already)
    assert isinstance(platform.apply(command(chidi, UNLABEL, **how)), Applied)
    assert platform.state(chidi).flags["label.spam"] is False
    assert isinstance(platform.apply(command(chidi, UNLABEL, **how)), Already)
    assert len(network.emitted()) == 2


def test_a_label_that_has_expired_is_not_in_force(network: Network, chidi: AccountRef) -> None:
    when = {"uri": chidi.id, "val": "spam", "cts": "2026-01-01T00:00:00.000Z"}
    network.labels.append({**when, "exp": "2026-01-02T00:00:00.000Z"})
    assert network.platform().state(chidi).flags["label.spam"] is False


@pytest.mark.parametrize("label", ["", "!takedown", "!hide", "two words", "a,b", "x" * 129, "é"])
def test_a_label_is_no_way_around_two_people(network: Network, chidi: AccountRef, label: str) -> None:
    outcome = network.platform().apply(command(chidi, LABEL, parameters={"label": label}))
    assert code(outcome) is Refusal.INVALID
    assert network.emitted() == []


def test_an_account_of_another_server_can_be_labelled_here(network: Network) -> None:
    away = AccountRef("atproto", "did:web:elsewhere.example", local=False)
    assert isinstance(network.platform().apply(command(away, LABEL, parameters={"label": "spam"})), Applied)


def test_a_record_is_taken_down_in_the_version_that_stands(network: Network, chidi: AccountRef) -> None:
    platform, item = network.platform(), ItemRef(chidi, network.post(chidi, "3k"))
    network.pushes = False
    assert isinstance(platform.apply(command(chidi, QUARANTINE, item=item)), Applied)
    (sent,) = network.emitted()
    assert sent["subject"] == {"$type": "com.atproto.repo.strongRef", "uri": item.id, "cid": "cid-3k"}
    assert network.homes[chidi.id] == "", "the account is as it was"
    del network.records[item.id]
    assert isinstance(platform.apply(command(chidi, UNQUARANTINE, item=item)), Applied)
    assert isinstance(platform.apply(command(chidi, UNQUARANTINE, item=item)), Already)


def test_a_record_of_somebody_else_or_none_at_all_is_refused(network: Network, chidi: AccountRef) -> None:
    platform, emeka = network.platform(), network.account("emeka")
    theirs = ItemRef(chidi, network.post(emeka, "3k"))
    gone = ItemRef(chidi, f"at://{chidi.id}/app.bsky.feed.post/gone")
    assert code(platform.apply(command(chidi, QUARANTINE, item=theirs))) is Refusal.INVALID
    assert code(platform.apply(command(chidi, QUARANTINE))) is Refusal.INVALID
    assert code(platform.apply(command(chidi, QUARANTINE, item=gone))) is Refusal.TARGET_GONE
    assert network.emitted() == []


def test_strikes_are_given_and_taken_back(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    for action in (SUSPEND, UNSUSPEND):
        platform.apply(command(chidi, action, parameters={"strikes": "2"}))
    assert [sent["event"]["strikeCount"] for sent in network.emitted()] == [2, -2]
    assert code(platform.apply(command(chidi, parameters={"strikes": "-2"}))) is Refusal.INVALID


def test_an_event_says_whose_it_is_and_for_which_decision(network: Network, chidi: AccountRef) -> None:
    asked = command(chidi)
    network.platform().apply(asked)
    (sent,) = network.emitted()
    assert (sent["createdBy"], sent["externalId"]) == (US, asked.command_id)
    assert sent["modTool"] == {"name": "ostrakon", "meta": {"batchId": asked.command_id, "decision": 17}}
    assert sent["event"]["comment"] == "decision 17"


# -- notices, and reports that were answered -------------------------------------------------------


def test_the_same_key_is_the_same_mail(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    first, again = platform.notify(chidi, HELLO, "key-1"), platform.notify(chidi, HELLO, "key-1")
    assert isinstance(first, Applied)
    assert isinstance(again, Applied)
    assert first.proof == again.proof
    assert len(network.emitted()) == 1
    assert isinstance(platform.notify(chidi, HELLO, "key-2"), Applied)
    assert len(network.emitted()) == 2


def test_a_mail_that_was_not_delivered_is_tried_again_under_the_same_notice(
    network: Network, chidi: AccountRef
) -> None:
    platform, network.delivers = network.platform(), False
    assert isinstance(platform.notify(chidi, HELLO, "key-1"), Unknown)
    network.delivers = True
    assert isinstance(platform.notify(chidi, HELLO, "key-1"), Applied)
    assert [sent["externalId"] for sent in network.emitted()] == ["key-1/1", "key-1/2"]


def test_a_mail_is_text_and_carries_no_markup_of_others(network: Network, chidi: AccountRef) -> None:
    message = Message("Your account", "1 < 2 & <script>\nnext line\n\nnext part", 'fr" onclick="')
    network.platform().notify(chidi, message, "key-1")
    content = network.emitted()[0]["event"]["content"]
    assert "<p>1 &lt; 2 &amp; &lt;script&gt;<br>next line</p><p>next part</p>" in content
    assert 'onclick="' not in content


@pytest.mark.parametrize(
    ("account", "refusal"),
    [
        ("did:web:elsewhere.example", Refusal.REMOTE),
        (did("nobody"), Refusal.TARGET_GONE),
        ("chidi.test", Refusal.INVALID),
    ],
)
def test_nobody_of_another_server_is_written_to(network: Network, account: str, refusal: Refusal) -> None:
    assert code(network.platform().notify(AccountRef("atproto", account), HELLO, "key-1")) is refusal
    assert network.emitted() == []


def test_reports_are_closed_once_when_a_decision_answered_them(network: Network, chidi: AccountRef) -> None:
    platform = network.platform()
    assert isinstance(platform.acknowledge(chidi, "key-1", "decision 17"), Applied)
    assert isinstance(platform.acknowledge(chidi, "key-1", "decision 17"), Already)
    (sent,) = network.emitted()
    assert sent["reportAction"] == {"all": True, "note": "decision 17"}


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.READ_ONLY])
def test_a_connection_that_is_not_live_asks_for_no_change(
    network: Network, chidi: AccountRef, mode: Mode
) -> None:
    platform = network.platform(mode=mode)
    for outcome in (
        platform.apply(command(chidi)),
        platform.notify(chidi, HELLO, "key-1"),
        platform.acknowledge(chidi, "key-1"),
    ):
        assert code(outcome) is Refusal.READ_ONLY
    assert network.asked == []


# -- evidence --------------------------------------------------------------------------------------


def test_evidence_names_the_pictures_that_it_only_points_at(network: Network, chidi: AccountRef) -> None:
    picture = {"$type": "blob", "ref": {"$link": "bafkpicture"}, "mimeType": "image/jpeg", "size": 12_345}
    uri = network.post(chidi, "3k", embed={"images": [{"image": picture, "alt": ""}]})
    taken = network.platform().snapshot(ItemRef(chidi, uri))
    assert json.loads(taken.content) == network.records[uri]
    assert list(taken.missing) == ["image/jpeg bafkpicture"]


def test_a_record_that_is_gone_cannot_be_copied(network: Network, chidi: AccountRef) -> None:
    with pytest.raises(PlatformUnreadable):
        network.platform().snapshot(ItemRef(chidi, f"at://{chidi.id}/app.bsky.feed.post/gone"))
    with pytest.raises(PlatformUnreadable):
        network.platform().snapshot(ItemRef(chidi, "message-1", place="conversation-1"))


def test_the_copy_of_an_account_says_that_it_has_no_profile(network: Network, chidi: AccountRef) -> None:
    taken = network.platform().snapshot(chidi)
    assert json.loads(taken.content)["account"]["handle"] == "chidi.test"
    assert list(taken.missing) == ["the profile: there is none"]


class _Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANYTHING: Any = _Anything()
