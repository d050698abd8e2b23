"""The reports of a case are those that are dealt with under its policy, however the rule is put."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, policy, report

from ostrakon.casework.areas import area, reports_of
from ostrakon.casework.models import Policy
from ostrakon.intake.models import Report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_plain_conditions_say_the_same_as_the_rule_for_every_policy_and_time() -> None:
    retired, held = policy("retired"), policy("harassment")
    Policy.objects.filter(pk=retired.pk).update(retired_at=NOW)
    without_text = Policy.objects.create(code="empty", severity=0.5)
    of, other = account("mallory"), account("eve")
    for code in ("retired", "harassment", "empty", "unspecified", "nonsense", ""):
        for hours in (-400 * 24, -1, 0, 1):
            report(of, "alice", code, received_at=NOW + hours * HOUR)
    report(other, "alice")
    unspecified = Policy.objects.get(code=Policy.UNSPECIFIED)
    found = 0
    for under in (retired, held, without_text, unspecified):
        mine = case(of, under)
        by_rule = Report.objects.filter(account=of).annotate(area=area()).filter(area=under.pk)
        assert set(reports_of(mine)) == set(by_rule)
        found += len(by_rule)
    assert found == Report.objects.filter(account=of).count()
