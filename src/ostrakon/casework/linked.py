"""Links as people meet them: which may be judged by whom, and what rests on them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ostrakon.casework.models import Decision
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.intake.models import Report
from ostrakon.triage.models import Link

RESTS = (Decision.Status.PROPOSED, Decision.Status.APPROVED, Decision.Status.IN_FORCE)
"""Where a decision stands that acts, or may yet."""


def suspensions_in_force(accounts: Iterable[int]) -> QuerySet[Decision]:
    """Those that shut one of these accounts out now."""
    return Decision.objects.filter(
        account__in=list(accounts), status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS
    )


def is_protected() -> Q:
    """To filter links with: those where the new account is the older of the two, or reported the other.

    Who reports a suspended account knows it, imitates it at times, and is imitated by it: the likeness says little.
    A trigger of the database has the same rule.
    """
    theirs = Report.objects.filter(
        account=OuterRef("suspended_account"),
        reporter__platform=OuterRef("account__platform"),
        reporter__external_id=OuterRef("account__external_id"),
    )
    return Q(account__created_at__lt=F("suspended_account__created_at")) | Q(Exists(theirs))


def needs_a_senior(link: Link) -> bool:
    """May only a safety lead confirm it?"""
    return Link.objects.filter(is_protected(), pk=link.pk).exists()


def confirmed_links(account: int) -> QuerySet[Link]:
    """Of a new account, with the suspended one: what a decision about it may cite."""
    confirmed = Link.objects.filter(account=account, status=Link.Status.SAME)
    return confirmed.select_related("suspended_account").order_by("rank", "pk")


def resting_on(links: Iterable[int]) -> QuerySet[Decision]:
    """Decisions that cite one of these links, and act or may yet."""
    return Decision.objects.filter(citations__link__in=list(links), status__in=RESTS).distinct()
