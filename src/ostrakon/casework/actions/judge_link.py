"""Say whether two accounts are one person's. It is a person's word, never an action: a decision may cite it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.actions.ask_about_links import ask_about_citations
from ostrakon.casework.held import held_case
from ostrakon.casework.linked import needs_a_senior, suspensions_in_force
from ostrakon.casework.models import LinkJudgement, Person
from ostrakon.casework.permissions import Act, may, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere, SeniorRequired, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.triage.models import Link

LONGEST_REASONS = 2_000
Verdict = LinkJudgement.Verdict
OVER = (Link.Status.EXPIRED, Link.Status.REVOKED)


def judge_link(person: Person, link_id: int, verdict: str, reasons: str, now: datetime) -> Link:
    """Say what they see: the same person, not the same, or that they cannot tell. The latest word counts.

    Nothing follows from it by itself. Where a confirmed link is no longer seen so, a task asks a person about every
    decision that cites it.

    Args:
        verdict: a value of ``LinkJudgement.Verdict``.
        reasons: for colleagues; at most 2,000 characters.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such link.
        NotInThisState: it expired or was revoked, or the other account is not suspended any more.
        SeniorRequired: the new account is the older one, or reported the other: a safety lead confirms it.
        Unfit: the reasons are missing or too long, or it is none of the three verdicts.
    """
    if verdict not in Verdict.values:
        raise Unfit("a link is judged same, different or cannot_tell")
    said = fit(reasons, "the reasons", longest=LONGEST_REASONS)
    with transaction.atomic():
        require(person, Act.JUDGE_LINKS)
        link = _held_link(link_id)
        as_senior = may(person, Act.JUDGE_PROTECTED_LINKS)
        if verdict == Verdict.SAME:
            _refuse_to_confirm(link, as_senior=as_senior)
        was = link.status
        judgement = LinkJudgement.objects.create(
            link=link, verdict=verdict, reasons=said, judged_by=person, judged_at=now, as_senior=as_senior
        )
        Link.objects.filter(pk=link.pk).update(status=verdict)
        link.refresh_from_db(fields=["status"])
        _record(judgement, was)
        if was == Link.Status.SAME != link.status:
            ask_about_citations([link.pk], now)
        return link


def _held_link(link_id: int) -> Link:
    """The link as it is now. Before it the cases by which the other account is suspended: who reinstates holds them."""
    suspended = Link.objects.filter(pk=link_id).values_list("suspended_account", flat=True).first()
    if suspended is None:
        raise NotThere("there is no such link, or it is not for you")
    for case in suspensions_in_force([suspended]).order_by("case").values_list("case", flat=True):
        held_case(case)
    link = Link.objects.select_for_update(no_key=True).get(pk=link_id)
    if link.status in OVER:
        raise NotInThisState("this link expired, or the suspended account was reinstated")
    return link


def _refuse_to_confirm(link: Link, *, as_senior: bool) -> None:
    if not suspensions_in_force([link.suspended_account_id]).exists():
        raise NotInThisState("the other account is not suspended any more: there is nobody to return")
    if not as_senior and needs_a_senior(link):
        raise SeniorRequired(
            "this account is older than the suspended one, or reported it: a safety lead confirms the link, or nobody"
        )


def _record(judgement: LinkJudgement, was: str) -> None:
    record(
        Kind.LINK_JUDGED,
        actor=judgement.judged_by.actor,
        subject=f"link:{judgement.link_id}",
        facts={"verdict": str(judgement.verdict), "was": str(was), "as_senior": judgement.as_senior},
    )
