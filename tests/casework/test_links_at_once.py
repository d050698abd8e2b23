"""Two at one link: a verdict, a citation and a reinstatement come one after the other, whoever is first."""

from __future__ import annotations

from functools import partial

import pytest
from tests.casework.at_once import at_once
from tests.casework.case import NOW
from tests.casework.deciding import fresh, suspension
from tests.casework.linking import WHY, link, newcomer, staff, suspended

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.models import LinkJudgement, Task

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_link_is_not_confirmed_while_its_account_is_reinstated() -> None:
    bram, _, lena = staff()
    old = suspended()
    found = link(newcomer().account, old.account)
    at_once(
        [
            partial(judge_link, bram, found.pk, "same", WHY, NOW),
            partial(overturn, lena, old.pk, "It was satire.", NOW),
        ]
    )
    assert fresh(old).status == "reversed"
    assert fresh(found).status == "revoked"


def test_a_decision_that_cites_a_link_acts_before_its_end_and_is_asked_about_or_not_at_all() -> None:
    bram, dana, lena = staff()
    old, on = suspended(), newcomer()
    found = judge_link(bram, link(on.account, old.account).pk, "same", WHY, NOW)
    decision = propose(bram, suspension(on, links=(found.pk,)), NOW)
    at_once(
        [
            partial(approve, dana, decision.pk, NOW),
            partial(overturn, lena, old.pk, "It was satire.", NOW),
        ]
    )
    assert fresh(found).status == "revoked"
    assert fresh(decision).status in ("proposed", "in_force")
    assert Task.objects.get(kind="link_revoked").decision == decision


def test_two_verdicts_at_once_are_both_kept_and_the_latest_counts() -> None:
    bram, _, lena = staff()
    found = link(newcomer().account, suspended().account)
    at_once(
        [
            partial(judge_link, bram, found.pk, "same", WHY, NOW),
            partial(judge_link, lena, found.pk, "different", WHY, NOW),
        ]
    )
    assert LinkJudgement.objects.count() == 2
    assert fresh(found).status == LinkJudgement.objects.latest("pk").verdict
