"""The connector for atproto beside a real PDS and a real Ozone: the contract, and what is special there."""

from __future__ import annotations

import base64
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tests.platforms.atproto_harness import SLOW_S, AtprotoHarness, reached
from tests.platforms.atproto_network import (
    WAIT_S,
    Answer,
    asked,
    emitted,
    is_down,
    mails,
    repo,
    sent,
    soon,
)
from tests.platforms.bare import BareAtproto
from tests.platforms.contract import PlatformContract, about, carried_out, command, followed, read_on

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.abilities import capabilities_of
from ostrakon.platforms.atproto.connection import Connection
from ostrakon.platforms.atproto.connector import AtprotoPlatform
from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    Already,
    Applied,
    Capabilities,
    Halt,
    Message,
    Miss,
    Mode,
    Refusal,
    Refused,
)
from ostrakon.platforms.fake.faults import Fault

pytestmark = pytest.mark.platform


@pytest.fixture
def harness(network: Answer, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtprotoHarness]:
    monkeypatch.setattr("tests.platforms.proxy.SLOW_S", SLOW_S)
    with reached(network) as harness:
        yield harness


class TestAtproto(PlatformContract):
    capabilities: ClassVar[Capabilities] = capabilities_of()
    does_not_fit: ClassVar[dict[str, str]] = {
        "test_a_429_that_is_a_refusal_is_not_tried_again": "a 429 of atproto is always a limit",
        "test_a_report_that_was_handed_on_has_a_server_and_no_person": (
            "each report of atproto names the person who made it: servers hand on none as their own"
        ),
    }

    @pytest.fixture
    def harness(self, harness: AtprotoHarness) -> AtprotoHarness:  # type: ignore[override]
        return harness


@pytest.fixture
def platform(harness: AtprotoHarness) -> Iterator[AtprotoPlatform]:
    connected = harness.connect()
    yield connected
    connected.close()


SUSPEND, UNSUSPEND = PlatformAction.SUSPEND, PlatformAction.UNSUSPEND


def test_a_label_is_signed_and_a_taken_back_one_is_negated(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")

    def shown() -> Answer:
        url = f"{harness.network['ozone_url']}/xrpc/com.atproto.label.queryLabels"
        (label,) = httpx.get(url, params={"uriPatterns": chidi.id}, timeout=WAIT_S).json()["labels"]
        return dict(label)

    for action, negated in ((PlatformAction.LABEL, None), (PlatformAction.UNLABEL, True)):
        outcome = platform.apply(command(chidi, action, parameters={"label": "spam"}))
        assert isinstance(outcome, Applied), outcome
        assert (shown()["val"], shown()["src"], shown().get("neg")) == (
            "spam",
            harness.network["ozone_did"],
            negated,
        )
        assert shown()["sig"]
    assert not harness.is_shut_out(chidi)


def test_who_did_it_first_is_named(harness: AtprotoHarness, platform: AtprotoPlatform) -> None:
    chidi = harness.new_account("chidi")
    harness.by_somebody_else(SUSPEND, chidi)
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Already)
    assert outcome.set_by == platform.state(chidi).set_by == harness.network["staff"]["moderator1"]["did"]


def test_a_triage_member_may_not_suspend_and_is_told_apart(harness: AtprotoHarness) -> None:
    triage = harness.network["staff"]["triage"]
    connection = Connection(
        harness.pds.url,
        harness.ozone.url,
        harness.network["ozone_did"],
        triage["handle"],
        triage["password"],
        Mode.LIVE,
        harness.network["plc_url"],
    )
    platform, chidi = AtprotoPlatform(connection), harness.new_account("chidi")
    health, outcome = platform.health(), platform.apply(command(chidi))
    platform.close()
    assert (health.reachable, health.credentials_valid, health.privileged) == (True, True, False)
    assert isinstance(outcome, Halt)
    assert "full moderator" in outcome.reason
    assert harness.effects(chidi) == 0


def test_a_command_that_was_undone_is_not_done_again_by_its_key(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")
    first = command(chidi)
    carried_out(harness, platform, first)
    carried_out(harness, platform, command(chidi, UNSUSPEND))
    outcome = platform.apply(first)
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.CHANGED_MEANWHILE
    assert "DuplicateExternalId" in " ".join(exchange.reply for exchange in outcome.exchanges)
    assert not harness.is_shut_out(chidi)
    assert isinstance(carried_out(harness, platform, command(chidi)), Applied), "a new decision has a new key"


def test_a_takedown_by_hand_on_the_pds_is_no_reinstatement_of_ours(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")
    harness.differ(chidi)
    outcome = platform.apply(command(chidi, UNSUSPEND))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.NOT_ALLOWED
    assert harness.changes_asked() == 0
    assert harness.is_shut_out(chidi)


def test_strikes_end_with_the_reinstatement(harness: AtprotoHarness, platform: AtprotoPlatform) -> None:
    chidi = harness.new_account("chidi")

    def strikes() -> int:
        told = asked(harness.network, "tools.ozone.moderation.queryStatuses", subject=chidi.id)
        return int(told["subjectStatuses"][0]["accountStrike"]["activeStrikeCount"])

    carried_out(harness, platform, command(chidi, parameters={"strikes": "2"}))
    assert strikes() == 2
    carried_out(harness, platform, command(chidi, UNSUSPEND, parameters={"strikes": "2"}))
    assert strikes() == 0


def test_the_handle_of_somebody_suspended_is_gone_and_the_did_is_not(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")
    carried_out(harness, platform, command(chidi))
    assert platform.resolve(chidi.handle).miss is Miss.GONE
    found = platform.resolve(chidi.id)
    assert found.account is not None
    assert (found.account.id, found.miss) == (chidi.id, None)


def test_a_record_is_hidden_by_a_label_and_its_author_can_go_on(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")
    item = harness.post(chidi, "what nobody should see")
    outcome = platform.apply(command(chidi, PlatformAction.QUARANTINE, item=item))
    assert isinstance(outcome, Applied), outcome
    labels = httpx.get(
        f"{harness.network['ozone_url']}/xrpc/com.atproto.label.queryLabels",
        params={"uriPatterns": item.id},
        timeout=WAIT_S,
    ).json()["labels"]
    assert [label["val"] for label in labels] == ["!takedown"]
    assert b"what nobody should see" in platform.snapshot(item).content, "the PDS has it still"
    assert not harness.is_shut_out(chidi)


def test_ozone_sends_a_mail_before_it_looks_at_the_key(harness: AtprotoHarness) -> None:
    """Why the connector reads before it writes to somebody: if this fails one day, it need not."""
    chidi = harness.new_account("chidi")
    tries = [
        emitted(
            harness.network,
            "modEventEmail",
            repo(chidi.id),
            subjectLine="Your account",
            content="<p>twice</p>",
            externalId="the-same",
        )
        for _ in range(2)
    ]
    assert [reply.status_code for reply in tries] == [200, 400]
    assert tries[1].json()["error"] == "DuplicateExternalId"
    assert len(harness.messages(chidi)) == 2


def test_a_notice_whose_reply_was_lost_is_sent_once(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi, message, key = (
        harness.new_account("chidi"),
        Message("Ihr Konto", "1 < 2\n\nGründe", "de"),
        str(uuid4()),
    )
    harness.order(Fault.CUT_AFTER)
    platform.notify(chidi, message, key)
    outcome = platform.notify(chidi, message, key)
    assert isinstance(outcome, Applied), outcome
    (mail,) = mails(harness.network, harness.people[chidi.id]["email"])
    assert mail["subject"] == "Ihr Konto"
    assert "<p>1 &lt; 2</p><p>Gründe</p>" in mail["html"]


def test_reports_that_were_answered_leave_ozones_queue(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    alice, chidi = harness.new_account("alice"), harness.new_account("chidi")
    _, cursor = read_on(platform, "")
    harness.report(alice, chidi, "I do not like him")

    def review() -> str:
        told = asked(harness.network, "tools.ozone.moderation.queryStatuses", subject=chidi.id)
        return str(told["subjectStatuses"][0]["reviewState"]).partition("#")[2]

    assert review() == "reviewOpen"
    assert isinstance(platform.acknowledge(chidi, "answered-1", "decision 17"), Applied)
    assert review() == "reviewClosed"
    assert isinstance(platform.acknowledge(chidi, "answered-1", "decision 17"), Already)
    assert len(about(read_on(platform, cursor)[0], chidi)) == 1, "it is read all the same"
    assert not harness.is_shut_out(chidi)


def test_our_own_reports_are_told_apart(harness: AtprotoHarness, platform: AtprotoPlatform) -> None:
    chidi, staff = harness.new_account("chidi"), harness.network["staff"]["moderator2"]
    session: dict[str, Any] = sent(
        harness.network["pds_url"],
        "com.atproto.server.createSession",
        {"identifier": staff["handle"], "password": staff["password"]},
    )
    harness.people[staff["did"]] = session
    _, cursor = read_on(platform, "")
    harness.report(AccountRef("atproto", staff["did"]), chidi, "made by us")
    assert [report.by_us for report in about(read_on(platform, cursor)[0], chidi)] == [True]


def test_accepted_work_shows_within_seconds(harness: AtprotoHarness, platform: AtprotoPlatform) -> None:
    chidi = harness.new_account("chidi")
    began = time.monotonic()
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted | Applied)
    assert isinstance(followed(harness, platform, outcome), Applied)
    assert time.monotonic() - began < WAIT_S


def test_a_remote_account_is_known_by_the_directory(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    """A DID that the real directory has, and whose document names another server."""
    away = registered_elsewhere(harness.network["plc_url"])
    found = platform.resolve(away)
    assert found.miss is Miss.REMOTE
    outcome = platform.apply(command(AccountRef("atproto", away)))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.REMOTE
    label = command(AccountRef("atproto", away), PlatformAction.LABEL, parameters={"label": "spam"})
    assert isinstance(platform.apply(label), Applied)
    assert harness.changes_asked() == 1


def registered_elsewhere(plc_url: str) -> str:
    """A new DID, by a signed operation as the specification of did:plc asks for (DAG-CBOR, ECDSA over secp256k1)."""
    key = ec.generate_private_key(ec.SECP256K1())
    public = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    did_key = "did:key:z" + base58(b"\xe7\x01" + public)
    operation: Answer = {
        "type": "plc_operation",
        "prev": None,
        "rotationKeys": [did_key],
        "verificationMethods": {"atproto": did_key},
        "alsoKnownAs": ["at://away.example"],
        "services": {
            "atproto_pds": {"type": "AtprotoPersonalDataServer", "endpoint": "https://elsewhere.example"}
        },
    }
    r, s = decode_dss_signature(key.sign(cbor(operation), ec.ECDSA(hashes.SHA256())))
    low = min(s, ORDER - s)
    signature = base64.urlsafe_b64encode(r.to_bytes(32, "big") + low.to_bytes(32, "big"))
    operation["sig"] = signature.decode().rstrip("=")
    did = "did:plc:" + base64.b32encode(hashlib.sha256(cbor(operation)).digest()).decode().lower()[:24]
    reply = httpx.post(f"{plc_url}/{did}", json=operation, timeout=WAIT_S)
    assert reply.status_code == 200, reply.text
    return did


ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of secp256k1; of two valid signatures the lower is taken."""


def cbor(value: Any) -> bytes:
    """DAG-CBOR of what an operation holds.

    >>> cbor({"bb": None, "a": ["x"]}).hex()
    'a26161816178626262f6'
    """

    def head(kind: int, length: int) -> bytes:
        if length < 24:
            return bytes([kind << 5 | length])
        return (
            bytes([kind << 5 | 24, length]) if length < 256 else bytes([kind << 5 | 25, *length.to_bytes(2)])
        )

    if value is None:
        return b"\xf6"
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    ordered = sorted(value.items(), key=lambda pair: (len(pair[0]), pair[0]))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in ordered)


def base58(raw: bytes) -> str:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return text


def test_it_is_nearly_as_fast_as_a_bare_client_with_the_same_calls(
    harness: AtprotoHarness, tell: Callable[[str], None]
) -> None:
    """Alternating, on the same accounts, in the same run: reads, one event, read back."""
    staff = harness.network["staff"]["moderator2"]
    connection = Connection(
        harness.network["pds_url"],
        harness.network["ozone_url"],
        harness.network["ozone_did"],
        staff["handle"],
        staff["password"],
        Mode.LIVE,
        harness.network["plc_url"],
    )
    ours, bare = AtprotoPlatform(connection), BareAtproto(harness.network)
    took_s: dict[str, list[float]] = {"ours": [], "bare": []}
    people = [harness.new_account("speed") for _ in range(12)]
    for chidi in people:  # the first event on somebody makes more work than those that follow
        assert emitted(harness.network, "modEventComment", repo(chidi.id), comment="first").status_code == 200
    ways: dict[str, Callable[[AccountRef, PlatformAction], object]] = {
        "ours": lambda who, what: ours.apply(command(who, what)),
        "bare": lambda who, what: bare.apply(who.id, takes=what is SUSPEND),
    }
    for turn, chidi in enumerate(people):
        for name in sorted(ways, reverse=turn % 2 == 0):
            for action in (SUSPEND, UNSUSPEND):
                began = time.perf_counter()
                ways[name](chidi, action)
                took_s[name].append(time.perf_counter() - began)
                assert soon(lambda: is_down(harness.network, chidi.id) is (action is SUSPEND))  # noqa: B023
    ours.close()
    bare.close()
    middle = {name: statistics.median(all_s) for name, all_s in took_s.items()}
    each = ", ".join(f"{name} {1000 * one:.0f} ms" for name, one in middle.items())
    tell(f"atproto, an action, median: {each}: {middle['bare'] / middle['ours']:.0%} of a bare client")
    assert middle["bare"] / middle["ours"] >= 0.9, middle


def test_what_a_suspended_account_wrote_is_copied_from_ozone(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi = harness.new_account("chidi")
    item = harness.post(chidi, "come to my house and say that")
    assert isinstance(carried_out(harness, platform, command(chidi)), Applied)
    shot = platform.snapshot(item)
    assert b"come to my house and say that" in shot.content
    assert "ozone" in shot.source


def test_of_a_suspended_account_is_known_since_when_it_exists_and_its_server_shows_no_more(
    harness: AtprotoHarness, platform: AtprotoPlatform
) -> None:
    chidi, alice = harness.new_account("chidi"), harness.new_account("alice")
    harness.show(chidi, "Chidi the baker")
    harness.keep_company(chidi, alice)
    before = platform.profile(chidi)
    assert before is not None
    assert (before.display_name, before.follows) == ("Chidi the baker", [alice.id])
    assert isinstance(carried_out(harness, platform, command(chidi)), Applied)
    found = platform.profile(chidi)
    assert found is not None
    assert found.created_at is not None
    assert found.created_at == before.created_at
    assert abs(datetime.now(UTC) - found.created_at) < timedelta(hours=1)
    assert (found.display_name, found.follows) == (None, ())
