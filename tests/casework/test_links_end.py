"""Links end: with the suspension they rest on, in one transaction; or by their rule, where nobody confirmed them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, case, person
from tests.casework.deciding import fresh, refused, suspension
from tests.casework.linking import WHY, link, newcomer, suspended
from tests.ledger.case import PUBLIC, sign

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.decide_appeal import decide_appeal
from ostrakon.casework.actions.erase import erase_what_is_due
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reinstate import carry_out, open_reinstatement
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.revoke_links import revoke_links
from ostrakon.casework.actions.tasks import do_task
from ostrakon.casework.models import Appeal, Case, Decision, LinkJudgement, Person, Policy, Task
from ostrakon.errors import NotInThisState
from ostrakon.intake.models import Follow, Profile
from ostrakon.ledger.models import Entry
from ostrakon.ledger.stored import verify_database
from ostrakon.triage.models import Link

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONG_AGO = NOW - 10 * 365 * DAY


@pytest.fixture
def old() -> Decision:
    return suspended()


@pytest.fixture
def new() -> Case:
    return newcomer()


@pytest.fixture
def confirmed(old: Decision, new: Case, bram: Person) -> Link:
    return judge_link(bram, link(new.account, old.account).pk, "same", WHY, NOW)


@pytest.fixture
def citing(confirmed: Link, new: Case, bram: Person, dana: Person) -> Decision:
    """The new account is suspended, by two people, with the link among the reasons."""
    return approve(dana, propose(bram, suspension(new, links=(confirmed.pk,)), NOW).pk, NOW)


def statuses() -> list[str]:
    return list(Link.objects.order_by("pk").values_list("status", flat=True))


# With the suspension


def test_a_reinstatement_revokes_every_link_and_asks_about_what_cites_one(
    old: Decision, citing: Decision, lena: Person
) -> None:
    open_one = link(newcomer("chidi3").account, old.account)
    unsure = judge_link(lena, link(newcomer("chidi4").account, old.account).pk, "cannot_tell", WHY, NOW)
    overturn(lena, old.pk, "It was satire.", NOW)
    assert statuses() == ["revoked"] * 3
    (task,) = Task.objects.filter(kind="link_revoked")
    assert (task.decision, task.case) == (citing, citing.case)
    assert fresh(citing).status == "in_force"  # a person looks; nothing is undone by itself
    entry = Entry.objects.get(kind="links_revoked")
    assert entry.actor == lena.actor
    assert f'"decisions":[{citing.pk}]' in entry.body
    with pytest.raises(NotInThisState):
        judge_link(lena, unsure.pk, "same", WHY, NOW)
    with refused("judged no more"):
        LinkJudgement.objects.create(
            link=open_one, verdict="same", reasons=WHY, judged_by=lena, judged_at=NOW, as_senior=True
        )
    do_task(lena, task.pk, how="Overturned that one too.", now=NOW)


def test_no_sql_reinstates_an_account_and_leaves_its_links(old: Decision, confirmed: Link) -> None:
    with refused("revokes every link"):
        Decision.objects.filter(pk=old.pk).update(status="reversed", ended_at=NOW, reversed_at=NOW)
    assert revoke_links(old, by="system", now=NOW) == [confirmed.pk]
    Decision.objects.filter(pk=old.pk).update(status="reversed", ended_at=NOW, reversed_at=NOW)


def test_a_granted_appeal_revokes_the_links(old: Decision, confirmed: Link) -> None:
    judge = person("ada", "appeals")
    appeal = Appeal.objects.create(
        decision=old, filed_by="user", filed_at=NOW, text="It was satire.", due_at=NOW + DAY
    )
    decide_appeal(judge, appeal.pk, granted=True, reasons="It was.", now=NOW)
    assert fresh(confirmed).status == "revoked"


def test_a_wave_of_reinstatements_revokes_the_links_of_all(
    old: Decision, confirmed: Link, lena: Person
) -> None:
    other = suspended("dora")
    link(newcomer("dora2").account, other.account)
    wave = open_reinstatement(
        lena, Decision.objects.filter(pk__in=[old.pk, other.pk]), reason="A wave.", now=NOW
    )
    carry_out(lena, wave.pk, NOW)
    assert statuses() == ["revoked"] * 2


def test_links_stay_while_another_suspension_of_the_account_stands(
    old: Decision, confirmed: Link, bram: Person, dana: Person, lena: Person
) -> None:
    elsewhere = Policy.objects.create(code="spam", severity=0.1)
    elsewhere.versions.create(number=1, valid_from=NOW - DAY)
    second = approve(dana, propose(bram, suspension(case(old.account, elsewhere)), NOW).pk, NOW)
    overturn(lena, old.pk, "It was satire.", NOW)
    assert fresh(confirmed).status == "same"
    overturn(lena, second.pk, "So was this.", NOW)
    assert fresh(confirmed).status == "revoked"


def test_a_suspension_that_ended_and_is_reversed_later_takes_its_links_along(
    old: Decision, confirmed: Link, lena: Person
) -> None:
    Decision.objects.filter(pk=old.pk).update(status="expired", ended_at=NOW)
    assert fresh(confirmed).status == "same"
    overturn(lena, old.pk, "It was satire.", NOW)
    assert fresh(confirmed).status == "revoked"


def test_what_somebody_saw_as_different_stays_so(
    old: Decision, new: Case, bram: Person, lena: Person
) -> None:
    found = judge_link(bram, link(new.account, old.account).pk, "different", WHY, NOW)
    overturn(lena, old.pk, "It was satire.", NOW)
    assert fresh(found).status == "different"


def test_a_chain_is_undone_link_by_link_each_by_a_person(
    old: Decision, citing: Decision, confirmed: Link, bram: Person, lena: Person
) -> None:
    third = newcomer("chidi3")
    onward = judge_link(bram, link(third.account, citing.account).pk, "same", WHY, NOW)
    overturn(lena, old.pk, "It was satire.", NOW)
    assert (fresh(confirmed).status, fresh(onward).status) == ("revoked", "same")
    overturn(lena, citing.pk, "Then this was no return.", NOW)
    assert fresh(onward).status == "revoked"


def test_a_refuted_link_asks_about_what_cites_it(citing: Decision, confirmed: Link, lena: Person) -> None:
    judge_link(lena, confirmed.pk, "different", "She proved it.", NOW)
    assert Task.objects.get(kind="link_revoked").decision == citing
    assert fresh(citing).status == "in_force"


# By their rule


def test_an_unconfirmed_link_expires_with_its_evidence(old: Decision, new: Case, bram: Person) -> None:
    waiting = link(new.account, old.account, found_at=NOW - 61 * DAY)
    unsure = link(newcomer("c3").account, old.account, found_at=NOW - 61 * DAY)
    judge_link(bram, unsure.pk, "cannot_tell", WHY, NOW)
    young = link(newcomer("c4").account, old.account, found_at=NOW - 59 * DAY)
    erase_what_is_due(NOW)
    assert [(fresh(each).status, fresh(each).evidence) for each in (waiting, unsure)] == [
        ("expired", None)
    ] * 2
    assert (fresh(young).status, fresh(young).evidence) == ("open", young.evidence)
    link(new.account, old.account)  # a later search may find it anew


def test_evidence_of_a_confirmed_link_stays_as_long_as_what_rests_on_it(
    citing: Decision, confirmed: Link
) -> None:
    found = Link.objects.get(pk=confirmed.pk)
    erase_what_is_due(NOW + 3650 * DAY)
    assert (fresh(found).status, fresh(found).evidence) == ("same", found.evidence)
    assert LinkJudgement.objects.get().reasons == WHY


def test_evidence_of_a_refuted_link_goes_and_the_verdict_stays(
    old: Decision, new: Case, bram: Person
) -> None:
    found = link(new.account, old.account, found_at=NOW - 61 * DAY)
    judge_link(bram, found.pk, "different", WHY, NOW)
    erase_what_is_due(NOW)
    assert (fresh(found).status, fresh(found).evidence) == ("different", None)
    assert LinkJudgement.objects.get().reasons == WHY
    erase_what_is_due(NOW + 366 * DAY)
    assert (LinkJudgement.objects.get().verdict, LinkJudgement.objects.get().reasons) == ("different", None)
    sign()
    assert verify_database(PUBLIC).is_intact


def test_how_an_account_shows_itself_is_kept_as_long_as_it_is_suspended_and_no_longer(
    old: Decision, new: Case
) -> None:
    for account in (old.account, new.account, newcomer("c3").account):
        Profile.objects.create(account=account, bio="b", seen_at=LONG_AGO, told_at=LONG_AGO)
        Follow.objects.create(account=account, followee="f", seen_at=LONG_AGO)
    Case.objects.filter(account=new.account).update(status="decided")
    erase_what_is_due(NOW)
    assert Profile.objects.filter(account=old.account).exists()
    assert not Profile.objects.filter(account=new.account).exists()
    assert Follow.objects.count() == 2  # the third has an open case
    Decision.objects.filter(pk=old.pk).update(status="expired", ended_at=NOW)
    erase_what_is_due(NOW + 3650 * DAY)
    assert not Profile.objects.filter(account=old.account).exists()
