"""Propose a decision. What one person may decide alone acts at once; the rest waits for a second person."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ostrakon.casework.actions.cite import cite, cited_by
from ostrakon.casework.actions.force import bring_into_force
from ostrakon.casework.announcements import ActionProposed, announce
from ostrakon.casework.detection import detected, offered
from ostrakon.casework.discretion import refuse_named_reporters
from ostrakon.casework.entries import as_proposed, record_step
from ostrakon.casework.held import held_case, put_down
from ostrakon.casework.models import Case, Decision, Offer, Participation, Person, PolicyVersion
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.proposal import Proposal, checked
from ostrakon.errors import ClaimedBySomebodyElse, NotInThisState, Unfit
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind

Part = Participation.Part


def propose(person: Person, proposal: Proposal, now: datetime) -> Decision:
    """Put a decision before a second person, or into force where none is needed.

    The same proposal sent again is the same decision, however it stands by now.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        Unfit: something is missing or does not go together, another proposal had this key, a link that it cites is
            not confirmed, or the account's platform cannot do this.
        ExemptionApplies: it is a suspension, and an exemption applies or was not answered.
        ClaimedBySomebodyElse: a colleague has the case in hand.
        NotInThisState: another proposal waits, or the case changed since they saw it.
    """
    proposal = checked(proposal)
    with transaction.atomic():
        require(person, Act.PROPOSE)
        case = held_case(proposal.case)
        if (earlier := Decision.objects.filter(key=proposal.key).first()) is not None:
            return _the_same(earlier, person, proposal)
        _refuse_now(person, proposal, case, now)
        decision = _write(person, proposal, case, now)
        cite(decision, proposal.links, now)
        cited: list[Fact] = [*proposal.links]
        record_step(Kind.DECISION_PROPOSED, decision, person.actor, **as_proposed(decision), links=cited)
        if not decision.needs_second_person:
            return bring_into_force(decision, now)
        put_down(case, Case.Status.PROPOSED)
        return decision


def _the_same(earlier: Decision, person: Person, proposal: Proposal) -> Decision:
    """The decision that this very proposal became.

    Facts that were erased by their rule since then are taken for the same.
    """
    written = {**_as_written(proposal), "proposed_by_id": person.pk}
    if any(getattr(earlier, name) != value for name, value in written.items() if name != "facts"):
        raise Unfit("this key was used for another proposal; make a new one")
    if cited_by(earlier) != proposal.links:
        raise Unfit("this key was used for a proposal that cites other links; make a new one")
    if earlier.facts is not None and earlier.facts != proposal.facts:
        raise Unfit("this key was used for a proposal with other facts; make a new one")
    return earlier


def _refuse_now(person: Person, proposal: Proposal, case: Case, now: datetime) -> None:
    if case.claimed_by_id != person.pk and case.claimed_until and case.claimed_until > now:
        raise ClaimedBySomebodyElse("a colleague has this case in hand; it comes free by itself")
    if case.status == Case.Status.PROPOSED:
        raise NotInThisState("a proposal waits for its second person; it is decided or withdrawn first")
    if case.version != proposal.version:
        raise NotInThisState("the case changed since you opened it; look at it again")
    if not proposal.is_suspension and _is_suspended(case):
        require(person, Act.REVERSE)  # what took two people is not lifted by the way
    announce(ActionProposed(proposal.action, frozenset({case.account.platform})))
    if proposal.facts:
        refuse_named_reporters(proposal.facts, case.account)


def _is_suspended(case: Case) -> bool:
    in_force = case.decisions.filter(status=Decision.Status.IN_FORCE).first()
    return in_force is not None and in_force.is_suspension


def drafted(proposal: Proposal, case: Case, now: datetime) -> Decision:
    """The decision that a checked proposal becomes, not saved yet and without who proposes it.

    Raises:
        Unfit: the policy has no text in force.
    """
    offer = offered(case)
    return Decision(
        **_as_written(proposal),
        account_id=case.account_id,
        policy_id=case.policy_id,
        policy_version=_version_in_force(case, now),
        detected=detected(case),
        selection=offer.selection if offer else Offer.Selection.QUEUE,
        propensity=offer.propensity if offer else None,
        under_pressure=case.under_pressure,
        proposed_at=now,
    )


def _write(person: Person, proposal: Proposal, case: Case, now: datetime) -> Decision:
    decision = drafted(proposal, case, now)
    decision.proposed_by = person
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        # The same key for two cases at the same moment: each holds another case, so neither waited for the other.
        _refuse_used(proposal.key)
        raise
    decision.case = case
    _write_who_took_part(decision, now)
    return decision


def _refuse_used(key: str) -> None:
    if Decision.objects.filter(key=key).exists():
        raise Unfit("this key was used for another proposal; make a new one")


def _as_written(proposal: Proposal) -> dict[str, object]:
    """The columns that the proposal itself fills."""
    return {
        "case_id": proposal.case,
        "key": proposal.key,
        "outcome": proposal.outcome,
        "action": proposal.action,
        "facts": proposal.facts,
        "duration_hours": proposal.duration_hours,
        "exempt_press": proposal.exempt_press or "",
        "exempt_research": proposal.exempt_research or "",
        "exempt_counter_speech": proposal.exempt_counter_speech or "",
    }


def _version_in_force(case: Case, now: datetime) -> PolicyVersion:
    """A retired policy keeps its last version: what was reported under it is decided under it."""
    version = case.policy.versions.filter(valid_from__lte=now).order_by("-number").first()
    if version is None:
        raise Unfit("this policy has no text in force yet; a safety lead must write one first")
    return version


def _write_who_took_part(decision: Decision, now: datetime) -> None:
    """Whoever wrote a note or gave an opinion on the case took part as well."""
    notes = decision.case.notes.values_list("author", flat=True)
    opinions = decision.case.opinions.filter(given_at__isnull=False).values_list("person", flat=True)
    parts = {(Part.PROPOSED, decision.proposed_by_id)}
    parts |= {(Part.NOTE, author) for author in notes} | {(Part.OPINION, person) for person in opinions}
    Participation.objects.bulk_create(
        Participation(decision=decision, person_id=person, part=part, at=now)
        for part, person in sorted(parts)
    )
