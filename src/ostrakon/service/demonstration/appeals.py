"""Those who were decided about ask for a second look, and somebody else answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.actions.decide_appeal import claim_appeal, decide_appeal
from ostrakon.casework.actions.file_appeal import file_appeal
from ostrakon.casework.languages import language_of
from ostrakon.casework.models import Action, Appeal, Decision
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.casework.on_behalf import Plea, appeal_on_behalf
from ostrakon.service.demonstration import texts
from ostrakon.service.demonstration.chance import pick, share
from ostrakon.service.demonstration.people import Cast
from ostrakon.service.demonstration.week import PLATFORM, Week

APPEALED = 0.3
"""Share of the decisions with an action that are appealed."""
AFTER, ANSWERED_AFTER = timedelta(hours=14), timedelta(hours=20)
HOUR = timedelta(hours=1)


def file_and_answer(week: Week, cast: Cast, at: datetime) -> None:
    """What is due in the hour before: appeals against decisions of some hours ago, answers to appeals of yesterday."""
    decided = Decision.objects.filter(status=Decision.Status.IN_FORCE).exclude(action=Action.NONE)
    for decision in decided.filter(in_force_at__gt=at - AFTER - HOUR, in_force_at__lte=at - AFTER):
        if share("appeal", decision.pk) < APPEALED:
            ask(decision, at)
    waiting = Appeal.objects.filter(status=Appeal.Status.OPEN, filed_at__lte=at - ANSWERED_AFTER)
    for appeal in waiting.order_by("pk"):
        answer(week, cast, appeal, at)


def ask(decision: Decision, at: datetime) -> Appeal:
    """The person themselves asks for a second look."""
    language = language_of(decision.account)
    text = pick(texts.APPEALS[language], "appeal", decision.pk)
    return file_appeal(decision, filed_by=Appeal.FiledBy.USER, text=text, now=at, language=language)


def answer(week: Week, cast: Cast, appeal: Appeal, at: datetime) -> None:
    """Granted where the decision was wrong, or was undone meanwhile."""
    decision = appeal.decision
    is_violation = (decision.account.external_id, decision.policy.code) in week.violations
    stands = is_violation and decision.status != Decision.Status.REVERSED
    reasons = (texts.DENIED if stands else texts.GRANTED)[appeal.language]
    claim_appeal(cast.appeals, appeal.pk, at)
    decide_appeal(cast.appeals, appeal.pk, granted=not stands, reasons=reasons[0], now=at)


def ask_at_last(at: datetime) -> None:
    """What nobody answers in this week: two ask for themselves; for others a lawyer, a friend and a crowd."""
    suspended = Decision.objects.filter(status=Decision.Status.IN_FORCE, action__in=SUSPENSIONS)
    quiet = suspended.filter(appeals=None).select_related("account", "account__contact")
    first, second, *others = quiet.order_by("-in_force_at", "-pk")[: 2 + len(texts.ON_BEHALF)]
    ask(first, at)
    ask(second, at)
    for decision, (filed_by, text) in zip(others, texts.ON_BEHALF.items(), strict=True):
        plea = Plea(
            platform=PLATFORM,
            account=decision.account.external_id,
            filed_by=Appeal.FiledBy(filed_by),
            text=text,
            name=f"A {filed_by}",
            email=f"{filed_by}@example.org",
        )
        appeal_on_behalf(plea, at)
