"""What every connector must do, as one class of tests: each row of the contract is at least one test.

A platform's tests are a subclass with its ``capabilities`` and a fixture ``harness``:

    class TestFake(PlatformContract):
        capabilities = FAKE

        @pytest.fixture
        def harness(self) -> Iterator[Harness]: ...

A row that does not fit is left out by the capabilities, or by ``does_not_fit`` with a reason; the end of the run prints
both. Alice reports, Bram and Dora moderate, Chidi is reported.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from tests.platforms.harness import Credentials, Harness

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import DESTROYS, UNDONE_BY, PlatformAction
from ostrakon.platforms.contract import (
    Accepted,
    AccountRef,
    Already,
    Applied,
    Capabilities,
    Command,
    Halt,
    Health,
    ItemRef,
    Message,
    Miss,
    Mode,
    Outcome,
    Platform,
    RawReport,
    Refusal,
    Refused,
    ReportKind,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.fake.faults import ACTS_BEFORE, Fault

SUSPEND, UNSUSPEND = PlatformAction.SUSPEND, PlatformAction.UNSUSPEND
UNDOINGS = frozenset(UNDONE_BY.values())
WHOLE_IN_S = 60.0
"""How long accepted work may take on a busy machine."""
DECISIONS = count(1)
UNCLEAR = [
    Fault.CUT_BEFORE,
    Fault.CUT_AFTER,
    Fault.SLOW,
    Fault.ERROR_AFTER,
    Fault.BAD_GATEWAY,
    Fault.HTML,
    Fault.TRUNCATED,
    Fault.REDIRECT,
]
Fits = Callable[[Capabilities], bool]
Stored = dict[tuple[str, str], RawReport]


def fits(condition: Fits, reason: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """This row is left out where the capabilities do not ask for it."""

    def marked(row: Callable[..., None]) -> Callable[..., None]:
        row.fits, row.reason = condition, reason  # type: ignore[attr-defined]
        return row

    return marked


def command(account: AccountRef, action: PlatformAction = SUSPEND, **changed: Any) -> Command:
    """A command of a decision that two people took just now."""
    now = datetime.now(UTC)
    usual: dict[str, Any] = {
        "command_id": str(uuid4()),
        "decision_id": next(DECISIONS),
        "account": account,
        "action": action,
        "actor": "reviewer:bram",
        "approvals": ("reviewer:bram", "reviewer:dora"),
        "created_at": now,
        "expires_at": now + timedelta(hours=72),
    }
    return Command(**{**usual, **changed})


def carried_out(harness: Harness, platform: Platform, asked: Command) -> Outcome:
    """What a command comes to in the end: accepted work is followed."""
    return followed(harness, platform, platform.apply(asked))


def followed(harness: Harness, platform: Platform, outcome: Outcome) -> Outcome:
    end = time.monotonic() + WHOLE_IN_S
    while isinstance(outcome, Accepted) and time.monotonic() < end:
        harness.settle()
        outcome = platform.poll(outcome.handle)
    return outcome


def read_on(platform: Platform, cursor: str, limit: int = 100) -> tuple[Stored, str]:
    """All reports behind a cursor, stored as they will be: the same kind and id is the same report."""
    stored: Stored = {}
    more = True
    while more:
        page = platform.read_reports(cursor, limit)
        stored |= {(report.kind, report.id): report for report in page.reports}
        assert page.cursor or not page.reports
        more, cursor = page.more, page.cursor
    return stored, cursor


def about(stored: Stored, account: AccountRef) -> list[RawReport]:
    return [report for report in stored.values() if report.subject and report.subject.id == account.id]


class PlatformContract:
    """One public test class, for every connector; strangers can run it on theirs."""

    capabilities: ClassVar[Capabilities]
    does_not_fit: ClassVar[dict[str, str]] = {}
    """Name of a test: why it cannot be asked of this platform."""
    left_out: ClassVar[dict[str, str]] = {}
    """All rows that were left out, with the reason; filled by itself."""
    many: ClassVar[int] = 1000
    """Reports of the large reading."""
    works_when_told: ClassVar[bool] = False
    """Asynchronous work waits for ``settle``; else it may be done at once."""
    effects_of_one: ClassVar[int] = 1
    """What one suspension without a notice adds to ``Harness.effects``."""
    label: ClassVar[str] = "spam"
    """A label that the platform knows."""

    def __init_subclass__(cls) -> None:
        cls.left_out = dict(cls.does_not_fit)
        for name in dir(PlatformContract):
            row = getattr(PlatformContract, name)
            if hasattr(row, "fits") and not row.fits(cls.capabilities):
                cls.left_out.setdefault(name, row.reason)
        for name in cls.left_out:
            assert hasattr(PlatformContract, name), f"no such row: {name}"
            setattr(cls, name, None)

    @pytest.fixture
    def harness(self) -> Any:
        raise NotImplementedError("a platform's tests have a fixture `harness`")

    @pytest.fixture
    def platform(self, harness: Harness) -> Iterator[Platform]:
        connected = harness.connect()
        yield connected
        connected.close()

    @pytest.fixture
    def chidi(self, harness: Harness) -> AccountRef:
        return harness.new_account("chidi")

    @pytest.fixture
    def alice(self, harness: Harness) -> AccountRef:
        return harness.new_account("alice")

    def flag(self, action: PlatformAction = SUSPEND) -> str:
        return self.capabilities.actions[action].flag

    # -- 1: health ---------------------------------------------------------------------------------

    def test_health_tells_what_is_wrong_apart_and_never_raises(self, harness: Harness) -> None:
        def asked(**how: Any) -> Health:
            connected = harness.connect(**how)
            try:
                return connected.health()
            finally:
                connected.close()

        fine, away = asked(), asked(reachable=False)
        wrong, nobody = asked(credentials=Credentials.WRONG), asked(credentials=Credentials.WITHOUT_RIGHTS)
        assert fine.is_fit
        assert fine.problem == ""
        assert not away.reachable
        assert (wrong.reachable, wrong.credentials_valid, wrong.privileged) == (True, False, False)
        assert (nobody.reachable, nobody.credentials_valid, nobody.privileged) == (True, True, False)
        assert all(health.problem for health in (away, wrong, nobody))

    @pytest.mark.parametrize("fault", [Fault.HTML, Fault.CUT_AFTER, Fault.TRUNCATED, Fault.BAD_GATEWAY])
    def test_health_is_bad_behind_a_broken_line(self, harness: Harness, fault: Fault) -> None:
        connected = harness.connect()
        harness.order(fault, 50, everywhere=True)
        assert not connected.health().is_fit
        connected.close()

    def test_its_capabilities_are_those_that_were_told(self, platform: Platform) -> None:
        assert platform.capabilities() == self.capabilities

    # -- 2 to 4: names -----------------------------------------------------------------------------

    def test_an_id_and_a_handle_lead_to_the_same_account(self, platform: Platform, chidi: AccountRef) -> None:
        for text in filter(None, (chidi.id, chidi.handle)):
            found = platform.resolve(text)
            assert found.miss is None
            assert found.account is not None
            assert (found.account.id, found.account.local) == (chidi.id, True)

    def test_an_unknown_name_is_not_found_and_creates_nothing(
        self, harness: Harness, platform: Platform
    ) -> None:
        before = harness.accounts()
        assert platform.resolve(harness.id_of_nobody()).miss is Miss.NOT_FOUND
        assert not platform.state(AccountRef("", harness.id_of_nobody())).exists
        assert harness.accounts() == before

    def test_somebody_of_another_server_is_remote(self, harness: Harness, platform: Platform) -> None:
        assert platform.resolve(harness.remote_account().handle).miss is Miss.REMOTE

    def test_an_account_that_was_ended_is_told_to_be_gone(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.end(chidi)
        state = platform.state(chidi)
        assert platform.resolve(chidi.id).miss in (Miss.GONE, Miss.NOT_FOUND)
        assert not state.exists or state.flags.get("deactivated")

    @pytest.mark.parametrize(
        "shape",
        [
            "{}/../x",
            "x/../{}",
            "../{}",
            "{}?x=y",
            "{}#x",
            "%2e%2e/{}",
            "{}%00",
            "{}\x00",
            "\u202e{}",
            "{} ",
            "{}" + "x" * 10_000,
        ],
        ids=[
            "up",
            "into",
            "above",
            "query",
            "fragment",
            "coded",
            "coded-nul",
            "nul",
            "mark",
            "blank",
            "long",
        ],
    )
    def test_a_hostile_id_touches_nobody_else(
        self, harness: Harness, platform: Platform, chidi: AccountRef, shape: str
    ) -> None:
        hostile, before = shape.format(chidi.id), harness.accounts()
        assert platform.resolve(hostile).miss is not None
        outcome = platform.apply(command(AccountRef(chidi.platform, hostile)))
        assert isinstance(outcome, Refused), outcome
        assert harness.accounts() == before
        assert harness.effects(chidi) == 0
        assert not platform.state(chidi).flags[self.flag()]

    def test_a_wildcard_matches_only_itself(self, harness: Harness, platform: Platform) -> None:
        plain = harness.new_account("wildcard")
        text = plain.handle if "wildcard" in plain.handle else plain.id
        for wild in ("_", "%", "*"):
            assert platform.resolve(text.replace("wildcard", f"wild{wild}ard")).account is None

    # -- profiles ----------------------------------------------------------------------------------

    def test_a_profile_says_how_somebody_shows_themselves_and_whose_company_they_keep(
        self, harness: Harness, platform: Platform, chidi: AccountRef, alice: AccountRef
    ) -> None:
        harness.show(chidi, "Chidi the baker")
        company = harness.keep_company(chidi, alice)
        found = platform.profile(chidi)
        assert found is not None
        assert (found.account.id, found.account.handle) == (chidi.id, chidi.handle)
        assert found.display_name == "Chidi the baker"
        assert company in {*found.follows, *found.rooms}
        assert not any(secret in str(found) for secret in harness.secrets())

    def test_an_id_that_is_nobodys_has_no_profile(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        before = harness.accounts()
        assert platform.profile(AccountRef(chidi.platform, harness.id_of_nobody())) is None
        for hostile in ("{}/../x", "../{}", "{}?x=y", "{}\x00"):
            assert platform.profile(AccountRef(chidi.platform, hostile.format(chidi.id))) is None
        assert harness.accounts() == before

    @pytest.mark.parametrize("fault", [Fault.HTML, Fault.CUT_AFTER, Fault.BAD_GATEWAY])
    def test_a_profile_behind_a_broken_line_is_unreadable_and_not_empty(
        self, harness: Harness, platform: Platform, chidi: AccountRef, fault: Fault
    ) -> None:
        platform.profile(chidi)
        harness.order(fault, 20, everywhere=True)
        with pytest.raises(PlatformUnreadable):
            platform.profile(chidi)

    # -- 5 to 12: reports --------------------------------------------------------------------------

    @fits(lambda can: ReportKind.ACCOUNT in can.reports, "nobody can report an account there")
    def test_a_report_on_somebody_arrives_once_and_whole(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        began = datetime.now(UTC)
        harness.report(alice, chidi, "the same link forty times")
        (found,) = about(read_on(platform, cursor)[0], chidi)
        assert found.kind is ReportKind.ACCOUNT
        assert (found.reporter, found.server) == (alice.id, "")
        assert "the same link forty times" in found.text
        assert abs(found.received_at - began) < timedelta(minutes=2)
        assert found.raw
        assert not found.by_us

    @fits(lambda can: ReportKind.ITEM in can.reports, "nobody can report an item there")
    def test_a_report_on_an_item_names_it_and_its_author(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        item = harness.post(chidi, "come to my house and say that")
        _, cursor = read_on(platform, "")
        harness.report(alice, item, "a threat")
        (found,) = about(read_on(platform, cursor)[0], chidi)
        assert found.kind is ReportKind.ITEM
        assert found.item is not None
        assert (found.item.id, found.item.account.id) == (item.id, chidi.id)

    @fits(lambda can: bool(can.reports), "reports do not come from there")
    def test_reading_twice_from_one_place_gives_the_same(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for n in range(7):
            harness.report(alice, chidi, f"number {n}")
        first, behind = read_on(platform, cursor, limit=3)
        again, _ = read_on(platform, cursor, limit=3)
        assert [report.id for report in about(first, chidi)] == [report.id for report in about(again, chidi)]
        assert len(about(first, chidi)) == 7
        assert set(read_on(platform, behind)[0]) <= set(first) | set(read_on(platform, "")[0])

    @fits(lambda can: bool(can.reports), "reports do not come from there")
    def test_reports_come_oldest_first(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for n in range(5):
            harness.report(alice, chidi, f"number {n}")
        found = about(read_on(platform, cursor, limit=2)[0], chidi)
        assert [report.text for report in found] == [f"number {n}" for n in range(5)]

    @fits(lambda can: can.rows_vanish, "reports do not disappear there")
    def test_a_row_that_disappears_hides_no_other(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for n in range(6):
            harness.report(alice, chidi, f"number {n}")
        page = platform.read_reports(cursor, 3)
        stored: Stored = {(report.kind, report.id): report for report in page.reports}
        for report in about(stored, chidi):
            harness.remove_report(report.id)
        harness.report(alice, chidi, "number 6")
        stored |= read_on(platform, page.cursor, limit=3)[0]
        assert {report.text for report in about(stored, chidi)} == {f"number {n}" for n in range(7)}

    @fits(lambda can: bool(can.reports), "reports do not come from there")
    def test_many_reports_arrive_while_others_come_in(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for n in range(self.many):
            harness.report(alice, chidi, f"number {n}")
        stored: Stored = {}
        late, more = 0, True
        while more:
            page = platform.read_reports(cursor, self.many // 10)
            stored |= {(report.kind, report.id): report for report in page.reports}
            cursor, more = page.cursor, page.more
            if late < 10:
                harness.report(alice, chidi, f"late {late}")
                late += 1
        stored |= read_on(platform, cursor)[0]
        told = [report.text for report in about(stored, chidi)]
        assert len(told) == len(set(told)) == self.many + 10

    @fits(lambda can: bool(can.reports), "reports do not come from there")
    def test_the_same_person_three_times_is_three_reports(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for _ in range(3):
            harness.report(alice, chidi, "again")
        found = about(read_on(platform, cursor)[0], chidi)
        assert len(found) == 3
        assert {report.reporter for report in found} == {alice.id}

    @fits(lambda can: can.remote_accounts and bool(can.reports), "other servers hand on no reports there")
    def test_a_report_that_was_handed_on_has_a_server_and_no_person(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        harness.forwarded_report("elsewhere.example", chidi, "from over there")
        (found,) = about(read_on(platform, cursor)[0], chidi)
        assert (found.reporter, found.server) == ("", "elsewhere.example")

    @fits(
        lambda can: any(traits.resolves_reports for traits in can.actions.values()),
        "reports stay open there whatever is done",
    )
    def test_a_report_that_somebody_else_closed_is_still_read(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        harness.report(alice, chidi, "closed before we looked")
        harness.close_reports(chidi)
        assert [report.text for report in about(read_on(platform, cursor)[0], chidi)] == [
            "closed before we looked"
        ]

    @fits(lambda can: bool(can.reports), "reports do not come from there")
    def test_a_broken_reply_moves_nothing(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        harness.report(alice, chidi, "kept")
        for fault in (Fault.HTML, Fault.TRUNCATED, Fault.CUT_AFTER, Fault.BAD_GATEWAY, Fault.REDIRECT):
            harness.order(fault, 20, everywhere=True)
            with pytest.raises(PlatformUnreadable):
                platform.read_reports(cursor)
            harness.no_more_faults()
        assert [report.text for report in about(read_on(platform, cursor)[0], chidi)] == ["kept"]

    # -- 14: evidence ------------------------------------------------------------------------------

    @fits(lambda can: ReportKind.ITEM in can.reports, "there are no items there")
    def test_evidence_stays_as_it_was_when_the_author_deletes_it(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        item = harness.post(chidi, "what I wrote in anger")
        harness.report(alice, item, "look at this")
        taken = platform.snapshot(item)
        assert b"what I wrote in anger" in taken.content
        assert not taken.missing
        assert taken.source
        assert taken.media_type
        harness.delete(item)
        assert self._says_what_is_left(platform, item)

    @staticmethod
    def _says_what_is_left(platform: Platform, item: ItemRef) -> bool:
        """The original, or that it is not there: never an empty copy that calls itself complete."""
        try:
            later = platform.snapshot(item)
        except PlatformUnreadable:
            return True
        return b"what I wrote in anger" in later.content or bool(later.missing)

    def test_a_profile_can_be_copied(self, platform: Platform, chidi: AccountRef) -> None:
        assert platform.snapshot(chidi).content

    # -- 16 to 25: acting --------------------------------------------------------------------------

    def test_a_suspension_is_applied_when_reading_back_shows_it(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        assert not harness.is_shut_out(chidi)
        outcome = carried_out(harness, platform, command(chidi))
        assert isinstance(outcome, Applied), outcome
        assert outcome.proof
        assert platform.state(chidi).flags[self.flag()] is True
        assert harness.is_shut_out(chidi)

    def test_a_200_that_the_state_does_not_show_is_no_success(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.order(Fault.CLAIMED)
        outcome = platform.apply(command(chidi))
        assert isinstance(outcome, Unknown | Accepted), outcome
        assert not harness.is_shut_out(chidi)

    def test_a_reinstatement_gives_back_what_was_taken(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        carried_out(harness, platform, command(chidi))
        outcome = carried_out(harness, platform, command(chidi, UNSUSPEND, expires_at=None))
        assert isinstance(outcome, Applied), outcome
        assert platform.state(chidi).flags[self.flag()] is False
        assert not harness.is_shut_out(chidi)

    def test_a_second_suspension_is_already_there_and_adds_nothing(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        carried_out(harness, platform, command(chidi))
        before, told = harness.effects(chidi), len(harness.messages(chidi))
        assert isinstance(carried_out(harness, platform, command(chidi)), Already)
        assert (harness.effects(chidi), len(harness.messages(chidi))) == (before, told)

    def test_a_reinstatement_of_somebody_who_is_not_suspended_is_already_there(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        assert isinstance(carried_out(harness, platform, command(chidi, UNSUSPEND)), Already)
        assert harness.effects(chidi) == 0

    def test_what_somebody_else_did_first_is_already_there(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.by_somebody_else(SUSPEND, chidi)
        before = harness.effects(chidi)
        assert isinstance(carried_out(harness, platform, command(chidi)), Already)
        assert harness.effects(chidi) == before

    @pytest.mark.parametrize("action", [SUSPEND, UNSUSPEND])
    def test_an_unknown_account_is_gone_and_nothing_is_created(
        self, harness: Harness, platform: Platform, action: PlatformAction
    ) -> None:
        before, nobody = harness.accounts(), AccountRef("", harness.id_of_nobody())
        outcome = platform.apply(command(nobody, action))
        assert isinstance(outcome, Refused)
        assert outcome.code is Refusal.TARGET_GONE
        assert harness.accounts() == before
        assert harness.changes_asked() == 0

    def test_an_account_of_another_server_is_refused_or_acted_on_here_alone(
        self, harness: Harness, platform: Platform
    ) -> None:
        outcome = carried_out(harness, platform, command(harness.remote_account()))
        if self.capabilities.actions[SUSPEND].local_only:
            assert isinstance(outcome, Applied | Already), outcome
        else:
            assert isinstance(outcome, Refused)
            assert outcome.code is Refusal.REMOTE

    @fits(lambda can: PlatformAction.DEACTIVATE in can.actions, "nobody can be deactivated there")
    def test_a_deactivated_account_is_not_suspended_as_well(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.end(chidi)
        before = harness.changes_asked()
        outcome = platform.apply(command(chidi))
        assert isinstance(outcome, Refused)
        assert outcome.code is Refusal.ALREADY_DEACTIVATED
        assert harness.changes_asked() == before

    def test_every_action_can_be_undone_or_says_that_it_cannot(
        self, harness: Harness, platform: Platform
    ) -> None:
        wanted = [action for action in self.capabilities.actions if action not in UNDOINGS]
        for action in wanted:
            traits, chidi = self.capabilities.actions[action], harness.new_account("chidi")
            how = {
                "item": harness.post(chidi, "something"),
                "notice_receipt": "told",
                "parameters": {"label": self.label},
            }
            outcome = carried_out(harness, platform, command(chidi, action, **how))
            assert isinstance(outcome, Applied), (action, outcome)
            if traits.undone_by is None:
                continue
            undone = carried_out(harness, platform, command(chidi, traits.undone_by, **how))
            assert isinstance(undone, Applied), (traits.undone_by, undone)
            assert not harness.is_shut_out(chidi)
            again = carried_out(harness, platform, command(chidi, traits.undone_by, **how))
            assert isinstance(again, Already), (traits.undone_by, again)

    @fits(
        lambda can: any(can.actions[a].undone_by is None for a in DESTROYS & set(can.actions)),
        "nothing can be destroyed there",
    )
    def test_what_cannot_be_undone_waits_until_the_person_was_told(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        for action in DESTROYS & set(self.capabilities.actions):
            if self.capabilities.actions[action].undone_by is None:
                outcome = platform.apply(command(chidi, action))
                assert isinstance(outcome, Refused)
                assert outcome.code is Refusal.NO_NOTICE_RECEIPT
        assert harness.changes_asked() == 0

    # -- 26 to 28: what is never sent --------------------------------------------------------------

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"approvals": ()}, Refusal.NOT_AUTHORISED),
            ({"approvals": ("reviewer:bram",)}, Refusal.NOT_AUTHORISED),
            ({"approvals": ("reviewer:bram", "reviewer:bram")}, Refusal.NOT_AUTHORISED),
            ({"decision_id": 0}, Refusal.NOT_AUTHORISED),
            ({"actor": ""}, Refusal.NOT_AUTHORISED),
            ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, Refusal.EXPIRED),
        ],
        ids=["nobody", "one", "one twice", "no decision", "no actor", "expired"],
    )
    def test_what_is_not_authorised_or_too_old_is_never_sent(
        self, harness: Harness, platform: Platform, chidi: AccountRef, changed: dict[str, Any], code: Refusal
    ) -> None:
        outcome = platform.apply(command(chidi, **changed))
        assert isinstance(outcome, Refused)
        assert outcome.code is code
        assert harness.changes_asked() == 0

    @pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.OFF])
    def test_a_connection_that_is_not_live_changes_nothing(
        self, harness: Harness, chidi: AccountRef, mode: Mode
    ) -> None:
        connected = harness.connect(mode=mode)
        outcomes = [
            connected.apply(command(chidi)),
            connected.apply(command(chidi, UNSUSPEND)),
            connected.notify(chidi, Message("Hello", "a text", "en"), "key-1"),
        ]
        connected.close()
        assert [getattr(outcome, "code", None) for outcome in outcomes] == [Refusal.READ_ONLY] * 3
        assert harness.changes_asked() == 0

    def test_an_action_that_the_platform_does_not_have_is_refused(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        missing = set(PlatformAction) - set(self.capabilities.actions)
        for action in missing:
            outcome = platform.apply(command(chidi, action, notice_receipt="told"))
            assert isinstance(outcome, Refused)
            assert outcome.code is Refusal.UNSUPPORTED
        assert harness.changes_asked() == 0

    # -- 29 to 32: time, other people --------------------------------------------------------------

    @fits(
        lambda can: can.actions[SUSPEND].asynchronous,
        "a suspension has its effect at once there",
    )
    def test_accepted_work_is_applied_when_it_is_done(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        outcome = platform.apply(command(chidi))
        if self.works_when_told:
            assert isinstance(outcome, Accepted), outcome
            assert isinstance(platform.poll(outcome.handle), Accepted)
        assert isinstance(outcome, Accepted | Applied)
        assert isinstance(followed(harness, platform, outcome), Applied)

    @fits(lambda can: "." in can.actions[SUSPEND].flag, "one place says whether somebody is suspended there")
    def test_two_sources_that_differ_are_shown_as_two(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        assert len({platform.state(chidi).flags[name] for name in self._sources(platform, chidi)}) == 1
        harness.differ(chidi)
        assert len({platform.state(chidi).flags[name] for name in self._sources(platform, chidi)}) == 2

    def _sources(self, platform: Platform, account: AccountRef) -> list[str]:
        """The flags that say whether somebody is suspended, one a source."""
        words = ("suspended", "takendown", "takedown")
        return [name for name in platform.state(account).flags if name.partition(".")[2] in words]

    def test_what_somebody_else_undid_is_shown_and_not_overwritten(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        carried_out(harness, platform, command(chidi))
        harness.by_somebody_else(UNSUSPEND, chidi)
        before = harness.changes_asked()
        outcome = platform.apply(command(chidi, expected_before={self.flag(): True}))
        assert isinstance(outcome, Refused)
        assert outcome.code is Refusal.CHANGED_MEANWHILE
        assert platform.state(chidi).flags[self.flag()] is False
        assert harness.changes_asked() == before

    @fits(
        lambda can: can.actions[SUSPEND].resolves_reports and bool(can.reports),
        "reports stay open there whatever is done",
    )
    def test_reports_that_an_action_closes_are_read_all_the_same(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        _, cursor = read_on(platform, "")
        for n in range(3):
            harness.report(alice, chidi, f"number {n}")
        carried_out(harness, platform, command(chidi))
        assert {report.text for report in about(read_on(platform, cursor)[0], chidi)} == {
            f"number {n}" for n in range(3)
        }

    # -- 34, 35: notices ---------------------------------------------------------------------------

    @fits(lambda can: can.notices, "there is no channel of its own there")
    def test_a_suspended_person_can_read_the_notice(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        carried_out(harness, platform, command(chidi))
        outcome = platform.notify(
            chidi, Message("Your account", "These are the reasons 4711.", "en"), str(uuid4())
        )
        assert isinstance(outcome, Applied), outcome
        assert outcome.proof
        assert sum("These are the reasons 4711." in text for text in harness.messages(chidi)) == 1

    @fits(lambda can: can.notice_keys, "the platform knows no keys of notices: our outbox sends once")
    def test_the_same_key_is_the_same_notice(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        message, key = Message("Your account", "Told once 4712.", "en"), str(uuid4())
        first, again = platform.notify(chidi, message, key), platform.notify(chidi, message, key)
        assert isinstance(first, Applied)
        assert isinstance(again, Applied | Already)
        assert sum("Told once 4712." in text for text in harness.messages(chidi)) == 1

    @fits(lambda can: can.actions[SUSPEND].notifies, "the platform says nothing by itself there")
    def test_the_platforms_own_notice_carries_the_reasons_once_or_is_not_sent(
        self, harness: Harness, platform: Platform, alice: AccountRef, chidi: AccountRef
    ) -> None:
        carried_out(harness, platform, command(chidi, parameters={"notice": "These are the reasons 4713."}))
        carried_out(harness, platform, command(alice))
        assert sum("These are the reasons 4713." in text for text in harness.messages(chidi)) == 1
        assert len(harness.messages(chidi)) == 1
        assert harness.messages(alice) == []

    @fits(lambda can: can.notices, "there is no channel of its own there")
    def test_a_notice_whose_reply_was_lost_is_unknown(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.order(Fault.CUT_AFTER)
        outcome = platform.notify(chidi, Message("Your account", "a text", "en"), str(uuid4()))
        assert isinstance(outcome, Unknown), outcome

    # -- 38 to 45: faults --------------------------------------------------------------------------

    def test_without_a_connection_nothing_was_done(self, harness: Harness, chidi: AccountRef) -> None:
        connected = harness.connect(reachable=False)
        outcome = connected.apply(command(chidi))
        told = connected.notify(chidi, Message("Your account", "a text", "en"), "key-2")
        with pytest.raises(PlatformUnreadable):
            connected.state(chidi)
        connected.close()
        assert isinstance(outcome, RetryAt), outcome
        assert isinstance(told, RetryAt) if self.capabilities.notices else isinstance(told, Refused)
        assert harness.effects(chidi) == 0

    @pytest.mark.parametrize("fault", UNCLEAR)
    def test_an_unclear_reply_is_unknown_and_asked_again_it_was_done_once(
        self, harness: Harness, chidi: AccountRef, fault: Fault
    ) -> None:
        connected = harness.connect(read_s=1.0) if fault is Fault.SLOW else harness.connect()
        asked = command(chidi)
        harness.order(fault)
        outcome = connected.apply(asked)
        assert isinstance(outcome, Unknown), outcome
        connected.close()
        connected = harness.connect()
        if fault in ACTS_BEFORE:
            harness.settle()
        again = carried_out(harness, connected, asked)
        assert isinstance(again, Applied | Already), again
        assert connected.state(chidi).flags[self.flag()] is True
        connected.close()
        assert harness.effects(chidi) == self.effects_of_one

    def test_a_server_that_is_away_for_a_while_loses_no_command(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        asked = command(chidi)
        harness.order(Fault.UNAVAILABLE)
        assert isinstance(platform.apply(asked), RetryAt | Unknown)
        assert isinstance(carried_out(harness, platform, asked), Applied)
        assert harness.effects(chidi) == self.effects_of_one

    def test_what_cannot_be_read_before_is_not_acted_on(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.order(Fault.BAD_GATEWAY, 50, everywhere=True)
        assert isinstance(platform.apply(command(chidi)), RetryAt)
        assert harness.changes_asked() == 0

    @pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.HTML, Fault.BAD_GATEWAY])
    def test_what_cannot_be_read_back_is_no_success(
        self, harness: Harness, platform: Platform, chidi: AccountRef, fault: Fault
    ) -> None:
        asked = command(chidi)
        harness.order(fault, 50, behind_a_change=True)
        assert isinstance(platform.apply(asked), Unknown | Accepted)
        harness.no_more_faults()
        harness.settle()
        assert isinstance(carried_out(harness, platform, asked), Applied | Already)
        assert harness.effects(chidi) == self.effects_of_one

    def test_a_limit_is_kept_as_long_as_the_platform_asks(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        asked = command(chidi)
        harness.order(Fault.LIMIT)
        outcome = platform.apply(asked)
        assert isinstance(outcome, RetryAt), outcome
        assert 6 <= outcome.wait_s <= 8, "the fault asks for seven seconds"
        assert harness.effects(chidi) == 0
        assert isinstance(carried_out(harness, platform, asked), Applied)

    def test_a_429_that_is_a_refusal_is_not_tried_again(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.order(Fault.NO_LIMIT)
        outcome = platform.apply(command(chidi))
        assert isinstance(outcome, Refused)
        assert outcome.code is Refusal.NOT_ALLOWED

    def test_a_dead_token_halts_and_a_new_one_goes_on(self, harness: Harness, chidi: AccountRef) -> None:
        asked, dead = command(chidi), harness.connect(credentials=Credentials.WRONG)
        outcome = dead.apply(asked)
        assert isinstance(outcome, Halt), outcome
        with pytest.raises(PlatformUnreadable) as unreadable:
            dead.state(chidi)
        assert unreadable.value.halts
        dead.close()
        assert harness.effects(chidi) == 0
        mended = harness.connect()
        assert isinstance(carried_out(harness, mended, asked), Applied)
        mended.close()

    def test_a_token_that_dies_between_reading_and_acting_halts(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        asked = command(chidi)
        harness.order(Fault.UNAUTHORISED, 2)  # a connector may renew its session, once
        outcome = platform.apply(asked)
        assert isinstance(outcome, Halt), outcome
        harness.no_more_faults()
        assert isinstance(carried_out(harness, platform, asked), Applied)

    def test_somebody_without_rights_halts(self, harness: Harness, chidi: AccountRef) -> None:
        connected = harness.connect(credentials=Credentials.WITHOUT_RIGHTS)
        assert isinstance(connected.apply(command(chidi)), Halt)
        connected.close()
        assert harness.effects(chidi) == 0

    def test_forbidden_everywhere_halts(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        harness.order(Fault.FORBIDDEN, 50, everywhere=True)
        assert isinstance(platform.apply(command(chidi)), Halt)

    def test_forbidden_for_one_refuses_that_one(
        self, harness: Harness, platform: Platform, chidi: AccountRef, alice: AccountRef
    ) -> None:
        harness.order(Fault.FORBIDDEN, 50, about=chidi.id)
        outcome = platform.apply(command(chidi))
        assert isinstance(outcome, Refused), outcome
        assert outcome.code in (Refusal.NOT_ALLOWED, Refusal.LEGAL_HOLD)
        assert isinstance(carried_out(harness, platform, command(alice)), Applied)

    # -- 52: secrets -------------------------------------------------------------------------------

    def test_no_secret_appears_in_a_log_an_outcome_or_an_error(
        self, harness: Harness, platform: Platform, chidi: AccountRef, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        said: list[str] = [repr(platform.health()), repr(platform.state(chidi)), repr(platform)]
        for fault in (None, Fault.ERROR_AFTER, Fault.HTML, Fault.FORBIDDEN, Fault.UNAUTHORISED):
            if fault:
                harness.order(fault)
            said.append(repr(platform.apply(command(harness.new_account("chidi")))))
            harness.no_more_faults()
        harness.order(Fault.UNAUTHORISED, 50, everywhere=True)
        with pytest.raises(PlatformUnreadable) as unreadable:
            platform.state(chidi)
        said += [repr(unreadable.value), *(record.getMessage() for record in caplog.records)]
        whole = "\n".join(said)
        assert [secret for secret in harness.secrets() if secret in whole] == []

    def test_an_outcome_carries_what_was_said(
        self, harness: Harness, platform: Platform, chidi: AccountRef
    ) -> None:
        outcome = platform.apply(command(chidi))
        assert outcome.exchanges
        assert all(exchange.began_at and exchange.ended_at for exchange in outcome.exchanges)
        assert sum(exchange.method != "GET" for exchange in outcome.exchanges) == 1
