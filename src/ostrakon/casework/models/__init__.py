"""The tables of casework."""

from ostrakon.casework.models.appeals import Appeal
from ostrakon.casework.models.cases import Case, Note, Offer, Opinion, Progress
from ostrakon.casework.models.decisions import Action, Decision, Participation, Strike
from ostrakon.casework.models.notices import Notice, NoticeTemplate
from ostrakon.casework.models.people import Grant, GuestInvitation, Person, Role
from ostrakon.casework.models.policies import Policy, PolicyText, PolicyVersion
from ostrakon.casework.models.reinstatements import Reinstatement, ReinstatementItem
from ostrakon.casework.models.tasks import Task

__all__ = [
    "Action",
    "Appeal",
    "Case",
    "Decision",
    "Grant",
    "GuestInvitation",
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
    "Role",
    "Strike",
    "Task",
]
