"""A link is a hypothesis for a person. Nothing follows from it by itself, and no SQL makes it more than that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, person, report
from tests.casework.deciding import (
    by_plain_sql,
    deleted_by_plain_sql,
    fresh,
    heard,
    refused,
    suspension,
    warning,
)
from tests.casework.linking import WHY, link, newcomer, suspended

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.judge_link import judge_link
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.models import Case, Decision, LinkCitation, LinkJudgement, Person, Strike, Task
from ostrakon.casework.preview import preview_statement
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, SeniorRequired, Unfit
from ostrakon.intake.models import Account, Contact, Handle
from ostrakon.ledger.models import Entry
from ostrakon.triage.models import Link

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@pytest.fixture
def old() -> Decision:
    """Chidi is suspended."""
    return suspended()


@pytest.fixture
def new() -> Case:
    """A new account was reported."""
    return newcomer()


@pytest.fixture
def found(old: Decision, new: Case) -> Link:
    return link(new.account, old.account)


def test_a_confirmed_link_changes_no_case_and_decides_nothing(found: Link, new: Case, bram: Person) -> None:
    before = (list(Case.objects.order_by("pk").values()), list(Decision.objects.order_by("pk").values()))
    with heard() as announced:
        judge_link(bram, found.pk, "same", WHY, NOW)
    assert (
        list(Case.objects.order_by("pk").values()),
        list(Decision.objects.order_by("pk").values()),
    ) == before
    assert announced == []
    assert not Strike.objects.exists()
    assert not Task.objects.exists()
    assert fresh(found).status == "same"


def test_a_verdict_is_on_the_record_without_its_words(found: Link, bram: Person) -> None:
    judge_link(bram, found.pk, "cannot_tell", WHY, NOW)
    entry = Entry.objects.get(kind="link_judged")
    assert (entry.actor, entry.subject) == (bram.actor, f"link:{found.pk}")
    assert '"verdict":"cannot_tell","was":"open"' in entry.body
    assert WHY not in entry.body
    assert LinkJudgement.objects.get().reasons == WHY


def test_a_verdict_is_a_persons_whatever_sql_says(found: Link, bram: Person) -> None:
    for verdict in ("same", "different", "cannot_tell"):
        with refused("only a person judges a link"):
            Link.objects.update(status=verdict)
    judge_link(bram, found.pk, "different", WHY, NOW)
    with refused("only a person judges a link"):
        by_plain_sql("UPDATE triage_link SET status = 'same'")


def test_a_link_cannot_be_born_confirmed(old: Decision, new: Case) -> None:
    with refused("begins as a hypothesis"):
        link(new.account, old.account, status="same")


def test_a_suspension_that_cites_a_link_needs_a_person_who_confirmed_it(
    found: Link, new: Case, bram: Person, dana: Person
) -> None:
    with pytest.raises(Unfit, match="that a person confirmed"):
        propose(bram, suspension(new, links=(found.pk,)), NOW)
    decision = propose(bram, suspension(new), NOW)
    with refused("that a person confirmed"):
        LinkCitation.objects.create(decision=decision, link=found)
    judge_link(bram, found.pk, "same", WHY, NOW)
    LinkCitation.objects.create(decision=decision, link=found)
    assert approve(dana, decision.pk, NOW).status == "in_force"


def test_a_suspension_that_cites_a_link_takes_two_people_as_ever(
    found: Link, new: Case, bram: Person, dana: Person
) -> None:
    judge_link(bram, found.pk, "same", WHY, NOW)
    decision = propose(bram, suspension(new, links=(found.pk,)), NOW)
    assert decision.status == "proposed"
    with refused("suspension_takes_two_people"):
        Decision.objects.filter(pk=decision.pk).update(status="in_force", in_force_at=NOW)
    assert approve(dana, decision.pk, NOW).status == "in_force"


def test_what_is_no_longer_confirmed_carries_no_decision_into_force(
    found: Link, new: Case, bram: Person, dana: Person, lena: Person
) -> None:
    judge_link(bram, found.pk, "same", WHY, NOW)
    decision = propose(bram, suspension(new, links=(found.pk,)), NOW)
    judge_link(lena, found.pk, "different", "A fan, by her own words.", NOW)
    with pytest.raises(NotInThisState, match="not confirmed any more"):
        approve(dana, decision.pk, NOW)
    with refused("comes into force only while a person confirms"):
        Decision.objects.filter(pk=decision.pk).update(
            status="in_force",
            in_force_at=NOW,
            approved_by=dana,
            approved_at=NOW,
            approver_standing="approver",
        )
    assert Task.objects.get(kind="link_revoked").decision == decision


def test_a_warning_of_one_person_cites_no_more_than_a_suspension_may(
    found: Link, new: Case, bram: Person
) -> None:
    with pytest.raises(Unfit):
        propose(bram, warning(new, links=(found.pk,)), NOW)
    judge_link(bram, found.pk, "same", WHY, NOW)
    decision = propose(bram, warning(new, links=(found.pk,)), NOW)
    assert [c.link for c in decision.citations.all()] == [found]


def test_what_a_decision_cites_never_changes(found: Link, new: Case, old: Decision, bram: Person) -> None:
    judge_link(bram, found.pk, "same", WHY, NOW)
    decision = propose(bram, warning(new, links=(found.pk,)), NOW)
    with refused("what a decision cites never changes"):
        deleted_by_plain_sql(LinkCitation.objects.all())
    with refused("what a decision cites never changes"):
        LinkCitation.objects.update(decision=old)
    with refused("while it is proposed"):
        LinkCitation.objects.create(decision=old, link=found)
    other = link(new.account, suspended("dana").account, rank=2)
    judge_link(bram, other.pk, "same", WHY, NOW)
    with refused("while it is proposed"):
        LinkCitation.objects.create(decision=decision, link=other)


def test_the_same_key_with_other_links_is_another_proposal(found: Link, new: Case, bram: Person) -> None:
    judge_link(bram, found.pk, "same", WHY, NOW)
    first = suspension(new, links=(found.pk, found.pk), key="k")
    assert propose(bram, first, NOW) == propose(bram, first, NOW)
    with pytest.raises(Unfit, match="other links"):
        propose(bram, suspension(new, key="k"), NOW)
    with pytest.raises(Unfit, match="nothing to cite"):
        propose(bram, suspension(new, outcome="rejected", action="none", links=(found.pk,)), NOW)


def test_accounts_of_two_platforms_are_never_linked(old: Decision, bram: Person) -> None:
    elsewhere = Account.objects.create(platform="other", external_id="chidi2")
    with refused("two platforms"):
        link(elsewhere, old.account)


def test_nobody_returns_as_themselves_and_only_to_who_is_suspended(old: Decision, new: Case) -> None:
    with refused("nobody_returns_as_themselves"):
        link(old.account, old.account)
    with refused("suspended by a decision in force"):
        link(old.account, new.account)


def test_the_same_follows_from_two_links_for_nobody(
    old: Decision, new: Case, bram: Person, dana: Person
) -> None:
    """A is B and B is C says nothing of A and C: no decision on C cites what was confirmed of B."""
    a, b = old, suspended("chidi2b")
    c = newcomer("chidi3")
    ba, cb = link(b.account, a.account), link(c.account, b.account)
    for each in (ba, cb):
        judge_link(bram, each.pk, "same", WHY, NOW)
    assert not Link.objects.filter(account=c.account, suspended_account=a.account).exists()
    with pytest.raises(Unfit, match="its own account"):
        propose(bram, suspension(c, links=(ba.pk,)), NOW)
    ca = link(c.account, a.account, rank=2)
    assert fresh(ca).status == "open"
    decision = propose(bram, suspension(c, links=(cb.pk,)), NOW)
    with refused("its own account"):
        LinkCitation.objects.create(decision=decision, link=ba)
    with refused("that a person confirmed"):
        LinkCitation.objects.create(decision=decision, link=ca)


def test_who_is_older_than_the_suspended_is_linked_by_a_safety_lead_or_nobody(
    bram: Person, lena: Person
) -> None:
    found = link(newcomer("grace", NOW - YEAR).account, suspended("chidi", NOW - YEAR / 2).account)
    with pytest.raises(SeniorRequired, match="older"):
        judge_link(bram, found.pk, "same", WHY, NOW)
    with refused("by a safety lead or by nobody"):
        LinkJudgement.objects.create(
            link=found, verdict="same", reasons=WHY, judged_by=bram, judged_at=NOW, as_senior=False
        )
    assert judge_link(bram, found.pk, "different", WHY, NOW).status == "different"
    assert judge_link(lena, found.pk, "same", WHY, NOW).status == "same"


def test_who_reported_the_suspended_is_linked_by_a_safety_lead_or_nobody(
    old: Decision, new: Case, found: Link, bram: Person, lena: Person
) -> None:
    report(old.account, by=new.account.external_id)
    with pytest.raises(SeniorRequired, match="reported it"):
        judge_link(bram, found.pk, "same", WHY, NOW)
    assert judge_link(lena, found.pk, "same", WHY, NOW).status == "same"


def test_three_hypotheses_wait_at_most(old: Decision, new: Case) -> None:
    for rank in (1, 2, 3):
        link(new.account, suspended(f"s{rank}").account, rank=rank)
    with refused("three_hypotheses_an_account_at_most"):
        link(new.account, old.account, rank=4)
    with refused("one_open_link_an_account_and_rank|triage_link.account_id"):
        link(new.account, old.account, rank=3)


def test_what_people_saw_otherwise_is_never_suggested_again(found: Link, bram: Person) -> None:
    judge_link(bram, found.pk, "different", WHY, NOW)
    with refused("pair_is_suggested_once|triage_link.account_id"):
        link(found.account, found.suspended_account)


def test_what_was_found_stays_as_it_was_found(found: Link) -> None:
    for column, value in {"probability": 0.1, "rank": 2, "channels": "bio", "false_link_rate": None}.items():
        with refused("what was found about a link never changes"):
            Link.objects.update(**{column: value})
    Link.objects.update(evidence=None)
    with refused("may be erased by its rule, nothing else"):
        Link.objects.update(evidence={})
    with refused("a link is kept"):
        deleted_by_plain_sql(Link.objects.all())
    with refused("never changes"):
        by_plain_sql("UPDATE triage_linksearch SET new = 7")


def test_what_somebody_said_stays_but_for_its_words(found: Link, bram: Person, lena: Person) -> None:
    judge_link(bram, found.pk, "same", WHY, NOW)
    for column, value in {"verdict": "different", "judged_by": lena, "reasons": "other"}.items():
        with refused("may be erased by their rule"):
            LinkJudgement.objects.update(**{column: value})
    LinkJudgement.objects.update(reasons=None)
    with refused("is kept"):
        deleted_by_plain_sql(LinkJudgement.objects.all())


def test_a_link_is_judged_with_a_reason_by_who_may(found: Link, bram: Person) -> None:
    with pytest.raises(NotPermitted):
        judge_link(person("omar", "auditor"), found.pk, "same", WHY, NOW)
    for verdict, reasons in (("same", " "), ("same", "x" * 3_000), ("perhaps", WHY)):
        with pytest.raises(Unfit):
            judge_link(bram, found.pk, verdict, reasons, NOW)
    with pytest.raises(NotThere):
        judge_link(bram, 987_654, "same", WHY, NOW)
    assert fresh(found).status == "open"


def test_a_guest_judges_no_link(found: Link, bram: Person) -> None:
    guest = Person.objects.create(username="g", is_guest=True)
    with pytest.raises(NotPermitted):
        judge_link(guest, found.pk, "different", WHY, NOW)
    with refused("a guest approves or declines"):
        LinkJudgement.objects.create(
            link=found, verdict="different", reasons=WHY, judged_by=guest, judged_at=NOW, as_senior=False
        )


def test_who_judged_a_link_hears_no_appeal_against_what_cites_it(
    found: Link, new: Case, bram: Person, dana: Person, lena: Person
) -> None:
    judge_link(lena, found.pk, "same", WHY, NOW)
    decision = approve(dana, propose(bram, suspension(new, links=(found.pk,)), NOW).pk, NOW)
    assert decision.participations.filter(person=lena, part="link").exists()


def test_a_link_to_who_is_not_suspended_any_more_is_confirmed_by_nobody(
    found: Link, old: Decision, bram: Person
) -> None:
    Decision.objects.filter(pk=old.pk).update(status="expired", ended_at=NOW)
    with pytest.raises(NotInThisState, match="not suspended any more"):
        judge_link(bram, found.pk, "same", WHY, NOW)
    LinkJudgement.objects.create(
        link=found, verdict="same", reasons=WHY, judged_by=bram, judged_at=NOW, as_senior=False
    )
    with refused("only while the other account is suspended"):
        Link.objects.update(status="same")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_who_is_decided_about_is_told_whose_return_they_were_taken_for(
    found: Link, new: Case, old: Decision, bram: Person, dana: Person, language: str
) -> None:
    Handle.objects.create(account=old.account, handle="zubayr", first_seen_at=NOW, last_seen_at=NOW)
    Contact.objects.filter(account=new.account).update(language=language)
    judge_link(bram, found.pk, "same", WHY, NOW)
    proposal = suspension(new, links=(found.pk,))
    preview = preview_statement(new, proposal, language=language, now=NOW)
    decision = approve(dana, propose(bram, proposal, NOW).pk, NOW)
    notice = decision.notices.get(kind="statement_of_reasons")
    assert preview
    assert "zubayr" in preview.body
    assert "zubayr" in (notice.body or "")
    assert notice.statement
    assert notice.statement["returner_of"] == "zubayr"


def test_who_is_not_taken_for_anybody_reads_nothing_of_it(new: Case, bram: Person, dana: Person) -> None:
    decision = approve(dana, propose(bram, suspension(new), NOW).pk, NOW)
    notice = decision.notices.get(kind="statement_of_reasons")
    assert notice.statement
    assert notice.statement["returner_of"] == ""
    assert "compared" not in (notice.body or "")
