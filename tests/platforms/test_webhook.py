"""Signed webhooks: the contract against a receiver, and what is their own."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.platforms.contract import PlatformContract, command
from tests.platforms.harness import Credentials, Harness
from tests.platforms.loopback import Loopback, deaf_port
from tests.platforms.proxy import FaultProxy
from tests.platforms.webhook_receiver import READS_ONLY, SECRET, Receiver

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    AccountRef,
    Already,
    Applied,
    ItemRef,
    Miss,
    Mode,
    Refusal,
    Refused,
    Unknown,
)
from ostrakon.platforms.fake.answers import Answer
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.webhook.calls import NAME
from ostrakon.platforms.webhook.connector import WebhookPlatform, capabilities_of
from ostrakon.platforms.webhook.hints import hint_of
from ostrakon.platforms.webhook.signing import is_signed, signed_headers

ACTIONS = (
    PlatformAction.SUSPEND,
    PlatformAction.UNSUSPEND,
    PlatformAction.LIMIT,
    PlatformAction.UNLIMIT,
    PlatformAction.DEACTIVATE,
    PlatformAction.LABEL,
    PlatformAction.UNLABEL,
)
SECRETS = {
    Credentials.VALID: SECRET,
    Credentials.WRONG: "whsec_" + base64.b64encode(b"nobody knows this one").decode(),
    Credentials.WITHOUT_RIGHTS: READS_ONLY,
}
WORDS = {Fault.NO_LIMIT: Answer.of(429, {"error": "not_allowed"})}


class WebhookHarness:
    """The receiver behind the proxy."""

    def __init__(self, receiver: Receiver, proxy: FaultProxy) -> None:
        self.receiver, self.proxy = receiver, proxy

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> WebhookPlatform:
        url = self.proxy.url if reachable else f"http://127.0.0.1:{deaf_port()}"
        return WebhookPlatform(url, SECRETS[credentials], actions=ACTIONS, mode=mode, read_s=read_s)

    def new_account(self, name: str) -> AccountRef:
        account = self.receiver.register(f"{name}{len(self.receiver.accounts)}")
        return AccountRef(NAME, account.id, account.handle)

    def remote_account(self) -> AccountRef:
        account = self.receiver.register("raza@elsewhere.example", local=False)
        return AccountRef(NAME, account.id, account.handle, local=False)

    def id_of_nobody(self) -> str:
        return "u999999"

    def post(self, author: AccountRef, text: str) -> ItemRef:
        return ItemRef(author, self.receiver.write(author.id, text))

    def delete(self, item: ItemRef) -> None:
        del self.receiver.items[item.id]

    def show(self, account: AccountRef, name: str) -> None:
        self.receiver.accounts[account.id].profile["display_name"] = name

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        self.receiver.accounts[account.id].profile.setdefault("follows", []).append(other.id)
        return other.id

    def is_shut_out(self, account: AccountRef) -> bool:
        flags = self.receiver.accounts[account.id].flags
        return flags["suspended"] or flags["deactivated"]

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        """They report by our own API."""

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        """They report by our own API."""

    def messages(self, account: AccountRef) -> list[str]:
        return [text for told, text in self.receiver.told if told == account.id]

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        self.receiver.act(self.receiver.accounts[account.id], action, by="the forum's admin")

    def end(self, account: AccountRef) -> None:
        self.receiver.accounts[account.id].flags["deactivated"] = True

    def remove_report(self, report_id: str) -> None:
        """There are none."""

    def close_reports(self, account: AccountRef) -> None:
        """There are none."""

    def differ(self, account: AccountRef) -> None:
        """There is one source."""

    def settle(self) -> None:
        self.receiver.work()

    def accounts(self) -> int:
        return len(self.receiver.accounts)

    def effects(self, account: AccountRef) -> int:
        return self.receiver.accounts[account.id].acts

    def changes_asked(self) -> int:
        return len(self.proxy.changing())

    def secrets(self) -> list[str]:
        return [*SECRETS.values(), *(secret.removeprefix("whsec_") for secret in SECRETS.values())]

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        if fault is Fault.FORBIDDEN and about:
            self.receiver.refuses[about] = "not_allowed"
            return
        self.proxy.faults.order(
            fault, times, everywhere=everywhere, about=about, behind_a_change=behind_a_change
        )

    def no_more_faults(self) -> None:
        self.proxy.faults.clear()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def there(receiver: Receiver) -> Iterator[WebhookHarness]:
    with Loopback(receiver.answer) as server, FaultProxy(server.url, words=WORDS) as proxy:
        yield WebhookHarness(receiver, proxy)


class TestWebhook(PlatformContract):
    capabilities = capabilities_of(ACTIONS)
    works_when_told = True

    @pytest.fixture
    def harness(self, there: WebhookHarness) -> Harness:
        return there


def test_a_command_that_comes_twice_is_one(receiver: Receiver, there: WebhookHarness) -> None:
    """Even while its effect waits, and the state does not show it yet."""
    chidi, platform = there.new_account("chidi"), there.connect()
    asked = command(chidi)
    for _ in range(3):
        platform.apply(asked)
    assert there.effects(chidi) == 1
    receiver.work()
    assert isinstance(platform.apply(asked), Already)
    platform.close()


def test_somebody_who_acted_first_is_named(there: WebhookHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    there.by_somebody_else(PlatformAction.SUSPEND, chidi)
    outcome = platform.apply(command(chidi))
    assert isinstance(outcome, Already)
    assert outcome.set_by == "the forum's admin"
    platform.close()


def test_a_200_that_the_state_does_not_show_is_no_success(
    receiver: Receiver, there: WebhookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.works_later = False
    monkeypatch.setattr(receiver, "work", lambda: None)
    platform = there.connect()
    assert isinstance(platform.apply(command(there.new_account("chidi"))), Unknown)
    receiver.works_later = True
    platform.close()


def test_a_page_in_place_of_an_answer_is_unknown_even_when_it_was_done(
    receiver: Receiver, there: WebhookHarness
) -> None:
    """Something stands between us and the receiver: what it says elsewhere is not trusted either."""
    receiver.works_later = False
    platform = there.connect()
    there.order(Fault.HTML)
    assert isinstance(platform.apply(command(there.new_account("chidi"))), Unknown)
    platform.close()


def test_a_receiver_that_guesses_is_not_believed(
    receiver: Receiver, there: WebhookHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    alike = Answer.of(200, {"accounts": [{"id": chidi.id, "handle": chidi.handle, "local": True}]})
    monkeypatch.setattr(receiver, "_read", lambda *_: alike)
    assert platform.resolve("chidi").miss is Miss.NOT_FOUND
    platform.close()


def test_two_of_one_name_are_ambiguous(receiver: Receiver, there: WebhookHarness) -> None:
    receiver.register("twin")
    receiver.register("twin")
    platform = there.connect()
    assert platform.resolve("twin").miss is Miss.AMBIGUOUS
    platform.close()


def test_what_the_receiver_could_not_copy_is_named(receiver: Receiver, there: WebhookHarness) -> None:
    chidi, platform = there.new_account("chidi"), there.connect()
    item = there.post(chidi, "with a picture")
    receiver.items[item.id]["missing"] = ["picture 1"]
    assert platform.snapshot(item).missing == ("picture 1",)
    platform.close()


def test_a_read_of_one_account_does_not_open_another(there: WebhookHarness) -> None:
    """The path is signed: what was seen on the way cannot be sent again for somebody else."""
    signed = signed_headers(SECRET, "get_1", datetime.now(UTC), b"/accounts/u1")
    assert is_signed(SECRET, signed, b"/accounts/u1", datetime.now(UTC))
    assert not is_signed(SECRET, signed, b"/accounts/u2", datetime.now(UTC))


def test_a_receiver_without_a_channel_tells_nobody(there: WebhookHarness) -> None:
    platform = WebhookPlatform(there.proxy.url, SECRET, notices=False, mode=Mode.LIVE)
    assert not platform.capabilities().notices
    outcome = platform.apply(command(there.new_account("chidi"), PlatformAction.LIMIT))
    assert isinstance(outcome, Refused)
    assert outcome.code is Refusal.UNSUPPORTED
    platform.close()


def test_it_is_applied_at_once_where_it_is_done_at_once(receiver: Receiver, there: WebhookHarness) -> None:
    receiver.works_later = False
    platform = there.connect()
    assert isinstance(platform.apply(command(there.new_account("chidi"))), Applied)
    platform.close()


NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
EVENT = b'{"type": "account.changed"}'


def test_a_signed_event_is_a_hint() -> None:
    assert hint_of(EVENT, signed_headers(SECRET, "msg_1", NOW, EVENT), SECRET, NOW) == "account.changed"


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_an_old_event_is_dropped(late: timedelta) -> None:
    assert hint_of(EVENT, signed_headers(SECRET, "msg_1", NOW, EVENT), SECRET, NOW + late) is None


def test_an_event_that_is_not_signed_by_them_is_dropped() -> None:
    headers = signed_headers(READS_ONLY, "msg_1", NOW, EVENT)
    assert hint_of(EVENT, headers, SECRET, NOW) is None
    assert hint_of(EVENT + b" ", signed_headers(SECRET, "msg_1", NOW, EVENT), SECRET, NOW) is None
    assert hint_of(EVENT, {**headers, "webhook-timestamp": "soon"}, SECRET, NOW) is None
    assert hint_of(EVENT, {}, SECRET, NOW) is None


def test_while_a_secret_changes_either_signature_will_do() -> None:
    ours, others = (signed_headers(secret, "msg_1", NOW, EVENT) for secret in (SECRET, READS_ONLY))
    both = {**ours, "webhook-signature": f"{others['webhook-signature']} {ours['webhook-signature']}"}
    assert hint_of(EVENT, both, SECRET, NOW) == "account.changed"
