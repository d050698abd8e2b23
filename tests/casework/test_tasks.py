"""What a machine could not do waits for a person, once, until somebody says how it was done."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.casework.case import NOW, account, case, decision_in_force, person, policy

from ostrakon.casework.actions.tasks import do_task, open_task
from ostrakon.casework.models import NoticeTemplate, Role, Task
from ostrakon.casework.notices import write_notice
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, Unfit

pytestmark = pytest.mark.django_db


def task() -> Task:
    decision = decision_in_force(case(account(), policy()), person("alice"), person("bram"))
    notice = write_notice(NoticeTemplate.Kind.STATEMENT_OF_REASONS, now=NOW, decision=decision)
    with transaction.atomic():
        first = open_task(
            Task.Kind.NOTICE_FAILED, now=NOW, decision=decision, notice=notice, detail="x" * 900
        )
        assert open_task(Task.Kind.NOTICE_FAILED, now=NOW, decision=decision, notice=notice) == first
    return first


def test_a_task_is_done_once_with_words() -> None:
    made = task()
    reviewer = person("rana", Role.REVIEWER)
    with pytest.raises(Unfit):
        do_task(reviewer, made.pk, how="", now=NOW)
    assert do_task(reviewer, made.pk, how="Told them by phone.", now=NOW).done_by == reviewer
    with pytest.raises(NotInThisState):
        do_task(reviewer, made.pk, how="Again.", now=NOW)
    with pytest.raises(NotThere):
        do_task(reviewer, 987_654, how="x", now=NOW)
    with pytest.raises(NotPermitted):
        do_task(person("auditor", Role.AUDITOR), made.pk, how="x", now=NOW)
