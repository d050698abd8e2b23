"""What somebody proposes to decide, and what a proposal must say. No database here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop

from ostrakon.casework.models import Action, Decision
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.casework.texts import fit
from ostrakon.errors import ExemptionApplies, Unfit

LONGEST_FACTS = 20_000
LONGEST_KEY = 64
MOST_LINKS = 20
LONGEST_HOURS = 10 * 365 * 24
"""Ten years: what shall last longer has no end."""
MAY_END = (Action.LABEL, Action.LIMIT, Action.SUSPEND_FOR_A_TIME)
"""Actions that may be for a time."""


@dataclass(frozen=True)
class Proposal:
    """What shall be decided on a case."""

    case: int
    version: int
    """Of the case, as the reviewer saw it: what changed since then they have not seen."""
    outcome: Decision.Outcome
    action: Action
    key: str
    """Made by the sender, once: the same key is the same proposal, however often it is sent."""
    facts: str = ""
    """In the reviewer's words, for the statement of reasons; a violation has some."""
    duration_hours: int | None = None
    exempt_press: Decision.Answer | None = None
    """Is it journalism? The three are answered before anybody is shut out; None: not answered."""
    exempt_research: Decision.Answer | None = None
    exempt_counter_speech: Decision.Answer | None = None
    links: tuple[int, ...] = ()
    """Confirmed links of the account to suspended ones that it cites as evidence, by id."""

    @property
    def is_suspension(self) -> bool:
        """Would it shut somebody out?"""
        return self.action in SUSPENSIONS


def checked(proposal: Proposal) -> Proposal:
    """The proposal, its words trimmed.

    Raises:
        Unfit: outcome, action, duration, facts or key are missing or do not go together.
        ExemptionApplies: it is a suspension, and an exemption applies or was not answered.
    """
    if proposal.outcome == Decision.Outcome.REJECTED and proposal.action != Action.NONE:
        raise Unfit("no violation, no action: an action needs the outcome upheld")
    _refuse_duration(proposal)
    _refuse_exempt(proposal)
    return replace(
        proposal,
        key=fit(proposal.key, "the key", longest=LONGEST_KEY),
        facts=_facts(proposal),
        links=_links(proposal),
    )


def _facts(proposal: Proposal) -> str:
    if proposal.outcome == Decision.Outcome.REJECTED and not proposal.facts.strip():
        return ""
    return fit(proposal.facts, "the facts", longest=LONGEST_FACTS)


def _links(proposal: Proposal) -> tuple[int, ...]:
    if proposal.links and proposal.outcome == Decision.Outcome.REJECTED:
        raise Unfit("no violation, nothing to cite: a link is evidence of a violation")
    if len(proposal.links) > MOST_LINKS:
        raise Unfit("a decision cites {most} links at most", most=MOST_LINKS)
    return tuple(sorted(set(proposal.links)))


def _refuse_duration(proposal: Proposal) -> None:
    hours = proposal.duration_hours
    if hours is None:
        if proposal.action == Action.SUSPEND_FOR_A_TIME:
            raise Unfit("a suspension for a time needs its duration in hours")
        return
    if proposal.action not in MAY_END:
        raise Unfit("this action has no duration")
    if not 1 <= hours <= LONGEST_HOURS:
        raise Unfit("the duration lies between 1 and {most} hours", most=LONGEST_HOURS)


def _refuse_exempt(proposal: Proposal) -> None:
    if not proposal.is_suspension:
        return
    answers = {
        gettext_noop("press"): proposal.exempt_press,
        gettext_noop("research"): proposal.exempt_research,
        gettext_noop("counter-speech"): proposal.exempt_counter_speech,
    }
    if open_ones := [name for name, answer in answers.items() if answer is None]:
        raise ExemptionApplies("before a suspension this must be answered: is it {names}?", names=open_ones)
    if those := [name for name, answer in answers.items() if answer == Decision.Answer.YES]:
        raise ExemptionApplies(
            "nobody is suspended for {names}; a milder action may be proposed", names=those
        )
