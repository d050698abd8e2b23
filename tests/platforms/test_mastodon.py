"""Mastodon: the contract against the strict stub, and what is Mastodon's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.platforms.contract import PlatformContract, about, command, read_on
from tests.platforms.harness import Credentials, Harness
from tests.platforms.loopback import Came, Loopback, deaf_port
from tests.platforms.mastodon_stub import (
    DOMAIN,
    INVALID_TOKEN,
    NOT_ALLOWED,
    ROUTES,
    MastodonStub,
    Token,
    shown_report,
)
from tests.platforms.proxy import FaultProxy

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    Already,
    Applied,
    Halt,
    ItemRef,
    Miss,
    Mode,
    RawReport,
    Refusal,
    Refused,
    ReportKind,
    RetryAt,
)
from ostrakon.platforms.fake.answers import Answer
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.mastodon.accounts import ACCOUNT, LISTED
from ostrakon.platforms.mastodon.acting import ACT, TYPES, UNDOINGS
from ostrakon.platforms.mastodon.connector import (
    CAPABILITIES,
    INSTANCE,
    ONE_REPORT,
    ONE_STATUS,
    MastodonPlatform,
)
from ostrakon.platforms.mastodon.hints import hint_of
from ostrakon.platforms.mastodon.reading import REPORTS
from ostrakon.platforms.mastodon.words import NAME, flags_of, report_of

TOKENS = {
    Credentials.VALID: "staff-token-9f2c",
    Credentials.WRONG: "wrong-token-0000",
    Credentials.WITHOUT_RIGHTS: "person-token-1d07",
}
WORDS = {Fault.UNAUTHORISED: INVALID_TOKEN, Fault.FORBIDDEN: NOT_ALLOWED}


class MastodonHarness:
    """The stub behind the proxy."""

    def __init__(self, stub: MastodonStub, proxy: FaultProxy) -> None:
        self.stub, self.proxy = stub, proxy

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> MastodonPlatform:
        url = self.proxy.url if reachable else f"http://127.0.0.1:{deaf_port()}"
        return MastodonPlatform(url, TOKENS[credentials], domain=DOMAIN, mode=mode, read_s=read_s)

    def new_account(self, name: str) -> AccountRef:
        taken = sum(one.username.startswith(name) for one in self.stub.accounts.values())
        account = self.stub.register(f"{name}{taken}" if taken else name)
        return AccountRef(NAME, str(account.id), account.username)

    def remote_account(self) -> AccountRef:
        account = self.stub.register("raza", domain="elsewhere.example")
        return AccountRef(NAME, str(account.id), "raza@elsewhere.example", local=False)

    def id_of_nobody(self) -> str:
        return "999999999"

    def post(self, author: AccountRef, text: str) -> ItemRef:
        return ItemRef(author, str(self.stub.post(int(author.id), text).id))

    def delete(self, item: ItemRef) -> None:
        del self.stub.statuses[int(item.id)]

    def show(self, account: AccountRef, name: str) -> None:
        self.stub.accounts[int(account.id)].display_name = name

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        self.stub.follow(int(account.id), int(other.id))
        return other.id

    def is_shut_out(self, account: AccountRef) -> bool:
        return not self.stub.may_post(int(account.id))

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        if isinstance(what, ItemRef):
            self.stub.report(int(reporter.id), int(what.account.id), text, statuses=(int(what.id),))
        else:
            self.stub.report(int(reporter.id), int(what.id), text)

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        actor = self.stub.register(server, domain=server)
        self.stub.report(actor.id, int(subject.id), text, forwarded=True)

    def messages(self, account: AccountRef) -> list[str]:
        return list(self.stub.accounts[int(account.id)].mails)

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        found = self.stub.accounts[int(account.id)]
        if action in TYPES:
            self.stub.act(found, TYPES[action])
        else:
            self.stub.undo(found, UNDOINGS[action].rpartition("/")[2])
        self.stub.work()

    def end(self, account: AccountRef) -> None:
        del self.stub.accounts[int(account.id)]

    def remove_report(self, report_id: str) -> None:
        raise NotImplementedError("reports do not disappear on Mastodon")

    def close_reports(self, account: AccountRef) -> None:
        for report in self.stub.reports.values():
            report.resolved = report.resolved or report.target == int(account.id)

    def differ(self, account: AccountRef) -> None:
        raise NotImplementedError("one place says whether somebody is suspended")

    def settle(self) -> None:
        self.stub.work()

    def accounts(self) -> int:
        return len(self.stub.accounts)

    def effects(self, account: AccountRef) -> int:
        found = self.stub.accounts[int(account.id)]
        return len(found.strikes) + len(found.mails)

    def changes_asked(self) -> int:
        return len(self.proxy.changing())

    def secrets(self) -> list[str]:
        return [*TOKENS.values(), "192.0.2.44", "@mail.example"]

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        if fault is Fault.FORBIDDEN and about:  # Mastodon forbids one alone when they are staff
            self.stub.accounts[int(about)].role = "Owner"
            return
        reset = (datetime.now(UTC) + timedelta(seconds=7)).isoformat()
        self.proxy.words[Fault.LIMIT] = Answer.of(
            429, {"error": "Too many requests"}, X_RateLimit_Reset=reset
        )
        self.proxy.faults.order(
            fault, times, everywhere=everywhere, about=about, behind_a_change=behind_a_change
        )

    def no_more_faults(self) -> None:
        self.proxy.faults.clear()


@pytest.fixture
def stub() -> MastodonStub:
    return MastodonStub()


@pytest.fixture
def there(stub: MastodonStub) -> Iterator[MastodonHarness]:
    with Loopback(stub.answer) as server, FaultProxy(server.url, words=WORDS) as proxy:
        yield MastodonHarness(stub, proxy)


class TestMastodon(PlatformContract):
    capabilities = CAPABILITIES
    does_not_fit = {"test_a_429_that_is_a_refusal_is_not_tried_again": "each 429 of Mastodon's is a limit"}  # noqa: RUF012
    works_when_told = True
    many = 200

    @pytest.fixture
    def harness(self, there: MastodonHarness) -> Harness:
        return there


# -- its words -------------------------------------------------------------------------------------

# In the shape of the documented entities, with values of our own.
REPORT = json.loads(Path(__file__).with_name("mastodon").joinpath("report.json").read_text(encoding="utf-8"))


def test_a_documented_report_is_read_whole() -> None:
    report = report_of(REPORT, "our-mastodon")
    chidi = AccountRef("our-mastodon", "311", "chidi@elsewhere.example", local=False)
    assert replace(report, raw=b"") == RawReport(
        platform="our-mastodon",
        kind=ReportKind.ITEM,
        id="1041",
        received_at=datetime(2026, 10, 3, 8, 15, 21, 482000, tzinfo=UTC),
        subject=chidi,
        reporter="207",
        item=ItemRef(chidi, "9001", "1041"),
        category="violation",
        text="He says where I live.",
    )
    assert json.loads(report.raw)["statuses"] == REPORT["statuses"]


def test_a_flag_that_is_not_told_is_unknown() -> None:
    flags = flags_of(REPORT["target_account"])
    assert flags == {"suspended": False, "silenced": True, "sensitized": False, "disabled": None}


def test_the_stub_answers_in_the_documented_shape(stub: MastodonStub) -> None:
    alice, chidi = stub.register("alice"), stub.register("chidi")
    shown = shown_report(stub, stub.report(alice.id, chidi.id, "spam"))
    assert set(shown) == set(REPORT)
    assert set(shown["account"]) == set(REPORT["account"])


@pytest.mark.parametrize("missing", ["id", "created_at", "account", "target_account", "statuses"])
def test_a_report_without_what_it_must_have_is_not_understood(missing: str) -> None:
    with pytest.raises(PlatformUnreadable):
        report_of({name: value for name, value in REPORT.items() if name != missing}, "mastodon")


# -- Mastodon's own --------------------------------------------------------------------------------


def test_the_stub_knows_every_path_that_the_connector_calls() -> None:
    reads = [INSTANCE, REPORTS, LISTED, ACCOUNT, ONE_REPORT, ONE_STATUS]
    called = {("GET", path) for path in reads} | {("POST", path) for path in (ACT, *UNDOINGS.values())}
    assert called <= {(route.method, route.path) for route in ROUTES}


def test_a_flag_that_comes_late_is_waited_for(stub: MastodonStub, there: MastodonHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Accepted)
    assert isinstance(platform.poll(outcome.handle), Accepted)
    stub.work()
    assert isinstance(platform.poll(outcome.handle), Applied)
    platform.close()


def test_a_flag_that_comes_at_once_is_applied(stub: MastodonStub, there: MastodonHarness) -> None:
    stub.suspends_later = False
    chidi, platform = there.new_account("chidi"), there.connect()
    assert isinstance(platform.apply(command(chidi)), Applied)
    platform.close()


def test_undoing_what_somebody_undid_in_that_moment_is_already_so(
    stub: MastodonStub, there: MastodonHarness
) -> None:
    """Mastodon answers 403, as to somebody without rights: only the state tells them apart."""
    chidi, platform = there.new_account("chidi"), there.connect()
    account = stub.accounts[int(chidi.id)]
    account.flags.add("suspended")
    asked = there.proxy.changes

    def undone_meanwhile(method: str, path: str) -> bool:
        if method == "POST":
            stub.undo(account, "unsuspend")
        return asked(method, path)

    there.proxy.changes = undone_meanwhile
    assert isinstance(platform.apply(command(chidi, PlatformAction.UNSUSPEND)), Already)
    platform.close()


def test_a_right_that_is_missing_halts(stub: MastodonStub, there: MastodonHarness) -> None:
    reading = frozenset({"admin:read:accounts", "admin:read:reports"})
    stub.tokens[TOKENS[Credentials.VALID]] = Token(stub.tokens[TOKENS[Credentials.VALID]].owner, reading)
    platform = there.connect()
    assert isinstance(platform.apply(command(there.new_account("chidi"))), Halt)
    platform.close()


def test_a_suspension_by_their_own_server_cannot_be_undone_here(
    stub: MastodonStub, there: MastodonHarness
) -> None:
    raza, platform = there.remote_account(), there.connect()
    account = stub.accounts[int(raza.id)]
    account.suspended_by_origin = True
    account.flags.add("suspended")
    outcome = platform.apply(command(raza, PlatformAction.UNSUSPEND))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.NOT_ALLOWED
    platform.close()


def test_the_login_of_somebody_elsewhere_is_not_frozen_here(there: MastodonHarness) -> None:
    platform = there.connect()
    outcome = platform.apply(command(there.remote_account(), PlatformAction.LOCK))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.REMOTE
    assert there.changes_asked() == 0
    platform.close()


def test_the_limit_is_waited_out_as_the_header_says(stub: MastodonStub, there: MastodonHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    stub.limits, stub.calls = True, [stub.now - timedelta(minutes=4)] * 299
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, RetryAt)
    assert 50 <= outcome.wait_s <= 60
    assert there.effects(chidi) == 0
    platform.close()


def test_a_suspended_person_is_found_by_name(stub: MastodonStub, there: MastodonHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    stub.accounts[int(chidi.id)].flags.add("suspended")
    for text in ("chidi", "@chidi", f"chidi@{DOMAIN}", "CHIDI"):
        found = platform.resolve(text)
        assert found.account is not None
        assert found.account.id == chidi.id
    platform.close()


def test_a_name_that_begins_alike_is_another(there: MastodonHarness) -> None:
    platform = there.connect()
    there.new_account("chidiebere")
    assert platform.resolve("chidi").miss is Miss.NOT_FOUND
    platform.close()


def test_two_of_one_name_are_ambiguous(stub: MastodonStub, there: MastodonHarness) -> None:
    stub.register("twin")
    stub.register("Twin")
    platform = there.connect()
    assert platform.resolve("twin").miss is Miss.AMBIGUOUS
    platform.close()


def test_a_name_is_found_behind_many_that_begin_alike(stub: MastodonStub, there: MastodonHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    for n in range(450):
        stub.register(f"chidi_{n}")
    found = platform.resolve("chidi")
    assert found.account is not None
    assert found.account.id == chidi.id
    platform.close()


def test_a_snapshot_of_a_report_keeps_what_the_author_deletes_and_names_its_pictures(
    stub: MastodonStub, there: MastodonHarness
) -> None:
    alice, chidi, platform = there.new_account("alice"), there.new_account("chidi"), there.connect()
    status = stub.post(int(chidi.id), "a threat", media=("77",))
    stub.report(int(alice.id), int(chidi.id), "look", statuses=(status.id,))
    (report,) = read_on(platform, "")[0].values()
    assert report.item is not None
    taken = platform.snapshot(report.item)
    assert b"a threat" in taken.content
    assert taken.missing == ("file 77",)
    assert b"a threat" in report.raw
    del stub.statuses[status.id]
    with pytest.raises(PlatformUnreadable):
        platform.snapshot(report.item)
    platform.close()


def test_no_address_of_a_person_is_kept(there: MastodonHarness) -> None:
    alice, chidi, platform = there.new_account("alice"), there.new_account("chidi"), there.connect()
    there.report(alice, chidi, "spam")
    (report,) = read_on(platform, "")[0].values()
    outcome = [platform.apply(command(chidi)), platform.apply(command(chidi, PlatformAction.UNLIMIT))]
    there.settle()
    outcome.append(platform.apply(command(chidi, PlatformAction.UNSUSPEND)))
    kept = repr((report, platform.state(chidi), platform.snapshot(chidi), outcome))
    assert "192.0.2.44" not in kept
    assert "mail.example" not in kept
    platform.close()


def test_our_own_reports_are_told_apart(stub: MastodonStub, there: MastodonHarness) -> None:
    own, chidi = stub.tokens[TOKENS[Credentials.VALID]].owner, there.new_account("chidi")
    stub.report(own, int(chidi.id), "from our own account")
    platform = MastodonPlatform(there.proxy.url, TOKENS[Credentials.VALID], own_account_id=str(own))
    assert [report.by_us for report in platform.read_reports("").reports] == [True]
    platform.close()


THERE = st.sampled_from(["report", "report", "resolve first", "resolve last", "nothing"])
MOVES = st.lists(st.one_of(THERE, st.just("read")), max_size=40)


@given(moves=MOVES, between=st.lists(st.lists(THERE, max_size=4), max_size=12), limit=st.integers(1, 4))
@example(moves=["read"], between=[[], [], ["report", "report", "resolve last"]], limit=4)
@example(moves=["report", "read"], between=[[], [], ["resolve first"]], limit=4)
@example(moves=["report", "report", "report", "resolve last", "read"], between=[], limit=1)
def test_no_report_is_lost_whoever_resolves_it_and_when(
    moves: list[str], between: list[list[str]], limit: int
) -> None:
    """Also while we read, some moves behind each reply: between the list of open reports and that of resolved ones."""
    stub = MastodonStub()
    chidi, alice = stub.register("chidi"), stub.register("alice")

    def play(move: str) -> None:
        waiting = [one for one in stub.reports.values() if not one.resolved]
        if move == "report":
            stub.report(alice.id, chidi.id, "a report")
        elif move.startswith("resolve") and waiting:
            waiting[0 if move == "resolve first" else -1].resolved = True

    def answer(came: Came) -> Answer:
        said = stub.answer(came)
        for move in between.pop(0) if between else ():
            play(move)
        return said

    platform = MastodonPlatform(
        "http://stub.test",
        TOKENS[Credentials.VALID],
        transport=httpx.MockTransport(lambda r: respond(answer, r)),
    )
    stored, cursor = dict[tuple[str, str], RawReport](), ""
    for move in moves:
        if move == "read":
            page = platform.read_reports(cursor, limit)
            stored |= {(report.kind, report.id): report for report in page.reports}
            cursor = page.cursor
        else:
            play(move)
    between.clear()
    for _ in range(2):
        found, cursor = read_on(platform, cursor, limit)
        stored |= found
    assert {report.id for report in about(stored, AccountRef(NAME, str(chidi.id)))} == {
        str(number) for number in stub.reports
    }
    platform.close()


def respond(answer: Callable[[Came], Answer], request: httpx.Request) -> httpx.Response:
    headers = {name.lower(): value for name, value in request.headers.items()}
    said = answer(Came(request.method, request.url.raw_path.decode(), request.read(), headers))
    return httpx.Response(said.status, headers=dict(said.headers), content=said.body)


# -- hints -----------------------------------------------------------------------------------------


def test_a_signed_webhook_is_a_hint(stub: MastodonStub) -> None:
    body, signature = stub.webhook("report.created", "a-secret", id="1")
    assert hint_of(body, signature, "a-secret") == "report.created"


def test_a_webhook_that_is_not_ours_or_of_no_use_is_dropped(stub: MastodonStub) -> None:
    body, signature = stub.webhook("report.created", "a-secret", id="1")
    other, its_signature = stub.webhook("status.created", "a-secret", id="1")
    assert hint_of(body, signature, "another") is None
    assert hint_of(body + b" ", signature, "a-secret") is None
    assert hint_of(body, "", "a-secret") is None
    assert hint_of(body, "sha256=ü", "a-secret") is None
    assert hint_of(other, its_signature, "a-secret") is None


def test_hints_twice_or_in_any_order_or_none_change_nothing(there: MastodonHarness) -> None:
    """A hint says only that something is new: what is new is found by reading, with or without it."""
    alice, chidi, platform = there.new_account("alice"), there.new_account("chidi"), there.connect()
    there.report(alice, chidi, "spam")
    (report,) = read_on(platform, "")[0].values()
    assert json.loads(report.raw)["comment"] == "spam"
    platform.close()
