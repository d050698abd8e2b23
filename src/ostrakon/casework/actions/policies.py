"""Write the rules: policies, their terms, and their wording in versions. Nothing is deleted, all is on the record."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Person, Policy, PolicyText, PolicyVersion
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState, NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a BCP 47 tag."""
LONGEST_HOURS = 365 * 24
LONGEST_DAYS = 10 * 365
LONGEST_TEXT = 50_000


@dataclass(frozen=True)
class Terms:
    """How grave a policy's violations are, and how long things take under it."""

    severity: float
    """Harm of an average violation, from 0 to 1."""
    deadline_hours: int = 72
    priority_deadline_hours: int = 24
    appeal_deadline_hours: int = 168
    strike_days: int = 180
    is_illegal: bool = False


@dataclass(frozen=True)
class Wording:
    """The words of a policy in one language (BCP 47)."""

    language: str
    title: str
    text: str
    reference: str = ""


def add_policy(person: Person, code: str, terms: Terms, wordings: Sequence[Wording], now: datetime) -> Policy:
    """Add a policy with its first version, in force from now on. Reports name it by its code.

    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: a term or a wording is missing or makes no sense.
        NotInThisState: there is a policy of this code.
    """
    with transaction.atomic():
        require(person, Act.EDIT_POLICIES)
        _refuse_unfit(terms, wordings)
        policy, is_new = Policy.objects.get_or_create(
            code=fit(code, "the code", longest=100), defaults=asdict(terms)
        )
        if not is_new:
            raise NotInThisState("there is a policy of this code, perhaps a retired one; revise it")
        version = _write(policy, 1, wordings, person, now)
        _record(policy, version, terms, person)
        return policy


def revise(
    person: Person,
    policy_id: int,
    terms: Terms,
    wordings: Sequence[Wording],
    now: datetime,
    *,
    valid_from: datetime | None = None,
) -> PolicyVersion:
    """A new version; decisions keep the one that they were taken under.

    Of the versions that have begun, the one with the highest number is in force: a version that was planned never
    begins when another was written after it that begins before.

    Args:
        terms: in force from now on, also for what is open.
        valid_from: when the words begin to hold; None: now.
    Raises:
        NotPermitted, NotThere, Unfit: as ``add_policy``; Unfit also where it begins in the past.
        NotInThisState: it was retired.
    """
    begins = valid_from or now
    with transaction.atomic():
        require(person, Act.EDIT_POLICIES)
        _refuse_unfit(terms, wordings)
        if begins < now:
            raise Unfit("a version begins now or later: what was decided before was decided under another")
        policy = _held(policy_id)
        last = policy.versions.order_by("-number").values_list("number", flat=True).first() or 0
        Policy.objects.filter(pk=policy.pk).update(**asdict(terms))
        version = _write(policy, last + 1, wordings, person, begins)
        _record(policy, version, terms, person)
        return version


def retire(person: Person, policy_id: int, now: datetime) -> None:
    """No new cases under this policy. What was reported under it is still decided, under its last version.

    Raises:
        NotPermitted, NotThere: as ``add_policy``.
        NotInThisState: it was retired before, or it is the one for reports that name none.
    """
    with transaction.atomic():
        require(person, Act.EDIT_POLICIES)
        policy = _held(policy_id)
        if policy.code == Policy.UNSPECIFIED:
            raise NotInThisState("reports that name no policy need this one")
        Policy.objects.filter(pk=policy.pk).update(retired_at=now)
        record(
            Kind.POLICY_CHANGED,
            actor=person.actor,
            subject=f"policy:{policy.pk}",
            facts={"is_retired": True},
        )


def _held(policy_id: int) -> Policy:
    policy = Policy.objects.filter(pk=policy_id).select_for_update(no_key=True).first()
    if policy is None:
        raise NotThere("there is no such policy")
    if policy.retired_at is not None:
        raise NotInThisState("this policy was retired; add another")
    return policy


def _refuse_unfit(terms: Terms, wordings: Sequence[Wording]) -> None:
    if not (math.isfinite(terms.severity) and 0 <= terms.severity <= 1):
        raise Unfit("the severity lies between 0 and 1")
    hours = (terms.deadline_hours, terms.priority_deadline_hours, terms.appeal_deadline_hours)
    if not all(1 <= each <= LONGEST_HOURS for each in hours):
        raise Unfit("a deadline lies between 1 and {most} hours", most=LONGEST_HOURS)
    if not 1 <= terms.strike_days <= LONGEST_DAYS:
        raise Unfit("a strike counts for 1 to {most} days", most=LONGEST_DAYS)
    languages = [wording.language.lower() for wording in wordings]
    if not languages or len(set(languages)) != len(languages):
        raise Unfit("a policy has a text in at least one language, and one in each")
    if strange := [
        w.language for w in wordings if len(w.language) > 35 or not LANGUAGE.fullmatch(w.language)
    ]:
        raise Unfit("this is no language tag: {strange}", strange=strange[0][:35])


def _write(
    policy: Policy, number: int, wordings: Sequence[Wording], person: Person, begins: datetime
) -> PolicyVersion:
    version = PolicyVersion.objects.create(policy=policy, number=number, valid_from=begins, written_by=person)
    PolicyText.objects.bulk_create(
        PolicyText(
            version=version,
            language=wording.language,
            title=fit(wording.title, "the title", longest=200),
            text=fit(wording.text, "the text", longest=LONGEST_TEXT),
            reference=fit(wording.reference, "the reference", longest=500) if wording.reference else "",
        )
        for wording in wordings
    )
    return version


def _record(policy: Policy, version: PolicyVersion, terms: Terms, person: Person) -> None:
    record(
        Kind.POLICY_CHANGED,
        actor=person.actor,
        subject=f"policy:{policy.pk}",
        facts={
            "version": version.number,
            "valid_from": f"{version.valid_from:%Y-%m-%dT%H:%M:%SZ}",
            **asdict(terms),
        },
    )
