"""The tables of casework."""

from ostrakon.casework.models.appeals import Appeal
from ostrakon.casework.models.batches import Batch, BatchItem
from ostrakon.casework.models.cases import Case, Note, Offer, Opinion, Progress
from ostrakon.casework.models.decisions import Action, Decision, Participation, Strike
from ostrakon.casework.models.exposure import Exposure
from ostrakon.casework.models.links import LinkCitation, LinkJudgement
from ostrakon.casework.models.notices import Notice, NoticeTemplate
from ostrakon.casework.models.people import Grant, GuestInvitation, Person, Role
from ostrakon.casework.models.policies import Policy, PolicyText, PolicyVersion
from ostrakon.casework.models.reinstatements import Reinstatement, ReinstatementItem
from ostrakon.casework.models.retention import RetentionRule
from ostrakon.casework.models.setting_aside import SetAsideCase, SettingAside
from ostrakon.casework.models.tasks import Task

__all__ = [
    "Action",
    "Appeal",
    "Batch",
    "BatchItem",
    "Case",
    "Decision",
    "Exposure",
    "Grant",
    "GuestInvitation",
    "LinkCitation",
    "LinkJudgement",
    "Note",
    "Notice",
    "NoticeTemplate",
    "Offer",
    "Opinion",
    "Participation",
    "Person",
    "Policy",
    "PolicyText",
    "PolicyVersion",
    "Progress",
    "Reinstatement",
    "ReinstatementItem",
    "RetentionRule",
    "Role",
    "SetAsideCase",
    "SettingAside",
    "Strike",
    "Task",
]
