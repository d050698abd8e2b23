"""What is forbidden, in versions and languages, and how notices are worded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.policies import (
    LONGEST_DAYS,
    LONGEST_HOURS,
    LONGEST_TEXT,
    Terms,
    Wording,
    add_policy,
    retire,
    revise,
)
from ostrakon.casework.actions.write_template import write_template
from ostrakon.casework.models import NoticeTemplate, Policy, PolicyVersion
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, Language, PageOf, Paging, fetch, newest_first, one_of
from ostrakon.web.tokens import Scope

router = Router(tags=["policies"])
READER = people(Scope.CASES_READ, None)
EDITOR = people(Scope.POLICIES_WRITE, Act.EDIT_POLICIES)
Hours = Annotated[int, Field(ge=1, le=LONGEST_HOURS)]


class WordingIn(Schema):
    """The words of a policy in one language."""

    language: Language
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    reference: str = Field("", max_length=500)


class TermsIn(Schema):
    """How grave violations are and how long things take, with the words of the version."""

    severity: float = Field(ge=0, le=1, description="harm of an average violation")
    deadline_hours: Hours = 72
    priority_deadline_hours: Hours = 24
    appeal_deadline_hours: Hours = 168
    strike_days: int = Field(180, ge=1, le=LONGEST_DAYS)
    is_illegal: bool = Field(False, description="a ground in law, not only in the terms")
    texts: list[WordingIn] = Field(min_length=1, max_length=50)

    def terms(self) -> Terms:
        """Without the words."""
        return Terms(**self.dict(exclude={"texts", "code"}))

    def wordings(self) -> Sequence[Wording]:
        """The words."""
        return [Wording(**text.dict()) for text in self.texts]


class PolicyIn(TermsIn):
    """A new policy."""

    code: str = Field(min_length=1, max_length=100, description="what reports name")


class TextOut(Schema):
    """The words of a version in one language."""

    language: str
    title: str
    text: str
    reference: str


class VersionOut(Schema):
    """A policy's wording from a time on."""

    id: int
    number: int
    valid_from: datetime
    texts: list[TextOut]

    @staticmethod
    def resolve_texts(version: PolicyVersion) -> list[Any]:
        """In the order of their languages."""
        return sorted(version.texts.all(), key=lambda text: text.language)


class PolicyOut(Schema):
    """A policy."""

    id: int
    code: str
    severity: float
    deadline_hours: int
    priority_deadline_hours: int
    appeal_deadline_hours: int
    strike_days: int
    is_illegal: bool
    retired_at: datetime | None


class PolicyWithVersions(PolicyOut):
    """A policy with all its versions, the newest first."""

    versions: list[VersionOut]

    @staticmethod
    def resolve_versions(policy: Policy) -> list[PolicyVersion]:
        """The newest first."""
        return sorted(policy.versions.all(), key=lambda version: -version.number)


class TemplateIn(Schema):
    """A new wording of a kind of notice."""

    kind: Annotated[NoticeTemplate.Kind, one_of(NoticeTemplate.Kind)]
    language: Language
    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=50_000)


class TemplateOut(Schema):
    """A wording of a kind of notice."""

    id: int
    kind: str
    language: str
    version: int
    subject: str
    body: str
    written_at: datetime


class TemplateFilter(Paging):
    """Which templates."""

    kind: Annotated[NoticeTemplate.Kind, one_of(NoticeTemplate.Kind)] | None = None


@router.get("/policies", auth=READER, response=PageOf[PolicyOut])
def list_policies(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All policies, the retired ones too."""
    return newest_first(Policy.objects.all(), page)


@router.post("/policies", auth=EDITOR, response={201: PolicyWithVersions})
def make_policy(request: Request, new: PolicyIn) -> Status[Policy]:
    """Add a policy with its first version, in force from now on."""
    policy = add_policy(person_of(request), new.code, new.terms(), new.wordings(), timezone.now())
    return Status(201, _policy(policy.pk))


@router.get("/policies/{policy_id}", auth=READER, response=PolicyWithVersions)
def show_policy(request: Request, policy_id: Id) -> Policy:
    """One policy with its versions."""
    return _policy(policy_id)


@router.post("/policies/{policy_id}/versions", auth=EDITOR, response={201: PolicyWithVersions})
def revise_policy(request: Request, policy_id: Id, new: TermsIn) -> Status[Policy]:
    """A new version, in force from now on; decisions keep the one that they were taken under."""
    revise(person_of(request), policy_id, new.terms(), new.wordings(), timezone.now())
    return Status(201, _policy(policy_id))


@router.post("/policies/{policy_id}/retire", auth=EDITOR, response=PolicyWithVersions)
def retire_policy(request: Request, policy_id: Id) -> Policy:
    """No new cases under it; what was reported under it is still decided."""
    retire(person_of(request), policy_id, timezone.now())
    return _policy(policy_id)


@router.get("/templates", auth=READER, response=PageOf[TemplateOut])
def list_templates(request: Request, page: Query[TemplateFilter]) -> dict[str, Any]:
    """All wordings of notices, the newest first."""
    templates = NoticeTemplate.objects.all()
    return newest_first(templates.filter(kind=page.kind) if page.kind else templates, page)


@router.post("/templates", auth=EDITOR, response={201: TemplateOut})
def make_template(request: Request, new: TemplateIn) -> Status[NoticeTemplate]:
    """A new wording, from now on; it is tried on a made-up case before it is taken."""
    made = write_template(
        person_of(request),
        kind=new.kind,
        language=new.language,
        subject=new.subject,
        body=new.body,
        now=timezone.now(),
    )
    return Status(201, made)


def _policy(number: int) -> Policy:
    return fetch(Policy.objects.prefetch_related("versions__texts"), number)
