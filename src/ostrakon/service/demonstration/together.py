"""Many cases at once: batches, one in force and one that waits, and a campaign's reports that do not count."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.actions.prepare_batch import prepare_batch
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.actions.reread_batch import next_of_sample, reread, take_up_batch
from ostrakon.casework.actions.set_aside import set_aside
from ostrakon.casework.batches import BatchPlan, Seen, cases_for_a_batch
from ostrakon.casework.models import Action, Batch, Case, Decision, Person, Policy
from ostrakon.casework.setting_aside import reports_by_members
from ostrakon.casework.taking_part import knows_what_was_decided
from ostrakon.service.demonstration.people import Cast
from ostrakon.service.demonstration.week import Week
from ostrakon.triage.models import Campaign

TOGETHER = 12
"""Cases of a batch."""
LIST = "declared list"
"""The kind of campaign that says of itself what it works from."""


def release_one(week: Week, cast: Cast, at: datetime) -> None:
    """One reviewer prepares, the approver re-reads a sample and sees it in the same way."""
    batch = prepare_one(week, cast, "harassment", at)
    later = at + timedelta(minutes=15)
    batch = take_up_batch(cast.approver, batch.pk, later)
    while case := next_of_sample(cast.approver, batch):
        reread(cast.approver, batch.pk, case.pk, batch.outcome, later)
    release_batch(cast.approver, batch.pk, later)


def prepare_one(week: Week, cast: Cast, policy: str, at: datetime) -> Batch:
    """Unfounded cases of a policy, the least likely first: no violation."""
    reviewer = cast.reviewers[2]
    under = Policy.objects.get(code=policy).pk
    fit = cases_for_a_batch(reviewer, under, at).select_related("account").order_by("probability", "pk")
    unfounded = [case for case in fit[:100] if _is_plain(week, cast.approver, case, policy)][:TOGETHER]
    plan = BatchPlan(
        cases=[Seen(case.pk, case.version) for case in unfounded],
        outcome=Decision.Outcome.REJECTED,
        action=Action.NONE,
        key=f"demonstration-batch-{policy}",
    )
    return prepare_batch(reviewer, plan, at)


def set_a_campaign_aside(week: Week, cast: Cast, at: datetime) -> None:
    """What the ring reported about counter-speakers counts no more."""
    pressed = Case.objects.filter(under_pressure=True, policy__code="violent-extremism")
    victims = [
        case
        for case in pressed.select_related("account").order_by("-reports", "pk")
        if week.kinds[case.account.external_id] == "counter_speaker"
    ]
    for campaign in Campaign.objects.filter(is_current=True).exclude(kind=LIST).order_by("pk"):
        found = reports_by_members(campaign, victims)
        struck = [case.pk for case in victims if found[case.account_id, case.policy_id]]
        if struck:
            why = "The same hundred people, within the hour, against those who speak against such groups."
            set_aside(cast.lead, campaign.pk, struck, why, at)
            return


def _is_plain(week: Week, second: Person, case: Case, policy: str) -> bool:
    """Is it no violation, and unknown to who will re-read it?"""
    is_wrong = (case.account.external_id, policy) in week.violations
    return not is_wrong and not knows_what_was_decided(second, case)
