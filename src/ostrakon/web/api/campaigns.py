"""Campaigns, and what was set aside of their reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.set_aside import LONGEST_WHY, MOST, set_aside, take_back
from ostrakon.casework.campaigns import current_campaigns
from ostrakon.casework.models import SettingAside
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["campaigns"])
READER = people(Scope.CASES_READ, Act.READ_CASES)
SETTER_ASIDE = people(Scope.DECISIONS_WRITE, Act.SET_ASIDE)


class CampaignOut(Schema):
    """Coordinated reporting that the last run found. Coordinated does not mean malicious."""

    id: int
    run: int = Field(validation_alias="run_id")
    label: str
    kind: str
    first_at: datetime
    last_at: datetime
    lift: float | None
    q_value: float | None
    reports: int
    members: int = Field(validation_alias="member_count")
    targets: int = Field(validation_alias="target_count")
    decisions: int = Field(
        validation_alias="decision_count", description="that came into force on its targets since"
    )


class SetAsideIn(Schema):
    """For which cases, and why."""

    cases: list[Id] = Field(min_length=1, max_length=MOST)
    why: str = Field(min_length=1, max_length=LONGEST_WHY)


class TakeBackIn(Schema):
    """Why they count again."""

    why: str = Field(min_length=1, max_length=LONGEST_WHY)


class SetAsideCaseOut(Schema):
    """A case, and how many reports of members there were when they were set aside."""

    case: int = Field(validation_alias="case_id")
    reports: int


class SettingAsideOut(Schema):
    """Reports of a campaign that do not count for some cases. They stay, and nobody is penalised."""

    id: int
    campaign: int = Field(validation_alias="campaign_id")
    why: str
    made_by: int = Field(validation_alias="made_by_id")
    made_at: datetime
    taken_back_by: int | None = Field(validation_alias="taken_back_by_id")
    taken_back_at: datetime | None
    taken_back_why: str
    cases: list[SetAsideCaseOut]

    @staticmethod
    def resolve_cases(made: SettingAside) -> list[Any]:
        """In the order of their ids."""
        return sorted(made.items.all(), key=lambda item: item.case_id)


@router.get("/campaigns", auth=READER, response=PageOf[CampaignOut])
def list_campaigns(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """Those that the last run found, the largest number first."""
    return newest_first(current_campaigns(), page)


@router.post("/campaigns/{campaign_id}/set-aside", auth=SETTER_ASIDE, response={201: SettingAsideOut})
def set_campaign_aside(request: Request, campaign_id: Id, new: SetAsideIn) -> Status[SettingAside]:
    """From the next run on, what its members reported does not count for these cases."""
    made = set_aside(person_of(request), campaign_id, new.cases, new.why, timezone.now())
    return Status(201, made)


@router.get("/settings-aside", auth=READER, response=PageOf[SettingAsideOut])
def list_settings_aside(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """What was set aside, the newest first; also what was taken back."""
    return newest_first(SettingAside.objects.prefetch_related("items"), page)


@router.post("/settings-aside/{setting_aside_id}/take-back", auth=SETTER_ASIDE, response=SettingAsideOut)
def take_setting_aside_back(request: Request, setting_aside_id: Id, said: TakeBackIn) -> SettingAside:
    """From the next run on, the reports count again."""
    take_back(person_of(request), setting_aside_id, said.why, timezone.now())
    return fetch(SettingAside.objects.all(), setting_aside_id)
