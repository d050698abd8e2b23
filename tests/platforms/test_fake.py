"""The fake platform passes the contract: inside the process with several rules, and over HTTP behind the proxy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.platforms.contract import PlatformContract
from tests.platforms.harness import Credentials, Harness
from tests.platforms.loopback import deaf_port
from tests.platforms.proxy import FaultProxy

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import AccountRef, ItemRef, Mode, Platform
from ostrakon.platforms.fake.acts import Act, act_on, work
from ostrakon.platforms.fake.connector import NAME, FakePlatform
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.fake.lines import INSIDE, FakeServer, Inside, Line
from ostrakon.platforms.fake.rules import DESK, MILD, STRICTEST, TALKATIVE, Rules, capabilities_of
from ostrakon.platforms.fake.service import Account, FakeService

TOKENS = {
    Credentials.VALID: "moderator-token-4b1d",
    Credentials.WRONG: "wrong-token-0000",
    Credentials.WITHOUT_RIGHTS: "person-token-77c0",
}


class InsideHarness:
    """The fake platform in this process."""

    def __init__(self, rules: Rules) -> None:
        self.service = FakeService(rules, now=datetime.now(UTC))
        self.line = Line(self.service)

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> Platform:
        url, transport = (
            (INSIDE, Inside(self.line)) if reachable else (f"http://127.0.0.1:{deaf_port()}", None)
        )
        return FakePlatform(
            url,
            TOKENS[credentials],
            mode=mode,
            rules=self.service.rules,
            read_s=read_s,
            transport=transport,
        )

    def new_account(self, name: str) -> AccountRef:
        return self.ref(self.service.register(name if name not in self.service.by_handle else f"{name}-2"))

    @staticmethod
    def ref(account: Account) -> AccountRef:
        return AccountRef(NAME, account.id, account.handle, account.local)

    def remote_account(self) -> AccountRef:
        return self.ref(self.service.register("raza", server="elsewhere.example"))

    def id_of_nobody(self) -> str:
        return "u999999"

    def post(self, author: AccountRef, text: str) -> ItemRef:
        return ItemRef(author, self.service.write(author.id, text).id)

    def delete(self, item: ItemRef) -> None:
        self.service.delete(item.id)

    def show(self, account: AccountRef, name: str) -> None:
        self.service.accounts[account.id].display_name = name

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        self.service.accounts[account.id].follows += (other.id,)
        return other.id

    def is_shut_out(self, account: AccountRef) -> bool:
        return self.service.is_shut_out(account.id)

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        account = what.account if isinstance(what, ItemRef) else what
        item = what.id if isinstance(what, ItemRef) else ""
        self.service.report(reporter.id, account.id, text, item=item)

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        self.service.report("", subject.id, text, server=server)

    def messages(self, account: AccountRef) -> list[str]:
        return [told.text for told in self.service.told if told.account == account.id]

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        act_on(self.service, Act(account.id, action, by="somebody else"))
        work(self.service)

    def end(self, account: AccountRef) -> None:
        self.service.put(account.id, "deactivated", on=True, by="the person")

    def remove_report(self, report_id: str) -> None:
        self.service.remove_report(int(report_id))

    def close_reports(self, account: AccountRef) -> None:
        self.service.close_reports(account.id)

    def differ(self, account: AccountRef) -> None:
        self.service.put(account.id, DESK, on=True, by="somebody else")

    def settle(self) -> None:
        work(self.service)

    def accounts(self) -> int:
        return len(self.service.accounts)

    def effects(self, account: AccountRef) -> int:
        by_itself = sum(told.by_itself and told.account == account.id for told in self.service.told)
        return self.service.accounts[account.id].acts + by_itself

    def changes_asked(self) -> int:
        return self.line.changes_asked

    def secrets(self) -> list[str]:
        return list(TOKENS.values())

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        self.service.faults.order(
            fault, times, everywhere=everywhere, about=about, behind_a_change=behind_a_change
        )

    def no_more_faults(self) -> None:
        self.service.faults.clear()


class ServedHarness(InsideHarness):
    """The same over HTTP, with the proxy's faults."""

    def __init__(self, rules: Rules, server: FakeServer, proxy: FaultProxy) -> None:
        self.service, self.line, self.proxy = server.line.service, server.line, proxy

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> Platform:
        url = self.proxy.url if reachable else f"http://127.0.0.1:{deaf_port()}"
        return FakePlatform(url, TOKENS[credentials], mode=mode, rules=self.service.rules, read_s=read_s)

    def changes_asked(self) -> int:
        return len(self.proxy.changing())

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        self.proxy.faults.order(
            fault, times, everywhere=everywhere, about=about, behind_a_change=behind_a_change
        )

    def no_more_faults(self) -> None:
        self.proxy.faults.clear()


class TestTheStrictest(PlatformContract):
    capabilities = capabilities_of(STRICTEST)
    works_when_told = True

    @pytest.fixture
    def harness(self) -> Harness:
        return InsideHarness(STRICTEST)


class TestAMildOne(PlatformContract):
    capabilities = capabilities_of(MILD)

    @pytest.fixture
    def harness(self) -> Harness:
        return InsideHarness(MILD)


class TestATalkativeOne(PlatformContract):
    capabilities = capabilities_of(TALKATIVE)
    works_when_told = True

    @pytest.fixture
    def harness(self) -> Harness:
        return InsideHarness(TALKATIVE)


class TestOverHttp(PlatformContract):
    """The proxy that stands before real servers, before ours."""

    capabilities = capabilities_of(STRICTEST)
    works_when_told = True
    many = 100

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        service = FakeService(STRICTEST, now=datetime.now(UTC))
        with FakeServer(service) as server, FaultProxy(server.url) as proxy:
            yield ServedHarness(STRICTEST, server, proxy)
