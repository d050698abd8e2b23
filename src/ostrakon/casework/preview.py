"""What the person concerned would read if a proposal came into force now. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from ostrakon.casework.actions.force import end_of
from ostrakon.casework.actions.propose import drafted
from ostrakon.casework.models import Action, Case, Decision, NoticeTemplate
from ostrakon.casework.notices import template_for
from ostrakon.casework.proposal import Proposal, checked
from ostrakon.casework.statement import Told, answer_of, stated
from ostrakon.casework.wording import render
from ostrakon.intake.models import Account

Kind = NoticeTemplate.Kind


@dataclass(frozen=True)
class Preview:
    """A notice that nobody sent."""

    subject: str
    body: str
    language: str
    """In which it is worded: the nearest to the one asked for in which there is a wording."""


def preview_statement(case: Case, proposal: Proposal, *, language: str, now: datetime) -> Preview | None:
    """The notice that ``bring_into_force`` would write, with a link that leads nowhere.

    Args:
        case: which the proposal is about.
        language: in which its person reads (``languages.language_of``), or another to look at.
    Returns:
        None where the person concerned would be told nothing: without an action, unless one ends by it.
    Raises:
        Unfit, ExemptionApplies: as ``propose``, of what the proposal itself says.
    """
    decision = drafted(checked(proposal), case, now)
    if decision.action != Action.NONE:
        decision.ends_at = end_of(decision, now)
        cited = Account.objects.filter(returners__in=proposal.links).order_by("pk")
        told = stated(decision, _nowhere(), cited, language=language, now=now)
        return _worded(Kind.STATEMENT_OF_REASONS, told, language)
    earlier = Decision.objects.filter(case=case, status=Decision.Status.IN_FORCE).first()
    if earlier is None or earlier.action == Action.NONE:
        return None
    return _worded(Kind.REINSTATEMENT, answer_of(earlier, None, language=language, now=now), language)


def _worded(kind: str, told: Told, language: str) -> Preview:
    template = template_for(kind, language)
    subject, body = render(template.subject, template.body, told)
    return Preview(subject, body, template.language)


def _nowhere() -> str:
    """It looks like a link to appeal and is signed by nobody."""
    return f"{settings.CONFIGURATION.address}/appeal/\u2026"
