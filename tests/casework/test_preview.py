"""The preview of a statement of reasons is the statement, word for word, but for the link."""

from __future__ import annotations

from typing import Any

import pytest
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import NO, acquittal, fresh, suspension, warning

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.languages import language_of
from ostrakon.casework.models import Action, Case, Decision, Notice, Person, Role
from ostrakon.casework.preview import Preview, preview_statement
from ostrakon.casework.proposal import Proposal
from ostrakon.errors import ExemptionApplies, Unfit
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
SUSPENSION = {"exempt_press": NO, "exempt_research": NO, "exempt_counter_speech": NO}


@pytest.fixture
def alice() -> Person:
    return person("alice", Role.REVIEWER)


def of_chidi(language: str = "", **fields: Any) -> Case:
    texts = {"en": "Harassment", "fr": "Harcèlement", "ar": "المضايقة"}
    chidi = account("chidi", email="chidi@example.org", language=language, handle="@chidi")
    return case(chidi, policy(**texts), **fields)


def previewed(on: Case, proposal: Proposal) -> Preview | None:
    return preview_statement(on, proposal, language=language_of(on.account), now=NOW)


def in_force(alice: Person, proposal: Proposal) -> Decision:
    made = propose(alice, proposal, NOW)
    return approve(person("lena", Role.SAFETY_LEAD), made.pk, NOW) if made.needs_second_person else made


def linkless(notice: Notice) -> tuple[str | None, str, str]:
    link = (notice.statement or {}).get("appeal_link", "\0")
    address = link.rsplit("/", 1)[0]
    return notice.subject, (notice.body or "").replace(link, f"{address}/…"), notice.language


@pytest.mark.parametrize("language", ["", "fr-CA", "ar", "sw"])
@pytest.mark.parametrize("under_pressure", [False, True])
@pytest.mark.parametrize(
    "fields",
    [
        {"action": Action.WARN},
        {"action": Action.LIMIT, "duration_hours": 48},
        {"action": Action.SUSPEND, **SUSPENSION},
        {"action": Action.SUSPEND_FOR_A_TIME, "duration_hours": 24, **SUSPENSION},
    ],
)
def test_the_preview_is_the_notice_but_for_its_link(
    fields: dict[str, Any], under_pressure: bool, language: str, alice: Person
) -> None:
    on = of_chidi(language, under_pressure=under_pressure)
    proposal = warning(on, **fields)
    preview = previewed(on, proposal)
    decision = in_force(alice, proposal)
    notice = Notice.objects.get(decision=decision, account=on.account)
    assert preview is not None
    assert (preview.subject, preview.body, preview.language) == linkless(notice)
    assert "/appeal/…" in preview.body


def test_what_ends_an_action_is_previewed_as_the_reinstatement_that_it_is(alice: Person) -> None:
    on = of_chidi()
    in_force(alice, warning(on))
    proposal = acquittal(fresh(on))
    preview = previewed(fresh(on), proposal)
    in_force(alice, proposal)
    notice = Notice.objects.get(kind="reinstatement")
    assert preview == Preview(*linkless(notice))  # type: ignore[arg-type]


def test_who_would_be_told_nothing_has_no_preview(alice: Person) -> None:
    on = of_chidi()
    assert previewed(on, acquittal(on)) is None
    in_force(alice, acquittal(on))
    assert not Notice.objects.exists()


def test_a_preview_writes_nothing() -> None:
    on = of_chidi()
    entries = Entry.objects.count()
    previewed(on, suspension(on))
    assert not Decision.objects.exists()
    assert not Notice.objects.exists()
    assert (Entry.objects.count(), fresh(on).version) == (entries, on.version)


def test_a_proposal_that_makes_no_sense_is_refused_before_anybody_reads_it() -> None:
    on = of_chidi()
    with pytest.raises(Unfit):
        previewed(on, warning(on, facts=" "))
    with pytest.raises(ExemptionApplies):
        previewed(on, warning(on, action=Action.SUSPEND))
