"""What tests of enforcement on platforms stand on: a fake platform in this process, connected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.casework.case import NOW, case, decision_in_force, person
from tests.casework.case import policy as a_policy

from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.announcements import DecisionCameIntoForce, DecisionEnded, announce
from ostrakon.casework.models import Decision, Person, Policy, Role
from ostrakon.enforcement.carrying_out import carry_out_due
from ostrakon.enforcement.connections import OPENERS, Lines
from ostrakon.enforcement.models import Command, Connection
from ostrakon.enforcement.offers import offers_of
from ostrakon.intake.models import Account, Contact
from ostrakon.platforms.contract import Mode, Platform
from ostrakon.platforms.fake.connector import FakePlatform
from ostrakon.platforms.fake.lines import INSIDE, Inside, Line
from ostrakon.platforms.fake.rules import MILD, Rules, capabilities_of
from ostrakon.platforms.fake.service import FakeService

SOON = timezone.now() + timedelta(hours=6)
"""After whatever a test of this run queues: commands are queued by the clock."""
TOKEN = "moderator-token-4b1d"


@dataclass
class Town:
    """A platform, and our connection to it."""

    service: FakeService
    connection: Connection
    line: Line
    lines: Lines = field(default_factory=Lines)
    token: str = TOKEN

    def account(self, handle: str = "chidi", *, email: str = "") -> Account:
        """Somebody lives there, and is known to us."""
        theirs = self.service.register(handle)
        ours = Account.objects.create(platform=self.connection.platform, external_id=theirs.id)
        if email:
            Contact.objects.create(account=ours, email=email)
        return ours

    def decide(self, whose: Account, *, code: str = "harassment", **fields: Any) -> Decision:
        """Two people decide; it comes into force and is announced."""
        proposer = Person.objects.filter(username="alice").first() or person("alice")
        approver = Person.objects.filter(username="bram").first() or person("bram")
        under = Policy.objects.filter(code=code).first() or a_policy(code)
        on = whose.cases.filter(policy=under).first() or case(whose, under)
        with transaction.atomic():
            made = decision_in_force(on, proposer, approver, **fields)
            announce(DecisionCameIntoForce(made))
        return made

    def end(self, decision: Decision, how: str = "expired") -> None:
        """It ends by itself, or by a later one."""
        with transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(status=how, ended_at=SOON)
            decision.refresh_from_db()
            announce(DecisionEnded(decision))

    def replace(self, earlier: Decision, **fields: Any) -> Decision:
        """A later decision on the same case takes the place of an earlier one, in one transaction as in earnest."""
        with transaction.atomic():
            Decision.objects.filter(pk=earlier.pk).update(status="superseded", ended_at=SOON)
            earlier.refresh_from_db()
            later = decision_in_force(earlier.case, earlier.proposed_by, earlier.approved_by, **fields)
            announce(DecisionEnded(earlier))
            announce(DecisionCameIntoForce(later))
        return later

    def reverse(self, decision: Decision) -> None:
        """Somebody undoes it."""
        lead = Person.objects.filter(username="lead").first() or person("lead", Role.SAFETY_LEAD)
        overturn(lead, decision.pk, "It quoted somebody.", SOON)

    def carry_out(self, now: datetime = SOON, **how: Any) -> int:
        """A round of the job."""
        return carry_out_due("w1", now, self.lines, **how)

    def flags(self, account: Account) -> frozenset[str]:
        """What is set on the platform."""
        return self.service.accounts[account.external_id].flags

    def strikes(self, account: Account) -> int:
        """How often something was done to somebody."""
        return self.service.accounts[account.external_id].acts

    def switch(self, mode: str) -> None:
        """Read only, live, off."""
        Connection.objects.filter(pk=self.connection.pk).update(mode=mode)
        self.connection.refresh_from_db()


Connect = Callable[..., Town]


def connect(
    monkeypatch: pytest.MonkeyPatch, rules: Rules = MILD, *, mode: str = "live", **options: Any
) -> Town:
    """A fake platform called ``town``."""
    service = FakeService(rules)
    line = Line(service)
    connection = Connection.objects.create(
        platform="town",
        kind="fake",
        address=INSIDE,
        mode=mode,
        offers=offers_of(capabilities_of(rules)),
        options=options,
        added_at=NOW,
    )
    town = Town(service, connection, line)

    def opened(row: Connection) -> Platform:
        return FakePlatform(INSIDE, town.token, mode=Mode(row.mode), rules=rules, transport=Inside(line))

    monkeypatch.setitem(OPENERS, "fake", opened)
    return town


def commands() -> list[tuple[str, str, str]]:
    """(action, state of its dispatch, how it ended) of every command, in their order."""
    found = Command.objects.order_by("pk").select_related("dispatch")
    return [(one.action, one.dispatch.state, one.ended) for one in found]
