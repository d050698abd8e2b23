"""Whatever people do to links and decisions, in whatever order: no link ever stands in for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.casework.case import NOW
from tests.casework.deciding import fresh, suspension
from tests.casework.linking import WHY, link, newcomer, staff, suspended

from ostrakon.casework.actions.approve import approve, decline
from ostrakon.casework.actions.erase import erase_what_is_due
from ostrakon.casework.actions.expire import expire_due
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.models import Case, Decision, LinkCitation, Task
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.errors import Refused
from ostrakon.triage.models import Link

pytestmark = pytest.mark.django_db
RESTING = ("proposed", "approved", "in_force")
who, which = st.sampled_from([0, 1, 2]), st.integers(0, 5)
acts = st.one_of(
    st.tuples(st.just("judge"), who, which, st.sampled_from(["same", "same", "different", "cannot_tell"])),
    st.tuples(st.just("propose"), who, which, st.sets(which, max_size=2)),
    st.tuples(st.just("approve"), who, which, st.none()),
    st.tuples(st.just("decline"), who, which, st.none()),
    st.tuples(st.just("overturn"), who, which, st.none()),
    st.tuples(st.just("time"), who, which, st.none()),
)


class World:
    """A and B suspended, C and D new; every pair that the database lets be written, as a hypothesis."""

    def __init__(self) -> None:
        self.people, self.now = staff(), NOW
        a, b = suspended("a"), suspended("b")
        self.cases = [a.case, b.case, newcomer("c"), newcomer("d")]
        c, d = self.cases[2].account, self.cases[3].account
        pairs = [(c, a, 1), (c, b, 2), (d, a, 1), (d, b, 2), (b.account, a, 1)]
        self.links = [link(new, old.account, rank=rank, found_at=NOW) for new, old, rank in pairs]

    def do(self, act: tuple[str, int, int, Any]) -> None:
        name, by, at, more = act
        try:
            with transaction.atomic():
                getattr(self, name)(self.people[by], at, more)
        except Refused:
            pass

    def judge(self, by: Any, at: int, verdict: str) -> None:
        judge_link(by, self.links[at % len(self.links)].pk, verdict, WHY, self.now)

    def propose(self, by: Any, at: int, cited: set[int]) -> None:
        on = Case.objects.get(pk=self.cases[at % len(self.cases)].pk)
        links = tuple(self.links[n % len(self.links)].pk for n in cited)
        propose(by, suspension(on, links=links), self.now)

    def approve(self, by: Any, at: int, _: None) -> None:
        approve(by, self._decision(at, "proposed"), self.now)

    def decline(self, by: Any, at: int, _: None) -> None:
        decline(by, self._decision(at, "proposed"), "No.", self.now)

    def overturn(self, by: Any, at: int, _: None) -> None:
        overturn(by, self._decision(at, "in_force"), "It was wrong.", self.now)

    def time(self, by: Any, at: int, _: None) -> None:
        self.now += timedelta(days=20 * at)
        expire_due(self.now)
        erase_what_is_due(self.now)

    def _decision(self, at: int, status: str) -> int:
        found = list(Decision.objects.filter(status=status).order_by("pk").values_list("pk", flat=True))
        return found[at % len(found)] if found else -1


def is_suspended(account: int) -> bool:
    return Decision.objects.filter(account=account, status="in_force", action__in=SUSPENSIONS).exists()


def assert_no_link_stands_in_for_a_person(before: dict[int, str]) -> None:
    for found in Link.objects.prefetch_related("judgements"):
        said = [judgement.verdict for judgement in found.judgements.order_by("pk")]
        if found.status in ("same", "different", "cannot_tell"):
            assert said[-1:] == [found.status]
        if found.status in Link.STANDING:
            assert is_suspended(found.suspended_account_id)
    for citation in LinkCitation.objects.select_related("decision", "link"):
        decision, cited = citation.decision, citation.link
        assert decision.account_id == cited.account_id
        if decision.status == "in_force" and before.get(decision.pk) == "proposed":
            assert cited.status == "same"
            assert decision.approved_by_id not in (None, decision.proposed_by_id)
        if cited.status != "same" and decision.status in RESTING:
            assert Task.objects.filter(kind="link_revoked", decision=decision).exists()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=4, max_size=20))
def test_no_order_of_acts_lets_a_link_stand_in_for_a_person(done: list[tuple[str, int, int, Any]]) -> None:
    with transaction.atomic():
        world, before = World(), dict[int, str]()
        for act in done:
            world.do(act)
            assert_no_link_stands_in_for_a_person(before)
            before = dict(Decision.objects.values_list("pk", "status"))
        assert all(fresh(each).account_id == each.account_id for each in world.links)
        transaction.set_rollback(True)
