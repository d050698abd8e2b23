"""Who may do what: one table, which a test reads whole. An act that stands in no row may be done by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import Q

from ostrakon.casework.models import Person, Role
from ostrakon.errors import NotPermitted

REVIEWER, APPROVER, APPEALS, LEAD, AUDITOR, ADMIN = (
    Role.REVIEWER,
    Role.APPROVER,
    Role.APPEALS,
    Role.SAFETY_LEAD,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


class Act(StrEnum):
    """What can be done."""

    READ_CASES = "read cases"
    WORK_ON_CASES = "claim, annotate, give opinions"
    PROPOSE = "propose a decision"
    APPROVE = "approve a decision"
    APPROVE_AS_SENIOR = "approve a decision on a case under pressure"
    INVITE_GUEST = "invite a guest approver"
    REVERSE = "reverse a decision"
    DECIDE_APPEALS = "decide appeals"
    REINSTATE_MANY = "reinstate a wrongful wave"
    DO_TASKS = "do tasks"
    DRAW_AUDITS = "draw a random audit"
    SET_ASIDE = "set a campaign's reports aside"
    JUDGE_LINKS = "judge links to suspended accounts"
    JUDGE_PROTECTED_LINKS = "confirm links of protected accounts"
    ADD_REPORTS = "add reports"
    ADD_LISTS = "add published lists"
    MEASURE_IMPACT = "have what came of it measured now"
    READ_REPORTERS = "see who reported"
    READ_RECORD = "read the record"
    EDIT_POLICIES = "edit policies and templates"
    CARE_FOR_COLLEAGUES = "see how many colleagues need rest"
    MANAGE_PEOPLE = "manage people and roles"
    MANAGE_KEYS = "manage tokens, sources and webhooks"


MAY: Mapping[Act, frozenset[Role]] = {
    Act.READ_CASES: frozenset({REVIEWER, APPROVER, APPEALS, LEAD, AUDITOR}),
    Act.WORK_ON_CASES: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.PROPOSE: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.APPROVE: frozenset({APPROVER, LEAD}),
    Act.APPROVE_AS_SENIOR: frozenset({LEAD}),
    Act.INVITE_GUEST: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.REVERSE: frozenset({APPROVER, LEAD}),
    Act.DECIDE_APPEALS: frozenset({APPEALS, LEAD}),
    Act.REINSTATE_MANY: frozenset({APPEALS, LEAD}),
    Act.DO_TASKS: frozenset({REVIEWER, APPROVER, APPEALS, LEAD}),
    Act.DRAW_AUDITS: frozenset({LEAD}),
    Act.SET_ASIDE: frozenset({APPROVER, LEAD}),
    Act.JUDGE_LINKS: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.JUDGE_PROTECTED_LINKS: frozenset({LEAD}),
    Act.ADD_REPORTS: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.ADD_LISTS: frozenset({REVIEWER, APPROVER, LEAD}),
    Act.MEASURE_IMPACT: frozenset({LEAD}),
    Act.READ_REPORTERS: frozenset({REVIEWER, APPROVER, APPEALS, LEAD, AUDITOR}),
    Act.READ_RECORD: frozenset({LEAD, AUDITOR}),
    Act.EDIT_POLICIES: frozenset({LEAD}),
    Act.CARE_FOR_COLLEAGUES: frozenset({LEAD}),
    Act.MANAGE_PEOPLE: frozenset({ADMIN}),
    Act.MANAGE_KEYS: frozenset({ADMIN}),
}


def roles_of(person: Person) -> frozenset[Role]:
    """The roles in force. Somebody inactive, or a guest, has none."""
    if not person.is_active or person.is_guest:
        return frozenset()
    held = person.grants.filter(Q(ended_at__isnull=True)).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def may(person: Person, act: Act) -> bool:
    """Do their roles allow it?"""
    return not roles_of(person).isdisjoint(MAY[act])


def require(person: Person, act: Act) -> None:
    """Go on only if their roles allow it.

    Raises:
        NotPermitted: they do not.
    """
    if not may(person, act):
        raise NotPermitted("your roles do not allow this: {act}", act=act)
