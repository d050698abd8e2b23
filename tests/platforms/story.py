"""One story, told on every platform: a ring and independent people report, two people decide, a third one undoes it.

Alice, Bram and Dora work here: Alice proposes, Bram approves, Dora hears appeals. On the platform Vera breaks the rules
and is reported by six people who do not know each other; Chidi speaks against hatred, and 200 accounts report him with
the same words. Our side acts by its verbs and the workers' jobs; what came of it is asked of the platform.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from tests.platforms.harness import Harness

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.decide_appeal import claim_appeal, decide_appeal
from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.people import add_person, grant
from ostrakon.casework.actions.policies import Terms, Wording, add_policy
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.actions.weigh import SETTLED_S, weigh
from ostrakon.casework.links import decision_of
from ostrakon.casework.models import Action, Appeal, Case, Decision, Person, Role, Task
from ostrakon.casework.proposal import Proposal
from ostrakon.enforcement.carrying_out import carry_out_due
from ostrakon.enforcement.connecting import Asked, add_connection, switch
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.drift import watch_platforms
from ostrakon.enforcement.models import Connection, Dispatch, Sighting
from ostrakon.enforcement.reading import read_platforms
from ostrakon.errors import SecondPersonRequired, TookPart
from ostrakon.intake.models import Report
from ostrakon.ledger.stored import verify_database
from ostrakon.platforms.contract import AccountRef
from ostrakon.service.configuration import secret_name

RING, NEIGHBOURS, EARLIER = 200, 6, 16
"""Accounts that report together; people who do not know each other; those whom these were right about before."""
WITHIN_S = 120.0
UPHELD, REJECTED, NO = Decision.Outcome.UPHELD, Decision.Outcome.REJECTED, Decision.Answer.NO
STAFF = {"alice": Role.REVIEWER, "bram": Role.APPROVER, "dora": Role.APPEALS, "lead": Role.SAFETY_LEAD}
FACTS = "The account sold the same fake medicine to forty people."
PLEA = "It was a parody; the forty people are my friends."
GRANTED = "The messages were a parody among friends, and nobody was sold anything."


@dataclass(frozen=True)
class Place:
    """A platform, and what a story needs of it besides its harness."""

    harness: Harness
    asked: Asked
    secret: str
    """The name of what its connection needs from the configuration."""
    value: str
    is_suspended: Callable[[AccountRef], bool]
    """As the platform itself tells its own administrator."""


@dataclass
class Story:
    """What happens, step by step; each step says what the platform shows then."""

    place: Place
    lines: Lines = field(default_factory=Lines)
    staff: dict[str, Person] = field(default_factory=dict)

    # -- here --------------------------------------------------------------------------------------

    def open_the_house(self, settings: Any) -> Connection:
        """People, a policy, and the platform connected: reading only."""
        for name, role in STAFF.items():
            self.staff[name], _ = add_person(name, by=None, now=timezone.now())
            grant(self.staff[name], role, by=None, now=timezone.now())
        wording = Wording("en", "Spam", "Do not sell what is not there.")
        add_policy(self.staff["lead"], "spam", Terms(severity=0.5), [wording], timezone.now())
        secrets = {secret_name(self.place.asked.platform, self.place.secret): self.place.value}
        settings.CONFIGURATION = replace(django_settings.CONFIGURATION, platforms=secrets)
        return add_connection(None, self.place.asked, timezone.now())

    def read(self) -> None:
        """The workers' rounds, until all that was reported has its case and is weighed."""
        Connection.objects.update(read_next_at=None)
        read_platforms(timezone.now(), self.lines)
        open_cases(timezone.now())
        weigh(timezone.now() + timedelta(seconds=2 * SETTLED_S))  # what was decided a moment ago counts
        take_valuations()

    def carry_out(self) -> None:
        """The workers' rounds, until nothing waits."""
        end = time.monotonic() + WITHIN_S
        waiting = Dispatch.objects.filter(state__in=[Dispatch.State.QUEUED, Dispatch.State.SENDING])
        carry_out_due("story", timezone.now(), self.lines)
        while waiting.exists():
            assert time.monotonic() < end, list(waiting.values("key", "state", "tries__detail"))
            time.sleep(0.2)
            carry_out_due("story", timezone.now(), self.lines)

    def case_of(self, account: AccountRef) -> Case:
        return Case.objects.select_related("valuation").get(account__external_id=account.id)

    def propose(self, account: AccountRef, outcome: Decision.Outcome, action: Action) -> Decision:
        """Alice's proposal."""
        case = self.case_of(account)
        facts = FACTS if outcome == UPHELD else ""
        asked = Proposal(case.pk, case.version, outcome, action, f"story-{case.pk}", facts, None, NO, NO, NO)
        return propose(self.staff["alice"], asked, timezone.now())

    # -- there -------------------------------------------------------------------------------------

    def they_were_right_before(self, neighbours: list[AccountRef]) -> None:
        """The neighbours reported others in earlier days, three of them each time; all of it was upheld."""
        earlier = [self.place.harness.new_account(f"earlier{n}") for n in range(EARLIER)]
        for n, account in enumerate(earlier):
            for k in (0, 2, 4):
                self.place.harness.report(neighbours[(n + k) % NEIGHBOURS], account, f"spam again, {n} {k}")
        self.read()
        for account in earlier:
            assert self.propose(account, UPHELD, Action.WARN).status == Decision.Status.IN_FORCE

    def tell(self, settings: Any) -> None:
        """From the first report to the last proof."""
        connection = self.open_the_house(settings)
        try:
            self.go_on(connection)
        finally:
            self.lines.drop(connection)

    def go_on(self, connection: Connection) -> None:
        harness = self.place.harness
        neighbours = [harness.new_account(f"neighbour{n}") for n in range(NEIGHBOURS)]
        self.they_were_right_before(neighbours)
        vera, chidi = harness.new_account("vera"), harness.new_account("chidi")
        self.they_are_reported(vera, chidi, neighbours)
        self.reports_are_weighed_and_not_counted(vera, chidi)
        switch(None, connection.pk, "live", timezone.now())
        decision = self.two_people_suspend(vera)
        link = self.she_is_told_why(vera)
        self.he_stays(chidi)
        self.another_person_grants_her_appeal(vera, decision, link)
        self.nothing_is_left_over(vera)

    def they_are_reported(self, vera: AccountRef, chidi: AccountRef, neighbours: list[AccountRef]) -> None:
        """By people of the platform, as themselves; that they are does nothing to anybody."""
        harness = self.place.harness
        for n in range(RING):
            harness.report(harness.new_account(f"ring{n}"), chidi, "remove this liar")
        for n, neighbour in enumerate(neighbours):
            harness.report(neighbour, vera, f"she sells medicine that does not exist ({n})")
        self.read()
        assert carry_out_due("story", timezone.now(), self.lines) == 0  # the connection only reads
        assert Report.objects.filter(account__external_id=chidi.id).count() == RING
        assert Report.objects.filter(account__external_id=vera.id).count() == NEIGHBOURS
        assert not self.place.is_suspended(chidi)
        assert not self.place.is_suspended(vera)

    def reports_are_weighed_and_not_counted(self, vera: AccountRef, chidi: AccountRef) -> None:
        """200 who come together for the first time are hardly more than one; six who were right before are six."""
        loud, quiet = self.case_of(chidi).valuation, self.case_of(vera).valuation
        assert loud is not None
        assert quiet is not None
        assert loud.independent_reports < 2 < 5 < quiet.independent_reports
        assert loud.probability < quiet.probability

    def two_people_suspend(self, vera: AccountRef) -> Decision:
        """Not before the second one, who is not the first, does anything happen there."""
        decision = self.propose(vera, UPHELD, Action.SUSPEND)
        self.carry_out()
        assert not self.place.is_suspended(vera)
        with pytest.raises(SecondPersonRequired):
            approve(self.proposer_with_all_rights(), decision.pk, timezone.now())
        approve(self.staff["bram"], decision.pk, timezone.now())
        self.carry_out()
        assert self.place.is_suspended(vera)
        assert self.place.harness.is_shut_out(vera)
        return decision

    def proposer_with_all_rights(self) -> Person:
        """It is not for want of a role that she may not."""
        for role in (Role.APPROVER, Role.APPEALS):
            if not self.staff["alice"].grants.filter(role=role).exists():
                grant(self.staff["alice"], role, by=None, now=timezone.now())
        return self.staff["alice"]

    def she_is_told_why(self, vera: AccountRef) -> str:
        """On the platform's own channel, once; gives the signed part of the link to her appeal."""
        (letter,) = [told for told in self.place.harness.messages(vera) if FACTS in told]
        link = re.search(r"/appeal/([\w.:-]+)", letter)
        assert link is not None, letter
        return link[1].rstrip(".")

    def he_stays(self, chidi: AccountRef) -> None:
        """Somebody looked, and nothing was ever asked of the platform about him."""
        self.propose(chidi, REJECTED, Action.NONE)
        self.carry_out()
        assert not self.place.is_suspended(chidi)
        assert not self.place.harness.is_shut_out(chidi)
        assert self.place.harness.effects(chidi) == 0

    def another_person_grants_her_appeal(self, vera: AccountRef, decision: Decision, link: str) -> None:
        """Who took part may not answer it. What the decision did is undone there, and she reads so."""
        now = timezone.now()
        appeal = file_appeal(decision_of(link, now), filed_by=Appeal.FiledBy.USER, text=PLEA, now=now)
        assert appeal.decision == decision
        with pytest.raises(TookPart):
            claim_appeal(self.proposer_with_all_rights(), appeal.pk, timezone.now())
        decide_appeal(self.staff["dora"], appeal.pk, granted=True, reasons=GRANTED, now=timezone.now())
        self.carry_out()
        assert not self.place.is_suspended(vera)
        assert not self.place.harness.is_shut_out(vera)
        assert len([told for told in self.place.harness.messages(vera) if GRANTED in told]) == 1

    def nothing_is_left_over(self, vera: AccountRef) -> None:
        """No task, no difference between what is and what was decided; the record is whole."""
        watch_platforms(timezone.now(), self.lines)
        assert Sighting.objects.filter(account__external_id=vera.id).exists()
        assert not Sighting.objects.exclude(differs="").exists()
        assert list(Task.objects.filter(done_at__isnull=True).values_list("kind", "detail")) == []
        problems = verify_database([]).problems
        assert [one for one in problems if not one.startswith("checkpoints")] == []  # nobody signed here
