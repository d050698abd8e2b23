"""A proposal cites links as evidence: only those that a person confirmed, of its own account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ostrakon.casework.models import Decision, LinkCitation, LinkJudgement, Participation
from ostrakon.errors import NotInThisState, Unfit
from ostrakon.triage.models import Link


def cite(decision: Decision, links: Collection[int], now: datetime) -> None:
    """Write down what a proposal cites, in its transaction. Who judged these links took part in the decision.

    Raises:
        Unfit: one of the links is of another account, or nobody confirms it.
    """
    if not links:
        return
    held = Link.objects.select_for_update(no_key=True).filter(pk__in=links).order_by("pk")
    fit = [link.pk for link in held if _may_be_cited(link, decision)]
    if len(fit) < len(links):
        raise Unfit("a decision cites links of its own account that a person confirmed, and no others")
    LinkCitation.objects.bulk_create(LinkCitation(decision=decision, link_id=link) for link in fit)
    judges = LinkJudgement.objects.filter(link__in=fit).values_list("judged_by", flat=True)
    Participation.objects.bulk_create(
        Participation(decision=decision, person_id=judge, part=Participation.Part.LINK, at=now)
        for judge in sorted(set(judges))
    )


def hold_cited(decision: Decision) -> None:
    """Before it is approved: nobody ends these links until it is in force.

    Raises:
        NotInThisState: one of them stands no more.
    """
    cited = Link.objects.filter(citations__decision=decision).order_by("pk")
    if any(link.status != Link.Status.SAME for link in cited.select_for_update(no_key=True, of=("self",))):
        raise NotInThisState("a link that it cites is not confirmed any more; decline it and look again")


def cited_by(decision: Decision) -> tuple[int, ...]:
    """The links that it cites, by id."""
    return tuple(decision.citations.order_by("link").values_list("link", flat=True))


def _may_be_cited(link: Link, decision: Decision) -> bool:
    return link.account_id == decision.account_id and link.status == Link.Status.SAME
