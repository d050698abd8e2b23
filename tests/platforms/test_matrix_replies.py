"""What Synapse's replies come to: every row of the contract's table, against a small stub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.platforms.synapse_stub import (
    CHIDI,
    NOTICES,
    OURS,
    SERVER,
    TOKEN,
    Answers,
    Said,
    Synapse,
    body,
    error,
    response,
)

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
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
from ostrakon.platforms.matrix.connector import Matrix

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REASONS = Message("Your account", "These are the reasons.", "en")


@pytest.fixture
def synapse() -> Synapse:
    return Synapse()


@pytest.fixture
def matrix(synapse: Synapse) -> Iterator[Matrix]:
    connected = synapse.connect()
    yield connected
    connected.close()


def chidi(user_id: str = CHIDI) -> AccountRef:
    return AccountRef("matrix", user_id)


def command(action: PlatformAction = PlatformAction.SUSPEND, **changed: Any) -> Command:
    usual: dict[str, Any] = {
        "command_id": "one",
        "decision_id": 1,
        "account": chidi(),
        "action": action,
        "actor": "reviewer:bram",
        "approvals": ("reviewer:bram", "reviewer:dora"),
        "created_at": NOW,
        "expires_at": None,
        "notice_receipt": "$told",
    }
    return Command(**{**usual, **changed})


def saying(said: Said, **headers: str) -> Answers:
    return lambda request: response(said, **headers)


def raising(wrong: Callable[[str], httpx.HTTPError]) -> Answers:
    def answers(request: httpx.Request) -> httpx.Response:
        raise wrong("as ordered")

    return answers


def outcome_of(synapse: Synapse, matrix: Matrix, answers: Answers) -> Outcome:
    """What a suspension comes to when its one request is answered so."""
    synapse.instead = answers
    return matrix.apply(command())


# Replies to what changes something


REFUSALS = [
    (error(404, "M_NOT_FOUND", "User not found"), Refusal.TARGET_GONE),
    (error(400, "M_UNKNOWN", "Can only suspend local users"), Refusal.REMOTE),
    (error(400, "M_INVALID_PARAM"), Refusal.INVALID),
    (error(400, "M_BAD_JSON"), Refusal.INVALID),
    (error(400, "M_MISSING_PARAM"), Refusal.INVALID),
    (error(404, "M_UNRECOGNIZED"), Refusal.UNSUPPORTED),
    (error(429, "M_UNKNOWN", "Rate limited"), Refusal.NOT_ALLOWED),
    (error(403, "M_FORBIDDEN"), Refusal.NOT_ALLOWED),
]


@pytest.mark.parametrize(
    ("said", "code"), REFUSALS, ids=[f"{s[0]}-{s[1]['errcode']}-{c}" for s, c in REFUSALS]
)
def test_an_error_in_the_servers_own_words_is_a_refusal(
    synapse: Synapse, matrix: Matrix, said: Said, code: Refusal
) -> None:
    outcome = outcome_of(synapse, matrix, saying(said))
    assert isinstance(outcome, Refused)
    assert outcome.code is code


UNCLEAR: dict[str, Answers] = {
    "500": saying(error(500, "M_UNKNOWN")),
    "502": lambda request: httpx.Response(502, text="<html>"),
    "503": saying((503, {}), Retry_After="3"),
    "redirect": lambda request: httpx.Response(302, headers={"Location": "https://elsewhere.example"}),
    "a page": lambda request: httpx.Response(200, text="<html>"),
    "half of it": lambda request: httpx.Response(200, text='{"user_@chi'),
    "a list": lambda request: httpx.Response(200, json=[]),
    "a page that says 404": lambda request: httpx.Response(404, text="<html>"),
    "a page that says 403": lambda request: httpx.Response(403, text="<html>"),
    "cut": raising(httpx.ReadError),
    "late": raising(httpx.ReadTimeout),
    "not http": raising(httpx.RemoteProtocolError),
}


@pytest.mark.parametrize("answers", UNCLEAR.values(), ids=UNCLEAR)
def test_an_unclear_reply_is_neither_success_nor_refusal(
    synapse: Synapse, matrix: Matrix, answers: Answers
) -> None:
    assert isinstance(outcome_of(synapse, matrix, answers), Unknown)


def test_a_page_after_the_server_acted_is_not_taken_for_its_reply(synapse: Synapse, matrix: Matrix) -> None:
    def acted(request: httpx.Request) -> httpx.Response:
        synapse.said(request)
        return httpx.Response(200, text="<html>")

    assert isinstance(outcome_of(synapse, matrix, acted), Unknown)
    assert isinstance(matrix.apply(command()), Already)


def test_what_somebody_else_changed_since_is_for_a_person(synapse: Synapse, matrix: Matrix) -> None:
    outcome = matrix.apply(command(expected_before={"suspended": False, "locked": True}))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.CHANGED_MEANWHILE
    assert synapse.changing == []


def test_nothing_is_erased(synapse: Synapse, matrix: Matrix) -> None:
    matrix.apply(command(PlatformAction.DEACTIVATE))
    assert [body(request) for request in synapse.changing] == [{"erase": False}]


def test_a_limit_waits_as_long_as_the_server_asks(synapse: Synapse, matrix: Matrix) -> None:
    outcome = outcome_of(synapse, matrix, saying(error(429, "M_LIMIT_EXCEEDED", retry_after_ms=907)))
    assert isinstance(outcome, RetryAt)
    assert outcome.wait_s == pytest.approx(0.907)


def test_a_limit_of_something_before_the_server_waits_too(synapse: Synapse, matrix: Matrix) -> None:
    outcome = outcome_of(
        synapse, matrix, lambda request: httpx.Response(429, text="<html>", headers={"Retry-After": "7"})
    )
    assert isinstance(outcome, RetryAt)
    assert outcome.wait_s == 7


def test_a_dead_token_halts(synapse: Synapse, matrix: Matrix) -> None:
    assert isinstance(outcome_of(synapse, matrix, saying(error(401, "M_UNKNOWN_TOKEN"))), Halt)


def test_a_module_that_holds_an_account_refuses_its_deactivation_only(
    synapse: Synapse, matrix: Matrix
) -> None:
    synapse.instead = saying(error(403, "M_FORBIDDEN", "Deactivation of this user is forbidden"))
    outcome = matrix.apply(command(PlatformAction.DEACTIVATE))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.LEGAL_HOLD


def test_success_that_reading_back_does_not_show_is_unknown(synapse: Synapse, matrix: Matrix) -> None:
    assert isinstance(outcome_of(synapse, matrix, saying((200, {}))), Unknown)


def test_a_deactivation_that_was_cut_is_sent_again_whatever_the_flag_says(
    synapse: Synapse, matrix: Matrix
) -> None:
    """Killed on its way, the server had taken tokens and password away while the flag still said active."""
    synapse.instead = raising(httpx.RemoteProtocolError)
    assert isinstance(matrix.apply(command(PlatformAction.DEACTIVATE)), Unknown)
    assert isinstance(matrix.apply(command(PlatformAction.DEACTIVATE)), Applied)
    assert len(synapse.changing) == 2


# Replies to the reading before


@pytest.mark.parametrize("answers", UNCLEAR.values(), ids=UNCLEAR)
def test_nothing_was_done_when_the_state_could_not_be_read(
    synapse: Synapse, matrix: Matrix, answers: Answers
) -> None:
    matrix.here()
    synapse.everywhere = answers
    outcome = matrix.apply(command())
    assert isinstance(outcome, RetryAt | Halt)
    assert synapse.changing == []


@pytest.mark.parametrize("status", [401, 403])
def test_whoever_may_not_even_read_halts(synapse: Synapse, matrix: Matrix, status: int) -> None:
    matrix.here()
    synapse.everywhere = saying(error(status, "M_FORBIDDEN"))
    assert isinstance(matrix.apply(command()), Halt)
    with pytest.raises(PlatformUnreadable) as unreadable:
        matrix.state(chidi())
    assert unreadable.value.halts


def test_an_account_of_another_server_is_refused_without_asking(synapse: Synapse, matrix: Matrix) -> None:
    outcome = matrix.apply(command(account=chidi("@chidi:elsewhere.example")))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.REMOTE
    assert matrix.state(chidi("@chidi:elsewhere.example")).flags["suspended"] is None
    assert not any("elsewhere" in str(request.url) for request in synapse.asked)


def test_the_account_by_which_we_are_let_in_is_never_acted_on(synapse: Synapse, matrix: Matrix) -> None:
    outcome = matrix.apply(command(account=chidi(OURS)))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.NOT_ALLOWED
    assert synapse.changing == []


def test_nobody_is_created_by_a_lock(synapse: Synapse, matrix: Matrix) -> None:
    """PUT v2/users makes accounts: the stub fails where one would be made."""
    outcome = matrix.apply(command(PlatformAction.LOCK, account=chidi(f"@nobody:{SERVER}")))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.TARGET_GONE
    assert synapse.changing == []


@pytest.mark.parametrize("action", [PlatformAction.SUSPEND, PlatformAction.LOCK, PlatformAction.REDACT])
def test_an_account_that_was_ended_is_neither_shut_out_nor_emptied(
    synapse: Synapse, matrix: Matrix, action: PlatformAction
) -> None:
    synapse.users[CHIDI]["deactivated"] = True
    outcome = matrix.apply(command(action))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.ALREADY_DEACTIVATED
    assert synapse.changing == []


@pytest.mark.parametrize("flag", ["suspended", "locked"])
def test_an_account_that_was_ended_can_still_be_cleared(synapse: Synapse, matrix: Matrix, flag: str) -> None:
    """The flags are independent: it would come back with them."""
    synapse.users[CHIDI] |= {"deactivated": True, flag: True}
    undoing = PlatformAction.UNSUSPEND if flag == "suspended" else PlatformAction.UNLOCK
    assert isinstance(matrix.apply(command(undoing)), Applied)
    assert synapse.users[CHIDI][flag] is False


def test_a_version_that_does_not_say_is_unknown_and_not_false(synapse: Synapse, matrix: Matrix) -> None:
    del synapse.users[CHIDI]["suspended"]
    assert matrix.state(chidi()).flags["suspended"] is None
    assert matrix.state(chidi()).flags["locked"] is False


def test_what_identifies_a_person_elsewhere_is_not_kept(matrix: Matrix) -> None:
    kept = (matrix.state(chidi()).raw, matrix.snapshot(chidi()).content, matrix.apply(command()))
    assert "private.example" not in repr(kept)
    assert TOKEN not in repr(kept)


# Names


def test_a_name_alone_is_one_of_this_server(matrix: Matrix) -> None:
    for text in ("chidi", "@chidi", CHIDI):
        assert matrix.resolve(text).account == AccountRef("matrix", CHIDI, CHIDI)
    assert matrix.resolve("Chidi").miss is Miss.NOT_FOUND, "names are not folded"


@pytest.mark.parametrize(
    "text", ["", "@", ":", "@:", "@chidi:", "\u202e@chidi:x", f"{CHIDI}\x00", f"{CHIDI} "]
)
def test_what_is_no_id_is_not_asked_for(synapse: Synapse, matrix: Matrix, text: str) -> None:
    matrix.here()
    before = len(synapse.asked)
    assert matrix.resolve(text).account is None
    assert not matrix.state(chidi(text)).exists
    assert len(synapse.asked) == before


# Redacting, files


def test_a_redaction_is_accepted_and_followed(synapse: Synapse, matrix: Matrix) -> None:
    outcome = matrix.apply(command(PlatformAction.REDACT))
    assert isinstance(outcome, Accepted)
    assert isinstance(matrix.poll(outcome.handle), Accepted)
    for word in ("complete", "completed"):
        synapse.status = (200, {"status": word, "failed_redactions": {}})
        assert isinstance(matrix.poll(outcome.handle), Applied)


@pytest.mark.parametrize(
    "said",
    [
        (200, {"status": "complete", "failed_redactions": {"$a": "no"}}),
        (200, {"status": "failed", "error": "no"}),
        (200, {"status": "sleeping"}),
        (200, {}),
        error(404, "M_NOT_FOUND"),
    ],
)
def test_an_order_that_did_not_end_well_is_not_called_done(
    synapse: Synapse, matrix: Matrix, said: Said
) -> None:
    synapse.status = said
    assert isinstance(matrix.poll("order-1"), Unknown)


def test_one_message_is_named_by_its_room_and_moment(synapse: Synapse, matrix: Matrix) -> None:
    synapse.events["$one"] = {"event_id": "$one", "room_id": "!r", "sender": CHIDI, "origin_server_ts": 1234}
    assert isinstance(matrix.apply(command(PlatformAction.REDACT, item=ItemRef(chidi(), "$one"))), Accepted)
    (order,) = map(body, synapse.changing)
    assert (order["rooms"], order["after_ts"], order["before_ts"]) == (["!r"], 1234, 1234)


@pytest.mark.parametrize("wrong", ["an old version", "somebody else's", "no id"])
def test_one_message_is_not_emptied_together_with_others(
    synapse: Synapse, matrix: Matrix, wrong: str
) -> None:
    synapse.version = "1.156.0" if wrong == "an old version" else synapse.version
    sender = f"@dora:{SERVER}" if wrong == "somebody else's" else CHIDI
    synapse.events["$one"] = {"event_id": "$one", "room_id": "!r", "sender": sender, "origin_server_ts": 1234}
    item = ItemRef(chidi(), "one" if wrong == "no id" else "$one")
    assert isinstance(matrix.apply(command(PlatformAction.REDACT, item=item)), Refused)
    assert synapse.changing == []


def in_store(synapse: Synapse, **changed: Any) -> ItemRef:
    usual = {"user_id": CHIDI, "quarantined_by": None, "safe_from_quarantine": False}
    synapse.media["abc"] = {**usual, **changed}
    return ItemRef(chidi(), f"mxc://{SERVER}/abc")


def test_a_file_is_quarantined_and_given_back(synapse: Synapse, matrix: Matrix) -> None:
    item = in_store(synapse)
    for action in (PlatformAction.QUARANTINE, PlatformAction.UNQUARANTINE):
        assert isinstance(matrix.apply(command(action, item=item)), Applied)
        assert isinstance(matrix.apply(command(action, item=item)), Already)


@pytest.mark.parametrize("changed", [{"user_id": f"@dora:{SERVER}"}, {"safe_from_quarantine": True}])
def test_a_file_that_is_not_theirs_or_marked_as_safe_is_refused(
    synapse: Synapse, matrix: Matrix, changed: dict[str, Any]
) -> None:
    outcome = matrix.apply(command(PlatformAction.QUARANTINE, item=in_store(synapse, **changed)))
    assert isinstance(outcome, Refused)
    assert synapse.changing == []


@pytest.mark.parametrize(
    "name", ["$an-event", "mxc://example.org", "mxc://../abc", "mxc://example.org/..", ""]
)
def test_what_names_no_file_is_refused(synapse: Synapse, matrix: Matrix, name: str) -> None:
    outcome = matrix.apply(command(PlatformAction.QUARANTINE, item=ItemRef(chidi(), name)))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.INVALID


# Notices


def test_a_notice_whose_key_the_server_forgot_is_sent_once_all_the_same(
    synapse: Synapse, matrix: Matrix
) -> None:
    """The stub knows no keys at all, as Synapse after it was started anew."""
    first, again = (matrix.notify(chidi(), REASONS, "key-1") for _ in range(2))
    other = matrix.notify(chidi(), REASONS, "key-2")
    assert isinstance(first, Applied)
    assert isinstance(again, Applied)
    assert isinstance(other, Applied)
    assert first.proof == again.proof != other.proof
    assert len(synapse.events) == 2


def test_a_notice_is_not_sent_where_it_cannot_be_seen_whether_it_was(
    synapse: Synapse, matrix: Matrix
) -> None:
    synapse.rooms["!notices"] = {CHIDI, NOTICES}
    answered = synapse.said

    def without_messages(request: httpx.Request) -> Said:
        return error(500, "M_UNKNOWN") if request.url.path.endswith("/messages") else answered(request)

    synapse.said = without_messages  # type: ignore[method-assign]
    assert isinstance(matrix.notify(chidi(), REASONS, "key-1"), RetryAt)
    assert synapse.changing == []


def test_nobody_is_told_who_would_never_read_it(synapse: Synapse, matrix: Matrix) -> None:
    synapse.users[CHIDI]["deactivated"] = True
    outcome = matrix.notify(chidi(), REASONS, "key-1")
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.ALREADY_DEACTIVATED


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (error(404, "M_NOT_FOUND", "User not found"), Refused),
        (error(500, "M_UNKNOWN"), Unknown),
        ((200, {}), Unknown),
        (error(401, "M_UNKNOWN_TOKEN"), Halt),
    ],
)
def test_what_becomes_of_a_notice(synapse: Synapse, matrix: Matrix, said: Said, kind: type[Outcome]) -> None:
    synapse.instead = saying(said)
    assert isinstance(matrix.notify(chidi(), REASONS, "key-1"), kind)


def test_a_server_without_notices_says_so(synapse: Synapse, matrix: Matrix) -> None:
    synapse.instead = saying(error(400, "M_UNKNOWN", "Server notices are not enabled on this server"))
    outcome = matrix.notify(chidi(), REASONS, "key-1")
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.UNSUPPORTED


def test_a_connection_that_is_not_live_tells_nobody(synapse: Synapse) -> None:
    connected = synapse.connect(mode=Mode.READ_ONLY)
    outcome = connected.notify(chidi(), REASONS, "key-1")
    connected.close()
    assert isinstance(outcome, Refused)
    assert synapse.asked == []


# Evidence, health


def test_a_copy_says_what_is_missing(synapse: Synapse, matrix: Matrix) -> None:
    event = {"type": "m.room.message", "content": {"body": "look", "info": {"thumbnail_url": "mxc://a/b"}}}
    synapse.events = {
        "$picture": event,
        "$sealed": {"type": "m.room.encrypted", "content": {"ciphertext": "..."}},
        "$emptied": {"type": "m.room.message", "content": {}},
    }
    told = {name: list(matrix.snapshot(ItemRef(chidi(), name)).missing) for name in synapse.events}
    assert told == {
        "$picture": ["the file mxc://a/b"],
        "$sealed": ["the text: it is encrypted"],
        "$emptied": ["the text: the message was emptied before"],
    }


def test_the_profile_of_somebody_elsewhere_is_not_fetched_because_of_a_report(
    synapse: Synapse, matrix: Matrix
) -> None:
    copy = matrix.snapshot(chidi("@chidi:elsewhere.example"))
    assert copy.missing
    assert not any("elsewhere" in str(request.url) for request in synapse.asked)


def test_health_tells_the_version_and_how_the_clocks_differ(synapse: Synapse, matrix: Matrix) -> None:
    assert matrix.health().is_fit
    assert matrix.health().version == "1.163.2"
    late = datetime.now(UTC) + timedelta(hours=1)
    synapse.everywhere = saying(
        (200, {"server_version": "1.163.2"}), Date=late.strftime("%a, %d %b %Y %H:%M:%S GMT")
    )
    skew = matrix.health().clock_skew_s
    assert skew == pytest.approx(3600, abs=5)


@pytest.mark.parametrize("version", ["1.140.0", "0.99"])
def test_a_version_that_is_too_old_is_told(synapse: Synapse, matrix: Matrix, version: str) -> None:
    synapse.version = version
    assert "too old" in matrix.health().problem
