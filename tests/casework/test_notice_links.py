"""Links in notices open one thing, for a time, and say nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.casework.case import NOW, account, case, decision_in_force, person, policy

from ostrakon.casework.links import (
    APPEALS_OPEN,
    NOTHING_HERE,
    appeal_link,
    decision_of,
    notice_link,
    notice_of,
)
from ostrakon.casework.models import Decision, Notice, NoticeTemplate
from ostrakon.casework.notices import write_notice
from ostrakon.errors import NotThere


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def decided() -> Decision:
    return decision_in_force(case(account(), policy()), person("alice"), person("bram"))


@pytest.mark.django_db
def test_a_link_works_for_six_months_and_not_for_ever() -> None:
    decision = decided()
    token = token_of(appeal_link(decision, NOW))
    assert decision_of(token, NOW + timedelta(days=184)) == decision
    with pytest.raises(NotThere):
        decision_of(token, NOW + APPEALS_OPEN + timedelta(seconds=1))


@pytest.mark.django_db
def test_a_notice_link_opens_no_appeal() -> None:
    notice: Notice = write_notice(NoticeTemplate.Kind.STATEMENT_OF_REASONS, now=NOW, decision=decided())
    token = token_of(notice_link(notice, NOW))
    assert notice_of(token, NOW) == notice
    with pytest.raises(NotThere):
        decision_of(token, NOW)


@pytest.mark.django_db
def test_forged_run_out_and_gone_look_the_same() -> None:
    real = token_of(appeal_link(decided(), NOW))
    gone = token_of(appeal_link(Decision(pk=987_654), NOW))
    number, end, signature = real.split(".")
    forged = [f"{int(number) + 1}.{end}.{signature}", f"{number}.{int(end) + 1}.{signature}", real[:-1], ""]
    said = set()
    for token in [gone, *forged, real]:
        with pytest.raises(NotThere) as refused:
            decision_of(token, NOW + timedelta(days=400) if token == real else NOW)
        said.add(str(refused.value))
    assert said == {NOTHING_HERE}


@given(st.text())
@example("1.2.3")
@example("\x00" * 300)
@example("\ud800.1.a")
def test_nonsense_leads_nowhere(token: str) -> None:
    with pytest.raises(NotThere):
        decision_of(token, NOW)
