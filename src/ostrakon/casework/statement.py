"""What a notice says, before it is worded: the statement of reasons and its kin, made from the decision itself.

No field says who reported, or holds a word of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings

from ostrakon.casework.languages import choose
from ostrakon.casework.links import appeal_link, end_of_appeals
from ostrakon.casework.models import Appeal, Decision, NoticeTemplate, PolicyText
from ostrakon.intake.models import Account

Kind = NoticeTemplate.Kind
INLINE = frozenset(
    {
        "platform",
        "handle",
        "policy",
        "policy_reference",
        "returner_of",
        "decided_on",
        "ends_at",
        "appeal_until",
        "filed_on",
        "answer_due",
    }
)
"""Fields that stand in the middle of a line, where their direction of writing must move nothing around them."""


@dataclass(frozen=True)
class Statement:
    """The statement of reasons (DSA, Article 17). Times are in UTC; what is empty does not apply."""

    platform: str
    handle: str
    decided_on: str
    action: str
    """``warn``, ``label``, ...: a value of ``Action``."""
    ends_at: str
    """Empty: until further notice."""
    territory: str
    facts: str
    is_illegal: bool
    """The ground is a law; else it is the terms."""
    policy: str
    policy_text: str
    policy_reference: str
    detected: str
    """A value of ``Decision.Detected``: what led to it, never who."""
    returner_of: str
    """Handles of suspended accounts whose return it was taken for, by links that a person confirmed; empty: of none."""
    automated_detection: bool
    automated_decision: bool
    second_person: bool
    appeal_link: str
    appeal_until: str

    must_be_told: ClassVar = frozenset(
        {"action", "facts", "is_illegal", "policy", "detected", "automated_detection"}
        | {"automated_decision", "appeal_link", "appeal_until"}
    )


@dataclass(frozen=True)
class Answer:
    """About a decision that was looked at again, or will be."""

    platform: str
    handle: str
    decided_on: str
    action: str
    policy: str
    filed_on: str
    """Of the appeal; empty: nobody appealed, we found it ourselves."""
    answer_due: str
    reasons: str

    must_be_told: ClassVar = frozenset({"decided_on"})


@dataclass(frozen=True)
class Outcome:
    """What came of a report: that, and no more."""

    platform: str
    handle: str
    decided_on: str
    is_violation: bool

    must_be_told: ClassVar = frozenset({"is_violation"})


Told = Statement | Answer | Outcome


def statement_of(decision: Decision, *, language: str, now: datetime) -> Statement:
    """Why, in a language, for the person concerned. The appeal link ends ``end_of_appeals(now)``."""
    cited = Account.objects.filter(returners__citations__decision=decision).order_by("pk")
    return stated(decision, appeal_link(decision, now), cited, language=language, now=now)


def stated(
    decision: Decision, link: str, cited: Iterable[Account], *, language: str, now: datetime
) -> Statement:
    """The same with any link to appeal, also of a decision that is not in force yet: what it will say then.

    Args:
        cited: the suspended accounts of the links that it cites.
    """
    text = policy_text(decision, language)
    return Statement(
        platform=settings.CONFIGURATION.platform_name,
        handle=handle_of(decision.account),
        decided_on=day(decision.in_force_at or now),
        action=decision.action,
        ends_at=minute(decision.ends_at),
        territory="everywhere",
        facts=decision.facts or "",
        is_illegal=decision.policy.is_illegal,
        policy=text.title if text else decision.policy.code,
        policy_text=text.text if text else "",
        policy_reference=text.reference if text else "",
        detected=decision.detected,
        returner_of=", ".join(handle_of(account) for account in cited),
        automated_detection=True,  # reports are put in their order by `triage`, whatever led to the case
        automated_decision=False,  # by constraint
        second_person=decision.needs_second_person or decision.approved_by_id is not None,
        appeal_link=link,
        appeal_until=minute(end_of_appeals(now)),
    )


def answer_of(decision: Decision, appeal: Appeal | None, *, language: str, now: datetime) -> Answer:
    """What became of a decision, or of an appeal against it."""
    text = policy_text(decision, language)
    return Answer(
        platform=settings.CONFIGURATION.platform_name,
        handle=handle_of(decision.account),
        decided_on=day(decision.in_force_at or now),
        action=decision.action,
        policy=text.title if text else decision.policy.code,
        filed_on=day(appeal.filed_at) if appeal else "",
        answer_due=day(appeal.due_at) if appeal else "",
        reasons=(appeal.reasons or "") if appeal else "",
    )


def outcome_of(decision: Decision, now: datetime) -> Outcome:
    """What those who reported are told."""
    return Outcome(
        platform=settings.CONFIGURATION.platform_name,
        handle=handle_of(decision.account),
        decided_on=day(decision.in_force_at or now),
        is_violation=decision.outcome == Decision.Outcome.UPHELD,
    )


def policy_text(decision: Decision, language: str) -> PolicyText | None:
    """The rule as it read in the version decided under, in the reader's language or the nearest."""
    texts = {text.language: text for text in decision.policy_version.texts.all()}
    chosen = choose(texts, language)
    return texts[chosen] if chosen else None


def handle_of(account: Account) -> str:
    """How the person knows the account: by its present handle, else by its id."""
    current = account.handles.filter(is_current=True).values_list("handle", flat=True).first()
    return current or account.external_id


def day(moment: datetime) -> str:
    """A date that reads the same in every language."""
    return f"{moment:%Y-%m-%d}"


def minute(moment: datetime | None) -> str:
    """A time of day too; empty for never."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
